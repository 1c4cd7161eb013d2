"""Passwords and users: `enable secret`, `enable password`, `username`; stored as IOS stores them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iosim.crypto.passwords import ALPHABET, md5_crypt, verify_md5_crypt
from iosim.grammar import Rejected, Statement
from iosim.ios.config import Config, Flag, Table, Value, bound
from iosim.ios.registry import check, handler, part
from iosim.ios.router import Router
from iosim.ios.session import Session


@dataclass(frozen=True, slots=True)
class Secret:
    """A password with the type of its encoding: None or 0 is clear text, 5 is MD5-crypt."""

    encoding: int | None
    text: str


@dataclass(frozen=True, slots=True)
class User:
    """`username NAME privilege 15 secret 5 …`"""

    name: str
    level: int | None = None
    kind: str | None = None
    encoding: int | None = None
    text: str | None = None


@part("config")
@dataclass(slots=True)
class Passwords:
    """What guards the privileged mode, and the users."""

    password_encryption: bool = bound(Flag("service_password_encryption", order=14, shown=False))
    enable_secret: Secret | None = bound(Value("enable_secret", order=45, type=Secret))
    enable_password: Secret | None = bound(Value("enable_password", order=46, type=Secret))
    users: dict[Any, User] = bound(Table("planned_user", order=200, key=("name",), type=User))


@check("enable_secret", "planned_user")
def _hash(router: Router, config: Config, statement: Statement) -> None:
    """A secret in clear text is hashed before it is stored (type 5)."""
    if (
        statement.no
        or "text" not in statement
        or (statement.command == "planned_user" and "password" in statement.all("kind"))
    ):
        return
    encoding = statement.get("encoding")
    if encoding in (None, 0):
        salt = "".join(router.sim.random(router.name, "salt", statement.get("text")).choices(ALPHABET, k=4))
        statement.args["text"] = [md5_crypt(statement.get("text"), salt)]
        statement.args["encoding"] = [5]
    elif encoding == 5 and not statement.get("text").startswith("$1$"):
        raise Rejected("ERROR: The secret you entered is not a valid encrypted secret.")


@handler("enable")
def enable(session: Session, statement: Statement) -> Any:
    """`enable`: asks for the secret or the password when there is one."""
    passwords = session.router.config[Passwords]
    guard = passwords.enable_secret or passwords.enable_password
    if session.privileged or guard is None:
        session.privileged = True
        return None
    return _ask_password(session, guard)


async def _ask_password(session: Session, guard: Secret) -> None:
    for _ in range(3):
        if _matches(await session.ask("Password: "), guard):
            session.privileged = True
            return
    session.write("% Bad secrets\n\n")


def _matches(given: str, guard: Secret) -> bool:
    return verify_md5_crypt(given, guard.text) if guard.encoding == 5 else given == guard.text


@handler("disable")
def disable(session: Session, statement: Statement) -> None:
    """`disable`: back to user EXEC."""
    session.privileged = False

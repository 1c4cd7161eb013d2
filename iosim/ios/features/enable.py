"""Privileged EXEC: `enable`, `disable`, and the passwords that guard each level."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Binding, bound
from iosim.ios.config import Config
from iosim.ios.features.aaa import Aaa
from iosim.ios.features.lines import settings_of
from iosim.ios.features.passwords import Secret, as_args, hidden, matches, store_password, store_secret
from iosim.ios.registry import check, handler, part
from iosim.ios.router import Router
from iosim.ios.session import HIGHEST, Session

ATTEMPTS = 3


class Guard(Binding):
    """`enable secret` or `enable password`: one for each level."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        guards, level = getattr(part, name), statement.get("level") or HIGHEST
        if statement.no or statement.default:
            guards.pop(level, None)
        else:
            guards[level] = Secret(statement.get("encoding"), statement.get("text"))

    def lines(self, mode: str, value: dict[int, Secret]) -> Iterator[str]:
        for level in sorted(value):
            yield self.say(mode, {"level": [level] if level != HIGHEST else []} | as_args(value[level]))


@part("config")
@dataclass(slots=True)
class Guards:
    """The passwords of levels, by level."""

    secrets: dict[int, Secret] = bound(Guard("enable_secret", order=45), factory=dict)
    passwords: dict[int, Secret] = bound(Guard("enable_password", order=46), factory=dict)

    def hide(self, router: Router) -> None:
        """Hide the passwords that stand in clear text."""
        self.passwords = {level: hidden(router, secret) for level, secret in self.passwords.items()}

    def of(self, level: int) -> tuple[Secret | None, str]:
        """What guards a level, and what IOS says to a wrong answer; the secret is asked for before the password."""
        if level in self.secrets:
            return self.secrets[level], "% Bad secrets"
        return self.passwords.get(level), "% Bad passwords"


@check("enable_secret")
def _check_secret(router: Router, config: Config, statement: Statement) -> None:
    if "text" in statement and not statement.no:
        store_secret(router, statement)


@check("enable_password")
def _check_password(router: Router, config: Config, statement: Statement) -> None:
    if "text" in statement and not statement.no:
        store_password(router, statement)


@handler("enable")
def enable(session: Session, statement: Statement) -> Any:
    """`enable [level]`: asks for the password of the level when there is one; downwards nothing is asked."""
    wanted = statement.get("level")
    level = HIGHEST if wanted is None else wanted
    if level <= session.level:
        session.level = level if wanted is not None else session.level
        return None
    guard, refusal = _guard(session, level)
    if guard is not None:
        return _ask(session, level, guard, refusal)
    session.level = level
    return None


def _guard(session: Session, level: int) -> tuple[Secret | None, str]:
    """The password to ask for, if any, and what is said to wrong answers. Raises Rejected when there is no way up."""
    guards, aaa = session.router.config[Guards], session.router.config[Aaa]
    guard, refusal = guards.of(level)
    if not aaa.new_model or (aaa.enable is None and guard is None and session.is_console):
        if guard is None and not session.is_console:
            raise Rejected("% No password set")
        return guard, refusal
    known = {"enable": guard, "line": settings_of(session.router, session.line).password}
    for method in aaa.enable.method if aaa.enable is not None else ("enable",):
        if method == "none":
            return None, ""
        if (found := known.get(method)) is not None:
            return found, "% Access denied"
    raise Rejected("% Error in authentication.\n")


async def _ask(session: Session, level: int, guard: Secret, refusal: str) -> None:
    for _ in range(ATTEMPTS):
        if matches(await session.ask("Password: ", secret=True), guard):
            session.level = level
            return
    session.write(f"{refusal}\n\n")


@handler("disable")
def disable(session: Session, statement: Statement) -> None:
    """`disable [level]`: down to user EXEC, or to the level."""
    level = statement.get("level")
    session.level = min(session.level, 1 if level is None else level)


@handler("show_privilege")
def show_privilege(session: Session, statement: Statement) -> str:
    """`show privilege`"""
    return f"Current privilege level is {session.level}\n"

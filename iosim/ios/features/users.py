"""`username`: who may log in. Several lines for one name add up to one user."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Binding, bound
from iosim.ios.config import Config
from iosim.ios.features.passwords import CLEAR, Secret, as_args, hidden, matches, store_password, store_secret
from iosim.ios.registry import check, part
from iosim.ios.router import Router


@dataclass(frozen=True, slots=True)
class User:
    """A user. `kind` is that of the password: "password", "secret", or "nopassword"."""

    name: str
    level: int | None = None
    kind: str | None = None
    secret: Secret | None = None

    def accepts(self, given: str) -> bool:
        """Whether the user may log in with this password. A user who has none may not."""
        return self.kind == "nopassword" or (self.secret is not None and matches(given, self.secret))


class UserTable(Binding):
    """The users by name; a line changes what it says and leaves the rest."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        users: dict[str, User] = getattr(part, name)
        who = statement.get("name")
        if statement.no or statement.default:
            users.pop(who, None)
            return
        user = users.get(who, User(who))
        if "level" in statement:
            user = replace(user, level=statement.get("level"))
        if "text" in statement:
            secret = Secret(statement.get("encoding"), statement.get("text"))
            user = replace(user, kind=statement.get("kind"), secret=secret)
        elif "nopassword" in statement:
            user = replace(user, kind="nopassword", secret=None)
        users[who] = user

    def lines(self, mode: str, value: dict[str, User]) -> Iterator[str]:
        for user in value.values():
            args: dict[str, list[Any]] = {"name": [user.name], "level": [] if user.level is None else [user.level]}
            if user.kind == "nopassword":
                args["nopassword"] = [user.kind]
            elif user.secret is not None:
                args |= {"kind": [user.kind]} | as_args(user.secret)
            yield self.say(mode, args)


@part("config")
@dataclass(slots=True)
class Users:
    """The local users."""

    users: dict[str, User] = bound(UserTable("username", order=200), factory=dict)

    def hide(self, router: Router) -> None:
        """Hide the passwords that stand in clear text."""
        self.users = {name: _hidden(router, user) for name, user in self.users.items()}

    def accepts(self, name: str, given: str) -> bool:
        """Whether somebody of this name may log in with this password."""
        user = self.users.get(name)
        return user is not None and user.accepts(given)

    def level(self, name: str | None) -> int | None:
        """The privilege level of a user, when one is configured."""
        user = self.users.get(name or "")
        return None if user is None else user.level


def _hidden(router: Router, user: User) -> User:
    if user.kind != "password" or user.secret is None:
        return user
    return replace(user, secret=hidden(router, user.secret))


@check("username")
def _check(router: Router, config: Config, statement: Statement) -> None:
    if statement.no or statement.default or "text" not in statement:
        return
    kind = statement.get("kind")
    known = router.config[Users].users.get(statement.get("name"))
    if known is not None and known.secret is not None and known.kind != kind:
        raise Rejected(_BOTH)
    if kind == "secret":
        store_secret(router, statement)
    else:
        store_password(router, statement, clear=CLEAR)


_BOTH = "ERROR: Can not have both a user password and a user secret.\nPlease choose one or the other."

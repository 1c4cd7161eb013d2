"""`aaa …`, as far as a router alone can do it: method lists for logins and for `enable`, and the level of a user.

A method that asks a group of servers is as good as one whose servers do not answer: the next method is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Table, Value, bound
from iosim.ios.blocks import Block
from iosim.ios.registry import part

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Methods:
    """The methods of a list, to be tried in order; each `group` has a name of its own."""

    list: str | None = None
    method: tuple[str, ...] = ()
    group: tuple[str, ...] = ()


class NewModel(Flag):
    """`aaa new-model` stands before the other lines of AAA, `no aaa new-model` where they would end."""

    def blocks(self, mode: str, value: bool) -> Iterator[Block]:
        line = self.say(mode, {})
        yield Block((line,), self.order) if value else Block((f"no {line}",), self.order + 20)


@part("config")
@dataclass(slots=True)
class Aaa:
    """What `aaa` configures."""

    new_model: bool = bound(NewModel("aaa_new_model", order=50))
    logins: dict[Any, Methods] = bound(Table("aaa_authentication_login", order=62, key=("list",), type=Methods))
    enable: Methods | None = bound(Value("aaa_authentication_enable", order=62, type=Methods))
    console: bool = bound(Flag("aaa_authorization_console", order=64))
    execs: dict[Any, Methods] = bound(Table("aaa_authorization_exec", order=64, key=("list",), type=Methods))

    def login_methods(self, name: str | None, is_console: bool) -> tuple[str, ...]:
        """The methods for a line that names a list, or none: the default list, or what holds without one."""
        chosen = self.logins.get((name or DEFAULT,))
        if chosen is not None:
            return chosen.method
        return ("none",) if is_console and name is None else ("local",)

    def authorizes(self, is_console: bool) -> bool:
        """Whether a user gets the level that is configured for them; at the console only if that is asked for."""
        chosen = self.execs.get((DEFAULT,))
        return chosen is not None and "local" in chosen.method and (self.console or not is_console)

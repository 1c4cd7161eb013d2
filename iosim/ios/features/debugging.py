"""Debugging switches: `debug …`, `undebug …`, `show debugging`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.registry import feature, handler
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session


@dataclass(frozen=True, slots=True)
class Switch:
    """What a debug command is called in answers, and the subsystem under whose heading it stands.

    `options` says in words what the arguments of a command change.
    """

    subsystem: str
    name: str
    options: Callable[[Statement], str] = lambda statement: ""


switches: dict[str, Switch] = {}


def debug_switch(command: str, switch: Switch) -> None:
    """Give a router the debugging that a command of the grammar turns on and off."""
    switches[command] = switch
    handler(command)(_switch)


@feature
class Debugging(Feature):
    """The debugging switches of a router: the `debug` commands that are on, with the lines that turned them on.

    `watchers` are called after each switch, so that what nobody wants to see need not be made.
    """

    order = 0

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.on: dict[str, Statement] = {}
        self.watchers: list[Callable[[], None]] = []

    def switch(self, statement: Statement, on: bool) -> None:
        """Turn the debugging of a command on or off."""
        if on:
            self.on[statement.command] = statement
        else:
            self.on.pop(statement.command, None)
        for watcher in self.watchers:
            watcher()


def _switch(session: Session, statement: Statement) -> str:
    """`debug …`, `no debug …`, `undebug …`"""
    session.router[Debugging].switch(statement, not statement.no)
    switch = switches[statement.command]
    return f"{switch.name} is {'off' if statement.no else 'on' + switch.options(statement)}\n"


@handler("debug_all")
def debug_all(session: Session, statement: Statement) -> Any:
    """`undebug all`; `debug all` asks first, as it should."""
    if statement.no:
        _switch_all(session, False)
        return "All possible debugging has been turned off\n"
    return _confirm_debug_all(session)


async def _confirm_debug_all(session: Session) -> None:
    answer = await session.ask("\nThis may severely impact network performance. Continue? (yes/[no]): ")
    if answer.strip().lower().startswith("y"):
        _switch_all(session, True)
        session.write("\nAll possible debugging has been turned on\n")


def _switch_all(session: Session, on: bool) -> None:
    for command in switches:
        session.router[Debugging].switch(Statement(command), on)


@handler("show_debugging")
def show_debugging(session: Session, statement: Statement) -> str:
    """`show debugging`: what is on, by subsystem."""
    on, text, heading = session.router[Debugging].on, "", None
    for command, switch in sorted(switches.items(), key=lambda item: (item[1].subsystem, item[1].name)):
        if command in on:
            text += f"\n{switch.subsystem}:\n" if switch.subsystem != heading else ""
            text += f"  {switch.name} is on{switch.options(on[command])}\n"
            heading = switch.subsystem
    return text

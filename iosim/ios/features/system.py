"""The router as a machine: `show version`, `show clock`, modes, history, debugging switches."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import interface_type
from iosim.ios.clock import at, clock_text, uptime
from iosim.ios.config import Value, bound
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND

VERSION = "15.7"
RELEASE = "15.7(3)M"


@part("config")
@dataclass(slots=True)
class System:
    """`version`: kept from a loaded file, and always written."""

    version: str = bound(Value("version", order=10, type="release", default=VERSION, shown=f"version {VERSION}"))


@feature
class Debugging(Feature):
    """The debugging switches of a router: the names of the `debug` commands that are on.

    `watchers` are called after each switch, so that what nobody wants to see need not be made.
    """

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.on: dict[str, None] = {}
        self.watchers: list[Callable[[], None]] = []

    def switch(self, command: str, on: bool) -> None:
        """Turn the debugging of a command on or off."""
        if on:
            self.on[command] = None
        else:
            self.on.pop(command, None)
        for watcher in self.watchers:
            watcher()


DEBUGS = {
    "debug_crypto_isakmp": ("Cryptographic Subsystem", "Crypto ISAKMP debugging"),
    "debug_crypto_ipsec": ("Cryptographic Subsystem", "Crypto IPSEC debugging"),
}
"""What each debug command is called in answers, under the heading of its subsystem."""


@handler(*DEBUGS)
def debug(session: Session, statement: Statement) -> str:
    """`debug …`, `no debug …`, `undebug …`"""
    session.router[Debugging].switch(statement.command, not statement.no)
    return f"{DEBUGS[statement.command][1]} is {'off' if statement.no else 'on'}\n"


@handler("debug_all")
def debug_all(session: Session, statement: Statement) -> Any:
    """`undebug all`; `debug all` asks first, as it should."""
    if statement.no:
        for command in DEBUGS:
            session.router[Debugging].switch(command, False)
        return "All possible debugging has been turned off\n"
    return _confirm_debug_all(session)


async def _confirm_debug_all(session: Session) -> None:
    answer = await session.ask("\nThis may severely impact network performance. Continue? (yes/[no]): ")
    if answer.strip().lower().startswith("y"):
        for command in DEBUGS:
            session.router[Debugging].switch(command, True)
        session.write("\nAll possible debugging has been turned on\n")


@handler("show_debugging")
def show_debugging(session: Session, statement: Statement) -> str:
    """`show debugging`: what is on, by subsystem."""
    text, heading = "", None
    for command, (subsystem, name) in DEBUGS.items():
        if command in session.router[Debugging].on:
            text += f"\n{subsystem}:\n" if subsystem != heading else ""
            text += f"  {name} is on\n"
            heading = subsystem
    return text


@handler("show_clock")
def show_clock(session: Session, statement: Statement) -> str:
    """`show clock`; a star before the time says that it was never set."""
    now = session.router.clock_now()
    star = "" if session.router.clock_offset else "*"
    return f"{star}{now:%H:%M:%S}.{now.microsecond // 1000:03d} UTC {now:%a %b} {now.day} {now.year}\n"


@handler("clock_set")
def clock_set(session: Session, statement: Statement) -> None:
    """`clock set 12:00:00 1 March 2026`"""
    month = statement.get("month").lower()
    months = [name for name in _MONTHS if len(month) > 2 and name.lower().startswith(month)]
    time = re.fullmatch(r"(\d\d?):(\d\d):(\d\d)", statement.get("time"))
    if len(months) != 1 or time is None:
        raise Rejected("% Invalid date or time")
    try:
        day, year = statement.get("day"), statement.get("year")
        hour, minute, second = map(int, time.groups())
        wanted = datetime(year, _MONTHS.index(months[0]) + 1, day, hour, minute, second)
    except ValueError:
        raise Rejected("% Invalid date or time") from None
    router, before = session.router, session.router.clock_now()
    router.clock_offset = wanted - at(session.sim.now)
    router.syslog.message(
        "SYS-6-CLOCKUPDATE",
        f"System clock has been updated from {clock_text(before)} to {clock_text(wanted)}, "
        "configured from console by console.",
    )


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@handler("configure_terminal")
def configure_terminal(session: Session, statement: Statement) -> str:
    """`configure terminal`"""
    session.enter_configuration()
    return "Enter configuration commands, one per line.  End with CNTL/Z.\n"


@handler("configure")
def configure(session: Session, statement: Statement) -> Any:
    """`configure`: asks from where."""
    return _ask_configure(session)


async def _ask_configure(session: Session) -> None:
    source = (await session.ask("Configuring from terminal, memory, or network [terminal]? ")).strip()
    if not "terminal".startswith(source.lower()):
        raise Rejected('?Must be "terminal", "memory" or "network"')
    session.enter_configuration()
    session.write("Enter configuration commands, one per line.  End with CNTL/Z.\n")


@handler("exit")
def leave(session: Any, statement: Statement) -> str:
    """`exit` at a console: the session begins again."""
    session.leave()
    return ""


@handler("show_privilege")
def show_privilege(session: Session, statement: Statement) -> str:
    """`show privilege`"""
    return f"Current privilege level is {15 if session.privileged else 1}\n"


@handler("show_history")
def show_history(session: Session, statement: Statement) -> str:
    """`show history`"""
    return "".join(f"  {line}\n" for line in session.history)


@handler("show_version")
def show_version(session: Session, statement: Statement) -> str:
    """`show version`"""
    router = session.router
    up = (session.sim.now - router.booted_at) // SECOND
    serial = f"FTX{router.sim.random(router.name, 'serial').randrange(10**8):08d}"
    return _VERSION.format(
        release=RELEASE,
        hostname=router.hostname,
        uptime=uptime(up),
        how=router.reload_reason,
        serial=serial,
        interfaces=_interface_counts(router),
    )


def _interface_counts(router: Router) -> str:
    counts: dict[str, int] = {}
    for name in router.stack.interfaces:
        kind = interface_type(name)
        if kind.physical:
            counts[_COUNTED[kind.name]] = counts.get(_COUNTED[kind.name], 0) + 1
    return "".join(f"{count} {name} interface{'s' if count > 1 else ''}\n" for name, count in counts.items())


_COUNTED = {
    "Ethernet": "Ethernet",
    "FastEthernet": "FastEthernet",
    "GigabitEthernet": "Gigabit Ethernet",
    "TenGigabitEthernet": "Ten Gigabit Ethernet",
}

_VERSION = """\
Cisco IOS Software, iosim Software (IOSIM-UNIVERSALK9-M), Version {release}, RELEASE SOFTWARE (fc1)
Emulated by iosim: no Cisco code runs here

ROM: iosim

{hostname} uptime is {uptime}
System returned to ROM by {how}
System image file is "flash0:iosim-universalk9-mz.SPA.157-3.M.bin"
Last reload type: Normal Reload

Cisco iosim (revision 1.0) with 491520K/32768K bytes of memory.
Processor board ID {serial}
{interfaces}DRAM configuration is 64 bits wide with parity disabled.
255K bytes of non-volatile configuration memory.
250880K bytes of ATA System CompactFlash 0 (Read/Write)

Configuration register is 0x2102

"""

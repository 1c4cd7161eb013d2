"""`version` and `show version`: what the router runs and is built of."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.names import interface_type
from iosim.ios.bindings import Value, bound
from iosim.ios.clock import at, clock_text, uptime
from iosim.ios.hardware import (
    CONFIG_REGISTER,
    FLASH_SIZE,
    IMAGE,
    IO_MEMORY,
    MODEL,
    NVRAM_SIZE,
    PROCESSOR_MEMORY,
    SOFTWARE,
    VERSION,
    serial_number,
)
from iosim.ios.registry import handler, part
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND


@part("config")
@dataclass(slots=True)
class System:
    """`version`: kept from a loaded file, and always written."""

    version: str = bound(Value("version", order=11, type="release", default=VERSION, shown=f"version {VERSION}"))


@handler("show_version")
def show_version(session: Session, statement: Statement) -> str:
    """`show version`"""
    router = session.router
    return _VERSION.format(
        software=SOFTWARE,
        hostname=router.hostname,
        uptime=uptime((session.sim.now - router.booted_at) // SECOND),
        how=router.reload_reason,
        restarted=f"System restarted at {_restarted(router)}\n" if router.clock_offset else "",
        image=IMAGE,
        reason=_LAST_REASON.get(router.reload_reason, router.reload_reason),
        model=MODEL,
        memory=f"{PROCESSOR_MEMORY // 1024}K/{IO_MEMORY // 1024}K",
        serial=serial_number(router),
        interfaces=_interface_counts(router),
        register=CONFIG_REGISTER,
        nvram=NVRAM_SIZE // 1024,
        flash=FLASH_SIZE // 1024,
    )


def _restarted(router: Router) -> str:
    """When the router came up, by a clock that has been set meanwhile."""
    return clock_text(*router.zone.local(at(router.booted_at) + router.clock_offset))


def _interface_counts(router: Router) -> str:
    counts: dict[str, int] = {}
    for name in router.stack.interfaces:
        kind = interface_type(name)
        if kind.physical:
            counted = _COUNTED.get(kind.name, kind.name)
            counts[counted] = counts.get(counted, 0) + 1
    return "".join(f"{count} {name} interface{'s' if count > 1 else ''}\n" for name, count in counts.items())


_COUNTED = {
    "GigabitEthernet": "Gigabit Ethernet",
    "TenGigabitEthernet": "Ten Gigabit Ethernet",
}

_LAST_REASON = {"reload": "Reload Command"}
_VERSION = """\
{software}
ROM: iosim

{hostname} uptime is {uptime}
System returned to ROM by {how}
{restarted}System image file is "{image}"
Last reload type: Normal Reload
Last reload reason: {reason}

Cisco {model} (revision 1.0) with {memory} bytes of memory.
Processor board ID {serial}
{interfaces}DRAM configuration is 64 bits wide with parity disabled.
{nvram}K bytes of non-volatile configuration memory.
{flash}K bytes of ATA System CompactFlash 0 (Read/Write)

Configuration register is {register}

"""

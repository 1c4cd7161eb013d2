"""`show processes …`, `show memory …`.

Work takes no simulated time, so every process has run for 0 ms and the processor is idle: that is true here, and looks
like a router with nothing to do. How often a process was called is counted; those that keep house on a router are never
called here. What memory is used for is a table of constants.
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.features.discovery.cdp import CdpFeature
from iosim.ios.features.discovery.lldp import LldpFeature
from iosim.ios.hardware import IO_MEMORY, PROCESSOR_MEMORY
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session


def _never(router: Router) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its name, the bytes that it holds, and how often it was called."""

    name: str
    holding: int
    calls: Callable[[Router], int] = _never


PROCESSES = (
    Process("Chunk Manager", 1583728),
    Process("Load Meter", 12104),
    Process("Check heaps", 12104),
    Process("Pool Manager", 361488),
    Process("ARP Input", 24304, lambda router: sum(router.stack.traffic.arp_in.values())),
    Process("Entity MIB API", 657856),
    Process("Logger", 83216, lambda router: router.syslog.number),
    Process("TTY Background", 12104),
    Process("IP Input", 98304, lambda router: router.stack.traffic.local + router.stack.traffic.forwarded),
    Process(
        "CDP Protocol", 40304, lambda router: router[CdpFeature].counts["output"] + router[CdpFeature].counts["input"]
    ),
    Process(
        "LLDP Protocol",
        28104,
        lambda router: router[LldpFeature].counts["output"] + router[LldpFeature].counts["input"],
    ),
    Process("UDP Input", 18104, lambda router: router.stack.traffic.udp_in),
)
"""In the order of their numbers, from 1 on."""

INIT = 118_600_192
"""Bytes that are taken since the start: the image's data and its tables."""
IO_USED = 8_493_328
_BOTH_IDLE = "CPU utilization for five seconds: 0%/0%; one minute: 0%; five minutes: 0%\n"


def memory_used() -> int:
    """Bytes of the processor's memory in use."""
    return INIT + sum(process.holding for process in PROCESSES)


@handler("show_processes")
def show_processes(session: Session, statement: Statement) -> str:
    """`show processes`"""
    text = _BOTH_IDLE + " PID QTy       PC Runtime (ms)    Invoked   uSecs    Stacks TTY Process\n"
    for number, process in enumerate(PROCESSES, start=1):
        calls = process.calls(session.router)
        text += f"{number:4d} Mwe {0x60000000 + 0x1000 * number:08X} {0:12d} {calls:10d} {0:7d} 5568/6000   0 "
        text += process.name + "\n"
    return text


@handler("show_processes_cpu")
def show_processes_cpu(session: Session, statement: Statement) -> str:
    """`show processes cpu [sorted]`; sorted, the busiest come first."""
    rows = [(number, process.calls(session.router), process.name) for number, process in enumerate(PROCESSES, start=1)]
    if "sorted" in statement:
        rows.sort(key=lambda row: -row[1])
    return (
        _BOTH_IDLE
        + " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n"
        + "".join(
            f"{number:4d} {0:11d} {calls:11d} {0:10d}  0.00%  0.00%  0.00%   0 {name:<17}\n"
            for number, calls, name in rows
        )
    )


@handler("show_processes_cpu_history")
def show_processes_cpu_history(session: Session, statement: Statement) -> str:
    """`show processes cpu history`: three graphs, without a mark in them."""
    now, zone = session.router.zone.local(session.router.clock_now())
    return f"\n{session.router.hostname}   {now:%I:%M:%S %p %A %b} {now.day} {now.year} {zone}\n\n" + "".join(
        _graph(width, below) for width, below in _GRAPHS
    )


_GRAPHS = (
    (60, ("CPU% per second (last 60 seconds)",)),
    (60, ("CPU% per minute (last 60 minutes)", "* = maximum CPU%   # = average CPU%")),
    (72, ("CPU% per hour (last 72 hours)", "* = maximum CPU%   # = average CPU%")),
)


def _graph(width: int, below: tuple[str, ...]) -> str:
    text = f"      {'0' * width}\n" + f"      {' ' * width}\n"
    text += "".join(f"{level:5d} {' ' * width}\n" for level in range(100, 0, -10))
    marks = range(5, width + 1, 5)
    tens = "0" + "".join(f"....{mark // 10 or 5}" for mark in marks)
    ones = " " + "".join(f"    {mark % 10 if mark > 9 else ' '}" for mark in marks)
    text += f"     {tens}\n     {ones}\n"
    return text + "".join(f"{'':15}{line}\n" for line in below) + "\n"


@handler("show_processes_memory")
def show_processes_memory(session: Session, statement: Statement) -> str:
    """`show processes memory [sorted]`, without the line of the I/O pool, which ntc-templates does not know."""
    used = memory_used()
    rows = [(0, "*Init*", INIT)] + [(n, each.name, each.holding) for n, each in enumerate(PROCESSES, start=1)]
    if "sorted" in statement:
        rows.sort(key=lambda row: -row[2])
    return (
        f"Processor Pool Total: {PROCESSOR_MEMORY:10d} Used: {used:10d} Free: {PROCESSOR_MEMORY - used:10d}\n\n"
        " PID TTY  Allocated      Freed    Holding    Getbufs    Retbufs Process\n"
        + "".join(f"{n:4d}   0 {held:10d} {0:10d} {held:10d} {0:10d} {0:10d} {name:<16}\n" for n, name, held in rows)
        + f"{used:33d} Total\n"
    )


@handler("show_memory")
def show_memory(session: Session, statement: Statement) -> str:
    """`show memory [statistics | summary]`: the two pools."""
    pools = (("Processor", 0x66A2F6C0, PROCESSOR_MEMORY, memory_used()), ("I/O", 0x0D000000, IO_MEMORY, IO_USED))
    return "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)\n" + "".join(
        f"{name:>9} {head:10X} {total:11d} {used:11d} {total - used:11d} {total - used:11d} {total - used:11d}\n"
        for name, head, total, used in pools
    )

"""`traceroute`, on routers and on hosts."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ios.dialogue import ask_number, ask_yes
from iosim.ios.features.names import name_of
from iosim.ios.probing import Target, ask_header_options, ask_source, ask_target, source_of, target_of
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.sim.task import Cancelled
from iosim.stack.probe import EchoResult
from iosim.wire.icmp import HOST, NET, PORT, PROHIBITED, PROTOCOL

MAXIMUM_PORT = 65535
FIRST_PORT = 33434

UNREACHABLE_SIGNS = {HOST: "!H", NET: "!N", PROTOCOL: "!P", PROHIBITED: "!A"}
"""What is printed for an unreachable by its code; `!U` for the others."""


_OTHER_SIGNS = {"quench": "!Q", "other": "?"}


@dataclass(slots=True)
class Trace:
    """A traceroute as it is asked for. `timeout` is in seconds."""

    target: Target
    source: int | None = None
    numeric: bool = False
    timeout: int = 3
    probes: int = 3
    first: int = 1
    last: int = 30
    port: int = FIRST_PORT


@handler("traceroute")
def traceroute(terminal: Terminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`traceroute A.B.C.D [source X] [timeout N] [probe N] [ttl N N] [port N] [numeric]`; alone, it asks."""
    if "target" not in statement:
        return _dialogue(terminal)
    job = Trace(target_of(terminal, statement.get("target")), source_of(terminal.stack, statement))
    options = {"timeout": "timeout", "probe": "probes", "ttl_first": "first", "ttl_last": "last", "port": "port"}
    for argument, name in options.items():
        if (value := statement.get(argument)) is not None:
            setattr(job, name, value)
    job.numeric = "numeric" in statement
    if job.first > job.last:
        raise Rejected("% Minimum TTL is greater than maximum TTL")
    return run(terminal, job)


async def run(terminal: Terminal, job: Trace) -> None:
    """Send the probes, each TTL in its line, until the target or an end of the way has answered."""
    target = format_address(job.target.address)
    named = f"{job.target.name} ({target})" if job.target.name else target
    terminal.write(f"Type escape sequence to abort.\nTracing the route to {named}\n")
    terminal.write("VRF info: (vrf in name/id, vrf out name/id)\n")
    port = job.port
    try:
        for ttl in range(job.first, job.last + 1):
            if await _hop(terminal, job, ttl, port):
                break
            port += job.probes
    except Cancelled:
        terminal.write("\n")
        raise


async def _hop(terminal: Terminal, job: Trace, ttl: int, port: int) -> bool:
    """The probes with one TTL; whether there is nothing behind."""
    terminal.write(f"{ttl:3d} ")
    known: int | None = None
    is_end = False
    for number in range(job.probes):
        result = await terminal.stack.trace_once(
            job.target.address, job.source, ttl=ttl, port=(port + number) & 0xFFFF, timeout=job.timeout * SECOND
        )
        if result.source not in (None, known):
            terminal.write(("\n    " if known is not None else "") + _named(terminal, job, result.source or 0))
            known = result.source
        terminal.write(_sign(result))
        is_end |= result.kind == "unreachable"
    terminal.write("\n")
    return is_end


def _named(terminal: Terminal, job: Trace, address: int) -> str:
    """An address, with the name that the router's table of hosts has for it."""
    name = None
    if isinstance(terminal, Session) and not job.numeric:
        name = name_of(terminal.router.config, address)
    return f"{name} ({format_address(address)})" if name else format_address(address)


def _sign(result: EchoResult) -> str:
    if result.source is None:
        return " * "
    if result.kind in _OTHER_SIGNS:
        return f" {_OTHER_SIGNS[result.kind]} "
    if result.kind == "unreachable" and result.code != PORT:
        return f" {UNREACHABLE_SIGNS.get(result.code, '!U')} "
    return f" {max(1, round(result.rtt / MILLISECOND))} msec"


async def _dialogue(terminal: Terminal) -> None:
    """`traceroute` alone: the extended dialogue."""
    job = Trace(await ask_target(terminal))
    job.source = await ask_source(terminal, "Source address")
    job.numeric = await ask_yes(terminal, "Numeric display", "n")
    job.timeout = await ask_number(terminal, "Timeout in seconds", 3, 0, 3600)
    job.probes = await ask_number(terminal, "Probe count", 3, 1, MAXIMUM_PORT)
    job.first = await ask_number(terminal, "Minimum Time to Live", 1, 1, 255)
    job.last = await ask_number(terminal, "Maximum Time to Live", max(30, job.first), job.first, 255)
    job.port = await ask_number(terminal, "Port Number", FIRST_PORT, 0, MAXIMUM_PORT)
    await ask_header_options(terminal)
    await run(terminal, job)

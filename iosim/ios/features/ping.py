"""`ping`, on routers and on hosts."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import field
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ios.dialogue import ask, ask_number, ask_yes
from iosim.ios.probing import ask_header_options, ask_source, ask_target, is_ours, source_of, target_of
from iosim.ios.registry import handler
from iosim.ios.terminal import Terminal
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.sim.task import Cancelled, sleep
from iosim.stack.probe import EchoResult
from iosim.wire.icmp import FRAGMENTATION_NEEDED

MINIMUM_SIZE, MAXIMUM_SIZE = 36, 18024
MAXIMUM_COUNT = 2147483647
MAXIMUM_TIMEOUT = 3600
PATTERN = 0xABCD
SIGNS_IN_A_LINE = 70

SIGNS = {
    "reply": "!",
    "timeout": ".",
    "no-route": ".",
    "unreachable": "U",
    "ttl-exceeded": "&",
    "quench": "Q",
    "other": "?",
}


@dataclass(slots=True)
class Ping:
    """A ping as it is asked for, and what has come of it. `timeout` is in seconds; each size has `repeat` echoes."""

    target: int
    source: int | None = None
    repeat: int = 5
    sizes: range = range(100, 101)
    timeout: int = 2
    df: bool = False
    tos: int = 0
    pattern: int = PATTERN
    validate: bool = False
    verbose: bool = False
    sent: int = 0
    times: list[int] = field(default_factory=list)


@handler("ping")
def ping(terminal: Terminal, statement: Statement) -> Coroutine[Any, Any, None]:
    """`ping WORD [size N] [repeat N] [timeout N] [source X] [df-bit] [data X] [validate] [verbose]`; alone, it asks."""
    if "target" not in statement:
        return _dialogue(terminal)
    job = Ping(target_of(terminal, statement.get("target")).address, source_of(terminal.stack, statement))
    if (repeat := statement.get("count")) is not None:
        job.repeat = repeat
    if (size := statement.get("size")) is not None:
        job.sizes = range(size, size + 1)
    if (timeout := statement.get("timeout")) is not None:
        job.timeout = timeout
    if (data := statement.get("data")) is not None:
        job.pattern = int(data, 16)
        if job.pattern > 0xFFFF:
            raise Rejected("% Data pattern must be a hexadecimal number between 0 and FFFF")
    job.df, job.validate, job.verbose = ("df_bit" in statement, "validate" in statement, "verbose" in statement)
    return run(terminal, job)


async def run(terminal: Terminal, job: Ping) -> None:
    """Send the echoes one after the other; each leaves its sign as its fate is known."""
    terminal.write(_opening(job))
    try:
        for number in range(job.repeat * len(job.sizes)):
            size = job.sizes[number // job.repeat]
            job.sent += 1
            result = await _echo(terminal, job, size)
            if result.kind == "reply" and job.validate and not result.intact:
                result = EchoResult("other", result.source)
            if result.kind == "reply":
                job.times.append(max(1, round(result.rtt / MILLISECOND)))
            _show(terminal, job, number, size, result)
    except Cancelled:
        terminal.write(_closing(job))
        raise
    terminal.write(_closing(job))


async def _echo(terminal: Terminal, job: Ping, size: int) -> EchoResult:
    """One echo. That it does not fit through our own interface is no answer: as on IOS, it times out."""
    stack, timeout = terminal.stack, job.timeout * SECOND
    result = await stack.ping_once(
        job.target, job.source, size=size, timeout=timeout, df=job.df, tos=job.tos, pattern=job.pattern
    )
    too_big = result.kind == "unreachable" and result.code == FRAGMENTATION_NEEDED
    if too_big and result.source is not None and is_ours(stack, result.source):
        await sleep(terminal.sim, timeout - result.rtt)
        return EchoResult("timeout")
    return result


def _show(terminal: Terminal, job: Ping, number: int, size: int, result: EchoResult) -> None:
    if not job.verbose:
        terminal.write(_sign(result) + ("\n" if (number + 1) % SIGNS_IN_A_LINE == 0 else ""))
        return
    swept = f" (size {size})" if len(job.sizes) > 1 else ""
    if result.kind == "reply":
        terminal.write(f"Reply to request {number} ({job.times[-1]} ms){swept}\n")
    elif result.source is None:
        terminal.write(f"Request {number} timed out{swept}\n")
    else:
        terminal.write(f"{_sign(result)} from {format_address(result.source)} to request {number}{swept}\n")


def _sign(result: EchoResult) -> str:
    if result.kind == "unreachable" and result.code == FRAGMENTATION_NEEDED:
        return "M"
    return SIGNS[result.kind]


def _opening(job: Ping) -> str:
    first, last = job.sizes[0], job.sizes[-1]
    size = str(first) if len(job.sizes) == 1 else f"[{first}..{last}]"
    text = f"Type escape sequence to abort.\nSending {job.repeat * len(job.sizes)}, {size}-byte ICMP Echos to "
    text += f"{format_address(job.target)}, timeout is {job.timeout} seconds:\n"
    if job.source is not None:
        text += f"Packet sent with a source address of {format_address(job.source)} \n"
    if job.df:
        text += "Packet sent with the DF bit set\n"
    if job.validate:
        text += "Reply data will be validated\n"
    if job.pattern != PATTERN:
        text += f"Packet has data pattern 0x{job.pattern:04X}\n"
    return text


def _closing(job: Ping) -> str:
    received, times = len(job.times), job.times
    text = "" if job.verbose or job.sent % SIGNS_IN_A_LINE == 0 else "\n"
    text += f"Success rate is {100 * received // max(1, job.sent)} percent ({received}/{job.sent})"
    if times:
        text += f", round-trip min/avg/max = {min(times)}/{sum(times) // received}/{max(times)} ms"
    return text + "\n"


async def _dialogue(terminal: Terminal) -> None:
    """`ping` alone: the extended dialogue."""
    job = Ping((await ask_target(terminal)).address)
    job.repeat = await ask_number(terminal, "Repeat count", 5, 1, MAXIMUM_COUNT)
    size = await ask_number(terminal, "Datagram size", 100, MINIMUM_SIZE, MAXIMUM_SIZE)
    job.sizes = range(size, size + 1)
    job.timeout = await ask_number(terminal, "Timeout in seconds", 2, 0, MAXIMUM_TIMEOUT)
    if await ask_yes(terminal, "Extended commands", "n"):
        await _ask_more(terminal, job)
    await run(terminal, job)


async def _ask_more(terminal: Terminal, job: Ping) -> None:
    job.source = await ask_source(terminal, "Source address or interface")
    job.tos = await ask_number(terminal, "Type of service", 0, 0, 255)
    job.df = await ask_yes(terminal, "Set DF bit in IP header?", "no")
    job.validate = await ask_yes(terminal, "Validate reply data?", "no")
    job.pattern = await _ask_pattern(terminal)
    job.verbose = await ask_header_options(terminal)
    if await ask_yes(terminal, "Sweep range of sizes", "n"):
        low = await ask_number(terminal, "Sweep min size", MINIMUM_SIZE, MINIMUM_SIZE, MAXIMUM_SIZE)
        high = await ask_number(terminal, "Sweep max size", MAXIMUM_SIZE, low, MAXIMUM_SIZE)
        job.sizes = range(low, high + 1, await ask_number(terminal, "Sweep interval", 1, 1, MAXIMUM_SIZE))


async def _ask_pattern(terminal: Terminal) -> int:
    while True:
        answer = await ask(terminal, "Data pattern", f"0x{PATTERN:04X}")
        try:
            pattern = int(answer, 16)
        except ValueError:
            pattern = -1
        if 0 <= pattern <= 0xFFFF:
            return pattern
        terminal.write("% A hexadecimal number between 0 and FFFF.\n")

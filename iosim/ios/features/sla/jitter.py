"""The operation `udp-jitter`: a control message opens a port of the responder, then packets go there and come back.

What is measured is whether they come back, and how long that takes.
"""

from __future__ import annotations

from collections.abc import Callable

from iosim.ios.features.sla.moment import milliseconds
from iosim.ios.features.sla.operation import MILLISECOND, Outcome, Probe, address_of, source_of
from iosim.ios.router import Router
from iosim.sim.task import Signal, sleep, wait_for
from iosim.wire import WireError
from iosim.wire.sla import CONTROL_PORT, MEASUREMENT_LENGTH, Control, Measurement

FIRST_PORT = 49152
LONGEST = 0xFFFF
"""ms that a control message can ask for."""
_PATTERN = b"\xab\xcd"


async def jitter(router: Router, probe: Probe) -> Outcome:
    """Ask the responder for its port, send the packets, and wait for those that come back."""
    target, source = address_of(router, probe.host), source_of(router, probe.source)
    if target is None or (source is None and probe.source is not None):
        return Outcome("No connection")
    udp = router.stack.udp
    port = next(port for port in range(FIRST_PORT, 1 << 16) if port not in udp.ports)
    if not await _ask(router, probe, target, source, port):
        return Outcome("No connection")
    rtts: list[int] = []
    sent: dict[int, int] = {}

    def take(data: bytes, *_: int) -> None:
        time = sent.pop(_sequence(data), None)
        if time is not None:
            rtts.append(router.sim.now - time)

    udp.bind(port, take)
    try:
        for sequence in range(1, probe.packets + 1):
            sent[sequence] = router.sim.now
            packet = Measurement(milliseconds(router), sequence, _data(probe.size))
            udp.send(packet.pack(), target, probe.port, port, source, tos=probe.tos)
            await sleep(router.sim, probe.interval * MILLISECOND)
        ends = router.sim.now + probe.timeout * MILLISECOND
        while sent and router.sim.now < ends:
            await sleep(router.sim, min(probe.interval * MILLISECOND, ends - router.sim.now))
    finally:
        udp.unbind(port)
    if not rtts:
        return Outcome("Timeout")
    times = [max(1, round(rtt / MILLISECOND)) for rtt in rtts]
    return Outcome("OK", round(sum(times) / len(times)), tuple(times))


async def _ask(router: Router, probe: Probe, target: int, source: int | None, port: int) -> bool:
    """Whether the responder opens its port."""
    udp = router.stack.udp
    answered: Signal[bool] = Signal()
    duration = min(LONGEST, probe.packets * probe.interval + probe.timeout)
    asked = Control(probe.number & 0xFF, target, probe.port, duration)
    udp.bind(port, _answer(asked, answered))
    try:
        if not udp.send(asked.pack(), target, CONTROL_PORT, port, source, tos=probe.tos):
            return False
        opened: bool | None = await wait_for(router.sim, answered, probe.timeout * MILLISECOND)
    finally:
        udp.unbind(port)
    return opened is True


def _answer(asked: Control, answered: Signal[bool]) -> Callable[..., None]:
    def take(data: bytes, *_: int) -> None:
        try:
            answer = Control.unpack(data)
        except WireError:
            return
        if (answer.sequence, answer.port) == (asked.sequence, asked.port):
            answered.set(answer.status == 0)

    return take


def _sequence(data: bytes) -> int:
    """The number of a packet that came back; -1 of something else."""
    try:
        return Measurement.unpack(data).sequence
    except WireError:
        return -1


def _data(size: int) -> bytes:
    length = max(0, size - MEASUREMENT_LENGTH)
    return (_PATTERN * (length // 2 + 1))[:length]

"""What `ping` and `traceroute` wait for: one echo or one UDP probe, and what came of it."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Literal

from iosim.data import dataclass
from iosim.sim.clock import SECOND
from iosim.sim.task import Signal, wait_for
from iosim.wire import WireError
from iosim.wire import icmp as wire
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import HEADER_LENGTH, ICMP, UDP, five_tuple
from iosim.wire.udp import Udp

if TYPE_CHECKING:
    from iosim.stack.stack import Stack

Kind = Literal["reply", "timeout", "unreachable", "ttl-exceeded", "quench", "no-route", "other"]
Key = tuple[int, int, int]
"""Protocol, and the identifier and sequence number of an echo or the ports of a UDP probe."""

_KINDS: dict[int, Kind] = {
    wire.UNREACHABLE: "unreachable",
    wire.TIME_EXCEEDED: "ttl-exceeded",
    wire.SOURCE_QUENCH: "quench",
}
_ECHO_HEADERS = HEADER_LENGTH + 8
_IDENTIFIERS = Struct("!HH")


@dataclass(frozen=True, slots=True)
class EchoResult:
    """What came of a probe: who answered (`source`), after how many µs (`rtt`), with which ICMP `code` and TTL.

    "no-route" (nothing was sent) and "timeout" come when the whole time has passed, as on IOS; both print ".". "other"
    is an ICMP error of another type. `intact` says whether a reply brought back the data that was sent.
    """

    kind: Kind
    source: int | None = None
    rtt: int = 0
    code: int = 0
    ttl: int = 0
    intact: bool = True


class Prober:
    """The probes of one node that are under way."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._pending: dict[Key, tuple[Signal[EchoResult], int, bytes]] = {}
        self._sequence = 0
        stack.icmp.on_reply.append(self._on_reply)
        stack.icmp.on_error.append(self._on_error)

    async def ping_once(
        self,
        destination: int,
        source: int | None = None,
        *,
        size: int = 100,
        timeout: int = 2 * SECOND,
        ttl: int = 255,
        df: bool = False,
        tos: int = 0,
        ident: int = 0,
        sequence: int | None = None,
        pattern: int = 0xABCD,
    ) -> EchoResult:
        """Send an echo of `size` bytes (the whole IPv4 packet) and wait up to `timeout` µs for what comes of it."""
        if sequence is None:
            sequence, self._sequence = self._sequence, self._sequence + 1 & 0xFFFF
        length = max(0, size - _ECHO_HEADERS)
        data = (pattern.to_bytes(2, "big") * (length // 2 + 1))[:length]
        message = wire.echo(wire.ECHO, ident, sequence, data)
        if source is None:
            source = self._stack.source_for(destination)
        packet = None
        if source is not None:
            self._stack.icmp.note_sent(message, source, destination, tos)
            packet = self._stack.build(source, destination, ICMP, message.pack(), ttl, tos, df)
        return await self._send((ICMP, ident, sequence), packet, timeout, data)

    async def trace_once(
        self,
        destination: int,
        source: int | None = None,
        *,
        ttl: int,
        port: int = 33434,
        source_port: int = 49152,
        size: int = 28,
        timeout: int = 3 * SECOND,
    ) -> EchoResult:
        """Send a UDP probe of `size` bytes to `port` and wait up to `timeout` µs for the ICMP error about it."""
        if source is None:
            source = self._stack.source_for(destination)
        packet = None
        if source is not None:
            self._stack.traffic.udp_out += 1
            datagram = Udp(source_port, port, bytes(max(0, size - _ECHO_HEADERS))).pack(source, destination)
            packet = self._stack.build(source, destination, UDP, datagram, ttl)
        return await self._send((UDP, source_port, port), packet, timeout)

    async def _send(self, key: Key, packet: bytes | None, timeout: int, data: bytes = b"") -> EchoResult:
        sim = self._stack.sim
        signal: Signal[EchoResult] = Signal()
        self._pending[key] = signal, sim.now, data
        try:
            sent = packet is not None and self._stack.send(packet)
            result = await wait_for(sim, signal, timeout)
        finally:
            self._pending.pop(key, None)
        return result or EchoResult("timeout" if sent else "no-route")

    def _on_reply(self, message: Icmp, source: int, ttl: int) -> None:
        if not self._finish((ICMP, message.identifier, message.sequence), "reply", source, 0, ttl, message.data):
            self._stack.drop("echo reply to no question")

    def _on_error(self, message: Icmp, source: int) -> None:
        """Find the probe by the packet that the error quotes; advice about the way ends none."""
        if message.type == wire.REDIRECT:
            return
        quoted = message.data
        try:
            _, _, protocol, source_port, destination_port = five_tuple(quoted)
        except WireError:
            return
        start = (quoted[0] & 15) << 2
        key = (protocol, source_port, destination_port)
        if protocol == ICMP:
            if len(quoted) < start + 8 or quoted[start] != wire.ECHO:
                return
            key = (ICMP, *_IDENTIFIERS.unpack_from(quoted, start + 4))
        self._finish(key, _KINDS.get(message.type, "other"), source, message.code, 0)

    def _finish(self, key: Key, kind: Kind, source: int, code: int, ttl: int, data: bytes | None = None) -> bool:
        """Wake whoever waits for this probe; False when nobody does."""
        pending = self._pending.pop(key, None)
        if pending is not None:
            signal, sent, expected = pending
            intact = data is None or data == expected
            signal.set(EchoResult(kind, source, self._stack.sim.now - sent, code, ttl, intact))
        return pending is not None

"""Source NAT with ports (NAPT, RFC 3022) towards one outside interface, and static NAT of whole addresses.

A mapping belongs to an inside address and port, whoever it talks to, and keeps the port if that is free outside. What
has no ports, ESP and AH above all, cannot be told apart on the way back and is not translated, unless its inside host
has an outside address of its own. ICMP errors about translated packets find their way, with what they quote translated
back. Packets are patched, never built anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from struct import Struct

from iosim.data import dataclass
from iosim.sim.clock import SECOND, Simulator
from iosim.stack.readdress import (
    DESTINATION,
    PORTS,
    SOURCE,
    first_byte,
    port_of,
    quoted,
    readdress,
    rewrite,
    with_quote,
)
from iosim.wire.icmp import ERRORS
from iosim.wire.ipv4 import ICMP, MORE_FRAGMENTS, OFFSET_MASK, TCP, UDP

TIMEOUTS = {UDP: 300 * SECOND, TCP: 86400 * SECOND, ICMP: 60 * SECOND}
"""How long an idle mapping is kept, as on IOS."""
FRAGMENT_TIMEOUT = 30 * SECOND
PORTS_BESIDE = 64
"""Ports above its own that a mapping may get, before it gets the next one that is free anywhere."""
FIRST_PORT, LAST_PORT = 1024, 65535
"""What it gets then."""
PAUSE = SECOND
"""When all ports are taken, they are not gone through again before."""
MOST_FRAGMENTED = 1000
"""Packets in fragments that are remembered at once."""

_FIELDS = Struct("!4xHHxBxxII")  # identification, flags and offset, protocol, addresses


@dataclass(slots=True)
class Translation:
    """One translation; ports are identifiers for ICMP. `used` is the time (µs) of the latest packet."""

    protocol: int
    inside: int
    inside_port: int
    outside_port: int
    used: int

    @property
    def key(self) -> tuple[int, int, int]:
        """The inside end."""
        return self.protocol, self.inside, self.inside_port


class Translator:
    """The translations of one outside interface, whose address is `outside`; `timeouts` are µs by protocol.

    `static` are the outside addresses of inside hosts that have one each to themselves.
    """

    def __init__(
        self,
        sim: Simulator,
        outside: int,
        timeouts: Mapping[int, int] | None = None,
        static: Mapping[int, int] | None = None,
    ) -> None:
        self.outside = outside
        self.static = dict(static or {})
        self._hosts = {outside: inside for inside, outside in self.static.items()}
        self._sim = sim
        self._timeouts = {**TIMEOUTS, **(timeouts or {})}
        self._by_inside: dict[tuple[int, int, int], Translation] = {}
        self._by_outside: dict[tuple[int, int], Translation] = {}
        self._next_port = dict.fromkeys(PORTS, FIRST_PORT)
        self._exhausted: dict[int, int] = {}
        self._fragmented: dict[tuple[int, int, int, int, int], tuple[int, int]] = {}

    def __iter__(self) -> Iterator[Translation]:
        """The mappings that are alive, in the order of their making."""
        return (mapping for mapping in list(self._by_inside.values()) if self._is_alive(mapping))

    def clear(self) -> None:
        """Forget all mappings: what goes on gets new ones, on other ports."""
        self._by_inside.clear()
        self._fragmented.clear()
        self._exhausted.clear()
        for mapping in self._by_outside.values():
            mapping.used = -self._timeouts[mapping.protocol] - 1  # the port stays taken, so that the next one differs

    def leave(self, packet: bytes) -> bytes | None:
        """A packet from inside, with the outside address as its source; None when it cannot be translated."""
        identification, fragment, protocol, source, destination = _FIELDS.unpack_from(packet)
        if source in self.static:
            return readdress(packet, SOURCE, self.static[source])
        key = SOURCE, source, destination, protocol, identification
        if fragment & OFFSET_MASK:
            return self._later_fragment(packet, key, SOURCE)
        port = port_of(packet, protocol, SOURCE)
        if port is None:
            return None
        mapping = self._mapping(protocol, source, port)
        if mapping is None:
            return None
        mapping.used = self._sim.now
        if fragment & MORE_FRAGMENTS:
            self._remember(key, self.outside)
        return rewrite(packet, SOURCE, self.outside, mapping.outside_port)

    def arrive(self, packet: bytes) -> bytes:
        """A packet from outside: with its inside destination when there is a mapping for it, else as it is."""
        identification, fragment, protocol, source, destination = _FIELDS.unpack_from(packet)
        if destination in self._hosts:
            return readdress(packet, DESTINATION, self._hosts[destination])
        if destination != self.outside:
            return packet
        key = DESTINATION, source, destination, protocol, identification
        if fragment & OFFSET_MASK:
            return self._later_fragment(packet, key, DESTINATION) or packet
        if protocol == ICMP and first_byte(packet) in ERRORS:
            return self._error(packet)
        port = port_of(packet, protocol, DESTINATION)
        mapping = None if port is None else self._by_outside.get((protocol, port))
        if mapping is None or not self._is_alive(mapping):
            return packet
        mapping.used = self._sim.now
        if fragment & MORE_FRAGMENTS:
            self._remember(key, mapping.inside)
        return rewrite(packet, DESTINATION, mapping.inside, mapping.inside_port)

    def _mapping(self, protocol: int, inside: int, port: int) -> Translation | None:
        """The mapping of an inside end, a new one if need be; None when all ports are taken."""
        found = self._by_inside.get((protocol, inside, port))
        if found is not None and self._is_alive(found):
            return found
        outside = self._free_port(protocol, inside, port)
        if outside is None:
            return None
        former = self._by_outside.get((protocol, outside))
        if former is not None and self._by_inside.get(former.key) is former:
            del self._by_inside[former.key]
        mapping = Translation(protocol, inside, port, outside, self._sim.now)
        self._by_inside[mapping.key] = self._by_outside[protocol, outside] = mapping
        return mapping

    def _free_port(self, protocol: int, inside: int, port: int) -> int | None:
        """A port whose mapping is none or dead, and was not of the same inside end; None when all are taken.

        Whoever is inside may forge sources: neither those that want one port, nor those who find none, cost much.
        """
        if self._sim.now < self._exhausted.get(protocol, 0):
            return None
        following = self._next_port[protocol]
        beside = range(port, min(port + PORTS_BESIDE, LAST_PORT + 1))
        for candidate in chain(beside, range(following, LAST_PORT + 1), range(FIRST_PORT, following)):
            taken = self._by_outside.get((protocol, candidate))
            if taken is None or (not self._is_alive(taken) and taken.key != (protocol, inside, port)):
                if candidate not in beside:
                    self._next_port[protocol] = candidate + 1 if candidate < LAST_PORT else FIRST_PORT
                return candidate
        self._exhausted[protocol] = self._sim.now + PAUSE
        return None

    def _is_alive(self, mapping: Translation) -> bool:
        return self._sim.now - mapping.used <= self._timeouts[mapping.protocol]

    def _remember(self, key: tuple[int, int, int, int, int], address: int) -> None:
        """The first fragment has ports; those behind it are told by their identification."""
        if len(self._fragmented) >= MOST_FRAGMENTED:
            del self._fragmented[next(iter(self._fragmented))]
        self._fragmented[key] = address, self._sim.now

    def _later_fragment(self, packet: bytes, key: tuple[int, int, int, int, int], end: int) -> bytes | None:
        address, time = self._fragmented.get(key, (0, -FRAGMENT_TIMEOUT))
        return rewrite(packet, end, address, None) if self._sim.now - time < FRAGMENT_TIMEOUT else None

    def _error(self, packet: bytes) -> bytes:
        """An ICMP error about a translated packet: give it the inside destination, and what it quotes the source."""
        quote = quoted(packet)
        port = None if quote is None else port_of(quote, quote[9], SOURCE)
        mapping = None if quote is None or port is None else self._by_outside.get((quote[9], port))
        if mapping is None or quote is None or not self._is_alive(mapping):
            return packet
        quote = rewrite(quote, SOURCE, mapping.inside, mapping.inside_port)
        return rewrite(with_quote(packet, quote), DESTINATION, mapping.inside, None)

"""`ip virtual-reassembly`: fragments on their way through a router wait until all of their packet are there.

They then go on as they were, in order. Fragments that overlap, that are too many or never all arrive go no further, so
that neither hosts nor what looks at ports behind this has to do with them.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import unpack_from

from iosim.sim.clock import Simulator
from iosim.stack.fragment import BAD, FULL, LATE, Limits, Reassembler
from iosim.wire import WireError
from iosim.wire.ipv4 import HEADER, HEADER_LENGTH, MORE_FRAGMENTS, header

DROPPED = "fragment dropped"


class VirtualReassembler(Reassembler):
    """The fragments of one interface. `overflowed` is called when one has to be dropped because too many packets wait.

    `reassembled` and `timeouts` count packets.
    """

    def __init__(
        self,
        sim: Simulator,
        limits: Limits,
        drop: Callable[[str], None],
        overflowed: Callable[[], None],
        none_at_all: bool = False,
    ) -> None:
        super().__init__(sim, lambda _: None, self._note, limits)
        self.none_at_all = none_at_all
        self.reassembled = self.timeouts = 0
        self._report = drop
        self._overflowed = overflowed

    @property
    def waiting(self) -> tuple[int, int]:
        """How many packets wait to become whole, and the number of their fragments."""
        return len(self._datagrams), sum(len(datagram.pieces) for datagram in self._datagrams.values())

    def pass_on(self, packet: bytes) -> list[bytes]:
        """Take a fragment with a sound header; what may go on: all fragments of its packet, or nothing yet."""
        source, destination = unpack_from("!II", packet, 12)
        key = (source, destination, packet[9], packet[4] << 8 | packet[5])
        if self.none_at_all:
            self._report(DROPPED)
        elif key not in self._datagrams and len(self._datagrams) >= self.limits.datagrams:
            self._report(FULL)
            self._overflowed()
        elif (datagram := self.collect(packet)) is not None:
            try:
                pieces = _apart(datagram.first, datagram.pieces)
            except WireError:  # under the options of the first, one of them is too long
                self._note(BAD)
                return []
            self.reassembled += 1
            return pieces
        return []

    def _note(self, reason: str) -> None:
        self.timeouts += reason == LATE
        self._report(reason)


def _apart(first: bytes, pieces: dict[int, bytes]) -> list[bytes]:
    """The fragments of a packet that is complete, under the header of the first. Raises WireError."""
    _, tos, _, identification, _, ttl, protocol, _, source, destination = HEADER.unpack_from(first)
    options = first[HEADER_LENGTH : (first[0] & 15) << 2]
    last = max(pieces)
    return [
        header(
            source, destination, protocol, len(piece), ttl, tos, identification,
            (0 if offset == last else MORE_FRAGMENTS) | offset >> 3, options,
        )
        + piece
        for offset, piece in sorted(pieces.items())
    ]  # fmt: skip

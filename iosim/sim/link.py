"""Links and their ends: a cable carries frames after a delay, and can be made to lose, damage, double or reorder them.

Every fault is drawn from the link's own generator, so equal seeds give equal faults. A damaged frame is delivered with
one bit wrong, as if the damage had escaped the frame check sequence: it is for the protocols above to notice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from iosim.sim.clock import SECOND, Simulator

DEFAULT_DELAY = 500
QUEUE_LIMIT = 100_000
"""Bytes that may wait at one end of a link that has a rate; what is beyond is dropped."""
_HEADER_LENGTH, _TAGGED_LENGTH, _SERIAL_LENGTH = 14, 18, 4
_VLAN = b"\x81\x00"

Tap = Callable[[bool, bytes], None]
"""Called with (whether the frame is outbound, the frame)."""


class Port:
    """One end of a link, and the place where a node is plugged in.

    The node sets `receiver` (called with each arriving frame) and `on_carrier` (called with the new `up`). `enabled` is
    the node's own part: a port that is shut down takes the carrier from the other end too. Taps see each frame this
    end sends or receives. A `serial` port carries frames of HDLC or PPP, any other Ethernet.
    """

    __slots__ = ("enabled", "link", "name", "on_carrier", "receiver", "serial", "taps", "up")

    def __init__(self, name: str, enabled: bool = True, serial: bool = False) -> None:
        self.name = name
        self.serial = serial
        self.enabled = enabled
        self.link: Link | None = None
        self.up = False
        self.receiver: Callable[[bytes], None] | None = None
        self.on_carrier: Callable[[bool], None] | None = None
        self.taps: list[Tap] = []

    def enable(self, enabled: bool) -> None:
        """Switch this end on or off."""
        self.enabled = enabled
        if self.link is not None:
            self.link.sense()

    def transmit(self, frame: bytes) -> bool:
        """Send a frame; False when there is no carrier, or no room in the queue."""
        if not self.up or self.link is None:
            return False
        for tap in self.taps:
            tap(True, frame)
        return self.link.carry(self, frame)

    def arrive(self, frame: bytes) -> None:
        """A frame comes out of the link; without carrier it is lost."""
        if not self.up:
            return
        for tap in self.taps:
            tap(False, frame)
        if self.receiver is not None:
            self.receiver(frame)

    def sense(self, up: bool) -> None:
        """The link tells whether there is a carrier."""
        if up is not self.up:
            self.up = up
            if self.on_carrier is not None:
                self.on_carrier(up)


def _header_length(port: Port, frame: bytes) -> int:
    if port.serial:
        return _SERIAL_LENGTH
    return _TAGGED_LENGTH if frame[12:14] == _VLAN else _HEADER_LENGTH


class _Direction:
    """One way through a link: when its wire is free again, and when its last frame arrives (both in µs)."""

    __slots__ = ("arrive", "free", "latest")

    def __init__(self, to: Port) -> None:
        self.arrive = to.arrive
        self.free = 0
        self.latest = 0


class Link:
    """A cable between two ports. All parameters may be changed while it is in use.

    `delay` and `jitter` (uniform, added to the delay) are µs. `loss`, `corrupt`, `duplicate` and `reorder` are the
    fraction (0..1) of frames so treated; a reordered frame is held back by four times the delay. `rate` is bit/s (0:
    unlimited), `mtu` the largest payload (None: any). `faults` counts what was done to frames, by name.
    """

    def __init__(
        self,
        sim: Simulator,
        a: Port,
        b: Port,
        *,
        delay: int = DEFAULT_DELAY,
        jitter: int = 0,
        loss: float = 0,
        corrupt: float = 0,
        duplicate: float = 0,
        reorder: float = 0,
        rate: int = 0,
        mtu: int | None = None,
    ) -> None:
        self.sim = sim
        self.name = f"{a.name} - {b.name}"
        self.a, self.b = a, b
        self.delay, self.jitter, self.rate, self.mtu = delay, jitter, rate, mtu
        self.loss, self.corrupt, self.duplicate, self.reorder = loss, corrupt, duplicate, reorder
        self.connected = True
        self.faults: Counter[str] = Counter()
        self._random = sim.random("link", self.name)
        self._from_a, self._from_b = _Direction(b), _Direction(a)
        a.link = b.link = self
        self.sense()

    def connect(self, connected: bool) -> None:
        """Plug the cable in or pull it out; frames under way are lost."""
        self.connected = connected
        self.sense()

    def sense(self) -> None:
        """Give both ends a carrier when the cable is plugged in and both are enabled, or take it away."""
        up = self.connected and self.a.enabled and self.b.enabled
        self.a.sense(up)
        self.b.sense(up)

    def carry(self, port: Port, frame: bytes) -> bool:
        """Take a frame from one end and bring it to the other; False when the queue is full."""
        direction = self._from_a if port is self.a else self._from_b
        if self.mtu is not None and len(frame) > self.mtu + _header_length(port, frame):
            self.faults["oversize"] += 1
            return True
        if not (self.rate or self.loss or self.corrupt or self.duplicate or self.jitter or self.reorder):
            arrival = self.sim.now + self.delay
            if arrival < direction.latest:  # not before the frame that has left before it
                arrival = direction.latest
            direction.latest = arrival
            self.sim.post(arrival, partial(direction.arrive, frame))
            return True
        departure = self.sim.now
        if self.rate:
            wait = max(0, direction.free - departure)
            if wait * self.rate > QUEUE_LIMIT * 8 * SECOND:
                self.faults["queue full"] += 1
                return False
            departure = direction.free = departure + wait + len(frame) * 8 * SECOND // self.rate
        if self.loss and self._happens("lost", self.loss):
            return True
        if self.corrupt and self._happens("corrupted", self.corrupt):
            frame = self._damage(frame)
        self._deliver(direction, frame, departure)
        if self.duplicate and self._happens("duplicated", self.duplicate):
            self._deliver(direction, frame, departure)
        return True

    def _deliver(self, direction: _Direction, frame: bytes, departure: int) -> None:
        """Schedule the arrival: in the order of departure, unless the frame is held back."""
        arrival = departure + self.delay
        if self.jitter:
            arrival += self._random.randrange(self.jitter + 1)
        if self.reorder and self._happens("reordered", self.reorder):
            self.sim.post(arrival + 4 * self.delay, partial(direction.arrive, frame))
        else:
            arrival = direction.latest = max(arrival, direction.latest)
            self.sim.post(arrival, partial(direction.arrive, frame))

    def _happens(self, fault: str, fraction: float) -> bool:
        if self._random.random() >= fraction:
            return False
        self.faults[fault] += 1
        return True

    def _damage(self, frame: bytes) -> bytes:
        bit = self._random.randrange(len(frame) * 8)
        return frame[: bit >> 3] + bytes([frame[bit >> 3] ^ 1 << (bit & 7)]) + frame[(bit >> 3) + 1 :]

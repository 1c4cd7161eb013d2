"""Links and their ends: a cable carries frames after a delay, and can be made to lose, damage, double or reorder them.

Every fault is drawn from the link's own generator, so equal seeds give equal faults. A damaged frame is delivered with
one bit wrong, as if the damage had escaped the frame check sequence: it is for the protocols above to notice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Generic, TypeVar

from iosim.sim.clock import SECOND, Simulator

DEFAULT_DELAY = 500
QUEUE_LIMIT = 100_000
"""Bytes that may wait at one end of a link that has a rate; what is beyond is dropped."""
_HEADER_LENGTH, _TAGGED_LENGTH, _SERIAL_LENGTH = 14, 18, 4
_VLAN = b"\x81\x00"

Tap = Callable[[bool, bytes], None]
"""Called with (whether the frame is outbound, the frame)."""
_T = TypeVar("_T")


class Port:
    """One end of a link, and the place where a node is plugged in.

    The node sets `receiver` (called with each arriving frame) and `on_carrier` (called with the new `up`). `enabled` is
    the node's own part: a port that is shut down takes the carrier from the other end too. Taps see each frame this
    end sends or receives. A `serial` port carries frames of HDLC or PPP, any other Ethernet.
    """

    __slots__ = ("enabled", "link", "name", "on_carrier", "receiver", "serial", "taps", "up", "way")

    def __init__(self, name: str, enabled: bool = True, serial: bool = False) -> None:
        self.name = name
        self.serial = serial
        self.enabled = enabled
        self.link: Link | None = None
        self.way: Way | None = None
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
        if not self.up or self.way is None:
            return False
        for tap in self.taps:
            tap(True, frame)
        return self.way.carry(frame)

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


class Way:
    """One way through a link, from a port to the other one.

    `free` is when its wire is free again, `latest` when its last frame arrives (both in µs).
    """

    __slots__ = ("_from", "_link", "arrive", "free", "latest")

    def __init__(self, link: Link, port: Port, to: Port) -> None:
        self._link, self._from = link, port
        self.arrive = to.arrive
        self.free = 0
        self.latest = 0

    def carry(self, frame: bytes) -> bool:
        """Take a frame and bring it to the other end; False when the queue is full."""
        link = self._link
        if not link.delays_only:
            return self._treat(link, frame)
        arrival = link.sim.now + link.delay
        if arrival < self.latest:  # not before the frame that has left before it
            arrival = self.latest
        self.latest = arrival
        link.sim.post(arrival, self.arrive, frame)
        return True

    def _treat(self, link: Link, frame: bytes) -> bool:
        """Carry a frame with all that may happen to it."""
        if link.mtu is not None and len(frame) > link.mtu + _header_length(self._from, frame):
            link.faults["oversize"] += 1
            return True
        departure = link.sim.now
        if link.rate:
            wait = max(0, self.free - departure)
            if wait * link.rate > QUEUE_LIMIT * 8 * SECOND:
                link.faults["queue full"] += 1
                return False
            departure = self.free = departure + wait + len(frame) * 8 * SECOND // link.rate
        if link.happens("lost", link.loss):
            return True
        if link.happens("corrupted", link.corrupt):
            frame = link.damage(frame)
        self._deliver(link, frame, departure)
        if link.happens("duplicated", link.duplicate):
            self._deliver(link, frame, departure)
        return True

    def _deliver(self, link: Link, frame: bytes, departure: int) -> None:
        """Schedule the arrival: in the order of departure, unless the frame is held back."""
        arrival = departure + link.wait()
        if link.happens("reordered", link.reorder):
            arrival += 4 * link.delay
        else:
            arrival = self.latest = max(arrival, self.latest)
        link.sim.post(arrival, self.arrive, frame)


class _Treatment(Generic[_T]):
    """What a link does to frames besides delaying them; most links do nothing, and their frames take a short way."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, link: Link, owner: type) -> _T:
        value: _T = getattr(link, self._name)
        return value

    def __set__(self, link: Link, value: _T) -> None:
        setattr(link, self._name, value)
        treatments = (each for each in vars(Link).values() if isinstance(each, _Treatment))
        link.delays_only = not any(vars(link).get(each._name) for each in treatments)


class Link:
    """A cable between two ports. All parameters may be changed while it is in use.

    `delay` and `jitter` (uniform, added to the delay) are µs. `loss`, `corrupt`, `duplicate` and `reorder` are the
    fraction (0..1) of frames so treated; a reordered frame is held back by four times the delay. `rate` is bit/s (0:
    unlimited), `mtu` the largest payload (None: any). `faults` counts what was done to frames, by name.
    """

    jitter = _Treatment[int]()
    loss = _Treatment[float]()
    corrupt = _Treatment[float]()
    duplicate = _Treatment[float]()
    reorder = _Treatment[float]()
    rate = _Treatment[int]()
    mtu = _Treatment[int | None]()
    delays_only: bool

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
        a.link = b.link = self
        a.way, b.way = Way(self, a, b), Way(self, b, a)
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

    def wait(self) -> int:
        """How long (µs) the next frame is under way."""
        return self.delay + (self._random.randrange(self.jitter + 1) if self.jitter else 0)

    def happens(self, fault: str, fraction: float) -> bool:
        """Whether the next frame has a fault, which is counted."""
        if not fraction or self._random.random() >= fraction:
            return False
        self.faults[fault] += 1
        return True

    def damage(self, frame: bytes) -> bytes:
        """A frame with one bit wrong."""
        bit = self._random.randrange(len(frame) * 8)
        return frame[: bit >> 3] + bytes([frame[bit >> 3] ^ 1 << (bit & 7)]) + frame[(bit >> 3) + 1 :]

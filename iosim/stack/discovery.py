"""Telling neighbours about oneself, and keeping what they tell: what CDP and LLDP have in common.

A protocol brings how a frame is composed and read. Frames go out shortly after a line comes up, and then again and
again; what was heard is kept until its holdtime is over or the line goes down.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Generic, TypeVar

from iosim.data import dataclass
from iosim.sim.clock import SECOND, Timer
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack

T = TypeVar("T")
FIRST = 2 * SECOND
"""Within this time after a line has come up the first frame goes out."""
MAXIMUM_NEIGHBOURS = 4096


@dataclass(frozen=True, slots=True)
class Heard(Generic[T]):
    """What a frame says: who it is from, for how many µs it holds, and the message."""

    key: Hashable
    holdtime: int
    message: T


@dataclass(frozen=True, slots=True)
class Neighbour(Generic[T]):
    """A neighbour on an interface; `expires` is in simulated µs."""

    interface: Interface
    message: T
    expires: int


class Discovery(Generic[T]):
    """One discovery protocol of one node.

    `compose` makes the frame for an interface, `read` reads one (None when it is of no use). `interval` is in µs,
    `aged` counts neighbours whose holdtime ran out; `talking` and `listening` are the names of the interfaces where
    frames are sent and taken (see `configure`).
    """

    def __init__(
        self,
        stack: Stack,
        name: str,
        group: bytes,
        compose: Callable[[Interface], bytes],
        read: Callable[[Interface, bytes], Heard[T] | None],
    ) -> None:
        self.interval = 60 * SECOND
        self.aged = 0
        self.talking: tuple[str, ...] = ()
        self.listening: tuple[str, ...] = ()
        self._stack = stack
        self._compose, self._read = compose, read
        self._random = stack.sim.random(stack.name, name)
        self._timers: dict[str, Timer] = {}
        self._neighbours: dict[tuple[str, Hashable], Neighbour[T]] = {}
        stack.groups[group] = self.receive
        stack.watchers.append(self._changed)

    def configure(self, talking: tuple[str, ...], listening: tuple[str, ...], interval: int) -> None:
        """Set where and how often to send, and where to listen; cheap when nothing has changed."""
        self.interval = interval
        if (talking, listening) == (self.talking, self.listening):
            return
        self.talking, self.listening = talking, listening
        for name in self._timers.keys() - set(talking):
            self._timers.pop(name).cancel()
        for key in [key for key in self._neighbours if key[0] not in listening]:
            del self._neighbours[key]
        for interface in self._stack.interfaces.values():
            self._begin(interface)

    def neighbours(self) -> list[Neighbour[T]]:
        """Who has been heard and not yet forgotten, in the order in which they were first heard."""
        now = self._stack.sim.now
        for key in [key for key, known in self._neighbours.items() if known.expires <= now]:
            del self._neighbours[key]
            self.aged += 1
        return list(self._neighbours.values())

    def clear(self) -> None:
        """Forget all neighbours."""
        self._neighbours.clear()

    def stop(self) -> None:
        """Say and hear nothing any more."""
        self.configure((), (), self.interval)

    def _changed(self, interface: Interface) -> None:
        """Begin on a line that has come up; forget who was on one that went down."""
        if interface.line_up and interface.name in self._stack.interfaces:
            self._begin(interface)
            return
        timer = self._timers.pop(interface.name, None)
        if timer is not None:
            timer.cancel()
        for key in [key for key in self._neighbours if key[0] == interface.name]:
            del self._neighbours[key]

    def _begin(self, interface: Interface) -> None:
        name = interface.name
        if interface.line_up and interface.port is not None and name in self.talking and name not in self._timers:
            delay = self._random.randrange(FIRST)
            self._timers[name] = self._stack.sim.call_later(delay, partial(self._talk, interface))

    def _talk(self, interface: Interface) -> None:
        self._stack.transmit(interface, self._compose(interface))
        self._timers[interface.name] = self._stack.sim.call_later(self.interval, partial(self._talk, interface))

    def receive(self, interface: Interface, frame: bytes) -> bool:
        """Take a frame; False when nobody listens there."""
        if interface.name not in self.listening:
            return False
        heard = self._read(interface, frame)
        if heard is not None:
            self._keep(interface, heard)
        return True

    def _keep(self, interface: Interface, heard: Heard[T]) -> None:
        key = (interface.name, heard.key)
        if heard.holdtime <= 0:
            self._neighbours.pop(key, None)
            return
        full = len(self._neighbours) >= MAXIMUM_NEIGHBOURS and len(self.neighbours()) >= MAXIMUM_NEIGHBOURS
        if full and key not in self._neighbours:
            self._stack.drop("too many neighbours")
            return
        self._neighbours[key] = Neighbour(interface, heard.message, self._stack.sim.now + heard.holdtime)

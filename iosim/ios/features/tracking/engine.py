"""Tracked objects at work: each is up or down, and whoever asks for it is told when that changes.

Objects are looked at in intervals (`track timer`) that begin with the router: what has changed is found at the end of
one. Nothing is done while nothing changes.
"""

from __future__ import annotations

from functools import partial

from iosim.data import dataclass
from iosim.grammar.names import short_name
from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.routes import Routing
from iosim.ios.features.sla.engine import Sla
from iosim.ios.features.tracking.config import Delay, TrackDetails, TrackSettings
from iosim.ios.features.tracking.measure import Measured, measure, prefix_of
from iosim.ios.features.tracking.polling import type_of, until_next
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.routing.table import Entry
from iosim.sim.clock import SECOND, Timer
from iosim.stack.interface import Interface

DEBUG = "debug_track_state"
debug_switch(DEBUG, Switch("Track", "track state debugging"))


@dataclass(slots=True, eq=False)
class Track:
    """A tracked object. `up` is what others are told; `measured` what was seen last, which may have to last first.

    `pending` ends the delay, `look` the interval in which something may have changed. Times are in µs.
    """

    number: int
    config: Config
    changed_at: int
    up: bool = False
    changes: int = 0
    measured: Measured = Measured(False)
    pending: Timer | None = None
    look: Timer | None = None

    @property
    def delay(self) -> Delay:
        """How long a state must last."""
        return self.config[TrackDetails].delay or Delay()

    def settle(self) -> None:
        """Wait for no other state."""
        if self.pending is not None:
            self.pending.cancel()
            self.pending = None

    def stop(self) -> None:
        """Wait for nothing at all."""
        self.settle()
        if self.look is not None:
            self.look.cancel()


@feature
class Tracking(Feature):
    """The tracked objects of a router, by their numbers; it tells those who go by them of each change of a state."""

    order = 62

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.tracks: dict[int, Track] = {}
        self._joined = False
        router[Sla].watchers.append(self._operation_ran)
        router[Routing].is_up = self.is_up

    def is_up(self, number: int) -> bool:
        """Whether an object is up; one that is not there is down."""
        track = self.tracks.get(number)
        return track is not None and track.up

    def reconcile(self) -> None:
        if not self.router.running:
            return
        tracks = self.router.config[TrackSettings].tracks
        gone = [number for number, track in self.tracks.items() if tracks.get(number) is not track.config]
        for number in gone:
            self.tracks.pop(number).stop()
        new = [
            Track(number, config, self.router.sim.now) for number, config in tracks.items() if number not in self.tracks
        ]
        for track in new:
            self.tracks[track.number] = track
            track.look = self.router.sim.call_later(0, partial(self._update, track))
        if gone:
            self._tell()
        if tracks and not self._joined:
            self._joined = True
            self.router[Routing].rib.join(self)
        self._look([track for track in self.tracks.values() if track not in new])

    def interface_changed(self, interface: Interface) -> None:
        """The routing table tells of its interfaces."""
        self._look([track for track in self.tracks.values() if track.config.get("interface") == interface.name])

    def route_changed(self, before: Entry | None, after: Entry | None) -> None:
        """The routing table tells of its entries."""
        entry = after or before
        if entry is not None:
            self._look([t for t in self.tracks.values() if prefix_of(t.config) == (entry.prefix, entry.length)])

    def _operation_ran(self, number: int) -> None:
        self._look([track for track in self.tracks.values() if track.config.get("entry") == number])

    def _look(self, tracks: list[Track]) -> None:
        """Something may have changed: look at the end of the interval."""
        for track in tracks:
            wait = until_next(self.router, type_of(track.config))
            if track.look is not None:
                if track.look.active and track.look.time <= self.router.sim.now + wait:
                    continue
                track.look.cancel()
            track.look = self.router.sim.call_later(wait, partial(self._update, track))

    def _update(self, track: Track) -> None:
        """See how things stand; what has changed counts when it has lasted for the delay."""
        track.measured = measured = measure(self.router, track.config, track.up, self.is_up)
        if measured.up is track.up:
            track.settle()
            return
        seconds = (track.delay.up if measured.up else track.delay.down) or 0
        if not seconds:
            self._change(track)
        elif track.pending is None:
            track.pending = self.router.sim.call_later(seconds * SECOND, lambda: self._change(track))

    def _change(self, track: Track) -> None:
        track.settle()
        before, track.up = track.up, track.measured.up
        track.changes += 1
        track.changed_at = self.router.sim.now
        states = f"{_state(before)} -> {_state(track.up)}"
        if DEBUG in self.router[Debugging].on:
            self.router.syslog.debug(f"track-sta ({track.number}) {object_text(track.config)} {states}")
        self.router.syslog.message("TRACK-6-STATE", f"{track.number} {object_text(track.config)} {states}")
        self._tell()
        self._look([t for t in self.tracks.values() if (track.number,) in t.config[TrackDetails].members])

    def _tell(self) -> None:
        self.router[Routing].derive()
        self.router.stack.generation.begin()

    def stop(self) -> None:
        for track in self.tracks.values():
            track.stop()
        self.tracks = {}


def _state(up: bool) -> str:
    return "Up" if up else "Down"


def object_text(config: Config) -> str:
    """An object as messages call it: `ip sla 1 reachability`."""
    kind, what = config.get("kind"), config.get("what")
    if kind == "interface":
        return f"interface {short_name(config.get('interface'))} {parameter(config)}"
    if kind == "list":
        return f"list {parameter(config)}"
    if kind == "stub-object":
        return "stub-object"
    if config.get("network") is not None:
        return f"ip route {prefix_text(config)} {parameter(config)}"
    return f"ip sla {config.get('entry')} {what or 'state'}"


def prefix_text(config: Config) -> str:
    """The tracked route as `10.0.0.0/8`."""
    prefix = prefix_of(config)
    return "" if prefix is None else f"{format_address(prefix[0])}/{prefix[1]}"


def parameter(config: Config) -> str:
    """What of an object is tracked."""
    kind, what = config.get("kind"), config.get("what")
    if kind == "interface":
        return "ip routing" if what == "ip" else "line-protocol"
    if kind == "list":
        return f"boolean {what}" if config.get("of") == "boolean" else f"threshold {what}"
    if config.get("network") is not None:
        return "metric threshold" if what == "metric" else "reachability"
    return "" if kind == "stub-object" else what or "state"

"""`ip virtual-reassembly [in | out]` on interfaces, and `show ip virtual-reassembly`.

The form of the latter is that of IOS XE 16 (the captures of pyATS Genie for it; a paragraph for each direction is a
guess); the message has been seen on IOS 12.4.
"""

from __future__ import annotations

from functools import partial

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Value, bound
from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ip_interface import named_interfaces
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.stack.fragment import Limits
from iosim.stack.interface import Interface
from iosim.stack.virtual_reassembly import VirtualReassembler

DEFAULT_REASSEMBLIES, DEFAULT_FRAGMENTS, DEFAULT_SECONDS = 16, 32, 3


@dataclass(frozen=True, slots=True)
class Reassembly:
    """The arguments of `ip virtual-reassembly`; without a direction it is `in`, too."""

    direction: str | None = None
    drop_fragments: bool = False
    fragments: int | None = None
    reassemblies: int | None = None
    seconds: int | None = None

    @property
    def limits(self) -> Limits:
        """What may wait."""
        seconds = self.seconds or DEFAULT_SECONDS
        return Limits(self.reassemblies or DEFAULT_REASSEMBLIES, self.fragments or DEFAULT_FRAGMENTS, seconds * SECOND)


@part("config_if")
@dataclass(slots=True)
class ReassemblySettings:
    """What an interface says of fragments that arrive, and of those that leave."""

    arriving: Reassembly | None = bound(Value("if_virtual_reassembly", order=49.1, type=Reassembly))
    leaving: Reassembly | None = bound(Value("if_virtual_reassembly_out", order=49.2, type=Reassembly))


Engines = dict[tuple[str, str], tuple[Reassembly, VirtualReassembler]]
"""By interface and direction, with what is configured."""


def _wanted(interface: Config) -> tuple[Reassembly | None, Reassembly | None]:
    """What is wanted of packets that arrive and of those that leave."""
    settings = interface[ReassemblySettings]
    return settings.arriving, settings.leaving


@feature
class VirtualReassembly(Feature):
    """Keeps the interfaces as they are configured; what waits goes when that changes."""

    order = 22

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.at_work: Engines = {}
        self._wanted = Derived(self.derivation, _wanted)

    def reconcile(self) -> None:
        before, self.at_work = self.at_work, {}
        wanted = self._wanted.each(self.router.config[Interfaces].interfaces)
        for name, (arriving, leaving) in wanted.items():
            if arriving or leaving or name in self._wanted.changed:
                interface = self.router.stack.interfaces[name]
                interface.reassembly = self._engine(before, interface, "in", arriving)
                interface.reassembly_out = self._engine(before, interface, "out", leaving)

    def _engine(
        self, before: Engines, interface: Interface, direction: str, wanted: Reassembly | None
    ) -> VirtualReassembler | None:
        """The engine of a direction, as it was `before` or a new one."""
        if wanted is None:
            return None
        key = interface.name, direction
        known = before.get(key)
        engine = known[1] if known is not None and known[0] == wanted else self._begin(interface, wanted)
        self.at_work[key] = wanted, engine
        return engine

    def _begin(self, interface: Interface, wanted: Reassembly) -> VirtualReassembler:
        overflowed = partial(self._overflowed, interface.name, wanted.limits.datagrams)
        drop = self.router.stack.drop
        return VirtualReassembler(self.router.sim, wanted.limits, drop, overflowed, wanted.drop_fragments)

    def _overflowed(self, name: str, limit: int) -> None:
        text = f"{name}: the fragment table has reached its maximum threshold {limit}"
        self.router.syslog.message("IP_VFR-4-FRAG_TABLE_OVERFLOW", text)


@handler("show_ip_virtual_reassembly")
def show_virtual_reassembly(session: Session, statement: Statement) -> str:
    """`show ip virtual-reassembly [X]`"""
    at_work = session.router[VirtualReassembly].at_work
    text = []
    for interface in named_interfaces(session, statement):
        found = {way: at_work[interface.name, way][1] for way in ("in", "out") if (interface.name, way) in at_work}
        if found:
            text.append(f"{interface.name}:\n" + "\n".join(_text(way, engine) for way, engine in found.items()))
    return "\n".join(text)


_TEXT = """\
   Virtual Fragment Reassembly (VFR) is ENABLED [{way}]
   Concurrent reassemblies (max-reassemblies): {limits.datagrams}
   Fragments per reassembly (max-fragments): {limits.fragments}
   Reassembly timeout (timeout): {seconds} seconds
   Drop fragments: {drop}

   Current reassembly count:{packets}
   Current fragment count:{fragments}
   Total reassembly count:{engine.reassembled}
   Total reassembly timeout count:{engine.timeouts}
"""


def _text(way: str, engine: VirtualReassembler) -> str:
    packets, fragments = engine.waiting
    drop = "ON" if engine.none_at_all else "OFF"
    seconds = engine.limits.timeout // SECOND
    return _TEXT.format(
        way=way, limits=engine.limits, seconds=seconds, drop=drop, packets=packets, fragments=fragments, engine=engine
    )

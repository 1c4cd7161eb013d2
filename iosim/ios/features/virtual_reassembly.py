"""`ip virtual-reassembly [in]` on interfaces, and `show ip virtual-reassembly`.

The form of the latter is that of IOS XE 16 (the captures of pyATS Genie for it); the message has been seen on IOS 12.4.
"""

from __future__ import annotations

from functools import partial

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.config import Value, bound
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
    """What an interface says."""

    reassembly: Reassembly | None = bound(Value("if_virtual_reassembly", order=49.1, type=Reassembly))


@feature
class VirtualReassembly(Feature):
    """Keeps the interfaces as they are configured; what waits goes when that changes."""

    order = 22

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.at_work: dict[str, tuple[Reassembly, VirtualReassembler]] = {}

    def reconcile(self) -> None:
        before, self.at_work = self.at_work, {}
        for name, config in self.router.config[Interfaces].interfaces.items():
            interface, wanted = self.router.stack.interfaces[name], config[ReassemblySettings].reassembly
            interface.reassembly = None
            if wanted is not None:
                known = before.get(name)
                engine = known[1] if known is not None and known[0] == wanted else self._begin(interface, wanted)
                self.at_work[name] = wanted, engine
                interface.reassembly = engine

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
    names = [interface.name for interface in named_interfaces(session, statement)]
    return "\n".join(_text(name, *at_work[name]) for name in names if name in at_work)


_TEXT = """\
{name}:
   Virtual Fragment Reassembly (VFR) is ENABLED [in]
   Concurrent reassemblies (max-reassemblies): {limits.datagrams}
   Fragments per reassembly (max-fragments): {limits.fragments}
   Reassembly timeout (timeout): {seconds} seconds
   Drop fragments: {drop}

   Current reassembly count:{packets}
   Current fragment count:{fragments}
   Total reassembly count:{engine.reassembled}
   Total reassembly timeout count:{engine.timeouts}
"""


def _text(name: str, wanted: Reassembly, engine: VirtualReassembler) -> str:
    packets, fragments = engine.waiting
    drop = "ON" if engine.none_at_all else "OFF"
    seconds = engine.limits.timeout // SECOND
    return _TEXT.format(
        name=name, limits=engine.limits, seconds=seconds, drop=drop, packets=packets, fragments=fragments, engine=engine
    )

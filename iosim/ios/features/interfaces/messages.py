"""What the log says of interfaces: a link at once, the line protocol a second later, if it is still so."""

from __future__ import annotations

from functools import partial

from iosim.data import dataclass
from iosim.ios.features.interfaces.config import is_clone, parent_name
from iosim.ios.router import Router
from iosim.sim.clock import SECOND, Timer
from iosim.stack.interface import Interface
from iosim.stack.tunnel import Tunnel

DELAY = SECOND
"""From the message of the link to that of the line protocol."""
SHUT = "administratively down"


def link_state(interface: Interface) -> str:
    """`up`, `down` or `administratively down`."""
    if not interface.admin_up:
        return SHUT
    return "up" if interface.carrier else "down"


@dataclass(slots=True)
class Said:
    """What the log has said last of one interface; `timer` runs when there is more to say of the line protocol.

    Of the line protocol of a tunnel it also says that it is down at first, which is None here.
    """

    link: str
    line_up: bool | None = False
    timer: Timer | None = None


class LinkMessages:
    """The messages of one router's interfaces. Sub-interfaces have none, as on IOS."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._said: dict[str, Said] = {}

    def begin(self, interface: Interface) -> None:
        """An interface is made: what has a cable comes from being shut down, anything else is made with its link up."""
        if parent_name(interface.name) is None and interface.name != "Null0":
            tunnel = isinstance(interface.framing, Tunnel)
            first = None if tunnel else False
            self._said[interface.name] = Said("up" if tunnel or interface.port is None else SHUT, first)

    def end(self, name: str) -> None:
        """An interface is taken away."""
        said = self._said.pop(name, None)
        if said is None:
            return
        if said.timer is not None:
            said.timer.cancel()
        if said.link != SHUT and not is_clone(name):
            self._link(name, SHUT)
        if said.line_up:
            self._router.sim.call_later(DELAY, partial(self._line, name, False))

    def follow(self, interface: Interface) -> None:
        """An interface may have changed."""
        said = self._said.get(interface.name)
        if said is None:
            return
        link = link_state(interface)
        if link != said.link:
            said.link = link
            self._link(interface.name, link)
        if interface.line_up is not said.line_up and said.timer is None:
            said.timer = self._router.sim.call_later(DELAY, partial(self._follow_line, interface, said))

    def _follow_line(self, interface: Interface, said: Said) -> None:
        said.timer = None
        if interface.line_up is not said.line_up:
            said.line_up = interface.line_up
            self._line(interface.name, interface.line_up)

    def stop(self) -> None:
        """The router goes down and says no more."""
        for said in self._said.values():
            if said.timer is not None:
                said.timer.cancel()
        self._said.clear()

    def _link(self, name: str, state: str) -> None:
        mnemonic = "LINK-5-CHANGED" if state == SHUT else "LINK-3-UPDOWN"
        self._router.syslog.message(mnemonic, f"Interface {name}, changed state to {state}")

    def _line(self, name: str, up: bool) -> None:
        text = f"Line protocol on Interface {name}, changed state to {'up' if up else 'down'}"
        self._router.syslog.message("LINEPROTO-5-UPDOWN", text)

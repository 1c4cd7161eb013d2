"""`show controllers`: of serial interfaces, which end of the cable gives the clock."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.names import interface_type
from iosim.ios.features.interface_media import medium_of
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ip_interface import named_interfaces
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.link import Port
from iosim.stack.interface import Interface

DEFAULT_CLOCK = 2_000_000
"""The clock rate of a cable's DCE end that has none configured."""


@handler("show_controllers")
def show_controllers(session: Session, statement: Statement) -> str:
    """`show controllers [X]`"""
    interfaces = named_interfaces(session, statement)
    physical = [each for each in interfaces if interface_type(each.name).physical]
    return "".join(_text(session.router, interface) for interface in physical)


def _text(router: Router, interface: Interface) -> str:
    text = f"Interface {interface.name}\nHardware is {medium_of(interface).hardware.removesuffix(' Serial')}\n"
    if interface_type(interface.name).serial:
        text += f"{_cable(router, interface)}\n"
    return text + "\n"


def _cable(router: Router, interface: Interface) -> str:
    """The end of the cable: that which the lab names first is the DCE."""
    port = interface.port
    if not isinstance(port, Port) or port.link is None:
        return "No serial cable attached"
    if port.link.a is not port:
        return f"DTE V.35 TX and RX clocks {'' if interface.carrier else 'not '}detected."
    kept = router.config[Interfaces].interfaces[interface.name][KeptLines].said.get("inert_if_clock_rate", {})
    rate = next((args["clock_rate"][-1] for said, args in kept.values() if said and args), DEFAULT_CLOCK)
    return f"DCE V.35, clock rate {rate}"

"""What CDP and LLDP say of a router alike."""

from __future__ import annotations

from iosim.grammar.names import interface_type
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.identity import Identity
from iosim.ios.router import Router
from iosim.stack.interface import Interface


def system_name(router: Router) -> str:
    """The hostname, with the domain name when there is one."""
    domain = router.config[Identity].domain_name
    return f"{router.hostname}.{domain}" if domain else router.hostname


def able_interfaces(router: Router, serial: bool) -> list[str]:
    """The interfaces that discovery can run on: those that take a cable, with `serial` ones or without."""
    kinds = {name: interface_type(name) for name in router.config[Interfaces].interfaces}
    return [name for name, kind in kinds.items() if kind.physical and (serial or not kind.serial)]


def one_address(interface: Interface | None) -> tuple[int, ...]:
    """The primary address of an interface, if it has one."""
    return () if interface is None or interface.address is None else (interface.address,)

"""What CDP and LLDP say of a router alike."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar, Generic, TypeVar

from iosim.grammar.names import interface_type
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.identity import Identity
from iosim.ios.router import Feature, Router
from iosim.stack.discovery import Discovery, Heard, Neighbour
from iosim.stack.interface import Interface

M = TypeVar("M")


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


class DiscoveryFeature(Feature, Generic[M]):
    """One protocol of a router. `counts` are those of its `show … traffic`, by name."""

    order = 60
    name: ClassVar[str]
    group: ClassVar[bytes]

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.counts: Counter[str] = Counter()
        self.engine: Discovery[M] = Discovery(router.stack, self.name, self.group, self.compose, self.read)

    def compose(self, interface: Interface) -> bytes:
        """What is said of this router on an interface, as a frame."""
        raise NotImplementedError

    def read(self, interface: Interface, frame: bytes) -> Heard[M] | None:
        """What a frame says of a neighbour; None when it cannot be read."""
        raise NotImplementedError

    def stop(self) -> None:
        self.engine.stop()

    def seen(self, interface: str | None) -> list[Neighbour[M]]:
        """The neighbours on an interface, or on all."""
        return [known for known in self.engine.neighbours() if interface in (None, known.interface.name)]

    def forget(self, what: str) -> None:
        """`clear cdp table`, `clear cdp counters` and their like."""
        if what == "table":
            self.engine.clear()
        else:
            self.counts.clear()

"""What lines say about the network: `transport …`, `access-class …`; and `ip telnet source-interface`."""

from __future__ import annotations

from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Table, Value, bound
from iosim.ios.features.access_lists.connections import lets_pass
from iosim.ios.features.lines import Lines
from iosim.ios.line import Line
from iosim.ios.registry import part
from iosim.ios.router import Router
from iosim.stack.tcp.options import Key

NONE, ALL, TELNET = "none", "all", "telnet"


@dataclass(frozen=True, slots=True)
class Transport:
    """`transport input telnet ssh`"""

    direction: str
    protocol: tuple[str, ...] = ()


class TransportTable(Table):
    """The protocols by direction; `no transport input` takes none at all."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        super().apply(part, name, statement)
        if statement.no:
            direction = statement.get("direction")
            getattr(part, name)[direction,] = Transport(direction, (NONE,))


@dataclass(frozen=True, slots=True)
class AccessClass:
    """`access-class 10 in`"""

    acl: str
    direction: str
    vrf_also: bool = False
    vrfname: str | None = None
    vrf: str | None = None


@part("config_line")
@dataclass(slots=True)
class LineNetwork:
    """Who may come to a line, and where to from there."""

    access_class: dict[Any, AccessClass] = bound(
        Table("line_access_class", order=5, key=("direction",), type=AccessClass)
    )
    transport: dict[Any, Transport] = bound(
        TransportTable("line_transport", order=60, key=("direction",), type=Transport)
    )
    preferred: dict[Any, Transport] = bound(
        TransportTable("line_transport_preferred", order=60, key=("direction",), type=Transport)
    )

    def allows(self, direction: str) -> bool:
        """Whether Telnet may be used, "input" or "output"; unless something is said, it may."""
        transport = self.transport.get((direction,))
        return transport is None or bool({ALL, TELNET} & set(transport.protocol))

    @property
    def calls_hosts(self) -> bool:
        """Whether a word that is no command is taken for a host to connect to."""
        return not any(NONE in transport.protocol for transport in self.preferred.values())

    def words(self, direction: str) -> str:
        """The protocols that may be used, as `show terminal` lists them."""
        transport = self.transport.get((direction,))
        chosen = (ALL,) if transport is None else transport.protocol
        return "pad telnet rlogin ssh" if ALL in chosen else " ".join(chosen)


@part("config")
@dataclass(slots=True)
class TelnetSettings:
    """What a router says about its own calls."""

    source: str | None = bound(Value("ip_telnet_source_interface", order=231, type="interface"))


def network_of(router: Router, line: Line) -> LineNetwork:
    """What is configured for a line."""
    return router.config[Lines].of(line)[LineNetwork]


def permits(router: Router, line: Line, direction: str, key: Key) -> bool:
    """Whether the access class of a line lets a connection pass."""
    access_class = network_of(router, line).access_class.get((direction,))
    return access_class is None or lets_pass(router, access_class.acl, direction, key)

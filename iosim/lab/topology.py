"""A lab as pure data: nodes, links and checks, all of it known to be sound before anything is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from iosim.data import dataclass
from iosim.lab.units import Comparison
from iosim.sim.link import DEFAULT_DELAY
from iosim.stack.switch import Membership

HOST_INTERFACE = "eth0"
NAT_INTERFACES = ("inside", "outside")


@dataclass(frozen=True, slots=True)
class RouterSpec:
    """A router with the text of its startup configuration, which came from `file`, if from any."""

    name: str
    file: Path | None
    text: str


@dataclass(frozen=True, slots=True)
class HostSpec:
    """A PC with one interface."""

    name: str
    address: int
    length: int
    gateway: int | None


@dataclass(frozen=True, slots=True)
class SwitchSpec:
    """An Ethernet switch; `vlans` says of its interfaces where they belong, None of a switch without VLANs."""

    name: str
    vlans: Mapping[str, Membership] | None = None
    kind: ClassVar[str] = "switch"


@dataclass(frozen=True, slots=True)
class BridgeSpec:
    """An interface of the machine that the lab runs on."""

    name: str
    interface: str
    kind: ClassVar[str] = "bridge"


@dataclass(frozen=True, slots=True)
class NatSpec:
    """A translator between two networks; `timeout` is the life of an idle UDP mapping in seconds.

    `static` are pairs of an inside address and the outside address that it has to itself.
    """

    name: str
    inside: tuple[int, int]
    outside: tuple[int, int]
    gateway: int | None
    timeout: int | None
    static: tuple[tuple[int, int], ...] = ()


ConsoleSpec = RouterSpec | HostSpec | NatSpec
NodeSpec = ConsoleSpec | SwitchSpec | BridgeSpec


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """An interface of a node, by its canonical name."""

    node: str
    interface: str

    def __str__(self) -> str:
        return f"{self.node}:{self.interface}"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a link does to frames; the units are those of `iosim.sim.link.Link`."""

    delay: int = DEFAULT_DELAY
    jitter: int = 0
    loss: float = 0
    corrupt: float = 0
    duplicate: float = 0
    reorder: float = 0
    rate: int = 0
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A cable between two interfaces."""

    ends: tuple[Endpoint, Endpoint]
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class PingCheck:
    """`count` pings from a node; `expect` compares "sent", "received" and "lost"."""

    name: str
    node: str
    to: str
    count: int
    expect: dict[str, Comparison]


@dataclass(frozen=True, slots=True)
class CaptureCheck:
    """Packets on a link, since the lab was switched on, whose source or destination is in a prefix."""

    name: str
    link: Endpoint
    network: int
    mask: int
    packets: Comparison


@dataclass(frozen=True, slots=True)
class CommandCheck:
    """Lines typed at a node one after the other, and what they print together.

    A line is text, or a time (µs) that passes.
    """

    name: str
    node: str
    run: tuple[str | int, ...]
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    matches: tuple[re.Pattern[str], ...] = ()


Check = PingCheck | CaptureCheck | CommandCheck


@dataclass(frozen=True, slots=True)
class Lab:
    """A whole lab."""

    name: str
    file: Path
    seed: int
    nodes: dict[str, NodeSpec]
    links: tuple[LinkSpec, ...]
    checks: tuple[Check, ...]

    def consoles(self) -> list[str]:
        """The names of the nodes that have a console, in the order of the file."""
        return [name for name, spec in self.nodes.items() if isinstance(spec, ConsoleSpec)]

    def no_console(self, name: str) -> str:
        """What to say of a name that stands for no console."""
        consoles = ", ".join(self.consoles())
        spec = self.nodes.get(name)
        if isinstance(spec, SwitchSpec | BridgeSpec):
            return f"{name} is a {spec.kind} and has no console; {consoles} have one"
        return f'there is no node "{name}" in {self.name}; nodes are {consoles}'

"""The links of a lab file: two endpoints that exist and are free, and what the cable does to frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, structs

from iosim.grammar.names import interface_type, parse_interface
from iosim.lab import units
from iosim.lab.document import Document, Place
from iosim.lab.topology import (
    HOST_INTERFACE,
    NAT_INTERFACES,
    BridgeSpec,
    Conditions,
    Endpoint,
    HostSpec,
    LinkSpec,
    NatSpec,
    NodeSpec,
    RouterSpec,
    SwitchSpec,
)

LINKS: Place = ("topology", "links")


class LinkSchema(Struct, forbid_unknown_fields=True):
    """A link."""

    endpoints: list[str]
    delay: str | None = None
    jitter: str | None = None
    loss: str | None = None
    corrupt: str | None = None
    duplicate: str | None = None
    reorder: str | None = None
    rate: str | None = None
    mtu: str | None = None


READERS: dict[str, Callable[[str], Any]] = {
    "delay": units.duration,
    "jitter": units.duration,
    "loss": units.fraction,
    "corrupt": units.fraction,
    "duplicate": units.fraction,
    "reorder": units.fraction,
    "rate": units.bit_rate,
    "mtu": units.mtu,
}


def read_links(document: Document, nodes: dict[str, NodeSpec]) -> tuple[LinkSpec, ...]:
    """All links of the file. Raises LabError."""
    used: dict[Endpoint, int] = {}
    count = len(document.at(("topology",)).get("links") or ())
    links = tuple(_link(document, (*LINKS, index), nodes, used) for index in range(count))
    _check_loops(document, nodes, links)
    return links


def _check_loops(document: Document, nodes: dict[str, NodeSpec], links: tuple[LinkSpec, ...]) -> None:
    """Refuse a ring of switches: they have no spanning tree, so a broadcast would circle, and multiply, for ever."""
    group = {name: name for name, spec in nodes.items() if isinstance(spec, SwitchSpec)}
    for index, link in enumerate(links):
        one, two = (end.node for end in link.ends)
        if one not in group or two not in group:
            continue
        if group[one] == group[two]:
            message = (
                f"{one} and {two} are joined already; switches here have no spanning tree, and frames would circle"
            )
            raise document.error((*LINKS, index), message)
        old = group[one]
        group = {name: group[two] if root == old else root for name, root in group.items()}


def find_endpoint(text: str, nodes: dict[str, NodeSpec]) -> Endpoint:
    """`R1:Gi0/0` with the interface's canonical name. Raises ValueError with what would be right."""
    name, colon, interface = text.partition(":")
    spec = nodes.get(name.strip())
    if not colon or not interface.strip():
        raise ValueError(f'"{text}" should be a node and an interface, such as "R1:Gi0/0"')
    if spec is None:
        raise ValueError(f'"{text}": there is no node "{name}"; nodes are {", ".join(nodes)}')
    return Endpoint(spec.name, _interface(text, interface.strip(), spec))


def _interface(text: str, interface: str, spec: NodeSpec) -> str:
    if isinstance(spec, HostSpec):
        if interface.lower() != HOST_INTERFACE:
            raise ValueError(f'"{text}": a host has no interface "{interface}", only {HOST_INTERFACE}')
        return HOST_INTERFACE
    if isinstance(spec, BridgeSpec):
        return spec.interface
    if isinstance(spec, NatSpec):
        if interface.lower() not in NAT_INTERFACES:
            raise ValueError(f'"{text}": a translator has the interfaces inside and outside, not "{interface}"')
        return interface.lower()
    canonical = parse_interface(interface)
    if not isinstance(spec, RouterSpec):
        return canonical or interface
    if canonical is None:
        raise ValueError(f'"{text}": a router has no interface "{interface}"; Gi0/0, Fa0/1, Et0/0 or Se0/0 would do')
    if not interface_type(canonical).physical:
        raise ValueError(f'"{text}": no cable fits into {canonical}; Gi0/0, Fa0/1, Et0/0 or Se0/0 would do')
    return canonical


def _link(document: Document, place: Place, nodes: dict[str, NodeSpec], used: dict[Endpoint, int]) -> LinkSpec:
    schema = document.mapping(place, LinkSchema)
    if len(schema.endpoints) != 2:
        raise document.error((*place, "endpoints"), f"a link has two endpoints, not {len(schema.endpoints)}")
    one, two = (_endpoint(document, (*place, "endpoints", i), nodes, used) for i in range(2))
    if _is_serial(one, nodes) is not _is_serial(two, nodes):
        message = f"{one} and {two}: a serial cable has a serial interface at both ends"
        raise document.error((*place, "endpoints"), message)
    return LinkSpec((one, two), _conditions(document, place, structs.asdict(schema)))


def _is_serial(endpoint: Endpoint, nodes: dict[str, NodeSpec]) -> bool:
    return isinstance(nodes[endpoint.node], RouterSpec) and interface_type(endpoint.interface).serial


def _endpoint(document: Document, place: Place, nodes: dict[str, NodeSpec], used: dict[Endpoint, int]) -> Endpoint:
    text = document.at(place)
    try:
        endpoint = find_endpoint(text, nodes)
    except ValueError as error:
        raise document.error(place, str(error)) from None
    if endpoint in used:
        raise document.error(place, f'"{text}": {endpoint} is already used by the link in line {used[endpoint]}')
    used[endpoint] = document.line(place)
    return endpoint


def _conditions(document: Document, place: Place, values: dict[str, Any]) -> Conditions:
    settings = {}
    for key, read in READERS.items():
        if values[key] is not None:
            try:
                settings[key] = read(values[key])
            except ValueError as error:
                raise document.error((*place, key), f"{key}: {error}") from None
    return Conditions(**settings)

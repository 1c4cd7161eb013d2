"""Reads a lab file into a Lab: everything that can be known to be wrong before anything runs is a LabError here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import fields

from iosim.grammar.names import parse_interface
from iosim.ios.text import decode
from iosim.lab import units
from iosim.lab.addresses import check_host, check_overlaps
from iosim.lab.document import Document, Place
from iosim.lab.errors import LabError
from iosim.lab.expectations import read_checks
from iosim.lab.links import read_links
from iosim.lab.schemas import (
    BridgeSchema,
    DefaultsSchema,
    FileSchema,
    HostSchema,
    NatSchema,
    RouterSchema,
    SwitchSchema,
    TopologySchema,
)
from iosim.lab.topology import BridgeSpec, HostSpec, Lab, LinkSpec, NatSpec, NodeSpec, RouterSpec, SwitchSpec
from iosim.sim.clock import SECOND
from iosim.stack.switch import Membership
from iosim.wire.address import address_text, netmask

V = TypeVar("V")
IOS_KINDS = frozenset(
    {
        "ios",
        "cisco_iol",
        "cisco_vios",
        "cisco_viosl3",
        "cisco_csr1000v",
        "cisco_csr",
        "cisco_c8000",
        "cisco_c8000v",
        "cisco_cat8000v",
        "vr-csr",
        "vr-cisco_csr1000v",
        "vr-c8000v",
        "vr-cisco_c8000v",
        "vr-vios",
        "vr-cisco_vios",
    }
)
"""`ios` and the names of containerlab for images of IOS routers."""
NODES: Place = ("topology", "nodes")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?", re.ASCII)


def load_lab(file: Path) -> Lab:
    """The lab in a file. Raises LabError with the file and the line of the mistake."""
    document = Document(file)
    root = document.mapping((), FileSchema)
    topology = document.mapping(("topology",), TopologySchema)
    if not topology.nodes:
        raise document.error(NODES, "a lab needs a node")
    defaults = _defaults(document, topology)
    nodes = {name: _node(document, name, defaults) for name in topology.nodes}
    links = read_links(document, nodes)
    check_overlaps(document, nodes)
    _check_vlans(document, nodes, links)
    return Lab(root.name, file, root.seed, nodes, links, read_checks(document, nodes, links))


def _defaults(document: Document, topology: TopologySchema) -> dict[str, Any]:
    if topology.defaults is None:
        return {}
    document.mapping(("topology", "defaults"), DefaultsSchema)
    return topology.defaults


def _node(document: Document, name: str, defaults: dict[str, Any]) -> NodeSpec:
    """One node, as its kind reads it."""
    place = (*NODES, name)
    if not _NAME.fullmatch(name):
        raise document.error(place, f'"{name}" is no name for a node: letters, digits, "-", "_" and "." make one')
    value = document.at(place)
    own = value.get("kind") if isinstance(value, dict) else None
    kind = own if own is not None else defaults.get("kind")
    reader = READERS.get(str(kind))
    if reader is None:
        raise document.error((*place, "kind"), f"{name}: {_kind_problem(kind)}")
    schema, read = reader
    known = {field.encode_name for field in fields(schema)}
    return read(document, name, document.mapping(place, schema, {k: v for k, v in defaults.items() if k in known}))


def _kind_problem(kind: object) -> str:
    others = ", ".join(kind for kind in READERS if kind not in IOS_KINDS)
    if kind is None:
        return f"no kind is given, here or under defaults; known kinds are ios, {others}"
    return f'unknown kind "{kind}"; known are ios (also as {", ".join(sorted(IOS_KINDS - {"ios"}))}), {others}'


def _router(document: Document, name: str, schema: RouterSchema) -> RouterSpec:
    if schema.startup_config is None:
        return RouterSpec(name, None, "")
    path = document.file.parent / schema.startup_config
    try:
        return RouterSpec(name, path, decode(path.read_bytes()))
    except (OSError, ValueError) as error:  # ValueError: a null character
        place = (*NODES, name, "startup-config")
        reason = error.strerror if isinstance(error, OSError) else error
        raise document.error(place, f'{name}: "{path}" cannot be read: {reason}') from None


def _host(document: Document, name: str, schema: HostSchema) -> HostSpec:
    place = (*NODES, name)
    address, length = _value(document, (*place, "address"), units.prefix, schema.address)
    gateway = None
    if schema.gateway is not None:
        gateway = _value(document, (*place, "gateway"), units.address, schema.gateway)
    host = HostSpec(name, address, length, gateway)
    check_host(document, place, host)
    return host


def _switch(document: Document, name: str, schema: SwitchSchema) -> SwitchSpec:
    if schema.vlans is None:
        return SwitchSpec(name)
    place = (*NODES, name, "vlans")
    vlans: dict[str, Membership] = {}
    for interface, text in schema.vlans.items():
        membership = _value(document, (*place, interface), units.membership, str(text))
        vlans[parse_interface(interface) or interface] = membership
    return SwitchSpec(name, vlans)


def _check_vlans(document: Document, nodes: dict[str, NodeSpec], links: tuple[LinkSpec, ...]) -> None:
    """Refuse to give a VLAN to an interface of a switch that no link leads to: the name will be a slip."""
    for name, spec in nodes.items():
        if not isinstance(spec, SwitchSpec) or not spec.vlans:
            continue
        used = [end.interface for link in links for end in link.ends if end.node == name]
        for interface in spec.vlans:
            if interface not in used:
                message = f'{name}: no link leads to "{interface}"; its interfaces are {", ".join(used) or "none"}'
                raise document.error((*NODES, name, "vlans"), message)


def _bridge(document: Document, name: str, schema: BridgeSchema) -> BridgeSpec:
    return BridgeSpec(name, schema.interface)


def _nat(document: Document, name: str, schema: NatSchema) -> NatSpec:
    place = (*NODES, name)
    inside, outside = (
        _value(document, (*place, side), units.prefix, getattr(schema, side)) for side in ("inside", "outside")
    )
    gateway = None if schema.gateway is None else _value(document, (*place, "gateway"), units.address, schema.gateway)
    check_host(document, place, HostSpec(name, *inside, None), "inside")
    check_host(document, place, HostSpec(name, *outside, gateway), "outside")
    timeout = None
    if schema.timeout is not None:
        timeout = max(1, _value(document, (*place, "timeout"), units.duration, schema.timeout) // SECOND)
    return NatSpec(name, inside, outside, gateway, timeout, _static(document, place, schema.static, inside, outside))


def _static(
    document: Document, place: Place, said: dict[str, str], inside: tuple[int, int], outside: tuple[int, int]
) -> tuple[tuple[int, int], ...]:
    """The pairs of inside and outside addresses, each another one of its network, no outside one twice."""
    pairs: dict[int, int] = {}
    for key, text in said.items():
        there = (*place, "static", key)
        pair = _value(document, there, units.address, key), _value(document, there, units.address, text)
        for address, (own, length) in zip(pair, (inside, outside), strict=True):
            if address in (own, *pairs.values()) or (address ^ own) & netmask(length):
                wrong = f"{address_text(address)} is not a free address beside {address_text(own)}/{length}"
                raise document.error(there, f"{place[-1]}: static: {wrong}")
        pairs[pair[0]] = pair[1]
    return tuple(pairs.items())


def _value(document: Document, place: Place, read: Callable[[str], V], text: str) -> V:
    try:
        return read(text)
    except ValueError as error:
        raise document.error(place, f"{place[-2]}: {place[-1]}: {error}") from None


Reader = tuple[type[Any], Callable[[Document, str, Any], NodeSpec]]
READERS: dict[str, Reader] = {
    **dict.fromkeys(sorted(IOS_KINDS), (RouterSchema, _router)),
    "host": (HostSchema, _host),
    "switch": (SwitchSchema, _switch),
    "bridge": (BridgeSchema, _bridge),
    "nat": (NatSchema, _nat),
}
"""Kind → how its mapping looks and what becomes of it."""

__all__ = ["LabError", "load_lab"]

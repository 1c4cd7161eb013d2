"""Checks that addresses fit together: no two nodes with the same one, hosts with a gateway that they can reach."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from iosim.grammar import CliError
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse
from iosim.lab.document import Document, Place
from iosim.lab.errors import LabError
from iosim.lab.topology import HostSpec, NatSpec, NodeSpec, RouterSpec
from iosim.wire.address import address_text, netmask


def check_host(document: Document, place: Place, host: HostSpec, key: str = "address") -> None:
    """Refuse a host whose address, under `key`, is no host's address, or whose gateway is not in its subnet."""
    mask = netmask(host.length)
    subnet = f"{address_text(host.address & mask)}/{host.length}"
    text = address_text(host.address)
    if host.length < 31 and host.address & ~mask & 0xFFFFFFFF in (0, ~mask & 0xFFFFFFFF):
        message = f"{host.name}: {text} is the network or broadcast address of {subnet}, not a host's"
        raise document.error((*place, key), message)
    if host.gateway is None:
        return
    if host.gateway & mask != host.address & mask:
        message = f"{host.name}: gateway {address_text(host.gateway)} is not in {subnet}, the subnet of {text}"
        raise document.error((*place, "gateway"), message)
    if host.gateway == host.address:
        raise document.error((*place, "gateway"), f"{host.name}: {text} cannot be its own gateway")


def check_overlaps(document: Document, nodes: dict[str, NodeSpec]) -> None:
    """Refuse an address that two nodes have."""
    owners: dict[int, tuple[str, Path, int]] = {}
    for name, spec in nodes.items():
        for address, file, line in _addresses(document, spec):
            owner, other_file, other_line = owners.setdefault(address, (name, file, line))
            if owner != name:
                where = f"line {other_line}" if other_file == file else f"{other_file}:{other_line}"
                text = address_text(address)
                raise LabError(f"{name}: {text} is already an address of {owner} ({where})", file, line)


def _addresses(document: Document, spec: NodeSpec) -> Iterator[tuple[int, Path, int]]:
    """The addresses of a node, each with the file and line that gives it."""
    if isinstance(spec, HostSpec):
        yield spec.address, document.file, document.line(("topology", "nodes", spec.name, "address"))
    elif isinstance(spec, NatSpec):
        for side in ("inside", "outside"):
            yield getattr(spec, side)[0], document.file, document.line(("topology", "nodes", spec.name, side))
        for _, outside in spec.static:
            yield outside, document.file, document.line(("topology", "nodes", spec.name, "static"))
    elif isinstance(spec, RouterSpec) and spec.file is not None:
        for number, line in enumerate(spec.text.splitlines(), start=1):
            address = _interface_address(line.strip()) if "ip" in line and "add" in line else None
            if address is not None:
                yield address, spec.file, number


def _interface_address(line: str) -> int | None:
    """The address that a line gives to an interface, if it does."""
    try:
        statement = parse(ios_grammar(), "config_if", line)
    except CliError:
        return None
    if statement.command != "if_ip_address" or statement.no or statement.default:
        return None
    address: int | None = statement.get("address")
    return address

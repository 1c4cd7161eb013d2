"""Which pings the tunnels of a lab should carry: between tunnel interfaces, and between what lies behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import permutations

from tests.trial_cabling import Cabling, Device, Interface

MOST_PINGS = 2
_WORD = r"(\d\S+)"
POLICY = re.compile(rf"permit ip {_WORD} {_WORD} {_WORD} {_WORD}")


def pings(found: Cabling) -> Iterator[tuple[str, str, str]]:
    """What each pair of tunnel ends should carry, as (name, node, command): PC to PC, else from router to router."""
    ends = [device for device in found.devices if device.peers]
    for one, other in permutations(ends, 2):
        if not any(map(other.holds, one.peers)):
            continue
        yield from _tunnel_pings(one, other)
        inner = [(a, b) for a in one.inner() for b in other.inner() if is_carried(one, a, b)]
        for a, b in inner[:MOST_PINGS]:
            pc, far = _host(found, a.address.network), _host(found, b.address.network)
            if pc and far:
                yield f"{pc.name} → {far.name}", pc.name, f"ping {far.interfaces[0].address.ip}"
            else:
                title = f"{one.name} {a.address.ip} → {b.address.ip}"
                yield title, one.name, f"ping {b.address.ip} source {a.name}"


def _tunnel_pings(one: Device, other: Device) -> Iterator[tuple[str, str, str]]:
    """Between the addresses of tunnel interfaces of one subnet."""
    for a in one.interfaces:
        for b in other.interfaces:
            both = a.name.startswith("Tunnel") and b.name.startswith("Tunnel")
            if both and a.address.network == b.address.network:
                yield f"{one.name} {a.name} → {b.address.ip}", one.name, f"ping {b.address.ip}"


def _host(found: Cabling, subnet: object) -> Device | None:
    hosts = (each for each in found.devices if each.gateway is not None)
    return next((each for each in hosts if each.interfaces[0].address.network == subnet), None)


def is_carried(device: Device, a: Interface, b: Interface) -> bool:
    """Whether a packet from one address to the other goes into a tunnel: by a line of a policy, or by some route."""
    if "tunnel destination" in device.text:
        return True
    lines = (
        (IPv4Network(f"{words[0]}/{words[1]}", strict=False), IPv4Network(f"{words[2]}/{words[3]}", strict=False))
        for words in POLICY.findall(device.text)
    )
    return any(a.address.ip in source and b.address.ip in destination for source, destination in lines)

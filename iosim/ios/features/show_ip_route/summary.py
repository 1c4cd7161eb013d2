"""`show ip route summary`: how many routes there are, and whose."""

from __future__ import annotations

from iosim.ios.features.show_ip_route.networks import classful_length, networks
from iosim.routing.rib import Rib


def summary(rib: Rib) -> str:
    """`show ip route summary`: how many routes are those of a whole network, and how many of a part."""
    counts: dict[str, list[int]] = {name: [0, 0] for name in ("application", "connected", "static")}
    for entry in rib.entries():
        is_part = entry.length > 0 and entry.length != classful_length(entry.prefix)
        counts.setdefault(entry.client, [0, 0])[is_part] += 1
    inside = len([network for network in networks(rib.entries()) if network.is_subnetted])
    text = _SUMMARY + "".join(_summary_row(name, *count) for name, count in counts.items())
    whole, parts = (sum(count[part] for count in counts.values()) for part in (0, 1))
    text += f"{'internal':<16}{inside:<48}{inside * _INTERNAL}\n"
    total = (whole + parts) * _MEMORY + inside * _INTERNAL
    return text + f"{'Total':<16}{whole + inside:<12}{parts:<12}{0:<12}{(whole + parts) * _OVERHEAD:<12}{total}\n"


_SUMMARY = """\
IP routing table name is default (0x0)
IP routing table maximum-paths is 32
Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)
"""
_OVERHEAD, _MEMORY, _INTERNAL = 96, 312, 712
"""Bytes of IOS for a route, and for a network with routes to parts of it, as a capture has them."""


def _summary_row(name: str, whole: int, parts: int) -> str:
    count = whole + parts
    return f"{name:<16}{whole:<12}{parts:<12}{0:<12}{count * _OVERHEAD:<12}{count * _MEMORY}\n"

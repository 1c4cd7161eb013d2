"""Selectors: proxy identities made from access list lines, and the packets that belong to them."""

from __future__ import annotations

from iosim.ipsec.model import Proxy
from iosim.stack.acl import Ace, PortMatch
from iosim.wire.ipv4 import ICMP

FiveTuple = tuple[int, int, int, int, int]
"""Source, destination, protocol, source port, destination port, as `iosim.wire.ipv4.five_tuple` gives them."""


def reverse(packet: FiveTuple) -> FiveTuple:
    """The five-tuple of the opposite direction; an ICMP type has none."""
    source, destination, protocol, source_port, destination_port = packet
    if protocol == ICMP:
        return destination, source, protocol, source_port, destination_port
    return destination, source, protocol, destination_port, source_port


def proxies(line: Ace) -> tuple[Proxy, Proxy]:
    """The local and the remote proxy identity of a permit line: its source and its destination."""
    ports = (0, 0) if line.protocol == ICMP else (_port(line.source_port), _port(line.destination_port))
    local_mask, remote_mask = ~line.source_wildcard & 0xFFFFFFFF, ~line.destination_wildcard & 0xFFFFFFFF
    return (
        Proxy(line.source & local_mask, local_mask, line.protocol, ports[0]),
        Proxy(line.destination & remote_mask, remote_mask, line.protocol, ports[1]),
    )


def line_between(local: Proxy, remote: Proxy) -> Ace:
    """The permit line that has these proxy identities."""
    ports = [PortMatch(proxy.port, proxy.port) if proxy.port else None for proxy in (local, remote)]
    wildcards = [~proxy.mask & 0xFFFFFFFF for proxy in (local, remote)]
    return Ace(1, True, local.protocol, local.address, wildcards[0], remote.address, wildcards[1], ports[0], ports[1])


def contains(whole: Proxy, part: Proxy) -> bool:
    """Whether all that belongs to the second proxy identity belongs to the first one, too."""
    return (
        part.mask & whole.mask == whole.mask
        and (part.address ^ whole.address) & whole.mask == 0
        and whole.protocol in (0, part.protocol)
        and whole.port in (0, part.port)
    )


def inside(packet: FiveTuple, local: Proxy, remote: Proxy) -> bool:
    """Whether a packet from the remote side belongs to the SA of these proxies (RFC 4301 section 5.2, step 4).

    Ports are not compared in a later fragment, whose ports are not known (negative).
    """
    source, destination, protocol, source_port, destination_port = packet
    return (
        (source ^ remote.address) & remote.mask == 0
        and (destination ^ local.address) & local.mask == 0
        and local.protocol in (0, protocol)
        and (remote.port in (0, source_port) or source_port < 0)
        and (local.port in (0, destination_port) or destination_port < 0)
    )


def _port(match: PortMatch | None) -> int:
    """The one port that `eq` asks for; 0, any, for conditions that an IKEv1 identity cannot express."""
    return match.low if match is not None and match.low == match.high and not match.negated else 0

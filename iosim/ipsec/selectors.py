"""What a policy looks at: the five-tuple of a packet, and proxy identities made from access list lines."""

from __future__ import annotations

from struct import Struct
from typing import Final

from iosim.ipsec.model import Proxy
from iosim.stack.acl import Ace, PortMatch

ICMP: Final = 1
TCP: Final = 6
UDP: Final = 17

FiveTuple = tuple[int, int, int, int, int]
"""Source, destination, protocol, source port, destination port, as `iosim.stack.acl` defines them."""

_FIELDS = Struct("!6xHxB2xII")  # flags and fragment offset, protocol, source, destination
_PORTS = Struct("!HH")


def five_tuple(packet: bytes) -> FiveTuple:
    """The five-tuple of an IPv4 packet with a valid header; ports are 0 where missing, as in later fragments."""
    fragment, protocol, source, destination = _FIELDS.unpack_from(packet)
    start = (packet[0] & 15) * 4
    if protocol not in (ICMP, TCP, UDP) or fragment & 0x1FFF or len(packet) < start + 4:
        return source, destination, protocol, 0, 0
    first, second = _PORTS.unpack_from(packet, start)
    if protocol == ICMP:
        return source, destination, protocol, 0, first
    return source, destination, protocol, first, second


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


def inside(packet: FiveTuple, local: Proxy, remote: Proxy) -> bool:
    """Whether a packet from the remote side belongs to the SA of these proxies (RFC 4301 section 5.2, step 4).

    Ports are not compared in a packet that has none: a later fragment.
    """
    source, destination, protocol, source_port, destination_port = packet
    return (
        (source ^ remote.address) & remote.mask == 0
        and (destination ^ local.address) & local.mask == 0
        and local.protocol in (0, protocol)
        and (remote.port in (0, source_port) or source_port == destination_port == 0)
        and (local.port in (0, destination_port) or source_port == destination_port == 0)
    )


def _port(match: PortMatch | None) -> int:
    """The one port that `eq` asks for; 0, any, for conditions that an IKEv1 identity cannot express."""
    return match.low if match is not None and match.low == match.high and not match.negated else 0

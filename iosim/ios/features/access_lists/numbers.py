"""The numbers behind the words of access list lines, and what lines ask for beyond addresses and ports."""

from __future__ import annotations

from iosim.stack.acl import Condition
from iosim.wire.ipv4 import HEADER_LENGTH, OFFSET_MASK

PROTOCOLS = {
    "ip": 0, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51, "eigrp": 88,
    "ospf": 89, "nos": 94, "pim": 103, "pcp": 108, "sctp": 132,
}  # fmt: skip
PROTOCOL_NAMES = {number: name for name, number in PROTOCOLS.items()}

ICMP_TYPES: dict[str, tuple[int, int | None]] = {
    "echo-reply": (0, None), "unreachable": (3, None), "net-unreachable": (3, 0), "host-unreachable": (3, 1),
    "protocol-unreachable": (3, 2), "port-unreachable": (3, 3), "packet-too-big": (3, 4),
    "source-route-failed": (3, 5), "network-unknown": (3, 6), "host-unknown": (3, 7), "host-isolated": (3, 8),
    "dod-net-prohibited": (3, 9), "dod-host-prohibited": (3, 10), "net-tos-unreachable": (3, 11),
    "host-tos-unreachable": (3, 12), "administratively-prohibited": (3, 13), "host-precedence-unreachable": (3, 14),
    "precedence-unreachable": (3, 15), "source-quench": (4, None), "redirect": (5, None), "net-redirect": (5, 0),
    "host-redirect": (5, 1), "net-tos-redirect": (5, 2), "host-tos-redirect": (5, 3), "alternate-address": (6, None),
    "echo": (8, None), "router-advertisement": (9, None), "router-solicitation": (10, None),
    "time-exceeded": (11, None), "ttl-exceeded": (11, 0), "reassembly-timeout": (11, 1),
    "parameter-problem": (12, None), "general-parameter-problem": (12, 0), "option-missing": (12, 1),
    "no-room-for-option": (12, 2), "timestamp-request": (13, None), "timestamp-reply": (14, None),
    "information-request": (15, None), "information-reply": (16, None), "mask-request": (17, None),
    "mask-reply": (18, None), "traceroute": (30, None), "conversion-error": (31, None), "mobile-redirect": (32, None),
}  # fmt: skip
"""ICMP type and code of each name (IANA ICMP parameters); None is any code."""

ICMP_NAMES = {numbers: name for name, numbers in ICMP_TYPES.items()}

TCP_FLAGS = {"fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32}
ESTABLISHED = TCP_FLAGS["ack"] | TCP_FLAGS["rst"]
_FLAGS_AT = 13
_ANY_OPTION = -1
_END_OF_OPTIONS, _NO_OPERATION = 0, 1
_V3_REPORT = 16


def is_later_fragment(packet: bytes) -> bool:
    """Whether a packet begins behind the header of its protocol."""
    return bool((packet[6] << 8 | packet[7]) & OFFSET_MASK)


def tos_is(value: int, mask: int) -> Condition:
    """The bits of `mask` in the TOS byte are those of `value`."""
    return lambda packet: packet[1] & mask == value


def ttl_in(low: int, high: int, negated: bool) -> Condition:
    """The TTL lies in a range, or outside of it."""
    return lambda packet: (low <= packet[8] <= high) is not negated


def has_option(wanted: int) -> Condition:
    """The header has an IP option of this number (RFC 791 section 3.1), or any at all."""
    return lambda packet: wanted in _options(packet) or (wanted == _ANY_OPTION and packet[0] & 15 > 5)


def _options(packet: bytes) -> list[int]:
    """The numbers of the IP options of a packet, as far as they are sound."""
    found, at, end = [], HEADER_LENGTH, (packet[0] & 15) << 2
    while at < end:
        found.append(packet[at])
        if packet[at] == _END_OF_OPTIONS:
            break
        length = 1 if packet[at] == _NO_OPERATION else packet[at + 1] if at + 1 < end else 0
        if not length:
            break
        at += length
    return found


def flags_any(set_bits: int, clear_bits: int, permit: bool) -> Condition:
    """One of the TCP flags is as wanted; a later fragment fits a `permit` only, as with ports."""
    return lambda packet: (
        permit if is_later_fragment(packet) else bool((flags := _flags(packet)) & set_bits or ~flags & clear_bits)
    )


def flags_all(set_bits: int, clear_bits: int, permit: bool) -> Condition:
    """All of the TCP flags are as wanted; a later fragment fits a `permit` only."""
    return lambda packet: (
        permit
        if is_later_fragment(packet)
        else (flags := _flags(packet)) & set_bits == set_bits and not flags & clear_bits
    )


def _flags(packet: bytes) -> int:
    at = ((packet[0] & 15) << 2) + _FLAGS_AT
    return packet[at] if at < len(packet) else 0


def igmp_is(number: int, permit: bool) -> Condition:
    """The IGMP type is that of version 1 and 2 with this number (RFC 2236: 0x11 for 1), or a report of version 3."""
    wanted = 0x22 if number == _V3_REPORT else 0x10 | number

    def matches(packet: bytes) -> bool:
        at = (packet[0] & 15) << 2
        return permit if is_later_fragment(packet) else at < len(packet) and packet[at] == wanted

    return matches


def all_of(conditions: list[Condition]) -> Condition | None:
    """One condition that asks for all; None when there is none."""
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return lambda packet: all(condition(packet) for condition in conditions)

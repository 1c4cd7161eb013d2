"""What the lines of access lists match: their words become numbers, their object groups the members of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from iosim.data import dataclass
from iosim.ios.features.access_lists.line import ANY, Line
from iosim.ios.features.access_lists.numbers import (
    ESTABLISHED,
    ICMP_TYPES,
    PROTOCOLS,
    TCP_FLAGS,
    all_of,
    flags_all,
    flags_any,
    has_option,
    igmp_is,
    is_later_fragment,
    tos_is,
    ttl_in,
)
from iosim.stack.acl import Ace, Condition, PortMatch

Network = tuple[int, int]
"""Address and wildcard."""


@dataclass(frozen=True, slots=True)
class Service:
    """A protocol with the ports that it is asked for; for ICMP these are of the matcher's kind."""

    protocol: int
    source_port: PortMatch | None = None
    destination_port: PortMatch | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What names in lines stand for: the members of object groups, and whether a time range is active now."""

    networks: Callable[[str], list[Network]]
    services: Callable[[str], list[Service]]
    active: Callable[[str], bool]


def aces_of(sequence: int, line: Line, names: Names) -> list[Ace]:
    """The rows of the matcher that a line is: one, or one for each combination of its groups' members."""
    if line.evaluate is not None or line.dynamic is not None:
        return []
    condition = all_of(list(_conditions(line, names)))
    parts = product(_services(line, names), _networks(line, "source", names), _networks(line, "destination", names))
    return [
        Ace(
            sequence,
            line.action == "permit",
            service.protocol,
            *source,
            *destination,
            service.source_port,
            service.destination_port,
            condition,
            line.log,
            line.cookie,
        )
        for service, source, destination in parts
    ]


def _networks(line: Line, side: str, names: Names) -> list[Network]:
    group: str | None = getattr(line, f"{side}_group")
    if group is not None:
        return names.networks(group)
    host, network = getattr(line, f"{side}_host"), getattr(line, f"{side}_network")
    if host is not None:
        return [(host, 0)]
    return [(0, ANY)] if network is None else [(network, getattr(line, f"{side}_wildcard") or 0)]


def _services(line: Line, names: Names) -> list[Service]:
    if line.service_group is not None:
        return names.services(line.service_group)
    protocol = PROTOCOLS[line.protocol] if isinstance(line.protocol, str) else line.protocol or 0
    destination = icmp_match(line.icmp, line.icmp_code) or port_match(line.destination_op, line.destination_port)
    return [Service(protocol, port_match(line.source_op, line.source_port), destination)]


def port_match(operator: str | None, ports: tuple[int, ...]) -> PortMatch | None:
    """The condition that an operator with its ports is; None without one."""
    if operator is None:
        return None
    low, high = ports[0], ports[-1]
    if operator in ("eq", "neq"):
        return PortMatch(low, low, operator == "neq", ports[1:])
    return PortMatch(*_bounds(operator, low, high, 0xFFFF))


def _bounds(operator: str, low: int, high: int, top: int) -> tuple[int, int]:
    """The range that an operator means among numbers up to `top`."""
    return {"gt": (low + 1, top), "lt": (0, high - 1)}.get(operator, (low, high))


def icmp_match(icmp: str | int | None, code: int | None) -> PortMatch | None:
    """The matcher takes `type << 8 | code` for the destination port of ICMP."""
    if icmp is None:
        return None
    kind, code = ICMP_TYPES[icmp] if isinstance(icmp, str) else (icmp, code)
    return PortMatch(kind << 8, kind << 8 | 255) if code is None else PortMatch(kind << 8 | code, kind << 8 | code)


def _conditions(line: Line, names: Names) -> Iterator[Condition]:
    """What the line asks for besides addresses, protocol and ports."""
    permit = line.action == "permit"
    if line.established:
        yield flags_any(ESTABLISHED, 0, permit)
    if line.flag:
        wanted = sum({TCP_FLAGS[flag.lstrip("+")] for flag in line.flag if flag[0] != "-"})
        unwanted = sum({TCP_FLAGS[flag[1:]] for flag in line.flag if flag[0] == "-"})
        yield (flags_all if line.match == "match-all" else flags_any)(wanted, unwanted, permit)
    if line.igmp is not None:
        yield igmp_is(line.igmp, permit)
    if line.precedence is not None:
        yield tos_is(line.precedence << 5, 0xE0)
    if line.tos is not None:
        yield tos_is(line.tos << 1, 0x1E)
    if line.dscp is not None:
        yield tos_is(line.dscp << 2, 0xFC)
    if line.fragments:
        yield is_later_fragment
    if line.option is not None:
        yield has_option(line.option)
    if line.ttl_op is not None:
        low, high = _bounds(line.ttl_op, min(line.ttl), max(line.ttl), 255)
        yield ttl_in(low, high, line.ttl_op == "neq")
    if line.time_range is not None:
        time_range = line.time_range
        yield lambda packet: names.active(time_range)

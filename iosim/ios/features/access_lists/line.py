"""One line of an access list: its arguments in the form in which IOS stores them, its text, and what it matches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from iosim.grammar.grammar import ios_grammar
from iosim.grammar.unparse import unparse
from iosim.grammar.values import format_address
from iosim.ios.config import from_args, to_args
from iosim.stack.acl import Ace, PortMatch

STANDARD, EXTENDED = "config_std_nacl", "config_ext_nacl"
"""The two kinds of list, by the mode in which each is edited."""

ANY = 0xFFFFFFFF
Args = dict[str, list[Any]]

PROTOCOLS = {
    "ip": 0, "icmp": 1, "igmp": 2, "ipinip": 4, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51, "eigrp": 88,
    "ospf": 89, "pim": 103,
}  # fmt: skip
_PROTOCOL_NAMES = {number: name for name, number in PROTOCOLS.items()}

ICMP_TYPES: dict[str, tuple[int, int | None]] = {
    "echo-reply": (0, None), "unreachable": (3, None), "net-unreachable": (3, 0), "host-unreachable": (3, 1),
    "protocol-unreachable": (3, 2), "port-unreachable": (3, 3), "packet-too-big": (3, 4),
    "administratively-prohibited": (3, 13), "source-quench": (4, None), "redirect": (5, None), "echo": (8, None),
    "time-exceeded": (11, None), "ttl-exceeded": (11, 0), "reassembly-timeout": (11, 1),
    "parameter-problem": (12, None), "timestamp-request": (13, None), "timestamp-reply": (14, None),
    "mask-request": (17, None), "mask-reply": (18, None),
}  # fmt: skip
"""ICMP type and code of each name; None is any code."""

_ICMP_NAMES = {numbers: name for name, numbers in ICMP_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its arguments, or a remark. `source` is "any", or else there is a network with a wildcard, or a host.

    `established` and `log` are kept and shown. They match and log nothing: there are no TCP flags in the matcher.
    """

    action: str | None = None
    protocol: str | int | None = None
    source: str | None = None
    source_network: int | None = None
    source_wildcard: int | None = None
    source_host: int | None = None
    source_op: str | None = None
    source_port: tuple[int, ...] = ()
    destination: str | None = None
    destination_network: int | None = None
    destination_wildcard: int | None = None
    destination_host: int | None = None
    destination_op: str | None = None
    destination_port: tuple[int, ...] = ()
    icmp: str | int | None = None
    icmp_code: int | None = None
    established: bool = False
    log: bool = False
    remark: str | None = None


def line_of(mode: str, args: Args) -> Line:
    """The line that arguments are, with hosts, networks, protocols and ICMP types as IOS stores them."""
    args = dict(args)
    _normalise_address(args, "source", mode)
    _normalise_address(args, "destination", mode)
    protocol = _last(args, "protocol")
    if protocol in _PROTOCOL_NAMES:
        args["protocol"] = [_PROTOCOL_NAMES[protocol]]
    numbers = _last(args, "icmp"), _last(args, "icmp_code")
    if numbers in _ICMP_NAMES:
        args["icmp"], args["icmp_code"] = [_ICMP_NAMES[numbers]], []
    for ports in ("source_port", "destination_port"):
        args[ports] = sorted(args.get(ports, []))
    line: Line = from_args(Line, args)
    return line


def _normalise_address(args: Args, name: str, mode: str) -> None:
    """`10.1.1.1 0.0.0.255` is stored as 10.1.1.0, no wildcard as a host, a full wildcard as `any`."""
    network, wildcard = _last(args, f"{name}_network"), _last(args, f"{name}_wildcard")
    if wildcard == ANY:
        args |= {name: ["any"], f"{name}_network": [], f"{name}_wildcard": []}
    elif wildcard:
        args[f"{name}_network"] = [network & ~wildcard]
    elif wildcard == 0 and mode == STANDARD:
        args[f"{name}_wildcard"] = []
    elif wildcard == 0:
        args |= {f"{name}_host": [network], f"{name}_network": [], f"{name}_wildcard": []}


def _last(args: Args, name: str) -> Any:
    values = args.get(name)
    return values[-1] if values else None


@lru_cache(maxsize=65536)
def config_text(mode: str, line: Line) -> str:
    """The line as a configuration shows it: IOS gives `deny` the width of `permit`."""
    text = plain_text(mode, line)
    return text.replace("deny", "deny  ", 1) if line.action == "deny" else text


@lru_cache(maxsize=65536)
def plain_text(mode: str, line: Line) -> str:
    """The line as it is typed."""
    return unparse(ios_grammar(), mode, "nacl_entry", to_args(Line, line))


def show_text(mode: str, line: Line) -> str:
    """The line as `show access-lists` has it."""
    if mode == EXTENDED:
        return plain_text(mode, line)
    source = line.source if line.source_network is None else format_address(line.source_network)
    wildcard = f", wildcard bits {format_address(line.source_wildcard)}" if line.source_wildcard is not None else ""
    return f"{line.action:<6} {source}{wildcard}{' log' if line.log else ''}"


def ace_of(sequence: int, line: Line) -> Ace:
    """What the line matches."""
    source, source_wildcard = _network(line.source_network, line.source_wildcard, line.source_host)
    destination, destination_wildcard = _network(
        line.destination_network, line.destination_wildcard, line.destination_host
    )
    return Ace(
        sequence,
        line.action == "permit",
        PROTOCOLS[line.protocol] if isinstance(line.protocol, str) else line.protocol or 0,
        source,
        source_wildcard,
        destination,
        destination_wildcard,
        _ports(line.source_op, line.source_port),
        _icmp(line) or _ports(line.destination_op, line.destination_port),
    )


def _network(network: int | None, wildcard: int | None, host: int | None) -> tuple[int, int]:
    """(address, wildcard); what is not given is any."""
    if network is not None:
        return network, wildcard or 0
    return (0, ANY) if host is None else (host, 0)


def _ports(operator: str | None, ports: tuple[int, ...]) -> PortMatch | None:
    if operator is None:
        return None
    low, high = ports[0], ports[-1]
    bounds = {"gt": (low + 1, 0xFFFF), "lt": (0, high - 1)}.get(operator, (low, high))
    return PortMatch(*bounds, negated=operator == "neq")


def _icmp(line: Line) -> PortMatch | None:
    """The matcher takes `type << 8 | code` for the destination port of ICMP."""
    if line.icmp is None:
        return None
    kind, code = ICMP_TYPES[line.icmp] if isinstance(line.icmp, str) else (line.icmp, line.icmp_code)
    return PortMatch(kind << 8, kind << 8 | 255) if code is None else PortMatch(kind << 8 | code, kind << 8 | code)

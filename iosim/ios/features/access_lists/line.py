"""One line of an access list: its arguments in the form in which IOS stores them, and its text."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from iosim.data import dataclass
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.unparse import unparse
from iosim.grammar.values import format_address
from iosim.ios.arguments import from_args, to_args
from iosim.ios.features.access_lists.numbers import ICMP_NAMES, PROTOCOL_NAMES

STANDARD, EXTENDED = "config_std_nacl", "config_ext_nacl"
"""The two kinds of list, by the mode in which each is edited."""

ANY = 0xFFFFFFFF
Args = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its arguments, or a remark. `source` is "any", or else there is a network with a wildcard, a host or a
    group.

    `reflect`, `evaluate` and `dynamic` are kept and shown; sessions and users that would open the way are to come.
    """

    action: str | None = None
    protocol: str | int | None = None
    service_group: str | None = None
    source: str | None = None
    source_network: int | None = None
    source_wildcard: int | None = None
    source_host: int | None = None
    source_group: str | None = None
    source_op: str | None = None
    source_port: tuple[int, ...] = ()
    destination: str | None = None
    destination_network: int | None = None
    destination_wildcard: int | None = None
    destination_host: int | None = None
    destination_group: str | None = None
    destination_op: str | None = None
    destination_port: tuple[int, ...] = ()
    icmp: str | int | None = None
    icmp_code: int | None = None
    igmp: int | None = None
    established: bool = False
    match: str | None = None
    flag: tuple[str, ...] = ()
    precedence: int | None = None
    tos: int | None = None
    dscp: int | None = None
    fragments: bool = False
    option: int | None = None
    ttl_op: str | None = None
    ttl: tuple[int, ...] = ()
    log: str | None = None
    cookie: str | None = None
    time_range: str | None = None
    remark: str | None = None
    reflect: str | None = None
    evaluate: str | None = None
    dynamic: str | None = None
    timeout: int | None = None

    @property
    def command(self) -> str:
        """The command that says it."""
        kept = next((name for name in ("reflect", "evaluate", "dynamic") if getattr(self, name) is not None), None)
        return "nacl_entry" if kept is None else f"planned_nacl_{kept}"

    @property
    def is_host(self) -> bool:
        """Whether it is a line of a standard list for a single address."""
        return self.protocol is None and self.source_network is not None and self.source_wildcard is None

    def covers_host(self, address: int) -> bool:
        """Whether a line of a standard list matches an address."""
        return self.source is not None or not (address ^ (self.source_network or 0)) & ~(self.source_wildcard or 0)


def line_of(mode: str, args: Args) -> Line:
    """The line that arguments are, with hosts, networks, protocols and ICMP types as IOS stores them."""
    args = dict(args)
    _normalise_address(args, "source", mode)
    _normalise_address(args, "destination", mode)
    name_numbers(args)
    for name in ("source", "destination"):
        if _last(args, f"{name}_op") == "range":
            args[f"{name}_port"] = sorted(args[f"{name}_port"])
    if "ttl" in args:  # said twice, the last one counts
        args["ttl"] = args["ttl"][-2:] if _last(args, "ttl_op") == "range" else args["ttl"][-1:]
    line: Line = from_args(Line, args)
    return line


def name_numbers(args: Args) -> None:
    """Protocols and ICMP types that have names get them."""
    protocol = _last(args, "protocol")
    if protocol in PROTOCOL_NAMES:
        args["protocol"] = [PROTOCOL_NAMES[protocol]]
    numbers = _last(args, "icmp"), _last(args, "icmp_code")
    if numbers in ICMP_NAMES:
        args["icmp"], args["icmp_code"] = [ICMP_NAMES[numbers]], []


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
    return unparse(ios_grammar(), mode, line.command, to_args(Line, line))


def show_text(mode: str, line: Line) -> str:
    """The line as `show access-lists` has it; its cookie stands behind the matches there."""
    if mode == EXTENDED:
        text = plain_text(mode, replace(line, cookie=None) if line.cookie else line)
        return text[0].upper() + text[1:] if line.dynamic else text
    source = line.source if line.source_network is None else format_address(line.source_network)
    wildcard = f", wildcard bits {format_address(line.source_wildcard)}" if line.source_wildcard is not None else ""
    return f"{line.action:<6} {source}{wildcard}{' log' if line.log else ''}"

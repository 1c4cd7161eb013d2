"""`ip prefix-list` and `ipv6 prefix-list`: their lines and what they match."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address, parse_address
from iosim.ios.bindings import Binding, bound
from iosim.ios.blocks import Block, natural
from iosim.ios.config import Config
from iosim.ios.registry import check, feature, part
from iosim.ios.router import Feature, Router
from iosim.routing.prefix_list import PrefixEntry, PrefixList

STEP = 5
BITS = {"ip": 32, "ipv6": 128}


@dataclass(frozen=True, slots=True)
class PrefixLine:
    """`permit 10.0.0.0/8 ge 16 le 24`, of a family ("ip" or "ipv6"); `ge` and `le` as they were said."""

    family: str
    permit: bool
    prefix: int
    length: int
    ge: int | None = None
    le: int | None = None

    @property
    def text(self) -> str:
        """The line as it is written and shown."""
        words = ["permit" if self.permit else "deny", prefix_text(self.family, self.prefix, self.length)]
        words += [f"ge {self.ge}"] if self.ge is not None else []
        words += [f"le {self.le}"] if self.le is not None else []
        return " ".join(words)

    def entry(self, sequence: int) -> PrefixEntry:
        """What the line matches: just its length, or from `ge` (or its length) to `le` (or all)."""
        bits = BITS[self.family]
        low = self.length if self.ge is None else self.ge
        high = self.le if self.le is not None else self.length if self.ge is None else bits
        return PrefixEntry(sequence, self.permit, self.prefix, self.length, low, high, bits)


def parse_prefix(family: str, text: str) -> tuple[int, int]:
    """(prefix, length) of a text such as 10.0.0.0/8, without host bits; the grammar has checked it."""
    address, _, digits = text.partition("/")
    length, bits = int(digits), BITS[family]
    if family == "ip":
        number = parse_address(address)
        assert number is not None
    else:
        from ipaddress import IPv6Address

        number = int(IPv6Address(address))
    return number >> (bits - length) << (bits - length), length


def prefix_text(family: str, prefix: int, length: int) -> str:
    """The text of a prefix as IOS writes it: letters in IPv6 are large ones."""
    if family == "ip":
        return f"{format_address(prefix)}/{length}"
    from ipaddress import IPv6Address

    return f"{str(IPv6Address(prefix)).upper()}/{length}"


@dataclass(slots=True)
class Listed:
    """A prefix list: its lines by number, and its description."""

    lines: dict[int, PrefixLine] = field(default_factory=dict)
    description: str | None = None

    def add(self, sequence: int | None, line: PrefixLine) -> None:
        """Put a line in its place, without a number at the end; what is there already is not added again.

        Raises Rejected when the number or the line is taken.
        """
        number = sequence or (max(self.lines, default=0) // STEP + 1) * STEP
        known = next((each for each, other in self.lines.items() if other == line), None)
        if known is not None:
            if sequence in (None, known):
                return
            raise Rejected(f"%Insertion failed - prefix-list entry exists:\n   seq {known} {line.text}")
        if number in self.lines:
            raise Rejected(
                f"%Insertion failed - seq # exists with different policy:\n   seq {number} {self.lines[number].text}"
            )
        self.lines[number] = line
        self.lines = dict(sorted(self.lines.items()))

    def remove(self, sequence: int | None, line: PrefixLine | None) -> None:
        """Remove the line with a number, or that says the same."""
        self.lines = {
            number: other
            for number, other in self.lines.items()
            if not (number == sequence if sequence is not None else other == line)
        }


@dataclass(slots=True)
class Family:
    """The prefix lists of a family by name, the last one that was changed, and whether numbers are written."""

    lists: dict[str, Listed] = field(default_factory=dict)
    changed: str | None = field(default=None, compare=False)
    numbered: bool = True


class Lines(Binding):
    """`ip prefix-list X seq 5 permit 10.0.0.0/8`: adds a line, or removes it or the whole list."""

    def __init__(self, family: str, order: float) -> None:
        super().__init__(f"{family}_prefix_list", order=order)
        self.family = family

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        known: Family = getattr(part, name)
        listed_as, sequence = statement.get("name"), statement.get("sequence")
        line, negated = line_of(self.family, statement), statement.no or statement.default
        if negated and listed_as not in known.lists:
            return
        listed = known.lists.setdefault(listed_as, Listed())
        if not negated and line is not None:
            listed.add(sequence, line)
        elif sequence is not None or line is not None:
            listed.remove(sequence, line)
        whole = negated and sequence is None and line is None
        if whole or not (listed.lines or listed.description):
            del known.lists[listed_as]
        known.changed = listed_as

    def blocks(self, mode: str, value: Family) -> Iterator[Block]:
        for name in sorted(value.lists, key=lambda name: natural([name])):
            listed, head = value.lists[name], f"{self.family} prefix-list {name}"
            rows = [f"{head} description {listed.description}"] if listed.description else []
            for number, line in listed.lines.items():
                rows.append(f"{head} {f'seq {number} ' if value.numbered else ''}{line.text}")
            yield Block(tuple(rows), self.order, mark=(self.order, name))


class Description(Binding):
    """`ip prefix-list X description …`; it is written with the lines."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        lists: dict[str, Listed] = getattr(part, name).lists
        gone, listed_as = statement.no or statement.default, statement.get("name")
        listed = lists.setdefault(listed_as, Listed())
        listed.description = None if gone else statement.get("description")
        if gone and not listed.lines:
            del lists[listed_as]

    def blocks(self, mode: str, value: Family) -> Iterator[Block]:
        return iter(())


class Numbers(Binding):
    """`ip prefix-list sequence-number`: whether numbers are written."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        getattr(part, name).numbered = not statement.no

    def lines(self, mode: str, value: Family) -> Iterator[str]:
        if not value.numbered:
            yield f"no {self.say(mode, {})}"


@part("config")
@dataclass(slots=True)
class PrefixLists:
    """All prefix lists. The three fields of a family are one, for each command has its own."""

    ip: Family = bound(Lines("ip", 550), factory=Family)
    ip_description: Family = bound(Description("ip_prefix_list_description", order=550), factory=Family)
    ip_numbers: Family = bound(Numbers("ip_prefix_list_sequence_number", order=549), factory=Family)
    ipv6: Family = bound(Lines("ipv6", 557), factory=Family)
    ipv6_description: Family = bound(Description("ipv6_prefix_list_description", order=557), factory=Family)
    ipv6_numbers: Family = bound(Numbers("ipv6_prefix_list_sequence_number", order=556), factory=Family)

    def __post_init__(self) -> None:
        self.ip_description = self.ip_numbers = self.ip
        self.ipv6_description = self.ipv6_numbers = self.ipv6

    def family(self, name: str) -> Family:
        """The lists of "ip" or "ipv6"."""
        return self.ip if name == "ip" else self.ipv6


def line_of(family: str, statement: Statement) -> PrefixLine | None:
    """The line that a statement says, if it says one."""
    if "action" not in statement:
        return None
    prefix, length = parse_prefix(family, statement.get("prefix"))
    return PrefixLine(family, statement.get("action") == "permit", prefix, length, *map(statement.get, ("ge", "le")))


@check("ip_prefix_list", "ipv6_prefix_list")
def _check_range(router: Router, config: Config, statement: Statement) -> None:
    """A line asks for lengths that its prefix can have."""
    if "action" not in statement:
        return
    _, length = parse_prefix(statement.command.partition("_")[0], statement.get("prefix"))
    ge, le = statement.get("ge"), statement.get("le")
    rising = [number for number in (ge, le) if number is not None]
    if any(number <= length for number in rising) or rising != sorted(rising):
        raise Rejected(f"% Invalid prefix range for {statement.get('prefix')}, make sure: len < ge-value <= le-value")


@feature
class PrefixFilters(Feature):
    """The prefix lists of a router as routing asks them: lines that stay keep their hits."""

    order = 20

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._lists: dict[tuple[str, str], PrefixList] = {}
        self._built: dict[tuple[str, str], dict[int, PrefixLine]] = {}

    def get(self, family: str, name: str) -> PrefixList | None:
        """The list of a family with a name, or None."""
        return self._lists.get((family, name))

    def reconcile(self) -> None:
        config = self.router.config[PrefixLists]
        wanted = {(family, name): of.lines for family in BITS for name, of in config.family(family).lists.items()}
        for key in [key for key in self._lists if key not in wanted]:
            del self._lists[key], self._built[key]
        for key, lines in wanted.items():
            if self._built.get(key) != lines:
                self._build(key, lines)

    def _build(self, key: tuple[str, str], lines: dict[int, PrefixLine]) -> None:
        built = self._lists.setdefault(key, PrefixList(key[1]))
        before = {
            (entry.sequence, line): entry
            for entry, line in zip(built.entries, self._built.get(key, {}).values(), strict=True)
        }
        built.entries = [before.get((number, line)) or line.entry(number) for number, line in lines.items()]
        self._built[key] = dict(lines)

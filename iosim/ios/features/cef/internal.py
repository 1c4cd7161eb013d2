"""`show ip cef internal`, in the form of IOS 15.2: the paths of an entry and the buckets that share them.

A router shows addresses of its memory with everything. Here they are numbers that go by the place of an entry in the
table, so that they differ from each other and stay; likewise who refers to an entry in memory is not told, only how
many paths it has.
"""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar.names import interface_order
from iosim.grammar.values import format_address, parse_address
from iosim.ios.features.cef.adjacency import adjacency, way
from iosim.ios.features.cef.table import Row, rows, sharing_of
from iosim.ios.router import Router

BUCKETS = 16
_ENTRY, _LIST, _PATH, _ADJACENCY, _SHARING = 0x2FA0_4010, 0x2FA1_8A40, 0x2FA2_40C0, 0x2FA3_7100, 0x2FA4_60D8
"""Where in memory the entries, their lists of paths, these, neighbours and load sharing would begin."""
_STEP = 0x70
_SHORT = {"attached": "att", "connected": "cnn", "receive": "rcv", "source eligible": "SrcElgbl"}
"""Flags as they are called here, where that is another word; those but `att` from memory."""
_FEATURES = {"S": "0x00028000", "C": "0x0003800C", "L": "0x00038020"}
"""What the routing table says to CEF of a route, by its code."""


def internal(router: Router, row: Row) -> Iterator[str]:
    """All that is said of an entry."""
    place = list(rows(router)).index((row.prefix, row.length))
    flags = [_SHORT.get(flag, flag) for flag in row.flags]
    source = f", RIB[{row.entry.best.source[0]}]" if row.entry is not None else ""
    said = f", flags [{', '.join(flags)}]" if flags else ""
    yield f"{row.text}, epoch 0{said}{source}, refcount {4 + len(row.paths)}, {sharing_of(router, row)} sharing"
    yield f"  sources: {'RIB' if row.entry is not None else 'Adj' if row.is_neighbour else 'Spc'} "
    if row.entry is not None:
        yield from ("  feature space:", f"   IPRM: {_FEATURES.get(row.entry.best.source[0], _FEATURES['S'])}")
    if row.is_neighbour:
        yield "  subblocks:"
        yield from (f"   {line}" for line in adjacency_source(router, row))
    numbered = [(hop, name) for hop, name in row.paths if name in router.stack.interfaces and hop != "receive"]
    if numbered:
        yield "  ifnums:"
        yield from (f"   {name}({_number(router, name)}){_behind(hop)}" for hop, name in numbered)
    yield from _paths(router, row, place)
    yield "  output chain:"
    yield from (f"    {line}" for line in _chain(router, row, place))


def _behind(hop: str) -> str:
    return f": {hop}" if hop[0].isdigit() else ""


def _number(router: Router, name: str) -> int:
    """The number of an interface."""
    return sorted(router.stack.interfaces, key=interface_order).index(name) + 1


def _paths(router: Router, row: Row, place: int) -> Iterator[str]:
    paths = _LIST + place * _STEP
    for number, (hop, name) in enumerate(row.paths):
        path = _PATH + (place * BUCKETS + number) * _STEP
        start = f"  path {path:08X}, path list {paths:08X}, share 1/1, type"
        if row.is_recursive and row.entry is not None and number < len(row.entry.routes):
            gateway = format_address(row.entry.routes[number].next_hop or 0)
            yield f"{start} recursive, for IPv4"
            leaf = f"fib {_ENTRY + place * _STEP:08X}, 1 terminal fib, v4:Default:{gateway}/32"
            yield f"  recursive via {gateway}[IPv4:Default], {leaf}"
            start = f"    path {path + _STEP // 2:08X}, path list {paths + _STEP // 2:08X}, share 1/1, type"
            kind = "adjacency prefix" if hop == gateway else "attached nexthop"
            yield f"{start} {kind}, for IPv4"
            said = f"attached to {name}" if hop == gateway else way(hop, name)
            yield f"    {said}, adjacency {_end(router, row, hop, name)}"
        else:
            yield from (
                f"{start} {line}" if not index else f"  {line}"
                for index, line in enumerate(_path(router, row, hop, name))
            )


def _path(router: Router, row: Row, hop: str, name: str) -> tuple[str, str]:
    """The type of a path that needs no other entry, and where it leads."""
    if not name:
        return "special prefix, for IPv4", hop
    if hop == "receive":
        return "receive, for IPv4", f"receive for {name}"
    kind = "nexthop" if hop[0].isdigit() else "prefix" if row.length < 32 else "host"
    return f"attached {kind}, for IPv4", f"{way(hop, name)}, adjacency {_end(router, row, hop, name)}"


def _end(router: Router, row: Row, hop: str, name: str) -> str:
    """Where a path ends: at a neighbour, or where one has to be looked for first (`glean`)."""
    interface = router.stack.interfaces.get(name)
    if interface is None:
        return "drop"
    if interface.is_broadcast and hop == "attached" and not row.is_neighbour:
        return f"glean for {name}"
    neighbour = hop if hop[0].isdigit() else row.text.removesuffix("/32")
    place = _number(router, name) << 8 | (parse_address(neighbour) or 0) & 0xFF
    return f"{adjacency(router, name, neighbour)} {_ADJACENCY + place * _STEP:08X}"


def _chain(router: Router, row: Row, place: int) -> Iterator[str]:
    """What a packet meets: the end of the only path, or buckets, in which the two addresses of a packet choose."""
    ends = [
        hop if not name else "receive" if hop == "receive" else _end(router, row, hop, name) for hop, name in row.paths
    ]
    if len(ends) == 1:
        yield ends[0]
        return
    buckets = BUCKETS // len(ends) * len(ends) if len(ends) < BUCKETS else len(ends)
    yield f"loadinfo {_SHARING + place * _STEP:08X}, per-session, {len(ends)} choices, flags 0003, 5 locks"
    yield "flags: Per-session, for-rx-IPv4"
    yield f"{buckets} hash buckets"
    for bucket in range(buckets):
        yield f"  <{bucket:2} > {ends[bucket % len(ends)]}"
    yield from ("Subblocks:", "  None")


def adjacency_source(router: Router, row: Row) -> Iterator[str]:
    """Why there is an entry for a neighbour."""
    name = row.paths[0][1]
    yield f"Adj source: {_end(router, row, 'attached', name)}"
    covers = [r for r in rows(router).values() if r.length < 32 and r.covers(row.prefix)]
    yield f"  Dependent covered prefix type adjfib, cover {max(covers, key=lambda r: r.length).text}"

"""The neighbours that entries of the forwarding table lead to, and `show adjacency`.

The packets of a neighbour are counted with `ip cef accounting` only, which does nothing here: all show none, as on a
router without it. The words of the summary are from memory of the command reference, shortened to what there is.
"""

from __future__ import annotations

from collections.abc import Iterator

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.names import interface_order
from iosim.grammar.values import format_address
from iosim.ios.features.cef.config import is_running
from iosim.ios.features.cef.table import Row, neighbours, rows
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.routing.resolution import NULL
from iosim.stack.encapsulation import BARE, GRE
from iosim.stack.interface import Interface
from iosim.stack.tunnel import Tunnel
from iosim.wire.gre import Gre
from iosim.wire.ipv4 import HEADER_LENGTH, header

_POINT_TO_POINT = "point2point"
_MARGIN = " " * 35
_HEX = 32
"""Digits of a header in a line."""


def way(hop: str, interface: str) -> str:
    if not interface:
        return hop
    if hop in ("attached", "receive"):
        return f"{hop} {'to' if hop == 'attached' else 'for'} {interface}"
    return f"nexthop {hop} {interface}"


def adjacency(router: Router, name: str, neighbour: str) -> str:
    """The neighbour on an interface as the end of a chain: `IP adj out of GigabitEthernet0/0, addr 10.0.0.2`."""
    interface = router.stack.interfaces.get(name)
    if interface is None or name == NULL:
        return "drop"
    if interface.is_broadcast:
        return f"IP adj out of {name}, addr {neighbour}"
    return f"IP {'midchain' if isinstance(interface.framing, Tunnel) else 'adj'} out of {name}"


@dataclass(frozen=True, slots=True)
class Adjacency:
    """A neighbour on an interface; `address` is None on a link to a single one. So many entries lead to it."""

    interface: Interface
    address: int | None
    uses: int

    @property
    def text(self) -> str:
        """Its line in the list."""
        neighbour = _POINT_TO_POINT if self.address is None else format_address(self.address)
        return f"{'IP':<9}{self.interface.name:<26}{neighbour}({self.uses})"


def adjacencies(router: Router) -> list[Adjacency]:
    """The neighbours by interface; none are known without CEF."""
    if not is_running(router):
        return []
    table = list(rows(router).values())
    known: list[tuple[Interface, int | None]] = [(interface, address) for address, interface in neighbours(router)]
    known += [(each, None) for each in router.stack.interfaces.values() if each.framing is not None and each.line_up]
    return [
        Adjacency(interface, address, sum(_leads(row, interface.name, address) for row in table))
        for interface, address in sorted(known, key=lambda pair: interface_order(pair[0].name))
    ]


def _leads(row: Row, name: str, address: int | None) -> bool:
    """Whether an entry leads to a neighbour; on a link to a single one, all that go out of it do."""
    if address is None:
        return any(interface == name and hop != "receive" for hop, interface in row.paths)
    return (format_address(address), name) in row.paths or (row.prefix, row.length) == (address, 32)


@handler("show_adjacency")
def show_adjacency(session: Session, statement: Statement) -> str:
    """`show adjacency [INTERFACE | ADDRESS] [detail]`; in brackets stands how many entries lead to a neighbour."""
    router, name, address = session.router, statement.get("interface"), statement.get("address")
    text = f"{'Protocol':<9}{'Interface':<26}Address\n"
    for each in adjacencies(router):
        if name in (None, each.interface.name) and address in (None, each.address):
            text += each.text + "\n"
            if "detail" in statement:
                text += "".join(f"{_MARGIN}{line}\n" for line in _detail(router, each))
    return text


def _detail(router: Router, known: Adjacency) -> Iterator[str]:
    encap = _encapsulation(router, known).hex().upper()
    yield from ("0 packets, 0 bytes", "epoch 0", "sourced in sev-epoch 0")
    if encap:
        yield f"Encap length {len(encap) // 2}"
        yield from (encap[at : at + _HEX] for at in range(0, len(encap), _HEX))
    framing = known.interface.framing
    if framing is None:
        yield "L2 destination address byte offset 0"
        yield "L2 destination address byte length 6"
        yield f"Link-type after encap: {'ip' if _tag(router, known.interface) is None else 'dot1Q'}"
        yield "ARP"
    elif isinstance(framing, Tunnel):
        yield from _tunnel_end(router, framing)
    else:
        yield "P2P-ADJ"


def _tunnel_end(router: Router, tunnel: Tunnel) -> Iterator[str]:
    """Where the outer packets of a tunnel go."""
    yield "Tun endpt"
    hop = None if tunnel.ends is None else router.stack.fib.lookup(tunnel.ends.remote, tunnel.ends.local)
    if hop is not None and tunnel.ends is not None:
        neighbour = tunnel.ends.remote if hop.next_hop is None else hop.next_hop
        yield "Next chain element:"
        yield f"  {adjacency(router, hop.interface.name, format_address(neighbour))}"


def _encapsulation(router: Router, known: Adjacency) -> bytes:
    """The header in front of each packet; what differs from packet to packet is 0."""
    interface = known.interface
    if isinstance(interface.framing, Tunnel):
        return _outer(interface.framing)
    if interface.framing is not None:
        return interface.framing.frame(b"") or b""
    head = router.stack.arp.header(known.address or 0, interface) or b""
    tag = _tag(router, interface)
    return head if tag is None else head[:12] + b"\x81\0" + tag.to_bytes(2, "big") + head[12:]


def _outer(tunnel: Tunnel) -> bytes:
    """The headers of a tunnel; IPsec's own are not told."""
    ends = tunnel.ends
    if ends is None or ends.shape.protocol == BARE:
        return b""
    shape = ends.shape
    gre = Gre(key=shape.key, sequence=0 if shape.sequencing else None, checksum=shape.checksum)
    head = header(ends.local, ends.remote, shape.protocol, -HEADER_LENGTH, shape.ttl, shape.tos or 0)
    return head + (gre.pack() if shape.protocol == GRE else b"")


def _tag(router: Router, interface: Interface) -> int | None:
    """The VLAN whose tag packets leave with."""
    tag = router.config[Interfaces].interfaces[interface.name][InterfaceSettings].tag
    return None if tag is None or tag.native else tag.vlan


@handler("show_adjacency_summary")
def show_adjacency_summary(session: Session, statement: Statement) -> str:
    """`show adjacency summary`"""
    count = len(adjacencies(session.router))
    many = f"{count} adjacenc{'y' if count == 1 else 'ies'}"
    complete = f"{count} complete adjacenc{'y' if count == 1 else 'ies'}"
    return (
        f"Adjacency table has {many}:\n  each adjacency consumes 380 bytes (0 bytes platform extension)\n"
        f"  {complete}\n  0 incomplete adjacencies\n  {many} of linktype IP\n"
        f"    {complete} of linktype IP\n    0 incomplete adjacencies of linktype IP\n"
    )

"""The policy of a router with crypto maps: which packets are protected, as which flow (RFC 4301 section 4.4.1).

Entries are asked in the order of their sequence numbers. In the access list of an entry the first line that covers a
packet counts: `permit` selects the entry, `deny` passes the packet on to the next entry. What no entry selects is sent
in the clear.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from iosim.ipsec.flow import Flow, FlowKey
from iosim.ipsec.selectors import FiveTuple, proxies
from iosim.stack.acl import AccessList, Ace

Flows = dict[FlowKey, Flow]


@dataclass(slots=True)
class CryptoMapEntry:
    """One sequence number of a crypto map. It works only when `complete`: with an access list and a peer.

    `policy` is what the owner wants to know of a flow when it negotiates (transform sets, PFS, lifetimes); equal
    policies let SAs live through a change of the configuration.
    """

    sequence: int
    acl: AccessList | None
    peers: list[int]
    policy: object
    complete: bool


@dataclass(slots=True)
class CryptoMap:
    """A crypto map: its entries in the order of their sequence numbers."""

    name: str
    entries: list[CryptoMapEntry] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class BoundMap:
    """A crypto map bound to the start of its tunnels: for each entry its lines, `deny` ones without a flow."""

    name: str
    local: int
    entries: list[list[tuple[Ace, Flow | None]]]

    def select(self, packet: FiveTuple, counting: bool) -> Flow | None:
        """The flow of an outbound packet, or None; `counting` counts a match for each line that decided."""
        for lines in self.entries:
            for line, flow in lines:
                if line.covers(*packet):
                    line.matches += counting
                    if flow is not None:
                        return flow
                    break
        return None

    @property
    def flows(self) -> list[Flow]:
        """The flows in the order of the configuration, each one once."""
        return list(dict.fromkeys(flow for lines in self.entries for _, flow in lines if flow is not None))


def bind(crypto_map: CryptoMap, local: int, old: Flows, new: Flows) -> BoundMap:
    """Bind a crypto map to a local address and enter its flows in `new`; those of `old` that fit are taken over."""
    entries = []
    for entry in crypto_map.entries:
        if entry.complete and entry.acl is not None and entry.peers:
            lines = [
                (line, _flow(crypto_map.name, entry, local, line, old, new) if line.permit else None)
                for line in entry.acl.entries
            ]
            entries.append(lines)
    return BoundMap(crypto_map.name, local, entries)


def _flow(name: str, entry: CryptoMapEntry, local: int, line: Ace, old: Flows, new: Flows) -> Flow:
    flow = Flow(name, entry.sequence, local, *proxies(line), tuple(entry.peers), entry.policy)
    known = old.get(flow.key)
    if known is not None and (known.peers, known.policy) == (flow.peers, flow.policy):
        flow = known
    return new.setdefault(flow.key, flow)

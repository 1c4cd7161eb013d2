"""The policy of a router with crypto maps: which packets are protected, as which flow (RFC 4301 section 4.4.1).

Entries are asked in the order of their sequence numbers. In the access list of an entry the first line that covers a
packet counts: `permit` selects the entry, `deny` passes the packet on to the next entry. What no entry selects is sent
in the clear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from iosim.ipsec.flow import Flow, FlowKey, Template, Upkeep
from iosim.ipsec.model import Proxy
from iosim.ipsec.selectors import FiveTuple, contains, line_between, proxies
from iosim.stack.acl import AccessList, Ace

Flows = dict[FlowKey, Flow]
Lines = list[tuple[Ace, Flow | None]]


@dataclass(slots=True)
class CryptoMapEntry:
    """One sequence number of a crypto map. It works only when `complete`: with an access list and a peer.

    `policy` is what the owner wants to know of a flow when it negotiates (transform sets, PFS, lifetimes); equal
    policies let SAs live through a change of the configuration. With a `template` it is an entry of a dynamic map:
    peers (of any address, if `peers` is empty) bring the flows, within the access list if there is one.
    """

    sequence: int
    acl: AccessList | None
    peers: list[int]
    policy: object
    complete: bool
    template: Template | None = None
    upkeep: Upkeep = field(default_factory=Upkeep)

    def accepts(self, remote: int, local_proxy: Proxy, remote_proxy: Proxy) -> bool:
        """Whether the entry is for a flow that a peer asks for, or for more than that."""
        if not self.complete or (self.peers and remote not in self.peers):
            return False
        if self.acl is None:
            return True
        permitted = (proxies(line) for line in self.acl.entries if line.permit)
        return any(contains(ours, local_proxy) and contains(theirs, remote_proxy) for ours, theirs in permitted)


@dataclass(slots=True)
class CryptoMap:
    """A crypto map: its entries in the order of their sequence numbers."""

    name: str
    entries: list[CryptoMapEntry] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class BoundMap:
    """A crypto map bound to the start of its tunnels: for each entry its lines, `deny` ones without a flow.

    `brought` are its entries, each with the lines that peers have brought, which are among `entries` before its own.
    What the access list of a dynamic entry permits, and no peer has brought, is dropped (Cisco IOS Security Command
    Reference, `crypto dynamic-map`).
    """

    name: str
    local: int
    entries: list[Lines]
    brought: list[tuple[CryptoMapEntry, Lines]] = field(default_factory=list)

    def offer(self, remote: int, local_proxy: Proxy, remote_proxy: Proxy) -> Iterator[Flow]:
        """The flows that entries would have for a peer."""
        for entry, _ in self.brought:
            if entry.accepts(remote, local_proxy, remote_proxy):
                ends = self.local, local_proxy, remote_proxy
                made = entry.policy, entry.template, entry.upkeep
                yield Flow(self.name, entry.sequence, *ends, (remote,), *made, brought=True)

    def take(self, flow: Flow) -> bool:
        """Let a flow that an entry has offered select packets; False if there is no such entry any more."""
        for entry, lines in self.brought:
            same = (entry.template, entry.policy) == (flow.template, flow.policy)
            same = same and (entry.template is not None or entry.sequence == flow.sequence)
            if same and entry.accepts(flow.peers[0], flow.local_proxy, flow.remote_proxy):
                lines.append((line_between(flow.local_proxy, flow.remote_proxy), flow))
                return True
        return False

    def drop(self, flow: Flow) -> None:
        """Let a flow that a peer has brought select nothing any more."""
        for _, lines in self.brought:
            lines[:] = [each for each in lines if each[1] is not flow]

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
        """The flows in the order of the configuration, each once; of dynamic entries only what peers have brought."""
        flows = (flow for lines in self.entries for _, flow in lines if flow is not None)
        return list(dict.fromkeys(flow for flow in flows if flow.brought or flow.template is None))


def bind(crypto_map: CryptoMap, local: int, old: Flows, new: Flows) -> BoundMap:
    """Bind a crypto map to a local address and enter its flows in `new`; those of `old` that fit are taken over."""
    bound = BoundMap(crypto_map.name, local, [])
    for entry in crypto_map.entries:
        brought: Lines = []
        bound.brought.append((entry, brought))
        bound.entries.append(brought)
        lines = entry.acl.entries if entry.acl is not None and entry.complete else []
        if entry.template is not None:
            bound.entries.append([(line, _nobody(crypto_map.name, entry, local, line)) for line in lines])
        elif entry.peers:
            bound.entries.append(
                [
                    (line, _flow(crypto_map.name, entry, local, line, old, new) if line.permit else None)
                    for line in lines
                ]
            )
    for key, flow in old.items():
        if flow.brought and (flow.map_name, flow.local) == (bound.name, local) and bound.take(flow):
            new[key] = flow
    return bound


def _nobody(name: str, entry: CryptoMapEntry, local: int, line: Ace) -> Flow | None:
    """A flow that never has SAs and is nobody's, for what a line of a dynamic entry's access list permits."""
    ends = local, *proxies(line)
    return Flow(name, entry.sequence, *ends, (0,), entry.policy, entry.template) if line.permit else None


def _flow(name: str, entry: CryptoMapEntry, local: int, line: Ace, old: Flows, new: Flows) -> Flow:
    flow = Flow(name, entry.sequence, local, *proxies(line), tuple(entry.peers), entry.policy, None, entry.upkeep)
    known = old.get(flow.key)
    if known is not None and (known.peers, known.policy, known.upkeep) == (flow.peers, flow.policy, flow.upkeep):
        flow = known
    return new.setdefault(flow.key, flow)

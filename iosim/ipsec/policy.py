"""The policy of a router with crypto maps: which packets are protected, as which flow (RFC 4301 section 4.4.1).

Entries are asked in the order of their sequence numbers. In the access list of an entry the first line that covers a
packet counts: `permit` selects the entry, `deny` passes the packet on to the next entry. What no entry selects is sent
in the clear.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import groupby
from operator import itemgetter

from iosim.data import dataclass
from iosim.ipsec.flow import Flow, FlowKey, Template, Upkeep
from iosim.ipsec.lines import Line, LinesByDestination
from iosim.ipsec.model import ManualKeys, Proxy
from iosim.ipsec.sa import REPLAY_WINDOW
from iosim.ipsec.selectors import FiveTuple, contains, line_between, proxies
from iosim.stack.acl import AccessList, Ace

Flows = dict[FlowKey, Flow]

MOST_HOST_PAIRS = 1000
"""Flows between two hosts that packets may ask for under one entry with `per_host`: who scans a net asks for many."""


@dataclass(slots=True)
class CryptoMapEntry:
    """One sequence number of a crypto map. It works only when `complete`: with an access list and a peer.

    `policy` is what the owner wants to know of a flow when it negotiates (transform sets, PFS, lifetimes): another one
    counts for the next SAs (Cisco IOS Security Command Reference, `crypto ipsec transform-set`). With a `template` it
    is an entry of a dynamic map: peers (of any address, if `peers` is empty) bring the flows, within the access list if
    there is one. With `per_host` SAs are asked for between the two hosts of a packet, instead of for all that a line
    permits. `manual` keys are typed by hand, and nothing is negotiated. Other lines of the access list are another
    `revision`.
    """

    sequence: int
    acl: AccessList | None
    peers: list[int]
    policy: object
    complete: bool
    template: Template | None = None
    upkeep: Upkeep = field(default_factory=Upkeep)
    per_host: bool = False
    manual: ManualKeys | None = None
    replay_window: int = REPLAY_WINDOW
    revision: int = 0


@dataclass(slots=True)
class CryptoMap:
    """A crypto map: its entries in the order of their sequence numbers."""

    name: str
    entries: list[CryptoMapEntry] = field(default_factory=list)


@dataclass(slots=True)
class BoundEntry:
    """An entry with its lines in the order in which they are asked, and the flows that are there without any peer."""

    entry: CryptoMapEntry
    lines: list[Line] = field(default_factory=list)
    flows: Flows = field(default_factory=dict)

    def forget_parts(self) -> None:
        """Have those lines only that come of the access list."""
        self.lines[:] = [line for line in self.lines if line.within is None and not (line.flow and line.flow.brought)]

    def place(self, remote: int, local_proxy: Proxy, remote_proxy: Proxy) -> int | None:
        """Where the line of a part has its place, for a peer: before the line that permits all of it; None for nowhere.

        Without an access list it comes last. A `deny` line that asks for ports does not stand in the way: packets meet
        it first.
        """
        entry = self.entry
        if not entry.complete or entry.manual or (entry.peers and remote not in entry.peers):
            return None
        if entry.acl is None:
            return len(self.lines)
        for at, line in enumerate(self.lines):
            if line.within is None and (line.flow or line.ace.plain):
                ours, theirs = proxies(line.ace)
                if contains(ours, local_proxy) and contains(theirs, remote_proxy):
                    return None if line.flow is None else at
        return None

    def takes(self, flow: Flow) -> int | None:
        """The same for a flow that `BoundMap.offer` has made, perhaps for an entry that was here before this one."""
        if self.entry.template != flow.template or (flow.template is None and self.entry.sequence != flow.sequence):
            return None
        return self.place(flow.peers[0], flow.local_proxy, flow.remote_proxy)


@dataclass(slots=True, eq=False)
class BoundMap:
    """A crypto map bound to the start of its tunnels.

    What the access list of a dynamic entry permits, and no peer has brought, is dropped (Cisco IOS Security Command
    Reference, `crypto dynamic-map`).
    """

    name: str
    local: int
    entries: list[BoundEntry] = field(default_factory=list)
    _lines: LinesByDestination | None = None

    def offer(self, remote: int, local_proxy: Proxy, remote_proxy: Proxy) -> Iterator[Flow]:
        """The flows that entries would have for a peer."""
        for bound in self.entries:
            if bound.place(remote, local_proxy, remote_proxy) is not None:
                yield _part(self.name, bound.entry, self.local, local_proxy, remote_proxy, (remote,))

    def between_hosts(self, flow: Flow, packet: FiveTuple) -> Flow | None:
        """The part of a flow of this map for the hosts of a packet; None if there are too many such parts already."""
        bound = next((each for each in self.entries if any(line.flow is flow for line in each.lines)), None)
        if bound is None or len(bound.lines) >= MOST_HOST_PAIRS:
            return None
        local = Proxy(packet[0], protocol=flow.local_proxy.protocol, port=flow.local_proxy.port)
        remote = Proxy(packet[1], protocol=flow.remote_proxy.protocol, port=flow.remote_proxy.port)
        return _part(self.name, bound.entry, self.local, local, remote, flow.peers)

    def take(self, flow: Flow) -> bool:
        """Let a part of what an entry permits select packets; False if there is no such entry any more."""
        for bound in self.entries:
            at = bound.takes(flow)
            if at is not None:
                entry = bound.entry
                flow.negotiate_by(entry.policy, entry.upkeep, entry.replay_window)
                line = line_between(flow.local_proxy, flow.remote_proxy)
                self._lines = None
                bound.lines.insert(at, Line(line, flow, bound.lines[at].ace if at < len(bound.lines) else None))
                return True
        return False

    def whole_of(self, flow: Flow) -> Flow | None:
        """The flow of the line that such a part is within."""
        for bound in self.entries:
            within = next((line.within for line in bound.lines if line.flow is flow), None)
            if within is not None:
                return next((line.flow for line in bound.lines if line.ace is within), None)
        return None

    def drop(self, flow: Flow) -> None:
        """Let such a part select nothing any more."""
        self._lines = None
        for bound in self.entries:
            bound.lines[:] = [line for line in bound.lines if line.flow is not flow]

    def select(self, packet: FiveTuple) -> tuple[Flow | None, list[Ace]]:
        """The flow of an outbound packet, if there is one, and the access list lines that decided; none is counted.

        It depends on the five-tuple and on the lines alone. What a line of a dynamic entry permits may still be some
        peer's by a later one.
        """
        if self._lines is None:
            self._lines = LinesByDestination(bound.lines for bound in self.entries)
        decisive: list[Ace] = []
        for _, lines in groupby(self._lines.to(packet[1]), key=itemgetter(0)):
            nobodys: Flow | None = None
            for _, _, line in lines:
                if line.covers(packet):
                    decisive.append(line.within or line.ace)
                    if line.flow is None:
                        break
                    if line.flow.brought or line.flow.template is None:
                        return line.flow, decisive
                    nobodys = nobodys or line.flow
            if nobodys is not None:
                return nobodys, decisive
        return None, decisive

    def enter(self, flows: Flows) -> None:
        """Enter all flows among others."""
        for bound in self.entries:
            flows.update(bound.flows)
            for line in bound.lines:
                if line.flow is not None and line.flow.brought:
                    flows[line.flow.key] = line.flow

    @property
    def flows(self) -> list[Flow]:
        """The flows in the order of the configuration, each once; of dynamic entries only what peers have brought.

        The parts of what the lines of an entry permit come behind these, as captures have it.
        """
        lines = (
            line for bound in self.entries for line in sorted(bound.lines, key=lambda line: line.within is not None)
        )
        flows = (line.flow for line in lines if line.flow is not None)
        return list(dict.fromkeys(flow for flow in flows if flow.brought or flow.template is None))


def bind(crypto_map: CryptoMap, local: int, old: Flows, before: BoundMap | None = None) -> BoundMap:
    """Bind a crypto map to a local address; flows of `old` that fit are taken over.

    What it was bound to `before` is done with; its entries and their lines stay as they are where they are the same.
    """
    bound = BoundMap(crypto_map.name, local)
    same = before is not None and (before.name, before.local) == (bound.name, local)
    known = {id(each.entry): each for each in before.entries} if same and before is not None else {}
    for entry in crypto_map.entries:
        kept = known.get(id(entry))
        if kept is not None:
            kept.forget_parts()
            bound.entries.append(kept)
        elif entry.peers or entry.template is not None:
            bound.entries.append(_bind_entry(bound.name, entry, local, old))
    return bound


def _bind_entry(name: str, entry: CryptoMapEntry, local: int, old: Flows) -> BoundEntry:
    lines = entry.acl.entries if entry.acl is not None and entry.complete else []
    if entry.template is not None:
        return BoundEntry(entry, [Line(line, _nobody(name, entry, local, line)) for line in lines])
    new: Flows = {}
    flows = (_flow(name, entry, local, line, old, new) if line.permit else None for line in lines)
    return BoundEntry(entry, [Line(*each) for each in zip(lines, flows, strict=True)], new)


def _part(name: str, entry: CryptoMapEntry, local: int, ours: Proxy, theirs: Proxy, peers: tuple[int, ...]) -> Flow:
    """A flow for a part of what an entry permits."""
    made = entry.policy, entry.template, entry.upkeep
    return Flow(
        name, entry.sequence, local, ours, theirs, peers, *made, brought=True, replay_window=entry.replay_window
    )


def _nobody(name: str, entry: CryptoMapEntry, local: int, line: Ace) -> Flow | None:
    """A flow that never has SAs and is nobody's, for what a line of a dynamic entry's access list permits."""
    ends = local, *proxies(line)
    return Flow(name, entry.sequence, *ends, (0,), entry.policy, entry.template) if line.permit else None


def _flow(name: str, entry: CryptoMapEntry, local: int, line: Ace, old: Flows, new: Flows) -> Flow:
    ends = local, *proxies(line)
    flow = Flow(name, entry.sequence, *ends, tuple(entry.peers), entry.policy, None, entry.upkeep)
    flow.per_host, flow.manual = entry.per_host, entry.manual
    known = old.get(flow.key)
    if known is not None and known.terms == flow.terms:
        flow = known
    flow.negotiate_by(entry.policy, entry.upkeep, entry.replay_window)
    return new.setdefault(flow.key, flow)

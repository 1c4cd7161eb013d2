"""Flows: what one permit line of a crypto map protects towards a peer, its counters and its SA pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from iosim.data import dataclass
from iosim.ipsec import udp
from iosim.ipsec.bundle import opening, plaintext_mtu, sealing
from iosim.ipsec.model import ManualKeys, Proxy, SaPair
from iosim.ipsec.sa import REPLAY_WINDOW, InboundSa, OutboundSa, ReceiveError, SendError
from iosim.ipsec.selectors import inside
from iosim.ipsec.size import SHORTEST_MTU
from iosim.sim.clock import SECOND, Timer
from iosim.stack.trail import Trails
from iosim.wire.ipv4 import MAXIMUM_LENGTH, five_tuple

ANY = Proxy(0, 0)
KILOBYTE = 1024
KEY_EXCHANGE_PORT = 500

Template = tuple[str, int]
"""An entry of a dynamic map: its name and sequence number."""
FlowKey = tuple[str, int, int, Proxy, Proxy]
"""What tells a flow from every other one of a router: map name, sequence number, local address and proxies."""


@dataclass(slots=True)
class Counters:
    """The packet counters of a flow, under the names of `show crypto ipsec sa`.

    What is encapsulated counts as encrypted and digested, whatever the transform, and so does the way back: captures of
    `esp-des` alone, and of AH alone, have three times the same number.
    """

    encaps: int = 0
    decaps: int = 0
    failed_sends: dict[SendError, int] = field(default_factory=dict)
    failed_receives: dict[ReceiveError, int] = field(default_factory=dict)

    @property
    def send_errors(self) -> int:
        """All packets that could not be sent."""
        return sum(self.failed_sends.values())

    @property
    def recv_errors(self) -> int:
        """All packets that were refused."""
        return sum(self.failed_receives.values())

    def send_failed(self, error: SendError) -> None:
        """Count a packet that was not sent."""
        self.failed_sends[error] = self.failed_sends.get(error, 0) + 1

    def take_over(self, other: Counters) -> None:
        """Count what was not sent under another flow, which is no more."""
        for error, number in other.failed_sends.items():
            self.failed_sends[error] = self.failed_sends.get(error, 0) + number

    def receive_failed(self, error: ReceiveError) -> None:
        """Count a packet that was refused."""
        self.failed_receives[error] = self.failed_receives.get(error, 0) + 1


@dataclass(frozen=True, slots=True)
class Upkeep:
    """When the SAs of a flow go because nobody uses them, in seconds (0: never), and the peer that is tried first.

    With `idle_to_default` the flow turns to that peer once its SAs have gone idle.
    """

    idle_time: int = 0
    idle_to_default: bool = False
    default_peer: int | None = None


@dataclass(slots=True, eq=False)
class InstalledPair:
    """A negotiated pair of SAs at work, or those of a bundle in the order of their application.

    The outermost ones are the last: packets on the way show them. `seal` and `open` take packets through all of them.
    Times are in µs; `octet_limit` is what an SA may carry before the next end; once volume or numbers have brought the
    soft one, the pair is `worn`. `sent_at` and `heard_at` are the times of the latest packet each way; what is sent
    after more than `patience` of silence is worth an event. `path_mtu` is what routers on the way have said of it, if
    any has. `trails` are those of packets that came out of it, `limits` the longest packets for each MTU of a link.
    """

    pair: SaPair
    flow: Flow
    inbound: tuple[InboundSa, ...]
    outbound: tuple[OutboundSa, ...]
    inbound_id: int
    outbound_id: int
    installed_at: int
    octet_limit: int | float = float("inf")
    worn: bool = False
    timers: list[Timer] = field(default_factory=list)
    patience: int | float = float("inf")
    path_mtu: int | None = None
    path_timer: Timer | None = None
    sent_at: int = field(init=False)
    heard_at: int = field(init=False)
    tunnel: bool = field(init=False)
    everything: bool = field(init=False)
    trails: Trails = field(default_factory=dict)
    limits: dict[int, int] = field(default_factory=dict)
    udp_ports: tuple[int, int] | None = field(init=False)
    seal: Callable[[bytes], bytes | SendError] = field(init=False)
    open: Callable[[bytes], bytes | ReceiveError] = field(init=False)

    def __post_init__(self) -> None:
        self.sent_at = self.heard_at = self.installed_at
        self.seal, self.open = sealing(self.outbound), opening(self.inbound)
        self.tunnel = self.pair.transform.mode == "tunnel"
        self.everything = self.pair.local_proxy == self.pair.remote_proxy == ANY
        self.udp_ports = self.pair.udp_ports
        if self.udp_ports is not None:
            self.seal = self._through_udp(self.seal)

    @property
    def translated_port(self) -> int | None:
        """The peer's port where a translator is on the way: it tells peers behind one address apart."""
        return None if self.udp_ports is None else self.udp_ports[1]

    def admits(self, packet: bytes) -> bool:
        """Whether a packet that came through the pair belongs there (RFC 4301 section 5.2, step 4)."""
        return self.everything or inside(five_tuple(packet), self.pair.local_proxy, self.pair.remote_proxy)

    @property
    def used(self) -> bool:
        """Whether it has carried a packet in either direction."""
        return self.inbound[0].packets + self.outbound[0].packets > 0

    @property
    def octets(self) -> int:
        """What its busier direction has carried."""
        return max(self.inbound[-1].octets, self.outbound[-1].octets)

    def path_mtu_over(self, link_mtu: int) -> int:
        """What the path to the peer carries, which begins with a link of `link_mtu`."""
        return link_mtu if self.path_mtu is None else min(link_mtu, self.path_mtu)

    def plaintext_mtu(self, link_mtu: int) -> int:
        """The longest packet (bytes) that still fits into the path when sealed; what every link carries always goes."""
        limit = self.limits.get(link_mtu)
        if limit is None:
            path = self.path_mtu_over(link_mtu)
            available = path if self.udp_ports is None else path - udp.OVERHEAD
            limit = self.limits[link_mtu] = max(SHORTEST_MTU, plaintext_mtu(self.outbound, available))
        return limit

    def learn_path(self, mtu: int, timer: Timer) -> None:
        """A router on the way says what the path carries; it counts until the timer ends."""
        self.forget_path()
        self.path_mtu, self.path_timer = mtu, timer

    def forget_path(self) -> None:
        """Nothing is known of the path any more."""
        if self.path_timer is not None:
            self.path_timer.cancel()
        self.path_mtu = self.path_timer = None
        self.limits.clear()

    def _through_udp(self, seal: Callable[[bytes], bytes | SendError]) -> Callable[[bytes], bytes | SendError]:
        """A sealed packet within UDP, to the port where the peer is now."""

        def encapsulated(packet: bytes) -> bytes | SendError:
            sealed = seal(packet)
            assert self.udp_ports is not None
            if isinstance(sealed, SendError):
                return sealed
            too_long = len(sealed) > MAXIMUM_LENGTH - udp.OVERHEAD
            return SendError.LENGTH if too_long else udp.encapsulate(sealed, *self.udp_ports)

        return encapsulated

    def remaining_seconds(self, now: int) -> int:
        """Whole seconds of life that are left at `now` (µs)."""
        return max(0, self.pair.lifetime - (now - self.installed_at) // SECOND)

    def remaining_kilobytes(self, sa: InboundSa | OutboundSa) -> int | None:
        """Kilobytes that one of its two SAs may still carry, None without a limit."""
        return max(0, self.pair.lifesize - -(-sa.octets // KILOBYTE)) if self.pair.lifesize else None


@dataclass(slots=True, eq=False)
class Flow:
    """One permit line of a crypto map entry: identity, peers, counters and SA pairs, the newest last.

    `policy` belongs to the owner of the configuration. `negotiating` is true from a request for SAs to its success or
    failure. A peer has `brought` it (or a packet, where SAs are for pairs of hosts) when it is a part of what a line
    permits, or comes of a dynamic map's entry, which is its `template` then. A flow that is to be parted so is
    `per_host`; one with `manual` keys has its SAs by them. New SAs get a `replay_window` of that many packets (0:
    none). `arrive` takes what comes out of the SAs of a tunnel's flow; the stack, if it is None. With a `port` it is
    for one of the peers only that a translator has at an address, or for one without a translator (0).
    """

    map_name: str
    sequence: int
    local: int
    local_proxy: Proxy
    remote_proxy: Proxy
    peers: tuple[int, ...]
    policy: object
    template: Template | None = None
    upkeep: Upkeep = field(default_factory=Upkeep)
    brought: bool = False
    counters: Counters = field(default_factory=Counters)
    pairs: list[InstalledPair] = field(default_factory=list)
    negotiating: bool = False
    peer: int = 0
    per_host: bool = False
    manual: ManualKeys | None = None
    replay_window: int = REPLAY_WINDOW
    arrive: Callable[[bytes], None] | None = None
    port: int | None = None

    def __post_init__(self) -> None:
        self.peer = self.default_peer or self.peers[0]

    @property
    def key(self) -> FlowKey:
        """The identity of the flow."""
        return self.map_name, self.sequence, self.local, self.local_proxy, self.remote_proxy

    def is_between(self, peer: int) -> bool:
        """Whether all that it protects goes from us to a peer, where transport mode will do."""
        ours, theirs = self.local_proxy, self.remote_proxy
        return (ours.address, ours.mask, theirs.address, theirs.mask) == (self.local, 0xFFFFFFFF, peer, 0xFFFFFFFF)

    @property
    def terms(self) -> object:
        """What may not change under its SAs; other things count for those that are negotiated next."""
        return self.peers, self.per_host, self.manual

    def negotiate_by(self, policy: object, upkeep: Upkeep, replay_window: int) -> None:
        """Have the next SAs by this policy."""
        self.policy, self.upkeep, self.replay_window = policy, upkeep, replay_window

    @property
    def current(self) -> InstalledPair | None:
        """The pair that outbound packets use."""
        return self.pairs[-1] if self.pairs else None

    def path_mtu(self, link_mtu: int) -> int:
        """What the path to the peer carries, which begins with a link of `link_mtu`."""
        return self.pairs[-1].path_mtu_over(link_mtu) if self.pairs else link_mtu

    def plaintext_mtu(self, link_mtu: int) -> int:
        """The longest packet (bytes) that still fits into the path when sealed; without an SA nothing is added."""
        return self.pairs[-1].plaintext_mtu(link_mtu) if self.pairs else link_mtu

    @property
    def translated_port(self) -> int | None:
        """The port that tells the peer from others behind its address, while there are SAs with it."""
        return None if self.current is None else self.current.translated_port

    @property
    def peer_port(self) -> int:
        """The UDP port of the peer: that of the key exchange, or where UDP encapsulation goes."""
        return self.translated_port or KEY_EXCHANGE_PORT

    def next_peer(self) -> None:
        """Turn to the peer that follows in the list, or to the first one again."""
        self.peer = self.peers[(self.peers.index(self.peer) + 1) % len(self.peers)]

    @property
    def default_peer(self) -> int | None:
        """The peer that is tried first, if one is named and the flow may lead to it."""
        return self.upkeep.default_peer if self.upkeep.default_peer in self.peers else None

    def fail_over(self) -> None:
        """The peer is dead: turn to the default peer, or from that one to the next in the list."""
        if self.default_peer in (None, self.peer):
            self.next_peer()
        else:
            self.go_back()

    def go_back(self) -> None:
        """Turn to the default peer, if there is one."""
        self.peer = self.default_peer or self.peer

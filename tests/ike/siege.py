"""A negotiation that is held at one message, so that others can be thrown at the one who waits for it."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from iosim.ike.v1 import IkeSa, PeerKey, Policy
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.exchanges import QuickMode
from iosim.ike.v1.keys import phase1_iv, phase2_iv
from iosim.ike.v1.trace.certificates import CertificateChosen
from iosim.ios.features.isakmp.words import words
from iosim.ipsec.model import SaPair
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import (
    HEADER_LENGTH,
    ExchangeType,
    Header,
    Identification,
    Payload,
    PayloadType,
    pack_payloads,
    unpack_payloads,
)

from .harness import LAN_A, LAN_B, A, Accept, B, Config, Lab, Node, assert_same_sas
from .test_signatures import KEYS, Certificates, Theirs

POLICY = Policy(10, "aes-128", "sha", "pre-share", 1, 86400)
"""The cheapest group: there are thousands of negotiations here."""
OUTSIDE = 0x0A000063
ENCRYPTED = 1


@dataclass(frozen=True)
class Scenario:
    """What is negotiated; `messages` with the delete of an IPsec SA at the end."""

    messages: int
    aggressive: bool = False
    group: int | None = None
    translated: bool = False
    signed: bool = False

    def config(self, of_a: bool) -> Config:
        """The configuration of an end."""
        proxies = (LAN_A, LAN_B) if of_a else (LAN_B, LAN_A)
        accept = Accept(pfs_group=self.group)
        suite = replace(POLICY, authentication="rsa-sig") if self.signed else POLICY
        config = Config(isakmp=(suite,), accept=accept, proxies=proxies, aggressive=self.aggressive)
        if self.signed:
            config.pki = KnownNames("A" if of_a else "B")
        return config


class KnownNames(Certificates):
    """Any other certificate is not good."""

    def peer_key(self, remote: int, certificates: Sequence[bytes], identity: Identification) -> PeerKey | None:
        known = [name for name in KEYS if certificates and name.encode() == certificates[0]]
        return Theirs(KEYS[known[0]]) if known else None


SCENARIOS = {
    "main": Scenario(10),
    "main-pfs": Scenario(10, group=1),
    "main-nat": Scenario(10, translated=True),
    "main-signed": Scenario(10, signed=True),
    "aggressive": Scenario(7, aggressive=True),
    "aggressive-nat": Scenario(7, aggressive=True, translated=True),
    "aggressive-signed": Scenario(7, aggressive=True, signed=True),
}
ALL_POSITIONS = [(name, number) for name, scenario in SCENARIOS.items() for number in range(1, scenario.messages + 1)]
POSITIONS = [
    *(("main", number) for number in range(1, 11)),
    *(("main-pfs", number) for number in (7, 8)),
    *(("main-nat", number) for number in (2, 3, 4, 5, 7)),
    *(("aggressive", number) for number in range(1, 5)),
    *(("aggressive-nat", number) for number in (2, 3)),
    *(("main-signed", number) for number in (3, 5, 6)),
    *(("aggressive-signed", number) for number in (1, 2, 3)),
]
"""Those that are not like another one; `tests.fuzz` takes them all."""


class Siege(Lab):
    """The message at `position` is sent and held; `receiver` waits for it. There may be a translator between."""

    def __init__(self, name: str, position: int) -> None:
        self.scenario = scenario = SCENARIOS[name]
        super().__init__(scenario.config(True), scenario.config(False), fault=self._hold)
        self.position = position
        self.held: Datagram | None = None
        self._back: dict[int, int] = {}
        self._told = 0
        self.ask()
        if self.held is None:
            self.a.engine.delete_ipsec(A, self.b.address if not scenario.translated else B, [(ESP, 4711)], self.now)
            self.collect()
        assert self.held is not None

    def ask(self) -> None:
        """IPsec of A wants SAs."""
        self.request(pfs_group=self.scenario.group)
        self.run(1)

    @property
    def target(self) -> Datagram:
        """The held message."""
        assert self.held is not None
        return self.held

    @property
    def sender(self) -> Node:
        """Whose message is held."""
        return self.a if self.target.local == A else self.b

    @property
    def receiver(self) -> Node:
        """Who waits for it."""
        return self.b if self.sender is self.a else self.a

    def throw(self, data: bytes, **ports: int) -> None:
        """Let something come instead of the held message."""
        self._arrive(replace(self.target, data=data, **ports))
        self.collect()
        steps = self.receiver.steps
        while len(steps) > self._told:
            if not isinstance(steps[self._told], CertificateChosen):  # ours is a mere name here
                words(steps[self._told])  # what debugging says of it
            self._told += 1

    def release(self) -> None:
        """Let the held message come, and what follows from it."""
        self._arrive(self.target)
        self.collect()
        self.run(15)  # what came before its time is repeated after ten seconds

    def _hold(self, index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        if index != self.position:
            return [(0, datagram.data)]
        self.held = datagram
        return []

    def _arrive(self, datagram: Datagram) -> None:
        if self.scenario.translated and datagram.local == A:
            outside = datagram.local_port + 20_000
            self._back[outside] = datagram.local_port
            datagram = replace(datagram, local=OUTSIDE, local_port=outside)
        elif self.scenario.translated and datagram.remote == OUTSIDE:
            datagram = replace(datagram, remote=A, remote_port=self._back.get(datagram.remote_port, 500))
        super()._arrive(datagram)

    # What must be so

    def state(self) -> object:
        """All that a message which proves nothing must not change at the receiver."""
        return (
            [_state(sa) for sa in self.receiver.engine.sas],
            len(self.receiver.pairs),
            self.receiver.engine.get_timer(),
        )

    def assert_up(self, udp: bool = False) -> None:
        """Both ends have an SA of each phase, and they fit; `udp`: within UDP, where a translator is between."""
        for node in (self.a, self.b):
            assert any(sa.usable for sa in node.engine.sas)
        ours, theirs = self.a.pairs[-1], self.b.pairs[-1]
        if self.scenario.translated:
            assert theirs.remote == OUTSIDE
            assert not udp or (ours.udp_ports, theirs.udp_ports) == ((4500, 4500), (4500, 24_500))
            theirs = replace(theirs, remote=A)
        assert_same_sas(ours, theirs)

    def assert_sound(self) -> None:
        """Whatever came: SAs that are up at both ends have the same keys, pairs are what the configuration allows."""
        self.run(200)
        for node in (self.a, self.b):
            assert all(sa.usable for sa in node.engine.sas), "half-open SAs are gone"
            for pair in node.pairs:
                self._assert_allowed(node, pair)
        secrets = {sa.initiator_cookie + sa.responder_cookie: sa.secrets for sa in self.a.engine.sas}
        for sa in self.b.engine.sas:
            assert secrets.get(sa.initiator_cookie + sa.responder_cookie, sa.secrets) == sa.secrets
        self.ask()
        self.run(60)
        self.assert_up()

    def _assert_allowed(self, node: Node, pair: SaPair) -> None:
        assert (pair.local_proxy, pair.remote_proxy) == node.config.proxies
        assert pair.transform in Accept().transforms
        assert pair.pfs_group == self.scenario.group
        assert 0 < pair.lifetime <= Accept().lifetime
        assert 0 < pair.lifesize <= Accept().lifesize

    # Messages of somebody who has the keys

    def payloads(self) -> list[Payload]:
        """The payloads of the held message, in the clear."""
        data = self.target.data
        content = data[HEADER_LENGTH:]
        if data[19] & ENCRYPTED:
            sa = self._sa()
            assert sa.secrets is not None
            content = sa.cipher.decrypt(sa.secrets.ka, self._iv(), content)
        return unpack_payloads(data[16], content)[0]

    def sealed(self, payloads: list[Payload]) -> bytes:
        """A message like the held one with other payloads; under a good HASH, where HASH covers the message."""
        data = self.target.data
        first = payloads[0].type if payloads else 0
        if data[19] & ENCRYPTED:
            sa = self._sa()
            assert sa.secrets is not None
            if data[18] in (ExchangeType.QUICK_MODE, ExchangeType.INFORMATIONAL) and first == PayloadType.HASH:
                payloads = [Payload(PayloadType.HASH, self._digest(payloads[1:])), *payloads[1:]]
            content = pack_payloads(payloads)
            padded = content + bytes(-len(content) % sa.cipher.block_size) or bytes(sa.cipher.block_size)
            content = sa.cipher.encrypt(sa.secrets.ka, self._iv(), padded)
        else:
            content = pack_payloads(payloads)
        return data[:16] + bytes((first,)) + data[17:24] + struct.pack("!I", HEADER_LENGTH + len(content)) + content

    def _sa(self) -> IkeSa:
        return self.sender.sa

    def _iv(self) -> bytes:
        """The IV of the held message: of its message id, or the last block that was sent under that."""
        sa, message_id = self._sa(), self.target.data[20:24]
        sent = [each.data for each in self.wire[: self.position - 1] if each.data[:8] == self.target.data[:8]]
        before = [data for data in sent if data[20:24] == message_id and data[19] & ENCRYPTED]
        if before:
            return before[-1][-sa.cipher.block_size :]
        if not any(message_id):
            return phase1_iv(sa.hash, sa.cipher, sa.phase_1.g_xi, sa.phase_1.g_xr)
        return phase2_iv(sa.hash, sa.cipher, sa.last_block, int.from_bytes(message_id, "big"))

    def _digest(self, payloads: list[Payload]) -> bytes:
        """HASH(1), HASH(2) or HASH(3)."""
        sa, message_id = self._sa(), self.target.data[20:24]
        assert sa.secrets is not None
        node = sa.nodes.get(int.from_bytes(message_id, "big"))
        number = sum(each.data[20:24] == message_id for each in self.wire[: self.position - 1])
        if number == 0 or not isinstance(node, QuickMode):
            return sa.hash.hmac(sa.secrets.skeyid_a, message_id + pack_payloads(payloads))
        if number == 1:
            return sa.hash.hmac(sa.secrets.skeyid_a, message_id + node.nonce_i + pack_payloads(payloads))
        return sa.hash.hmac(sa.secrets.skeyid_a, b"\0" + message_id + node.nonce_i + node.nonce_r)


def _state(sa: IkeSa) -> object:
    nodes = [(number, node.state, node.iv, node.sent, node.finished) for number, node in sa.nodes.items()]
    mode = sa.phase_1
    return (
        (sa.initiator_cookie, sa.responder_cookie, sa.local_port, sa.remote_port, sa.udp_encapsulation),
        (sa.state, sa.shown, sa.established, sa.deleted, sa.peer_id, sa.expires_at, sa.last_block),
        (mode.iv, mode.sent, mode.received[:], sa.vendor_ids[:], sa.nat, sa.nat_view, frozenset(sa.message_ids)),
        nodes,
    )


Mutants = Callable[[Siege], Iterator[tuple[str, bytes]]]
"""What is thrown at the receiver: a name and a datagram each."""


def besiege(name: str, position: int, mutants: Mutants) -> dict[str, bool]:
    """Throw everything; after each that was taken for something, see what becomes of both ends. Returns what was."""
    siege = Siege(name, position)
    taken = {}
    for mutant, data in list(mutants(siege)):
        before = siege.state()
        siege.throw(data)
        taken[mutant] = siege.state() != before
        if taken[mutant]:
            siege.release()
            siege.assert_sound()
            siege = Siege(name, position)
    siege.release()
    siege.assert_up(udp=True)
    return taken


def rewritten(data: bytes, **fields: object) -> bytes:
    """A message with another header."""
    header = replace(Header.unpack(data), **fields)  # type: ignore[arg-type]
    return header.pack() + data[HEADER_LENGTH:]

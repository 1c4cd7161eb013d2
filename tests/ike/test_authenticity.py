"""Messages changed by someone who has the keys: what HASH covers, and what is refused even under a good one."""

import struct
from collections.abc import Callable

import pytest

from iosim.ike.v1 import Reason, SaState, State, keys
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import (
    BadMessage,
    InboundReady,
    NotOffered,
    PeerDeletedIpsec,
    QuickModeFinished,
    RequestFailed,
)
from iosim.ike.v1.exchanges import QuickMode
from iosim.ike.v1.phase2_offers import proxy_id
from iosim.ike.v1.trace.sas import InitialContact
from iosim.ipsec.model import Proxy
from iosim.wire.ipv4 import ESP
from iosim.wire.isakmp import HEADER_LENGTH, Payload, PayloadType, pack_payloads, unpack_payloads

from .harness import A, B, Lab, assert_same_sas, deliver

Change = Callable[[list[Payload]], list[Payload]]


class Tampering(Lab):
    """A lab in which one encrypted message is opened, changed and sealed again; with `rehash` under a good HASH."""

    def __init__(self, position: int, change: Change, *, rehash: bool = False) -> None:
        super().__init__(fault=self.tamper)
        self.position, self.change, self.rehash = position, change, rehash

    def tamper(self, index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        return deliver(index, datagram) if index != self.position else [(0, self.reseal(datagram.data))]

    def reseal(self, data: bytes) -> bytes:
        sa = (self.b if self.b.engine.sas else self.a).engine.sas[0]
        assert sa.secrets is not None
        iv = self.iv_of(data)
        plain = sa.cipher.decrypt(sa.secrets.ka, iv, data[HEADER_LENGTH:])
        payloads = self.change(unpack_payloads(data[16], plain)[0])
        if self.rehash:
            payloads[0] = Payload(PayloadType.HASH, self.hash_of(data, payloads[1:]))
        content = pack_payloads(payloads)
        content = sa.cipher.encrypt(sa.secrets.ka, iv, content + bytes(-len(content) % 16))
        return data[:24] + struct.pack("!I", HEADER_LENGTH + len(content)) + content

    def iv_of(self, data: bytes) -> bytes:
        """The IV under which a message was sealed: of its message id, or the last block that was sent under it."""
        sa, message_id = self.a.engine.sas[0], data[20:24]
        before = [each.data for each in self.wire[:-1] if each.data[20:24] == message_id and each.data[19] & 1]
        if before:
            return before[-1][-16:]
        if not any(message_id):
            return keys.phase1_iv(sa.hash, sa.cipher, sa.phase_1.g_xi, sa.phase_1.g_xr)
        return keys.phase2_iv(sa.hash, sa.cipher, sa.last_block, int.from_bytes(message_id, "big"))

    def hash_of(self, data: bytes, payloads: list[Payload]) -> bytes:
        """HASH(1) or HASH(2)."""
        sa = self.a.engine.sas[0]
        assert sa.secrets is not None
        node = sa.nodes.get(int.from_bytes(data[20:24], "big"))
        answer = any(each.data[20:24] == data[20:24] for each in self.wire[:-1])
        nonce = node.nonce_i if answer and isinstance(node, QuickMode) else b""
        return sa.hash.hmac(sa.secrets.skeyid_a, data[20:24] + nonce + pack_payloads(payloads))


def swap(kind: PayloadType, old: bytes, new: bytes) -> Change:
    """Replace bytes in the payloads of a kind."""

    def change(payloads: list[Payload]) -> list[Payload]:
        assert any(payload.type == kind and old in payload.body for payload in payloads)
        return [Payload(t, body.replace(old, new) if t == kind else body) for t, body in payloads]

    return change


def spoil_hash(payloads: list[Payload]) -> list[Payload]:
    return [Payload(t, body[:-1] + bytes((body[-1] ^ 1,)) if t == PayloadType.HASH else body) for t, body in payloads]


def unchanged(payloads: list[Payload]) -> list[Payload]:
    return payloads


@pytest.mark.parametrize("position", range(5, 10))
def test_opening_and_sealing_again_is_harmless_in_itself(position: int) -> None:
    lab = Tampering(position, unchanged)
    lab.request()
    lab.run()
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


def test_a_wrong_hash_i_does_not_authenticate() -> None:
    lab = Tampering(5, spoil_hash)
    lab.request()
    lab.run()
    assert lab.b.seen(BadMessage) == [BadMessage(B, A)]
    assert (lab.b.sa.state, lab.b.sa.shown) == (State.R_MM4, SaState.MM_KEY_EXCH)


def test_a_wrong_hash_r_does_not_authenticate() -> None:
    lab = Tampering(6, spoil_hash)
    lab.request()
    lab.run()
    assert lab.a.seen(BadMessage) == [BadMessage(A, B)]
    assert (lab.a.sa.state, lab.a.sa.shown) == (State.I_MM5, SaState.MM_KEY_EXCH)


def test_the_identity_is_covered_by_the_hash() -> None:
    lab = Tampering(5, swap(PayloadType.ID, A.to_bytes(4, "big"), b"\x0a\0\0\x09"))
    lab.request()
    lab.run()
    assert lab.b.seen(BadMessage)
    assert lab.b.sa.peer_id is None


@pytest.mark.parametrize("position", [7, 8, 9])
def test_a_wrong_quick_mode_hash_makes_no_sas(position: int) -> None:
    lab = Tampering(position, spoil_hash)
    lab.request()
    lab.run()
    receiver = lab.a if position == 8 else lab.b
    assert len(receiver.seen(BadMessage)) == 1
    assert not receiver.seen(QuickModeFinished)
    assert bool(lab.b.seen(InboundReady)) is (position > 7)


def test_a_delete_with_a_wrong_hash_is_not_obeyed() -> None:
    lab = Tampering(10, spoil_hash)
    lab.request()
    lab.run()
    lab.a.engine.delete_ipsec(A, B, [(ESP, 4711)], lab.now)
    lab.collect()
    lab.run()
    assert lab.b.seen(BadMessage)
    assert not lab.b.seen(PeerDeletedIpsec)


def test_quick_mode_is_covered_as_a_whole() -> None:
    lab = Tampering(7, swap(PayloadType.ID, proxy_id(Proxy(0xC0A80100, 0xFFFFFF00)), proxy_id(Proxy(0, 0))))
    lab.request()
    lab.run()
    assert lab.b.seen(BadMessage)
    assert not lab.b.seen(InboundReady)


def test_the_responder_must_not_change_the_proxies() -> None:
    old, new = (proxy_id(Proxy(0xC0A80200, mask)) for mask in (0xFFFFFF00, 0xFFFF0000))
    lab = Tampering(8, swap(PayloadType.ID, old, new), rehash=True)
    request = lab.request()
    lab.run()
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.PROXY_NOT_SUPPORTED)]


@pytest.mark.parametrize(
    ("old", "new"),
    [("80050002", "80050001"), ("80060080", "80060100"), ("80040001", "80040002"), ("80030002", "80030005")],
    ids=["integrity", "key length", "mode", "group"],
)
def test_the_responder_must_not_change_the_transform(old: str, new: str) -> None:
    lab = Tampering(8, swap(PayloadType.SA, bytes.fromhex(old), bytes.fromhex(new)), rehash=True)
    request = lab.request(pfs_group=2)
    lab.run()
    assert lab.a.seen(NotOffered) == [NotOffered(B)]
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.NOT_OFFERED)]


def test_a_group_that_is_not_there_is_refused() -> None:
    lab = Tampering(7, swap(PayloadType.SA, bytes.fromhex("80030002"), bytes.fromhex("80030016")), rehash=True)
    request = lab.request(pfs_group=2)
    lab.run()
    assert not lab.b.seen(BadMessage)
    assert lab.a.seen(RequestFailed) == [RequestFailed(request, Reason.REJECTED_BY_PEER)]


@pytest.mark.parametrize("position", [7, 8])
def test_pfs_needs_a_ke_payload(position: int) -> None:
    def without_ke(payloads: list[Payload]) -> list[Payload]:
        return [payload for payload in payloads if payload.type != PayloadType.KE]

    lab = Tampering(position, without_ke, rehash=True)
    lab.request(pfs_group=2)
    lab.run()
    receiver = lab.b if position == 7 else lab.a
    assert receiver.seen(BadMessage)
    assert not receiver.seen(QuickModeFinished)


def test_initial_contact_spares_what_came_up_meanwhile() -> None:
    """Both begin at once, and message 5 of B is late: A's own SA is up by then, and stays."""

    def fault(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        identity_of_b = datagram.local == B and datagram.data[16] == PayloadType.ID
        begun_by_b = datagram.data[:8] == lab.b.engine.sas[0].initiator_cookie if identity_of_b else False
        return [(100_000 if begun_by_b else 0, datagram.data)]

    lab = Lab(fault=fault)
    lab.request()
    lab.request(lab.b)
    lab.run()
    assert [step.sent for step in lab.a.seen(InitialContact)].count(False) == 1
    assert all(sa.usable for sa in (*lab.a.engine.sas, *lab.b.engine.sas))
    assert len(lab.a.engine.sas) == 2


def test_initial_contact_is_not_sent_beside_another_sa() -> None:
    lab = Lab()
    lab.request()
    lab.run(0.016)
    lab.request(lab.b)
    lab.run()
    assert len(lab.b.engine.sas) == 2
    assert [step.sent for step in lab.b.seen(InitialContact)] == [False]


def test_a_request_goes_on_while_another_phase_1_is_under_way() -> None:
    """A's own attempt fails, the one that B began comes up: what waited at A runs through it."""

    def fault(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        answer_to_a = datagram.local == B and datagram.data[16] == PayloadType.SA and datagram.data[8:16] != bytes(8)
        data = datagram.data.replace(bytes.fromhex("80020002"), bytes.fromhex("80020001"))
        return [(0, data if answer_to_a else datagram.data)]

    lab = Lab(fault=fault)
    lab.request()
    lab.request(lab.b)
    lab.run()
    assert [sa.deleted for sa in lab.a.engine.sas if sa.initiator] == [Reason.NOT_OFFERED]
    assert not lab.a.seen(RequestFailed)
    assert any(pair.initiator for pair in lab.a.pairs)

"""What a stranger or an authentic but hostile peer may cost: no exception, bounded work, no SA by reflection."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from iosim.crypto.dh import GROUPS
from iosim.ike.v1 import Policy, State, phase2_offers
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.events import BadMessage, InboundReady, QuickModeFinished
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.keys import phase2_iv
from iosim.ike.v1.notices import informational_hash
from iosim.ike.v1.packet import seal
from iosim.ike.v1.phase1 import offers
from iosim.ipsec.model import Transform as IpsecTransform
from iosim.wire import WireError
from iosim.wire.isakmp import (
    ExchangeType,
    Header,
    Payload,
    PayloadType,
    Proposal,
    SecurityAssociation,
    Transform,
    pack_payloads,
    unpack_attributes,
    unpack_payloads,
)
from iosim.wire.isakmp.sa import MOST_ATTRIBUTES, _read_attributes

from .harness import LAN_A, LAN_B, A, Accept, B, Config, Lab, assert_same_sas, deliver

AES_SHA = ((4, 1), (5, 2), (6, 128))
IDS = [Payload(PayloadType.ID, phase2_offers.proxy_id(proxy)) for proxy in (LAN_A, LAN_B)]


def tunnel() -> Lab:
    lab = Lab()
    lab.request()
    return lab.run(2)


def quick_mode(lab: Lab, *proposals: Proposal) -> None:
    """The first message of a quick mode of A, with a good HASH."""
    payloads = [
        Payload(PayloadType.SA, SecurityAssociation(proposals).pack()),
        Payload(PayloadType.NONCE, b"n" * 20),
        *IDS,
    ]
    sa = lab.a.engine.sas[0]
    exchange = Exchange(sa, True, State.READY, 77, phase2_iv(sa.hash, sa.cipher, sa.last_block, 77))
    digest = informational_hash(sa, 77, pack_payloads(payloads))
    data = seal(exchange, ExchangeType.QUICK_MODE, [Payload(PayloadType.HASH, digest), *payloads], True)
    lab.b.engine.receive_datagram(data, B, A, 500, 500, lab.now)
    lab.collect()


def opening(body: bytes) -> bytes:
    """The first message of main mode."""
    content = pack_payloads([Payload(PayloadType.SA, body)])
    length = 28 + len(content)
    return Header(b"stranger", bytes(8), PayloadType.SA, ExchangeType.MAIN_MODE, 0, 0, length).pack() + content


def test_proposals_that_belong_together_may_have_long_spis() -> None:
    lab = tunnel()
    transform = Transform(1, 12, AES_SHA)
    quick_mode(lab, Proposal(1, 3, b"\1" * 8, (transform,)), Proposal(1, 3, b"\1" * 8, (transform,)))
    assert len(lab.b.seen(InboundReady)) == 1
    assert lab.b.engine.sas[0].usable


def offered(*proposals: Proposal) -> list[IpsecTransform | None]:
    body = SecurityAssociation(proposals).pack()
    return [candidate.value for candidate in phase2_offers.candidates(body)]


def esp(transform_id: int, *attributes: tuple[int, int]) -> Proposal:
    return Proposal(1, 3, b"\1" * 4, (Transform(1, transform_id, ((4, 1), *attributes)),))


def ah(transform_id: int, *attributes: tuple[int, int]) -> Proposal:
    return Proposal(1, 2, b"\2" * 4, (Transform(1, transform_id, ((4, 1), *attributes)),))


def test_what_transforms_mean_that_nobody_should_offer() -> None:
    """Combinations without a sense are read as nothing that exists here, not as something near it."""
    assert offered(esp(12, (5, 2), (6, 128))) == [IpsecTransform("aes-128", "sha")]
    assert offered(esp(20, (6, 256))) == [IpsecTransform("gcm-256", None)]
    assert offered(ah(3, (5, 2))) == [IpsecTransform(None, None, "tunnel", "sha")]
    nothing = [
        esp(11),  # neither encryption nor authentication
        esp(20, (6, 256), (5, 2)),  # authentication twice
        esp(20),  # AES-GCM needs a key length (RFC 4106 section 8.4)
        esp(23, (6, 512)),
        esp(12, (5, 2)),
        esp(12, (5, 9), (6, 128)),
        ah(3),  # the algorithm is needed (RFC 2407 section 4.5)
        ah(3, (5, 1)),  # and it must be the same
        ah(2, (5, 1), (6, 128)),
        ah(4, (5, 3)),
    ]
    for proposal in nothing:
        assert offered(proposal) == [None]


def test_what_belongs_together_must_agree() -> None:
    sound = esp(12, (5, 2), (6, 128))
    assert offered(ah(3, (5, 2)), sound) == [IpsecTransform("aes-128", "sha", "tunnel", "sha")]
    assert offered(sound, ah(3, (5, 2))) == [IpsecTransform("aes-128", "sha", "tunnel", "sha")]
    assert offered(ah(3, (5, 2), (3, 2)), sound) == [None]
    transport = Proposal(1, 2, b"\2" * 4, (Transform(1, 3, ((4, 2), (5, 2))),))
    assert offered(transport, sound) == [None]
    assert offered(sound, sound) == [None, None]
    compression = Proposal(1, 4, b"\3\3", (Transform(1, 3, ()),))
    assert offered(compression, sound) == [None, None]


def test_combinations_are_bounded() -> None:
    """127 transforms of AH with 128 of ESP are 16,256 combinations, at the cost of 255."""
    ahs = tuple(Transform(number, 3, ((4, 1), (5, 2))) for number in range(127))
    esps = tuple(Transform(number, 12, ((4, 1), (5, 2), (6, 128))) for number in range(128))
    proposals = Proposal(1, 2, b"\2" * 4, ahs), Proposal(1, 3, b"\1" * 4, esps)
    assert len(offered(*proposals)) == 255


def test_a_reserved_spi_of_one_of_two_proposals_is_refused() -> None:
    lab = tunnel()
    lab.b.config.accept = Accept((IpsecTransform("aes-128", "sha", "tunnel", "sha"),))
    sound = esp(12, (5, 2), (6, 128))
    quick_mode(lab, replace(ah(3, (5, 2)), spi=bytes(4)), sound)
    assert lab.b.seen(BadMessage)
    assert len(lab.b.seen(InboundReady)) == 1


def test_a_lifetime_without_measure_is_cut_to_32_bits() -> None:
    lab = tunnel()
    lab.b.config.accept = Accept(lifetime=100, lifesize=0)
    attributes = (*AES_SHA, (1, 1), (2, b"\xff" * 4000), (1, 2), (2, b"\xff" * 9))
    quick_mode(lab, Proposal(1, 3, b"\1" * 4, (Transform(1, 12, attributes),)))
    pair = lab.b.seen(InboundReady)[-1].pair
    assert (pair.lifetime, pair.lifesize) == (100, 0xFFFFFFFF)


def test_too_many_transforms_are_refused_before_they_are_compared() -> None:
    lab = Lab()
    many = tuple(Transform(number, 1) for number in range(200))
    body = SecurityAssociation((Proposal(1, 1, b"", many), Proposal(2, 1, b"", many))).pack()
    lab.b.engine.receive_datagram(opening(body), B, A, 500, 500, lab.now)
    lab.collect()
    assert lab.b.seen(BadMessage)
    assert lab.b.engine.sas == ()


def test_too_many_attributes_are_refused() -> None:
    with pytest.raises(WireError):
        unpack_attributes(struct.pack("!HH", 0x8001, 1) * (MOST_ATTRIBUTES + 1))


def test_large_offers_are_not_remembered() -> None:
    attributes = ((16000, bytes(20_000)),)
    body = SecurityAssociation((Proposal(1, 1, b"", (Transform(1, 1, attributes),)),)).pack()
    remembered = _read_attributes.cache_info().currsize, offers._read.cache_info().currsize
    assert offers.candidates(body)[0].transform.attributes == attributes
    assert remembered == (
        _read_attributes.cache_info().currsize,
        offers._read.cache_info().currsize,
    )


@pytest.mark.parametrize("cookie", ["none", "our own"])
def test_such_a_cookie_is_no_responder(cookie: str) -> None:
    """With equal cookies and equal public values HASH_R would be HASH_I, sent back."""

    def fault(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        data = datagram.data
        forged = data[:8] if cookie == "our own" else bytes(8)
        return [(0, data[:8] + forged + data[16:])] if index == 2 else deliver(index, datagram)

    lab = Lab(fault=fault)
    lab.request()
    lab.run()
    assert lab.a.seen(BadMessage)
    assert lab.a.sa.state is State.I_MM1
    lab.run(12)
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


@pytest.mark.parametrize("number", sorted(GROUPS))
@pytest.mark.parametrize("message", [3, 4])
def test_a_bad_public_value_is_refused_and_costs_nothing(number: int, message: int) -> None:
    """Zero, one, an odd length or a point off the curve: the true message that is sent again brings the tunnel up."""
    length = GROUPS[number].public_length
    given = iter((b"", bytes(length - 1), (1).to_bytes(length), b"\xff" * length))

    def fault(index: int, datagram: Datagram) -> list[tuple[int, bytes]]:
        return [
            *((1 + index, with_public_value(datagram.data, value)) for value in (given if index == message else ())),
            (20, datagram.data),
        ]

    policy = Policy(10, "aes-128", "sha", "pre-share", number, 86400)
    lab = Lab(Config(isakmp=(policy,)), Config(isakmp=(policy,), proxies=(LAN_B, LAN_A)), fault=fault)
    lab.request()
    lab.run(30)
    assert len((lab.b if message == 3 else lab.a).seen(BadMessage)) == 4
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


def with_public_value(data: bytes, value: bytes) -> bytes:
    """A message of main mode with another public value."""
    header = Header.unpack(data)
    payloads, _ = unpack_payloads(header.next_payload, data[28:])
    content = pack_payloads(
        [Payload(each.type, value if each.type == PayloadType.KE else each.body) for each in payloads]
    )
    return replace(header, length=28 + len(content)).pack() + content


def test_a_request_with_another_policy_gets_its_own_answer() -> None:
    """Both are answered: whoever changed the configuration meanwhile waits for the second one."""
    lab = Lab()
    first = lab.request()
    second = replace(first, lifetime=1800, policy="new")
    lab.a.engine.request(second, lab.now)
    lab.a.engine.request(second, lab.now)
    lab.collect()
    lab.run()
    assert [event.request for event in lab.a.seen(QuickModeFinished)] == [first, second]

"""The ISAKMP codec: round trips, recorded messages, strict bounds, and nothing but WireError for hostile bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.isakmp import (
    Delete,
    ExchangeType,
    Header,
    Identification,
    Notification,
    Payload,
    PayloadType,
    Proposal,
    SecurityAssociation,
    Transform,
    number,
    pack_payloads,
    unpack_payloads,
)

octet, short, word = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
short_bytes = st.binary(max_size=40)
attributes = st.lists(st.tuples(st.integers(0, 0x7FFF), short | short_bytes), max_size=6).map(tuple)
transforms = st.lists(st.builds(Transform, octet, octet, attributes), max_size=4).map(tuple)
proposals = st.lists(st.builds(Proposal, octet, octet, short_bytes, transforms), max_size=4).map(tuple)
associations = st.builds(SecurityAssociation, proposals)
identifications = st.builds(Identification, octet, octet, short, short_bytes)
notifications = st.builds(Notification, octet, short, short_bytes, short_bytes)
deletes = st.integers(1, 20).flatmap(
    lambda size: st.builds(Delete, octet, st.lists(st.binary(min_size=size, max_size=size), max_size=5).map(tuple))
)
headers = st.builds(
    Header, st.binary(min_size=8, max_size=8), st.binary(min_size=8, max_size=8), octet, octet, octet, word, st.just(28)
)
chains = st.lists(st.builds(Payload, st.integers(1, 255), short_bytes), max_size=6)

# Message 1 and 2 of a main mode with a real peer, from the tests of RUB-NDS/IPsec-StateMachineExtractor
# (IKEv1HandshakeIT.java, "Main PSK m1 / m2")
MESSAGE_1 = bytes.fromhex(
    "59cedc5dcea558fe00000000000000000110020000000000000000540000003800000001000000010000002c000100010000002400010000"
    "80010007800e0080800200028004000280030001800b0001800c7080"
)
MESSAGE_2 = bytes.fromhex(
    "59cedc5dcea558fe9e169842364452570110020000000000000000740d00003800000001000000010000002c000100010000002401010000"
    "80010007800e0080800200028004000280030001800b0001800c70800d00000c09002689dfd6b71200000014afcad71368a1f1c96b8696fc"
    "77570100"
)


@given(headers)
def test_a_header_comes_back(header: Header) -> None:
    assert Header.unpack(header.pack()) == header


@given(chains, short_bytes)
def test_a_chain_comes_back_and_leaves_the_padding(chain: list[Payload], padding: bytes) -> None:
    packed = pack_payloads(chain)
    assert unpack_payloads(chain[0].type if chain else 0, packed + padding) == (chain, len(packed))


@given(associations | identifications | notifications | deletes)
def test_a_body_comes_back(body: SecurityAssociation | Identification | Notification | Delete) -> None:
    assert type(body).unpack(body.pack()) == body


@pytest.mark.parametrize("body", [SecurityAssociation, Identification, Notification, Delete, Proposal, Transform])
@given(data=st.binary(max_size=80))
def test_any_bytes_are_a_body_or_an_error(body: type[SecurityAssociation], data: bytes) -> None:
    try:
        value = body.unpack(data)
    except WireError:
        return
    assert body.unpack(value.pack()) == value


@given(octet, st.binary(max_size=200))
def test_any_bytes_are_a_chain_or_an_error(first: int, data: bytes) -> None:
    try:
        chain, end = unpack_payloads(first, data)
    except WireError:
        return
    assert pack_payloads(chain) == data[:end]


def test_a_recorded_offer_is_read_and_packed_again() -> None:
    header = Header.unpack(MESSAGE_1)
    assert header.exchange == ExchangeType.MAIN_MODE
    assert header.responder_cookie == bytes(8)
    chain, end = unpack_payloads(header.next_payload, MESSAGE_1[28:])
    assert end == len(MESSAGE_1) - 28
    association = SecurityAssociation.unpack(chain[0].body)
    transform = association.proposals[0].transforms[0]
    # AES-CBC, 128 bits, SHA, group 2, pre-shared key, 28800 seconds
    assert transform.attributes == ((1, 7), (14, 128), (2, 2), (4, 2), (3, 1), (11, 1), (12, 28800))
    repacked = header.pack() + pack_payloads([Payload(PayloadType.SA, association.pack())])
    assert repacked == MESSAGE_1


def test_vendor_ids_are_kept_in_order() -> None:
    chain, _ = unpack_payloads(PayloadType.SA, MESSAGE_2[28:])
    assert [payload.type for payload in chain] == [1, 13, 13]
    assert chain[2].body.hex() == "afcad71368a1f1c96b8696fc77570100"  # RFC 3706 section 5.1


def test_a_number_has_two_forms() -> None:
    assert number(3600) == number(b"\x00\x00\x0e\x10") == 3600


@pytest.mark.parametrize("length", range(28))
def test_a_short_datagram_has_no_header(length: int) -> None:
    with pytest.raises(WireError):
        Header.unpack(MESSAGE_1[:length])


@pytest.mark.parametrize("data", [MESSAGE_1[:-1], MESSAGE_1 + b"\0"])
def test_the_length_must_be_that_of_the_datagram(data: bytes) -> None:
    with pytest.raises(WireError):
        Header.unpack(data)


def test_ikev2_is_another_protocol() -> None:
    with pytest.raises(WireError):
        Header.unpack(MESSAGE_1[:17] + b"\x20" + MESSAGE_1[18:])


def test_the_reserved_octet_of_a_payload_must_be_zero() -> None:
    with pytest.raises(WireError, match="reserved"):
        unpack_payloads(PayloadType.SA, MESSAGE_1[28:29] + b"\x01" + MESSAGE_1[30:])


@pytest.mark.parametrize("length", [0, 3, 0x39, 0xFFFF])
def test_a_payload_stays_within_its_message(length: int) -> None:
    with pytest.raises(WireError):
        unpack_payloads(PayloadType.SA, MESSAGE_1[28:30] + length.to_bytes(2, "big") + MESSAGE_1[32:])


def test_a_proposal_holds_as_many_transforms_as_it_says() -> None:
    body = SecurityAssociation((Proposal(1, 1, b"", (Transform(1, 1),)),)).pack()
    with pytest.raises(WireError, match="announces 2"):
        SecurityAssociation.unpack(body[:15] + b"\x02" + body[16:])

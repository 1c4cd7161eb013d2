"""ESP on its own: what goes in comes out, what is not right is refused and counted as what it is."""

from struct import pack, unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.integrity import INTEGRITY
from iosim.ipsec.esp import EspInbound, EspOutbound
from iosim.ipsec.model import SaKeys, Transform
from iosim.ipsec.sa import ReceiveError, SendError

from .helpers import PC1, PC2, R1, R2, TRANSFORMS, header, keys, packet

AES_SHA = Transform("aes-128", "sha")


def sas(transform: Transform = AES_SHA) -> tuple[EspOutbound, EspInbound]:
    secret = keys(transform, 0x12345678)
    return EspOutbound(transform, secret, R1, R2, bytes), EspInbound(transform, secret)


def sealed(sa: EspOutbound, data: bytes) -> bytes:
    result = sa.seal(data)
    assert isinstance(result, bytes)
    return result


def checksum_is_right(data: bytes) -> bool:
    total: int = sum(unpack(f"!{(data[0] & 15) * 2}H", data[: (data[0] & 15) * 4]))
    return total % 0xFFFF == 0


def forge(plaintext: bytes, first_block: bytes = bytes(16)) -> bytes:
    """An authentic ESP packet around any blocks of plaintext; `first_block` is what the IV decrypts to."""
    secret = keys(AES_SHA, 0x12345678)
    sealed = CIPHERS["aes-128"].encrypt(secret.cipher_key, bytes(16), first_block + plaintext)
    body = pack("!II", secret.spi, 1) + sealed
    body += INTEGRITY["sha"].mac(secret.integrity_key)(body)
    return header(R1, R2, 50, len(body)) + body


@settings(max_examples=60)
@given(
    st.sampled_from([*TRANSFORMS, Transform("aes-128", None), Transform("3des", None)]),
    st.sampled_from(["tunnel", "transport"]),
    st.lists(st.binary(max_size=100) | st.integers(0, 1600).map(bytes), min_size=1, max_size=4),
)
def test_what_is_sealed_opens_again(transform: Transform, mode: str, payloads: list[bytes]) -> None:
    outbound, inbound = sas(Transform(transform.cipher, transform.integrity, mode))
    for payload in payloads:
        data = packet(payload=payload)
        assert inbound.open(sealed(outbound, data)) == data
    assert outbound.packets == inbound.packets == outbound.sequence == len(payloads)
    assert outbound.octets == inbound.octets == sum(28 + len(payload) for payload in payloads)


@given(st.integers(0, 255), st.sampled_from([0, 0x4000, 0x2000, 0x6000, 185]), st.integers(0, 70))
def test_the_outer_header(tos: int, flags: int, size: int) -> None:
    """RFC 4301 section 5.1.2.1: DSCP and DF are copied, the rest is constructed."""
    outbound, _ = sas()
    outer = sealed(outbound, packet(payload=bytes(size), tos=tos, flags=flags, ttl=3))
    version, outer_tos, length, _, outer_flags, ttl, protocol, _, source, destination = unpack(
        "!BBHHHBBHII", outer[:20]
    )
    assert (version, outer_tos, length, ttl, protocol) == (0x45, tos, len(outer), 255, 50)
    assert outer_flags == flags & 0x4000
    assert (source, destination) == (R1, R2)
    assert checksum_is_right(outer)


def test_spi_and_sequence_number_follow_the_header() -> None:
    outbound, _ = sas()
    packets = [sealed(outbound, packet()) for _ in range(3)]
    assert [unpack("!II", data[20:28]) for data in packets] == [(0x12345678, n) for n in (1, 2, 3)]


def test_transport_mode_keeps_the_header() -> None:
    outbound, inbound = sas(Transform("aes-128", "sha", "transport"))
    data = packet(R1, R2, b"data", tos=0x20)
    outer = sealed(outbound, data)
    assert outer[9] == 50 and outer[12:20] == data[12:20] and outer[1] == 0x20
    assert unpack("!H", outer[2:4])[0] == len(outer)
    assert checksum_is_right(outer)
    assert inbound.open(outer) == data


@pytest.mark.parametrize("mode", ["tunnel", "transport"])
@pytest.mark.parametrize("transform", TRANSFORMS, ids=str)
def test_plaintext_mtu_is_the_longest_that_fits(transform: Transform, mode: str) -> None:
    """With esp-null it may be four bytes less: IOS has it so."""
    spare = 4 if transform.cipher == "null" else 0
    transform = Transform(transform.cipher, transform.integrity, mode)
    outbound, _ = sas(transform)
    for path in range(600, 640):
        size = outbound.plaintext_mtu(path)
        assert len(sealed(outbound, packet(payload=bytes(size - 28)))) <= path
        assert len(sealed(outbound, packet(payload=bytes(size - 27)))) > path - spare


def test_what_cannot_be_sealed() -> None:
    outbound, _ = sas()
    assert outbound.seal(packet(payload=bytes(65500))) is SendError.LENGTH
    outbound.sequence = 0xFFFFFFFF
    assert outbound.seal(packet()) is SendError.SEQUENCE
    assert outbound.packets == 0


def test_a_packet_opens_once() -> None:
    outbound, inbound = sas()
    data = sealed(outbound, packet())
    assert inbound.open(data) == packet()
    assert inbound.open(data) is ReceiveError.REPLAY
    assert inbound.packets == 1


def test_a_forged_packet_does_not_move_the_window() -> None:
    outbound, inbound = sas()
    first = sealed(outbound, packet())
    forged = first[:24] + pack("!I", 5000) + first[28:]
    assert inbound.open(forged) is ReceiveError.VERIFY
    assert inbound.open(first) == packet()


def test_packets_out_of_order_open() -> None:
    outbound, inbound = sas()
    packets = [sealed(outbound, packet(payload=bytes([n]))) for n in range(70)]
    assert inbound.open(packets[69]) == packet(payload=bytes([69]))
    assert inbound.open(packets[6]) == packet(payload=bytes([6]))
    assert inbound.open(packets[5]) is ReceiveError.REPLAY


@pytest.mark.parametrize("transform", TRANSFORMS, ids=str)
def test_every_changed_byte_is_noticed(transform: Transform) -> None:
    outbound, inbound = sas(transform)
    data = sealed(outbound, packet(payload=b"data"))
    for position in range(24, len(data)):  # after the SPI
        changed = bytearray(data)
        changed[position] ^= 1
        expected = ReceiveError.REPLAY if changed[24:28] == b"\0\0\0\0" else ReceiveError.VERIFY
        assert inbound.open(bytes(changed)) is expected
    assert inbound.open(data) == packet(payload=b"data")


def test_wrong_keys_are_noticed() -> None:
    outbound, _ = sas()
    right = keys(AES_SHA, 0x12345678)
    data = sealed(outbound, packet())
    assert EspInbound(AES_SHA, SaKeys(right.spi, right.cipher_key, bytes(20))).open(data) is ReceiveError.VERIFY
    other_cipher_key = EspInbound(AES_SHA, SaKeys(right.spi, bytes(16), right.integrity_key)).open(data)
    assert isinstance(other_cipher_key, ReceiveError)


def with_trailer(data: bytes, padding: bytes | int = 15, stated: int | None = None, next_header: int = 4) -> bytes:
    if isinstance(padding, int):
        padding = bytes(range(1, padding + 1))
    return data + padding + bytes((len(padding) if stated is None else stated, next_header))


INNER = packet(payload=bytes(3))  # 31 bytes: 15 of padding and the last two make whole blocks
TRAILERS = {
    "right": (with_trailer(INNER), INNER),
    "right, with more padding": (with_trailer(INNER, 31), INNER),
    "right, with bytes to hide the length": (with_trailer(INNER + b"x" * 32), INNER),
    "padding that does not count": (with_trailer(INNER, bytes(15)), ReceiveError.PADDING),
    "padding longer than the packet": (with_trailer(INNER, stated=200), ReceiveError.PADDING),
    "padding into the IV": (with_trailer(b"", bytes(30), stated=31), ReceiveError.PADDING),
    "next header is not IPv4": (with_trailer(INNER, next_header=41), ReceiveError.PROTOCOL),
    "nothing inside": (with_trailer(b"", 14), ReceiveError.LENGTH),
    "an IPv6 packet inside": (with_trailer(b"\x60" + INNER[1:]), ReceiveError.LENGTH),
    "inner length too long": (with_trailer(INNER[:3] + b"\x20" + INNER[4:]), ReceiveError.LENGTH),
    "inner header too short": (with_trailer(b"\x44" + INNER[1:]), ReceiveError.LENGTH),
    "inner header longer than the packet": (with_trailer(b"\x4f" + INNER[1:]), ReceiveError.LENGTH),
}


@pytest.mark.parametrize(("plaintext", "expected"), TRAILERS.values(), ids=TRAILERS.keys())
def test_trailers_of_authentic_packets(plaintext: bytes, expected: object) -> None:
    _, inbound = sas()
    assert len(plaintext) % 16 == 0
    assert inbound.open(forge(plaintext)) == expected
    assert inbound.packets == isinstance(expected, bytes)


def test_an_iv_alone_is_no_packet() -> None:
    _, inbound = sas()
    assert inbound.open(forge(b"")) is ReceiveError.LENGTH


def test_padding_does_not_reach_into_the_iv() -> None:
    _, inbound = sas(Transform("aes-128", "sha", "transport"))
    padding = bytes(range(1, 21))
    assert inbound.open(forge(padding[6:] + bytes((20, 17)), bytes(10) + padding[:6])) is ReceiveError.PADDING


def test_without_authentication_there_is_no_replay_protection() -> None:
    """RFC 4303 section 3.4.3: the service may be chosen only with integrity."""
    outbound, inbound = sas(Transform("aes-128", None))
    data = sealed(outbound, packet())
    assert inbound.open(data) == inbound.open(data) == packet()


@given(st.binary(max_size=120))
def test_any_bytes_behind_an_ip_header_are_refused(data: bytes) -> None:
    _, inbound = sas()
    assert isinstance(inbound.open(header(PC1, PC2, 50, len(data)) + data), ReceiveError)


@given(st.sampled_from(["tunnel", "transport"]), st.binary(min_size=16, max_size=16), st.integers(1, 6))
def test_any_authentic_plaintext_is_a_packet_or_refused(mode: str, block: bytes, count: int) -> None:
    _, inbound = sas(Transform("aes-128", "sha", mode))
    assert isinstance(inbound.open(forge(block * count)), bytes | ReceiveError)


@given(st.binary(max_size=200))
def test_any_bytes_without_authentication(data: bytes) -> None:
    _, inbound = sas(Transform("des", None))
    assert isinstance(inbound.open(header(R1, R2, 50, len(data)) + data), bytes | ReceiveError)


def test_an_sa_survives_what_it_refused() -> None:
    """The chaining of the long-lived context must not depend on packets that were bad."""
    outbound, inbound = sas(Transform("aes-128", None))
    for size in (1, 40, 41, 300):
        inbound.open(header(R1, R2, 50, size) + bytes(size))
        assert inbound.open(sealed(outbound, packet(payload=bytes(size)))) == packet(payload=bytes(size))

"""AH to the byte: where its header stands, what its ICV covers, and what is refused."""

import hashlib
import hmac
from struct import pack, unpack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ipsec.ah import AhInbound, AhOutbound, immutable
from iosim.ipsec.model import Transform
from iosim.ipsec.sa import ReceiveError, SendError
from iosim.wire.checksum import checksum

from .helpers import PC1, PC2, R1, R2, keys, packet

SPI = 0x0BADCAFE
AH_SHA = Transform(None, None, "tunnel", "sha")
TRANSPORT = Transform(None, None, "transport", "sha")
ICV_LENGTHS = {"md5": 12, "sha": 12, "sha256": 16, "sha384": 24, "sha512": 32}


def both(transform: Transform) -> tuple[AhOutbound, AhInbound]:
    secret = keys(transform, SPI)
    return AhOutbound(transform, secret, R1, R2), AhInbound(transform, secret)


def sealed(transform: Transform, data: bytes) -> bytes:
    result = both(transform)[0].seal(data)
    assert isinstance(result, bytes)
    return result


def with_options(options: bytes, data: bytes) -> bytes:
    """A packet with options behind its header, and the checksum that follows."""
    header = bytearray(data[:20] + options)
    header[0] = 0x40 | len(header) // 4
    header[2:4] = pack("!H", len(data) + len(options))
    header[10:12] = b"\0\0"
    header[10:12] = pack("!H", checksum(bytes(header)))
    return bytes(header) + data[20:]


def test_in_transport_mode_it_stands_behind_the_packets_own_header() -> None:
    data = packet(payload=b"payload", tos=0xB8, ttl=17)
    out = sealed(TRANSPORT, data)
    assert out[:2] == data[:2]
    assert unpack("!H", out[2:4])[0] == len(data) + 24 == len(out)
    assert out[4:9] == data[4:9]
    assert out[9] == 51
    assert checksum(out[:20]) == 0
    assert out[12:20] == data[12:20]
    assert out[20:32] == pack("!BBHII", 17, 4, 0, SPI, 1)
    assert out[44:] == data[20:]


def test_in_tunnel_mode_it_stands_between_two_headers() -> None:
    data = packet(payload=b"payload", tos=0xB8, flags=0x4000)
    out = sealed(AH_SHA, data)
    assert out[:4] == pack("!BBH", 0x45, 0xB8, len(data) + 44)
    assert out[6:10] == pack("!HBB", 0x4000, 255, 51)
    assert checksum(out[:20]) == 0
    assert out[12:20] == pack("!II", R1, R2)
    assert out[20:32] == pack("!BBHII", 4, 4, 0, SPI, 1)
    assert out[44:] == data


@pytest.mark.parametrize(("name", "length"), ICV_LENGTHS.items())
@pytest.mark.parametrize("mode", ["tunnel", "transport"])
def test_the_icv_is_the_hmac_of_the_packet_without_what_changes(name: str, length: int, mode: str) -> None:
    """By the library's own HMAC, with the fields of RFC 4302 section 3.3.3.1.1.1 set to zero by hand."""
    transform = Transform(None, None, mode, name)
    out = bytearray(sealed(transform, packet(payload=b"x" * 31, tos=0xFF, flags=0x4000, ttl=9)))
    assert out[21] == (12 + length) // 4 - 2
    icv = bytes(out[32 : 32 + length])
    out[1] = out[8] = 0
    out[6:8] = out[10:12] = b"\0\0"
    out[32 : 32 + length] = bytes(length)
    library = {"sha": "sha1"}.get(name, name)
    assert hmac.digest(keys(transform, SPI).integrity_key, bytes(out), getattr(hashlib, library))[:length] == icv


@pytest.mark.parametrize("transform", [AH_SHA, TRANSPORT], ids=["tunnel", "transport"])
def test_routers_on_the_way_may_change_what_they_change(transform: Transform) -> None:
    """ToS, flags, TTL and with them the checksum; nothing else in the header."""
    data = packet(payload=b"payload", flags=0x4000)
    outbound, inbound = both(transform)
    out = outbound.seal(data)
    assert isinstance(out, bytes)
    changed = bytearray(out)
    changed[1], changed[6], changed[8] = 0x28, 0, 3
    changed[10:12] = b"\0\0"
    changed[10:12] = pack("!H", checksum(bytes(changed[:20])))
    opened = inbound.open(bytes(changed))
    assert isinstance(opened, bytes)
    assert opened[20:] == data[20:]
    for at in (0, 2, 3, 4, 5, 9, *range(12, 20)):
        worse = bytearray(out)
        worse[at] ^= 1
        assert not isinstance(both(transform)[1].open(bytes(worse)), bytes), f"byte {at} of the header"


def test_translation_of_an_address_breaks_it() -> None:
    out = sealed(AH_SHA, packet())
    translated = out[:12] + pack("!I", R1 + 5) + out[16:]
    assert both(AH_SHA)[1].open(translated) is ReceiveError.VERIFY


OPTIONS = {
    # RFC 4302 appendix A1: these are covered
    "no operation": ("01010101", "01010101"),
    "security": ("820b00000000000000000000", "820b00000000000000000000"),
    "extended security": ("85040102", "85040102"),
    "commercial security": ("8604aabb", "8604aabb"),
    "router alert": ("94040000", "94040000"),
    "multi-destination": ("95080a0000010000", "95080a0000010000"),
    # and these are not
    "record route": ("0707040a000001" + "00", "00" * 8),
    "time stamp": ("4408050000000001", "00" * 8),
    "loose source route": ("83070408080808" + "01", "00" * 7 + "01"),
    "strict source route": ("89070408080808" + "00", "00" * 8),
    "stream id": ("88040001", "00000000"),
    "traceroute": ("520c00010002000300000000", "00" * 12),
    "unknown": ("de040102", "00000000"),
    "some of both": ("01940400004404050000" + "0000", "01940400000000000000" + "0000"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_covered_or_not(name: str) -> None:
    options, covered = (bytes.fromhex(text) for text in OPTIONS[name])
    data = with_options(options, packet(payload=b"payload"))
    result = immutable(data[: 20 + len(options)])
    assert result is not None
    assert result[20:] == covered
    outbound, inbound = both(TRANSPORT)
    out = outbound.seal(data)
    assert isinstance(out, bytes)
    assert out[20 : 20 + len(options)] == options
    assert inbound.open(out) == data


@pytest.mark.parametrize("options", ["07000000", "07010000", "07050000", "82ff0000", "01010107"])
def test_options_that_cannot_be_read_are_refused(options: str) -> None:
    data = with_options(bytes.fromhex(options), packet())
    outbound, inbound = both(TRANSPORT)
    assert outbound.seal(data) is SendError.LENGTH
    assert (outbound.sequence, outbound.packets) == (0, 0)
    forged = with_options(bytes.fromhex(options), sealed(TRANSPORT, packet()))
    assert inbound.open(forged) is ReceiveError.VERIFY


def test_numbers_run_out_and_do_not_come_twice() -> None:
    outbound, inbound = both(AH_SHA)
    out = outbound.seal(packet())
    assert isinstance(out, bytes)
    assert isinstance(inbound.open(out), bytes)
    assert inbound.open(out) is ReceiveError.REPLAY
    outbound.sequence = 0xFFFFFFFF
    assert outbound.seal(packet()) is SendError.SEQUENCE
    assert outbound.seal(packet(payload=bytes(65535 - 28 - 43))) is SendError.LENGTH


def test_what_a_tunnel_holds_must_be_a_packet() -> None:
    transport, (_, tunnel) = both(TRANSPORT)[0], both(AH_SHA)
    out = transport.seal(packet(payload=b"a datagram, no packet"))
    assert isinstance(out, bytes)
    assert tunnel.open(out) is ReceiveError.PROTOCOL
    no_packet = transport.seal(packet(protocol=4, payload=b"not an IPv4 header at all"))
    assert isinstance(no_packet, bytes)
    assert tunnel.open(no_packet) is ReceiveError.LENGTH


@given(st.binary(max_size=120), st.sampled_from([AH_SHA, TRANSPORT]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_behind_a_header_are_refused(body: bytes, transform: Transform) -> None:
    data = packet(protocol=51)[:20] + body
    assert not isinstance(both(transform)[1].open(data), bytes)


@given(st.binary(max_size=40), st.sampled_from([AH_SHA, TRANSPORT]), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_what_goes_in_comes_out(payload: bytes, transform: Transform, words: int) -> None:
    data = with_options(b"\1" * 4 * words, packet(PC1, PC2, payload))
    outbound, inbound = both(transform)
    out = outbound.seal(data)
    assert isinstance(out, bytes)
    assert inbound.open(out) == data
    assert (outbound.octets, inbound.octets) == (len(data), len(data))

"""TCP segments and Telnet: round trips, scapy as the second opinion, any bytes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.wire import WireError
from iosim.wire.address import parse_address
from iosim.wire.error import ChecksumError
from iosim.wire.tcp import ACK, FIN, FLAG_NAMES, PSH, SYN, Segment
from iosim.wire.telnet import DO, ECHO, IAC, SB, SE, WILL, WINDOW_SIZE, WONT, Telnet, encode

SOURCE, DESTINATION = parse_address("192.0.2.1"), parse_address("198.51.100.9")
words, shorts = st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF)
segments = st.builds(
    Segment, shorts, shorts, words, words, st.integers(0, 63), shorts, st.none() | shorts, st.binary(max_size=80)
)


@pytest.fixture(scope="module")
def scapy() -> Any:
    return pytest.importorskip("scapy.all")


@given(segments)
def test_a_segment_survives_the_wire(segment: Segment) -> None:
    assert Segment.unpack(segment.pack(SOURCE, DESTINATION), SOURCE, DESTINATION) == segment


def test_scapy_reads_what_we_build(scapy: Any) -> None:
    segment = Segment(11000, 23, 0xFFFFFFFE, 7, SYN | ACK | PSH, 4128, 1460, b"odd")
    packet = scapy.IP(src="192.0.2.1", dst="198.51.100.9", proto=6) / scapy.Raw(segment.pack(SOURCE, DESTINATION))
    read = scapy.IP(bytes(packet))[scapy.TCP]
    assert (read.sport, read.dport, read.seq, read.ack, read.window) == (11000, 23, 0xFFFFFFFE, 7, 4128)
    assert (str(read.flags), read.options, bytes(read.payload)) == ("SPA", [("MSS", 1460)], b"odd")
    given_sum = read.chksum
    fresh = (
        scapy.IP(src="192.0.2.1", dst="198.51.100.9")
        / scapy.TCP(sport=11000, dport=23, seq=0xFFFFFFFE, ack=7, flags="SPA", window=4128, options=[("MSS", 1460)])
        / scapy.Raw(b"odd")
    )
    assert scapy.IP(bytes(fresh))[scapy.TCP].chksum == given_sum


@pytest.mark.parametrize(
    "options",
    [
        [("MSS", 1400), ("SAckOK", b""), ("Timestamp", (1, 2)), ("NOP", None), ("WScale", 7)],
        [("NOP", None), ("NOP", None), ("MSS", 1400)],
        [("Timestamp", (5, 6)), ("MSS", 1400), ("EOL", None)],
    ],
)
def test_we_read_what_scapy_builds(scapy: Any, options: list[Any]) -> None:
    packet = scapy.IP(src="192.0.2.1", dst="198.51.100.9") / scapy.TCP(sport=5, dport=6, flags="S", options=options)
    segment = Segment.unpack(bytes(packet)[20:], SOURCE, DESTINATION)
    assert (segment.source_port, segment.destination_port, segment.flags, segment.mss) == (5, 6, SYN, 1400)


@given(segments, st.data())
def test_a_flipped_bit_is_noticed(segment: Segment, data: st.DataObject) -> None:
    wire = bytearray(segment.pack(SOURCE, DESTINATION))
    bit = data.draw(st.integers(0, len(wire) * 8 - 1))
    wire[bit >> 3] ^= 1 << (bit & 7)
    with pytest.raises(ChecksumError):
        Segment.unpack(bytes(wire), SOURCE, DESTINATION)


@given(st.binary(max_size=60), st.integers(0, 15))
def test_options_that_lie_are_a_wire_error_or_a_segment(options: bytes, offset: int) -> None:
    """Any header length and any options, under a checksum that is right."""
    from iosim.wire.checksum import checksum

    wire = bytearray(Segment(1, 2, 3).pack(SOURCE, DESTINATION) + options)
    wire[12] = offset << 4
    wire[16:18] = b"\0\0"
    pseudo = SOURCE.to_bytes(4, "big") + DESTINATION.to_bytes(4, "big") + bytes([0, 6]) + len(wire).to_bytes(2, "big")
    wire[16:18] = checksum(pseudo + wire).to_bytes(2, "big")
    try:
        segment = Segment.unpack(bytes(wire), SOURCE, DESTINATION)
    except WireError:
        return
    assert segment.mss is None or 0 <= segment.mss <= 0xFFFF


@pytest.mark.parametrize(
    "options", [b"\x02\x00\x00\x00", b"\x02\x04\x05", b"\x08\x0a\0\0", b"\x05\x01\0\0", b"\x01\x01\x01\x02"]
)
def test_an_option_of_no_or_too_great_length_is_refused(options: bytes) -> None:
    from iosim.wire.tcp import _mss_option

    with pytest.raises(WireError):
        _mss_option(options)


def test_what_a_segment_takes_of_the_sequence_numbers() -> None:
    assert [Segment(1, 2, 3, flags=flags, data=b"ab").length for flags in (0, SYN, FIN, SYN | FIN)] == [2, 3, 3, 4]
    assert FLAG_NAMES[4] == "ACK"


class TestTelnet:
    def test_an_offer_is_agreed_to_once(self) -> None:
        end = Telnet((), (ECHO,))
        assert end.feed(bytes((IAC, WILL, ECHO)) * 3 + b"x") == "x"
        assert end.take_output() == bytes((IAC, DO, ECHO))
        assert (False, ECHO) in end.on

    def test_two_ends_settle(self) -> None:
        server, client = Telnet((ECHO, 3), (WINDOW_SIZE,)), Telnet((3,), (ECHO, 3))
        server.ask()
        rounds = 0
        while (there := server.take_output()) or (back := client.take_output()):
            client.feed(there)
            back = client.take_output()
            server.feed(back)
            rounds += 1
            assert rounds < 5, "they go on answering each other"
        assert server.on == {(True, ECHO), (True, 3)}
        assert client.on == {(False, ECHO), (False, 3)}

    def test_what_is_not_wanted_is_refused(self) -> None:
        end = Telnet((), ())
        end.feed(bytes((IAC, DO, 39)))
        assert end.take_output() == bytes((IAC, WONT, 39))

    def test_the_window_size(self) -> None:
        end = Telnet((), (WINDOW_SIZE,))
        end.feed(bytes((IAC, SB, WINDOW_SIZE, 0, 132, 0, 50, IAC, SE)))
        assert end.window == (132, 50)

    def test_a_byte_of_255_is_doubled(self) -> None:
        assert Telnet((), ()).feed(encode("a\xffb")) == "a\xffb"

    def test_return_comes_with_or_without_null(self) -> None:
        assert Telnet((), ()).feed(b"a\r\0b\r\n\0") == "a\rb\r\n\0"

    @given(st.binary(max_size=200), st.integers(1, 7))
    def test_any_bytes_in_pieces_mean_the_same(self, data: bytes, size: int) -> None:
        whole, pieces = Telnet((ECHO,), (WINDOW_SIZE,)), Telnet((ECHO,), (WINDOW_SIZE,))
        text = "".join(pieces.feed(data[at : at + size]) for at in range(0, len(data), size))
        assert text == whole.feed(data)
        assert pieces.take_output() == whole.take_output()

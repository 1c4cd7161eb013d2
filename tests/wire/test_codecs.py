"""The codecs of Ethernet, ARP, IPv4, ICMP and UDP against scapy, against themselves and against garbage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.l2 import ARP, Ether

from iosim.wire import WireError
from iosim.wire import icmp as icmp_wire
from iosim.wire.address import address_text
from iosim.wire.arp import REQUEST, Arp
from iosim.wire.ethernet import BROADCAST, TYPE_ARP, Ethernet
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import Ipv4, check, decrement_ttl, five_tuple
from iosim.wire.udp import Udp

U8, U16, U32 = st.integers(0, 0xFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF)
MACS = st.binary(min_size=6, max_size=6)
PAYLOADS = st.binary(max_size=200)

ARPS = st.builds(Arp, U16, MACS, U32, MACS, U32)
PACKETS = st.builds(
    Ipv4,
    source=U32,
    destination=U32,
    protocol=U8,
    payload=PAYLOADS,
    ttl=U8,
    tos=U8,
    identification=U16,
    dont_fragment=st.booleans(),
    more_fragments=st.booleans(),
    offset=st.integers(0, 0x1FFF).map(lambda words: words * 8),
    options=st.integers(0, 10).flatmap(lambda words: st.binary(min_size=words * 4, max_size=words * 4)),
)
ICMPS = st.builds(Icmp, U8, U8, U32, PAYLOADS)
UDPS = st.builds(Udp, U16, U16, PAYLOADS)

R1, R2 = bytes.fromhex("aabbcc000100"), bytes.fromhex("aabbcc000200")


@given(ARPS)
def test_arp_is_read_back_despite_padding(message: Arp) -> None:
    assert Arp.unpack(message.pack() + bytes(18)) == message


@given(PACKETS)
def test_ipv4_is_read_back_despite_padding(packet: Ipv4) -> None:
    assert Ipv4.unpack(packet.pack() + b"padding") == packet


@given(ICMPS)
def test_icmp_is_read_back(message: Icmp) -> None:
    assert Icmp.unpack(message.pack()) == message


@given(UDPS, U32, U32)
def test_udp_is_read_back(datagram: Udp, source: int, destination: int) -> None:
    assert Udp.unpack(datagram.pack(source, destination) + b"\0", source, destination) == datagram


@given(st.binary(max_size=80))
def test_any_bytes_give_a_value_or_a_wire_error(data: bytes) -> None:
    readers = (Ethernet.unpack, Arp.unpack, Ipv4.unpack, Icmp.unpack, five_tuple, lambda data: Udp.unpack(data, 1, 2))
    for read in readers:
        try:
            read(data)
        except WireError:
            continue


@given(PACKETS, st.integers(0), st.integers(1, 255))
def test_a_changed_header_byte_is_noticed(packet: Ipv4, position: int, change: int) -> None:
    data = bytearray(packet.pack())
    data[position % (20 + len(packet.options))] ^= change
    with pytest.raises(WireError):
        Ipv4.unpack(bytes(data))


@given(PACKETS.filter(lambda packet: packet.ttl > 0))
def test_decrementing_the_ttl_keeps_the_checksum_right(packet: Ipv4) -> None:
    patched = decrement_ttl(packet.pack())
    packet.ttl -= 1
    assert patched == packet.pack()


def test_short_frames_are_padded_to_the_minimum() -> None:
    frame = Ethernet(BROADCAST, R1, TYPE_ARP, b"ask").pack()
    assert frame == BROADCAST + R1 + b"\x08\x06ask" + bytes(43)
    assert Ethernet.unpack(frame).source == R1


@pytest.mark.parametrize("options, payload", [(b"\1", b""), (bytes(44), b""), (b"", bytes(65516))])
def test_a_packet_that_cannot_exist_is_not_built(options: bytes, payload: bytes) -> None:
    with pytest.raises(WireError):
        Ipv4(1, 2, 17, payload, options=options).pack()


# Scapy as the second opinion: it reads what is built here, and what it builds is read here.


def test_arp_agrees_with_scapy() -> None:
    ours = Ethernet(BROADCAST, R1, TYPE_ARP, Arp(REQUEST, R1, 0x0A000001, bytes(6), 0x0A000002).pack()).pack()
    theirs = Ether(dst="ff:ff:ff:ff:ff:ff", src="aa:bb:cc:00:01:00") / ARP(
        op=1, hwsrc="aa:bb:cc:00:01:00", psrc="10.0.0.1", hwdst="00:00:00:00:00:00", pdst="10.0.0.2"
    )
    assert ours == bytes(theirs).ljust(60, b"\0")
    frame = Ethernet.unpack(bytes(theirs))
    assert Arp.unpack(frame.payload) == Arp(REQUEST, R1, 0x0A000001, bytes(6), 0x0A000002)


@given(PACKETS.filter(lambda packet: not packet.options))
def test_ipv4_agrees_with_scapy(packet: Ipv4) -> None:
    theirs = IP(packet.pack())
    assert (theirs.len, theirs.ttl, theirs.tos, theirs.id) == (
        20 + len(packet.payload),
        packet.ttl,
        packet.tos,
        packet.identification,
    )
    assert (theirs.frag * 8, theirs.proto) == (packet.offset, packet.protocol)
    assert (bool(theirs.flags.DF), bool(theirs.flags.MF)) == (packet.dont_fragment, packet.more_fragments)
    del theirs.chksum
    assert bytes(theirs)[:20] == packet.pack()[:20]


@given(U16, U16, PAYLOADS, U32, U32)
def test_udp_agrees_with_scapy(source_port: int, destination_port: int, data: bytes, source: int, other: int) -> None:
    theirs = IP(src=address_text(source), dst=address_text(other)) / UDP(sport=source_port, dport=destination_port)
    theirs = theirs / data
    packet = Ipv4.unpack(bytes(theirs))
    ours = Udp(source_port, destination_port, data)
    assert Udp.unpack(packet.payload, source, other) == ours
    assert ours.pack(source, other) == packet.payload


def test_icmp_agrees_with_scapy() -> None:
    theirs = ICMP(type=8, id=0x1234, seq=7) / b"abcdefgh"
    ours = icmp_wire.echo(icmp_wire.ECHO, 0x1234, 7, b"abcdefgh")
    assert ours.pack() == bytes(theirs)
    assert Icmp.unpack(bytes(theirs)) == ours
    assert (ours.identifier, ours.sequence) == (0x1234, 7)


def test_fragmentation_needed_carries_the_mtu_where_scapy_has_it() -> None:
    quoted = icmp_wire.quote(Ipv4(1, 2, 17, bytes(100)).pack())
    theirs = ICMP(Icmp(icmp_wire.UNREACHABLE, icmp_wire.FRAGMENTATION_NEEDED, 1400, quoted).pack())
    assert (theirs.type, theirs.code, theirs.nexthopmtu) == (3, 4, 1400)
    assert theirs["IP in ICMP"].proto == 17
    assert len(quoted) == 28


def test_a_udp_datagram_without_checksum_is_accepted() -> None:
    # RFC 768: "An all zero transmitted checksum value means that the transmitter generated no checksum".
    assert Udp.unpack(bytes.fromhex("01f401f4000a0000beef"), 1, 2).data == b"\xbe\xef"


@pytest.mark.parametrize(
    "packet, ports",
    [
        (Ipv4(1, 2, 17, Udp(500, 4500, b"").pack(1, 2)), (500, 4500)),
        (Ipv4(1, 2, 17, Udp(500, 4500, b"").pack(1, 2), options=bytes(8)), (500, 4500)),
        (Ipv4(1, 2, 6, bytes.fromhex("0017c000")), (23, 49152)),
        (Ipv4(1, 2, 1, Icmp(8, 0).pack()), (0, 0x0800)),
        (Ipv4(1, 2, 17, Udp(500, 4500, b"").pack(1, 2), offset=8), (-1, -1)),
        (Ipv4(1, 2, 50, bytes(8)), (0, 0)),
        (Ipv4(1, 2, 17, b"\1"), (0, 0)),
    ],
)
def test_five_tuple(packet: Ipv4, ports: tuple[int, int]) -> None:
    assert five_tuple(packet.pack()) == (1, 2, packet.protocol, *ports)


def test_header_check_says_where_the_payload_is() -> None:
    assert check(Ipv4(1, 2, 50, b"abc", options=bytes(4)).pack() + b"tail") == (24, 27)

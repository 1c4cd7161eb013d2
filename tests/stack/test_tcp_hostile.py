"""Segments that strangers send: at every position of a connection, by the thousand, with lies in them (RFC 5961)."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.stack.tcp.connection import Connection
from iosim.stack.tcp.options import TcpOptions
from iosim.stack.tcp.ports import BACKLOG, MAXIMUM_CONNECTIONS
from iosim.stack.tcp.receiver import MAXIMUM_PIECES, Receiver
from iosim.stack.tcp.states import ESTAB
from iosim.wire import icmp as wire
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ICMP, TCP, Ipv4
from iosim.wire.tcp import ACK, FIN, PSH, RST, SYN, URG, Segment
from tests.stack.tcp_pair import PORT, A, B, TcpPair

Forge = Callable[[TcpPair, Connection], Segment]

FORGERIES: dict[str, Forge] = {
    "a reset inside the window": lambda pair, c: pair.from_a(c, RST, ahead=77),
    "a reset outside the window": lambda pair, c: pair.from_a(c, RST, ahead=100_000),
    "a SYN inside the window": lambda pair, c: pair.from_a(c, SYN, ahead=5),
    "a SYN from before": lambda pair, c: pair.from_a(c, SYN, ahead=-5000),
    "an acknowledgment of what was never sent": lambda pair, c: pair.from_a(
        c, ack=c.receiver.next + 50_000 & 0xFFFFFFFF
    ),
    "an acknowledgment from long ago": lambda pair, c: pair.from_a(c, ack=c.receiver.next - 900_000 & 0xFFFFFFFF),
    "data far ahead": lambda pair, c: pair.from_a(c, ahead=70_000, data=b"evil" * 50),
    "data from long ago": lambda pair, c: pair.from_a(c, ahead=-70_000, data=b"evil" * 50),
    "a FIN far ahead": lambda pair, c: pair.from_a(c, FIN | ACK, ahead=70_000),
    "data without an acknowledgment": lambda pair, c: pair.from_a(c, PSH, data=b"evil"),
    "no flags at all": lambda pair, c: pair.from_a(c, 0),
    "all flags at once": lambda pair, c: pair.from_a(c, FIN | SYN | RST | PSH | ACK | URG, ahead=9),
}
"""What somebody who sees the ports and guesses the numbers could send to B; none of it may do anything."""


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_segment_at_any_position_changes_nothing(name: str) -> None:
    content, forge = random.Random(3).randbytes(20_000), FORGERIES[name]
    undisturbed = TcpPair(3)
    undisturbed.transfer(content, content[:5000])
    positions = sum(not outbound for outbound, _ in undisturbed.seen) + 1
    for position in range(0, positions, 3):
        pair = TcpPair(3)
        _attack(pair, position, forge)
        transfer = pair.transfer(content, content[:5000])
        assert transfer.exact, f"position {position}"
        assert all(end.ending in (None, "closed") for end in transfer.ends)


def _attack(pair: TcpPair, position: int, forge: Forge) -> None:
    """Inject a forgery behind the segment at a position of what arrives at A."""
    seen = 0

    def tap(outbound: bool, frame: bytes) -> None:
        nonlocal seen
        seen += not outbound and frame[23] == TCP
        if not outbound and seen == position + 1:
            connection = next(iter(pair.a.tcp.connections.values()), None)
            if connection is not None and connection.state == ESTAB:
                pair.sim.call_later(1, lambda: pair.inject(forge(pair, connection)))

    pair.net.port("A", "Eth0").taps.append(tap)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.builds(
            Segment, st.just(5000), st.just(PORT), st.integers(0, 3000), st.integers(0, 0xFFFFFFFF),
            st.integers(0, 63), st.integers(0, 0xFFFF), st.none() | st.integers(0, 0xFFFF), st.binary(max_size=20),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_any_segments_in_any_state_are_taken_or_dropped(segments: list[Segment]) -> None:
    pair = TcpPair()
    pair.b.tcp.listen(PORT, lambda connection: setattr(connection, "on_change", lambda: connection.read()))
    pair.inject(pair.syn(5000))
    for segment in segments:
        for connection in pair.b.tcp.connections.values():
            if segment.ack & 1:  # half of them acknowledge what has been sent
                segment.ack = connection.sender.next
        pair.inject(segment)
    pair.run(1)
    assert len(pair.b.tcp.connections) <= 1


@given(st.binary(max_size=100))
def test_any_bytes_are_dropped_and_counted(payload: bytes) -> None:
    pair = TcpPair()
    interface = pair.b.interfaces["Eth0"]
    before = sum(pair.b.drops.values())
    pair.b.receive(interface, interface.mac + bytes(6) + b"\x08\0" + Ipv4(A, B, TCP, payload).pack())
    assert sum(pair.b.drops.values()) == before + 1


def test_every_damaged_byte_is_noticed() -> None:
    pair = TcpPair()
    opened, accepted = pair.established()
    interface = pair.b.interfaces["Eth0"]
    good = pair.from_a(opened, PSH | ACK, data=b"payload").pack(A, B)
    for at in range(len(good)):
        bad = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        pair.b.receive(interface, interface.mac + bytes(6) + b"\x08\0" + Ipv4(A, B, TCP, bad).pack())
    for length in range(len(good)):
        pair.b.receive(interface, interface.mac + bytes(6) + b"\x08\0" + Ipv4(A, B, TCP, good[:length]).pack())
    assert accepted.read() == b""
    assert accepted.state == ESTAB
    assert pair.b.tcp.counts["bad TCP checksum"] + pair.b.tcp.counts["bad TCP"] == 2 * len(good)


class TestFloods:
    def test_a_flood_of_syns_fills_a_backlog_and_no_more(self) -> None:
        pair = TcpPair()
        accepted: list[Connection] = []
        pair.b.tcp.listen(PORT, accepted.append)
        for number in range(3000):
            source = 0x0A000100 + number % 200
            syn = replace(pair.syn(1024 + number), sequence=number * 7919)
            pair.inject(syn, source)
        assert len(pair.b.tcp.connections) == BACKLOG
        connection = pair.a.tcp.connect(B, PORT)
        pair.run(0.1)
        assert connection.state == ESTAB
        assert len(accepted) == 1
        pair.run(60)
        assert len(pair.b.tcp.connections) == 1, "what was half open has gone"

    def test_connections_have_a_limit(self) -> None:
        pair = TcpPair()
        pair.b.tcp.listen(PORT, lambda connection: None)
        opened = [pair.a.tcp.connect(B, PORT) for _ in range(4)]
        pair.run(1)
        while len(opened) < MAXIMUM_CONNECTIONS + 20:
            opened += [pair.a.tcp.connect(B, PORT) for _ in range(8)]
            pair.run(0.1)
        assert len(pair.b.tcp.connections) <= MAXIMUM_CONNECTIONS
        assert opened[-1].ending == "limit"

    def test_challenges_are_few(self) -> None:
        pair = TcpPair()
        opened, _ = pair.established()
        for ahead in range(1, 2000):
            pair.inject(pair.from_a(opened, RST, ahead=ahead))
        pair.run(0.5)
        assert len(pair.seen) <= 20
        assert pair.b.tcp.counts["challenge acks sent"] == 10

    def test_pieces_out_of_order_are_bounded(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established(window=65535)
        for ahead in range(2, 60_000, 4):
            pair.inject(pair.from_a(opened, ahead=ahead, data=b"zz"))
        pieces, size = accepted.receiver.pieces
        assert pieces <= MAXIMUM_PIECES
        assert size <= 65535


@settings(deadline=None)
@given(st.data())
def test_pieces_in_any_order_with_any_overlaps_make_the_stream(data: st.DataObject) -> None:
    content = random.Random(1).randbytes(400)
    receiver = Receiver(400, 100)
    receiver.begin(0xFFFFFF00)
    got = b""
    cuts = data.draw(st.lists(st.tuples(st.integers(0, 399), st.integers(1, 120)), max_size=40))
    for start, length in [*cuts, *((at, 50) for at in range(0, 400, 50))]:
        receiver.take(0xFFFFFF01 + start & 0xFFFFFFFF, content[start : start + length])
        assert receiver.pieces[1] <= 400
    got += receiver.read()
    assert got == content


class TestAdvice:
    """ICMP that lies."""

    def _error(self, pair: TcpPair, connection: Connection, code: int, mtu: int = 0, ahead: int = 0) -> None:
        local, local_port, remote, remote_port = connection.key
        sequence = connection.sender.una + ahead & 0xFFFFFFFF
        segment = Segment(local_port, remote_port, sequence, 0, ACK).pack(local, remote)[:8]
        quoted = Ipv4(local, remote, TCP, segment + bytes(1000)).pack()[:28]
        message = Icmp(wire.UNREACHABLE, code, mtu, quoted).pack()
        interface = pair.a.interfaces["Eth0"]
        packet = Ipv4(B, A, ICMP, message).pack()
        pair.a.receive(interface, interface.mac + bytes(6) + b"\x08\0" + packet)

    def _sending(self) -> tuple[TcpPair, Connection]:
        pair = TcpPair(options=TcpOptions(path_mtu_discovery=True), delay=100_000)
        opened, _ = pair.established()
        opened.write(bytes(4000))
        return pair, opened

    @pytest.mark.parametrize("ahead", [-1, 50_000, 0x7FFFFFFF])
    def test_a_number_that_is_not_under_way_is_not_believed(self, ahead: int) -> None:
        pair, opened = self._sending()
        self._error(pair, opened, wire.FRAGMENTATION_NEEDED, 600, ahead)
        assert opened.sender.mss == 1460

    @pytest.mark.parametrize("mtu", [1500, 9000, 65535])
    def test_a_size_that_is_no_news_is_not_believed(self, mtu: int) -> None:
        pair, opened = self._sending()
        self._error(pair, opened, wire.FRAGMENTATION_NEEDED, mtu)
        assert opened.sender.mss == 1460

    @pytest.mark.parametrize("mtu", [1, 20, 68, 551])
    def test_no_lie_makes_segments_tiny(self, mtu: int) -> None:
        pair, opened = self._sending()
        self._error(pair, opened, wire.FRAGMENTATION_NEEDED, mtu)
        assert opened.sender.mss == 512

    def test_an_old_router_says_no_size(self) -> None:
        pair, opened = self._sending()
        self._error(pair, opened, wire.FRAGMENTATION_NEEDED, 0)
        assert opened.sender.mss == 1006 - 40  # the next plateau of RFC 1191 below the quoted 1028 bytes

    @pytest.mark.parametrize("code", [wire.HOST, wire.PORT, wire.PROTOCOL, wire.PROHIBITED])
    def test_no_error_ends_what_is_established(self, code: int) -> None:
        pair, opened = self._sending()
        self._error(pair, opened, code)
        assert opened.state == ESTAB

    def test_what_is_being_opened_ends_by_an_error_about_its_syn_and_no_other(self) -> None:
        pair = TcpPair()
        pair.link.loss = 1.0
        opened = pair.a.tcp.connect(B, PORT)
        self._error(pair, opened, wire.PROHIBITED, ahead=1)
        assert opened.ending is None
        self._error(pair, opened, wire.PROHIBITED)
        assert opened.ending == "unreachable"

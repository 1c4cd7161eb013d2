"""TCP between two nodes: streams over links that misbehave, and every part of RFC 9293 that can be seen."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.sim.clock import SECOND
from iosim.stack.tcp.options import TcpOptions
from iosim.stack.tcp.states import CLOSED, CLOSEWAIT, ESTAB, FINWAIT2, FOLLOWS, SYNRCVD, TIMEWAIT, State
from iosim.wire.tcp import ACK, FIN, RST, SYN, Segment
from tests.stack.network import Network
from tests.stack.tcp_pair import PORT, A, B, TcpPair

WIDE = TcpOptions(window=65535)
data = st.integers(0, 60_000).map(lambda size: random.Random(size).randbytes(size))
fraction = st.sampled_from((0.0, 0.02, 0.1))


@settings(max_examples=60, deadline=None)
@given(
    data, data, st.integers(0, 10**6), fraction, fraction, fraction, fraction,
    st.sampled_from((500, 4128, 65535)), st.booleans(),
)  # fmt: skip
def test_a_stream_arrives_exactly_or_the_connection_fails(
    there: bytes, back: bytes, seed: int, loss: float, duplicate: float, reorder: float, corrupt: float,
    window: int, nagle: bool,
) -> None:  # fmt: skip
    options = TcpOptions(window=window, nagle=nagle)
    pair = TcpPair(seed, options, loss=loss, duplicate=duplicate, reorder=reorder, corrupt=corrupt)
    transfer = pair.transfer(there, back)
    assert transfer.partial, "a byte is wrong, missing or doubled"
    assert transfer.exact or any(end.ending not in (None, "closed") for end in transfer.ends)


@pytest.mark.parametrize("seed", range(6))
def test_a_lossy_link_only_costs_time(seed: int) -> None:
    content = random.Random(seed).randbytes(150_000)
    transfer = TcpPair(seed, WIDE, loss=0.05, delay=5000).transfer(content, content[::-1])
    assert transfer.exact
    assert {end.state for end in transfer.ends} <= {TIMEWAIT, CLOSED}


def test_a_loss_in_a_wide_window_is_made_good_without_waiting() -> None:
    pair = TcpPair(7, WIDE, loss=0.01)
    transfer = pair.transfer(bytes(300_000))
    assert transfer.exact
    assert transfer.ends[0].fast_resent


def test_nothing_is_sent_again_when_nothing_is_lost() -> None:
    pair = TcpPair(1, WIDE, delay=20_000, jitter=5000)
    transfer = pair.transfer(bytes(200_000), bytes(100_000))
    assert transfer.exact
    assert [end.resent for end in transfer.ends] == [0, 0]


def test_a_dead_link_ends_the_connection_with_an_error() -> None:
    pair = TcpPair()
    opened, _accepted = pair.established()
    pair.link.loss = 1.0
    opened.write(b"x" * 5000)
    pair.run(400)
    assert (opened.ending, opened.state) == ("timeout", CLOSED)
    assert pair.a.tcp.connections == {}


def test_the_same_seed_gives_the_same_segments_and_another_other_numbers() -> None:
    runs = []
    for seed in (1, 1, 2):
        pair = TcpPair(seed)
        pair.transfer(b"hello")
        runs.append(pair.seen)
    assert runs[0] == runs[1]
    assert runs[0][0][1].sequence != runs[2][0][1].sequence


class TestStates:
    def test_every_change_of_state_stands_in_the_table(self) -> None:
        assert set(FOLLOWS) == set(State)
        assert all(set(following) <= set(State) for following in FOLLOWS.values())

    def test_a_handshake_says_the_maximum_segment_size_of_each_side(self) -> None:
        pair = TcpPair()
        pair.b.tcp.listen(PORT, lambda connection: None)
        pair.b.tcp.accepting = TcpOptions(mss=700)
        connection = pair.a.tcp.connect(B, PORT)
        pair.run(0.1)
        (_, syn), (_, answer), (_, ack) = pair.seen
        assert (syn.flags, syn.mss, answer.flags, answer.mss, ack.flags) == (SYN, 1460, SYN | ACK, 700, ACK)
        assert connection.sender.mss == 700

    def test_without_the_option_536_is_meant(self) -> None:
        pair = TcpPair()
        pair.b.tcp.listen(PORT, lambda connection: None)
        pair.inject(replace(pair.syn(5000), mss=None))
        (connection,) = pair.b.tcp.connections.values()
        assert connection.sender.mss == 536

    def test_one_side_closes_and_the_other_goes_on_sending(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established()
        opened.close()
        pair.run(0.5)
        assert (opened.state, accepted.state) == (FINWAIT2, CLOSEWAIT)
        accepted.write(b"still here")
        pair.run(0.5)
        assert opened.read() == b"still here"
        accepted.close()
        pair.run(0.5)
        assert (opened.state, accepted.state) == (TIMEWAIT, CLOSED)
        pair.run(61)
        assert (opened.state, opened.ending) == (CLOSED, "closed")

    def test_both_close_at_once(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established()
        opened.close()
        accepted.close()
        pair.run(0.5)
        assert {opened.state, accepted.state} == {TIMEWAIT}

    def test_both_open_at_once(self) -> None:
        """RFC 9293 figure 7: two SYNs that pass each other make one connection."""
        pair = TcpPair()
        pair.a.tcp._random.randint = lambda low, high: 5000  # type: ignore[method-assign]  # known numbers
        pair.b.tcp._random.randint = lambda low, high: 6000  # type: ignore[method-assign]  # known numbers
        one, other = pair.a.tcp.connect(B, 6000), pair.b.tcp.connect(A, 5000)
        pair.run(5)
        assert (one.state, other.state) == (ESTAB, ESTAB)
        one.write(b"over there")
        pair.run(1)
        assert other.read() == b"over there"

    def test_a_new_syn_follows_upon_time_wait(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established()
        accepted.close()
        pair.run(0.5)
        opened.close()
        pair.run(0.5)
        assert accepted.state == TIMEWAIT
        pair.inject(Segment(opened.key[1], PORT, opened.sender.next + 100_000 & 0xFFFFFFFF, 0, SYN, 4128, 1460))
        assert pair.b.tcp.connections[accepted.key].state == SYNRCVD

    def test_a_connection_that_nobody_answers_is_given_up(self) -> None:
        pair = TcpPair()
        pair.established()
        pair.link.loss = 1.0
        connection = pair.a.tcp.connect(B, PORT)
        pair.run(29)
        assert connection.ending is None
        pair.run(2)
        assert connection.ending == "timeout"
        assert sum(outbound for outbound, _ in pair.seen) == 4  # at 0, 2, 6 and 14 seconds

    def test_nobody_listens(self) -> None:
        pair = TcpPair()
        connection = pair.a.tcp.connect(B, PORT)
        pair.run(0.1)
        assert connection.ending == "refused"

    def test_no_route(self) -> None:
        pair = TcpPair()
        assert pair.a.tcp.connect(0x08080808, PORT).ending == "unreachable"

    def test_to_oneself(self) -> None:
        pair = TcpPair()
        taken: list[object] = []
        pair.a.tcp.listen(PORT, taken.append)
        connection = pair.a.tcp.connect(A, PORT)
        pair.run(0.1)
        assert connection.state == ESTAB
        assert taken


class TestWindows:
    def test_a_reader_that_sleeps_stops_the_writer_and_starts_it_again(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established()
        opened.write(bytes(range(256)) * 64)
        pair.run(20)
        assert accepted.receiver.unread == 4128
        probes = pair.a.tcp.counts["window probes sent"]
        assert probes > 2
        got = b""
        for _ in range(100):
            got += accepted.read()
            pair.run(0.2)
        assert got == bytes(range(256)) * 64

    def test_probes_go_on_as_long_as_they_are_answered(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established()
        opened.write(bytes(10_000))
        pair.run(3600)
        assert opened.state == ESTAB
        assert accepted.receiver.unread == 4128

    def test_never_more_than_the_window(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established(window=1000)
        opened.write(bytes(20_000))
        pair.run(5)
        edge = accepted.receiver.first + 1 + 1000
        sent = [segment for outbound, segment in pair.seen if outbound and len(segment.data) > 1]
        assert sent
        assert all(segment.sequence + len(segment.data) <= edge for segment in sent)

    def test_small_pieces_wait_for_each_other_with_nagle(self) -> None:
        counts = {}
        for nagle in (False, True):
            pair = TcpPair(options=TcpOptions(nagle=nagle), delay=50_000)
            opened, _ = pair.established()
            for _ in range(20):
                opened.write(b"k")
                pair.run(0.001)
            pair.run(2)
            counts[nagle] = sum(outbound and bool(segment.data) for outbound, segment in pair.seen)
        assert counts[False] == 20
        assert counts[True] <= 3

    def test_an_acknowledgment_waits_for_company_and_not_for_long(self) -> None:
        pair = TcpPair()
        opened, _accepted = pair.established()
        opened.write(b"one")
        pair.run(0.15)
        assert [outbound for outbound, _ in pair.seen] == [True]
        pair.run(0.1)
        assert [outbound for outbound, _ in pair.seen] == [True, False]


class TestTimers:
    def test_the_timeout_doubles_and_what_was_sent_twice_is_not_measured(self) -> None:
        pair = TcpPair()
        opened, accepted = pair.established()
        opened.write(b"warm")
        pair.run(1)
        measured = opened.sender.round_trip.smoothed
        pair.link.loss = 1.0
        begun = pair.sim.now
        pair.seen.clear()
        opened.write(b"cold")
        times: list[float] = []
        while len(times) < 5:
            before = len(pair.seen)
            pair.run(0.05)
            times += [(pair.sim.now - begun) / SECOND] * (len(pair.seen) - before)
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert [round(gap) for gap in gaps] == [2, 4, 8, 16]
        pair.link.loss = 0.0
        pair.run(60)
        assert accepted.read() == b"warmcold"
        assert opened.sender.round_trip.smoothed == measured

    def test_keepalives_find_out_that_nobody_is_there(self) -> None:
        pair = TcpPair(options=TcpOptions(keepalive=True))
        opened, accepted = pair.established()
        pair.run(1000)
        assert (opened.state, accepted.state) == (ESTAB, ESTAB)
        pair.link.loss = 1.0
        pair.run(500)
        assert (opened.ending, accepted.ending) == ("keepalive", "keepalive")


def routed(mtu: int, options: TcpOptions) -> Network:
    """A - R - B, with a narrower link behind the router."""
    network = Network()
    network.node("A", False, Eth0="10.1.0.1/24")
    network.node("R", Gi0="10.1.0.2/24", Gi1="10.2.0.2/24")
    network.node("B", False, Eth0="10.2.0.1/24")
    network.cable("A Eth0", "R Gi0")
    network.cable("R Gi1", "B Eth0")
    network.route("A", "0.0.0.0/0", "10.1.0.2")
    network.route("B", "0.0.0.0/0", "10.2.0.2")
    network["R"].interfaces["Gi1"].mtu = mtu
    for name in "AB":
        network[name].tcp.options = network[name].tcp.accepting = options
    network.sim.run(until=SECOND)
    return network


class TestPath:
    @pytest.mark.parametrize(("discovery", "size"), [(False, 536), (True, 1460)])
    def test_the_size_for_somebody_who_is_not_on_our_subnet(self, discovery: bool, size: int) -> None:
        network = routed(1500, TcpOptions(path_mtu_discovery=discovery))
        connection = network["A"].tcp.connect(0x0A020001, PORT)
        assert connection.advertised == size

    @pytest.mark.parametrize(("mtu", "size"), [(1400, 1360), (600, 560)])
    def test_segments_become_as_small_as_the_path_demands(self, mtu: int, size: int) -> None:
        network = routed(mtu, TcpOptions(window=65535, path_mtu_discovery=True))
        got = bytearray()
        network["B"].tcp.listen(PORT, lambda c: setattr(c, "on_change", lambda: got.extend(c.read())))
        connection = network["A"].tcp.connect(0x0A020001, PORT)
        network.sim.run(until=network.sim.now + SECOND)
        content = random.Random(1).randbytes(30_000)
        connection.write(content)
        network.sim.run(until=network.sim.now + 20 * SECOND)
        assert bytes(got) == content
        assert connection.sender.mss == size
        assert network["R"].traffic.fragmented == 0
        network.sim.run(until=network.sim.now + 601 * SECOND)
        assert connection.sender.mss == 1460, "after ten minutes a wider path is tried"

    def test_a_path_that_is_too_narrow_to_be_believed_gets_fragments(self) -> None:
        network = routed(300, TcpOptions(window=65535, path_mtu_discovery=True))
        got = bytearray()
        network["B"].tcp.listen(PORT, lambda c: setattr(c, "on_change", lambda: got.extend(c.read())))
        connection = network["A"].tcp.connect(0x0A020001, PORT)
        network.sim.run(until=network.sim.now + SECOND)
        connection.write(bytes(5000))
        network.sim.run(until=network.sim.now + 20 * SECOND)
        assert len(got) == 5000
        assert connection.sender.mss == 512
        assert network["R"].traffic.fragmented > 0


def test_a_reset_ends_a_connection_at_both_ends() -> None:
    pair = TcpPair()
    opened, accepted = pair.established()
    opened.abort()
    pair.run(0.1)
    assert (opened.ending, accepted.ending) == ("aborted", "reset")
    assert pair.seen[0][1].flags & RST
    assert not pair.seen[0][1].flags & FIN

"""Long runs of hostile bytes: `python -m tests.fuzz [TARGET…] [--seconds 60] [--seed 1]`, from the project's folder.

Each target takes turns for its share of the time and prints how much it has tried. What fails is raised as it is, after
the target and the number of the round that it came in: the same seed and target lead there again.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from time import monotonic

from iosim.crypto.scep import Kind
from iosim.ios.features.http.server import HttpServer
from iosim.ipsec.size import SizePolicy
from iosim.sim.clock import SECOND, Simulator
from iosim.stack.fragment import fragment
from iosim.stack.nat import Translator
from iosim.stack.tcp.options import TcpOptions
from iosim.wire import WireError
from iosim.wire.gre import PROTOCOL
from iosim.wire.ipv4 import ICMP, TCP, UDP, Ipv4, check
from iosim.wire.isakmp import (
    HEADER_LENGTH,
    Delete,
    Header,
    Identification,
    Notification,
    Payload,
    PayloadType,
    SecurityAssociation,
    unpack_attributes,
    unpack_payloads,
)

from .ike.siege import ALL_POSITIONS, Siege, besiege
from .ios.http_peer import Peer
from .ios.test_pki import network as enrollable
from .ios.test_scep import csr, post, stranger
from .ipsec.helpers import R1, R2
from .ipsec.long_packets import DF, hear, long_packet, router_with_pair, too_big
from .ipsec.siege import DELIVERED, ROWS, Tunnel, repaired, summed
from .stack import gre_pair
from .stack.tcp_pair import TcpPair

Target = Callable[[random.Random], int]
"""One round; returns how many datagrams it has tried."""

LENGTHS = (0, 1, 255, 256, 30_000)
KINDS = [*list(PayloadType)[1:], 99, 200]


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Some bytes changed, a part left out, doubled or put in, perhaps under a length that fits."""
    changed = bytearray(data)
    for _ in range(chance.randrange(4)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    at, size = chance.randrange(len(changed) + 1), chance.choice((0, 0, 0, 1, 4, 8, 20))
    match chance.randrange(4):
        case 0:
            del changed[at : at + size]
        case 1:
            changed[at:at] = changed[at : at + size]
        case 2:
            changed[at:at] = chance.randbytes(size)
        case 3:
            del changed[len(changed) - size :]
    if len(changed) >= HEADER_LENGTH and chance.random() < 0.7:
        changed[24:28] = len(changed).to_bytes(4)
    return bytes(changed)


def some_payloads(chance: random.Random, good: list[Payload]) -> list[Payload]:
    """Payloads left out, doubled, swapped, renamed, mutated, and some that came from nowhere."""
    payloads = list(good)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(payloads) + 1)
        match chance.randrange(6):
            case 0:
                del payloads[at : at + 1]
            case 1:
                payloads[at:at] = payloads[at : at + 1] * chance.choice((1, 2, 100))
            case 2:
                chance.shuffle(payloads)
            case 3:
                payloads.insert(at, Payload(chance.choice(KINDS), chance.randbytes(length(chance))))
            case _ if payloads:
                kind, body = chance.choice(payloads)
                payloads[payloads.index(Payload(kind, body))] = Payload(kind, mutated(chance, body))
    return [each for each in payloads if len(each.body) < 60_000]


def length(chance: random.Random) -> int:
    return chance.choice(LENGTHS) if chance.random() < 0.2 else chance.randrange(40)


def positions(chance: random.Random) -> int:
    """A message of an exchange and mutants of it: of a stranger, and of a peer with the keys."""
    name, position = chance.choice(ALL_POSITIONS)
    return len(besiege(name, position, lambda siege: ((str(n), mutant(chance, siege)) for n in range(40))))


def mutant(chance: random.Random, siege: Siege) -> bytes:
    return (
        mutated(chance, siege.target.data)
        if chance.random() < 0.5
        else siege.sealed(some_payloads(chance, siege.payloads()))
    )


def codecs(chance: random.Random) -> int:
    """Every reader of ISAKMP gives a value or WireError, and what was read can be written."""
    name, position = chance.choice(ALL_POSITIONS)
    data = Siege(name, position).target.data
    for number in range(2000):
        damaged = mutated(chance, data)
        try:
            header = Header.unpack(damaged)
            payloads, _ = unpack_payloads(header.next_payload, damaged[HEADER_LENGTH:])
        except WireError:
            payloads = [Payload(0, chance.randbytes(number % 90)), Payload(0, damaged)]
        for payload in payloads:
            for reader in (SecurityAssociation, Identification, Notification, Delete):
                try:
                    reader.unpack(payload.body).pack()
                except WireError:
                    continue
            try:
                unpack_attributes(payload.body)
            except WireError:
                continue
    return 2000


def data_plane(chance: random.Random) -> int:
    """Packets of ESP and AH with damage, whole and in fragments, at a router: one fate each, and only what was sent."""
    tunnel, sent, thrown = Tunnel(chance.choice(ROWS)), {b"payload"}, 0
    for number in range(200):
        sent.add(payload := b"%d" % number + bytes(chance.choice((0, 1, 60, 1300))))
        good = tunnel.sealed(payload)
        pieces = [damaged(chance, piece) for piece in fragment(good, chance.choice((1500, 1500, 576, 68)))]
        chance.shuffle(pieces)
        for piece in (*pieces, damaged(chance, good)):
            tunnel.fate(piece)
        thrown += len(pieces) + 1
        if chance.random() < 0.1:
            tunnel.sim.run(until=tunnel.sim.now + chance.choice((SECOND, 20 * SECOND)))
    tunnel.sim.run(until=tunnel.sim.now + 20 * SECOND)
    assert tunnel.fate(tunnel.sealed()) == DELIVERED
    assert sent.issuperset(tunnel.heard)
    return thrown


def departures(chance: random.Random) -> int:
    """Packets of any length, with any options, into a tunnel over any link: what leaves is sound and fits the link."""
    tunnel = Tunnel(chance.choice(ROWS))
    near, mtu = tunnel.near, chance.choice((68, 576, 1500, 9000, 0xFFFF))
    near.interface.mtu, near.interface.mss = mtu, chance.choice((None, 500))
    size = SizePolicy(chance.random() < 0.5, chance.choice(("clear", "copy", "set")))
    next(iter(near.ipsec.hooks.values())).size = size
    for _ in range(20):
        near.frames.clear()
        options = chance.choice((b"", bytes((1,)) * 40, chance.randbytes(4 * chance.randrange(11))))
        length = chance.choice((0, 1, 8, 1400, 9000, 0xFFFF - 20 - len(options) - chance.randrange(130)))
        protocol, offset = chance.choice((UDP, TCP, ICMP, 50, 51, 253)), chance.choice((0, 0, 0, 8, 0xFFF8))
        flags = {"dont_fragment": chance.random() < 0.3, "more_fragments": chance.random() < 0.1}
        data = chance.randbytes(length)
        near.stack.send(Ipv4(*tunnel.row.ends, protocol, data, 64, offset=offset, options=options, **flags).pack())
        tunnel.sim.run(until=tunnel.sim.now + SECOND)
        for frame in near.frames:
            if frame[12:14] == b"\x08\x00":
                assert check(frame[14:])[1] <= max(mtu, 60 + 8)
    return 20


def damaged(chance: random.Random, data: bytes) -> bytes:
    """A packet with bits flipped, cut or extended, under lengths and a checksum that fit or do not; or as it is."""
    changed = bytearray(data)
    for _ in range(chance.choice((0, 0, 1, 3))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    match chance.randrange(6):
        case 0:
            del changed[chance.randrange(len(changed)) :]
        case 1:
            changed += chance.randbytes(chance.randrange(40))
    mend = chance.choice((bytes, repaired, summed)) if len(changed) >= 20 else bytes
    return mend(bytes(changed))


def path_mtu(chance: random.Random) -> int:
    """Messages about lengths, true ones and lies: a path is never shorter than 68 bytes, nor longer than its link."""
    router, flow, _ = router_with_pair()
    for _ in range(300):
        router.stack.sent.clear()
        router.outbound(long_packet(chance.choice((0, DF)), chance.choice((28, 100, 576, 1400, 1438, 3000))))
        for sent in router.stack.sent[:1]:
            hear(router, too_big(damaged(chance, sent), chance.choice((0, 67, 68, 576, 1400, 1501, 65535))))
        for told in router.stack.sent:
            assert told[9] != ICMP or Ipv4.unpack(told).payload[6:8] >= b"\0\x44"
        assert 68 <= flow.path_mtu(1500) <= 1500
        router.sim.run(until=router.sim.now + chance.choice((0, SECOND, 200 * SECOND)))
    return 300


def translator(chance: random.Random) -> int:
    """Packets of all kinds through a translator, both ways: what comes out is sound, and nothing is raised."""
    sim = Simulator()
    nat = Translator(sim, R1)
    for _ in range(500):
        options = bytes((1,)) * (4 * chance.choice((0, 0, 1, 10)))
        payload = chance.randbytes(chance.choice((0, 1, 3, 4, 7, 8, 9, 20, 28, 36, 60)))
        if chance.random() < 0.3:
            payload = bytes((chance.choice((0, 3, 8, 11)),)) + payload
        ends = (chance.choice((R2, chance.getrandbits(32))), chance.choice((R1, chance.getrandbits(32))))
        protocol, offset = chance.choice((UDP, TCP, ICMP, chance.randrange(256))), chance.choice((0, 0, 8, 4000))
        more = chance.random() < 0.1
        packet = Ipv4(*ends, protocol, payload, more_fragments=more, offset=offset, options=options)
        for out in (nat.leave(packet.pack()), nat.arrive(packet.pack())):
            if out is not None:
                check(out)
        sim.run(until=sim.now + chance.choice((0, SECOND, 400 * SECOND)))
    return 1000


def tcp(chance: random.Random) -> int:
    """Streams over a link with all faults, among segments of a stranger who knows the ports and guesses the numbers."""
    faults = {fault: chance.choice((0, 0, 0.02, 0.1)) for fault in ("loss", "duplicate", "reorder", "corrupt")}
    options = TcpOptions(window=chance.choice((500, 4128, 65535)), nagle=chance.random() < 0.3)
    pair, tried = TcpPair(chance.randrange(1 << 30), options, **faults), 0

    def attack() -> None:
        nonlocal tried
        for connection in list(pair.a.tcp.connections.values()):
            ahead = chance.choice((-1, 1)) * chance.randrange(100_000, 1 << 30)
            segment = pair.from_a(connection, chance.randrange(64), ahead, ack=chance.getrandbits(32))
            segment.mss, segment.data = chance.choice((None, 0, 1, 65535)), chance.randbytes(chance.choice((0, 1, 900)))
            pair.inject(segment)
            tried += 1
        pair.sim.call_later(chance.randrange(1, 50_000), attack)

    attack()
    there, back = chance.randbytes(chance.randrange(40_000)), chance.randbytes(chance.randrange(40_000))
    transfer = pair.transfer(there, back)
    assert transfer.partial
    assert transfer.exact or any(end.ending not in (None, "closed") for end in transfer.ends)
    return tried + len(pair.seen)


def gre(chance: random.Random) -> int:
    """Packets of GRE or IPv4 in IPv4 with damage, also in layers, at the end of a tunnel: it goes on afterwards."""
    shape = chance.choice(gre_pair.SHAPES)
    network, tunnels, _ = gre_pair.tunnelled(shape)
    sender, outside = tunnels["R1"].ends, network["R2"].interfaces["Gi0"]
    assert sender is not None
    for number in range(500):
        packet = network["R1"].build(gre_pair.R1, gre_pair.R2, chance.choice((UDP, ICMP, PROTOCOL)), bytes(number % 90))
        for _ in range(chance.choice((0, 0, 1, 20))):
            packet = sender.wrap(packet, number)
        network["R2"].receive_decrypted(damaged(chance, sender.wrap(packet, number)), outside)
    network.sim.run(until=network.sim.now + SECOND)
    assert network.ping("R1", "172.16.0.2").kind == "reply" or shape.sequencing
    return 500


def http(chance: random.Random) -> int:
    """Peers of a certificate server that send requests with damage in pieces, and stay: it serves the next one."""
    made, tried = enrollable(), 0
    who = stranger(made, str(chance.random()))
    _, message = who.request(Kind.REQUEST, csr(who))
    head = b"POST /cgi-bin/pkiclient.exe?operation=PKIOperation HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(message)
    while tried < 40:
        peer = Peer(made, address="10.9.0.2")
        for _ in range(chance.randrange(1, 4)):
            data = chance.choice((head, mutated(chance, head))) + chance.choice((message, mutated(chance, message)))
            peer.send(data[: chance.choice((len(data), chance.randrange(len(data))))])
            tried += 1
        assert peer.heard == b"" or peer.heard.startswith(b"HTTP/1.1 ")
    made.wait(181)
    assert made["CA"][HttpServer].visits == []
    assert post(made, message).startswith(b"HTTP/1.1 200 ")
    assert set(made["CA"].private.servers["AUTHORITY"].requests) == {csr(who)}
    return tried


TARGETS: dict[str, Target] = {
    "positions": positions,
    "codecs": codecs,
    "data-plane": data_plane,
    "departures": departures,
    "path-mtu": path_mtu,
    "translator": translator,
    "tcp": tcp,
    "gre": gre,
    "http": http,
}


def main(arguments: list[str]) -> None:
    """Run the targets."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], default=[])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args(arguments)
    names = options.targets or list(TARGETS)
    for name in names:
        end, rounds, tried = monotonic() + options.seconds / len(names), 0, 0
        while monotonic() < end:
            rounds += 1
            try:
                tried += TARGETS[name](random.Random(f"{options.seed} {name} {rounds}"))
            except BaseException:
                print(f"{name}: round {rounds} with --seed {options.seed}", file=sys.stderr)
                raise
        print(f"{name}: {tried} datagrams in {rounds} rounds", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

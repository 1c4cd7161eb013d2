"""A hostile peer as its victim's console shows it: each kind of damage under its own counter and nowhere else."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable
from random import Random

import pytest

from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.stack.fragment import TIMEOUT, fragment
from iosim.wire.ethernet import HEADER_LENGTH as FRAME_HEADER
from iosim.wire.ethernet import TYPE_IPV4, Ethernet
from iosim.wire.ipv4 import ESP, ICMP, Ipv4
from tests.ipsec.siege import repaired, summed

from .crypto_pair import GIGABIT, Pair

R1, R2 = 0xCB007101, 0xCB007102
PC1, PC2 = 0xC0A80101, 0xC0A80201


class Siege(Pair):
    """R2 is thrown at; `sealed` are the packets of ESP that R1 sent it in five pings."""

    def __init__(self) -> None:
        super().__init__()
        frames: list[bytes] = []
        self.routers[1].ports[GIGABIT].taps.append(lambda out, frame: frames.append(frame) if out else None)
        self.ping()
        self.sealed = [frame[FRAME_HEADER:] for frame in frames if frame[23] == ESP]
        assert len(self.sealed) == 4

    def throw(self, data: bytes) -> None:
        """A packet arrives at R2's outside interface."""
        interface = self.routers[2].stack.interfaces[GIGABIT]
        frame = Ethernet(interface.mac, bytes(6), TYPE_IPV4, data).pack()
        self.routers[2].stack.receive(interface, frame)

    def protected(self, packet: bytes) -> bytes:
        """A packet as R1 would protect it if its policy allowed."""
        (installed,) = self.routers[1][IpsecFeature].ipsec.sad
        sealed = installed.seal(packet)
        assert isinstance(sealed, bytes)
        return sealed

    def counters(self) -> dict[str, int]:
        """What R2 shows, number by number, under the words in front of it (`ipsec sa`) or behind it (`ip traffic`)."""
        sa = self.type(2, "show crypto ipsec sa detail")
        traffic = self.type(2, "show ip traffic").partition("UDP statistics")[0].replace("\n", "\n,")
        found = {name.strip(": "): int(number) for name, number in re.findall(r"(#+pkts [a-z. ()]+:?) (\d+)", sa)}
        ip, _, icmp = traffic.partition("ICMP statistics")
        for text, prefix in ((ip, ""), (icmp, "icmp ")):
            found |= {prefix + name: int(number) for number, name in re.findall(r"[:,] +(\d+) ([a-z' ]+)", text)}
        return found


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def clear(source: int = PC1, destination: int = PC2) -> bytes:
    return Ipv4(source, destination, ICMP, b"\x08\0\xf7\xff" + bytes(60)).pack()


THROWN: dict[str, Callable[[Siege, bytes], bytes]] = {
    "#pkts verify failed": lambda _, esp: esp[:24] + (1000).to_bytes(4) + esp[28:],
    "##pkts replay failed (rcv)": lambda _, esp: esp,
    "#pkts invalid len (rcv)": lambda _, esp: repaired(esp[:-1]),
    "#pkts invalid prot (recv)": lambda _, esp: clear(PC1, PC2),
    "#pkts invalid identity (recv)": lambda siege, _: siege.protected(clear(PC1 + 0x100, PC2)),
    "checksum errors": lambda _, esp: flip(esp, 11),
    "format errors": lambda _, esp: esp[:-1],
    "unknown protocol": lambda _, esp: summed(esp[:9] + b"\xfd" + esp[10:]),
    "bad hop count": lambda _, esp: summed(esp[:8] + b"\1" + esp[9:16] + bytes((9, 9, 9, 9)) + esp[20:]),
    "icmp checksum errors": lambda _, esp: Ipv4(R1, R2, ICMP, b"\x08\0\0\0garbage ").pack(),
    "icmp format errors": lambda _, esp: Ipv4(R1, R2, ICMP, b"\x08\0").pack(),
}
"""By the counter where it belongs, what comes instead of a packet of ESP."""
COMPANIONS = ("total", "local destination", "generated", "icmp unreachable", "icmp time exceeded")
"""What every packet counts, or the answer to it does."""


@pytest.fixture(scope="module")
def siege() -> Siege:
    return Siege()


@pytest.mark.parametrize("counter", THROWN)
def test_one_counter_tells_of_it(siege: Siege, counter: str) -> None:
    before = siege.counters()
    siege.pass_time(2)  # R2 says no more than two "unreachables" a second
    siege.throw(THROWN[counter](siege, siege.sealed[-1]))
    after = siege.counters()
    changed = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    for name in COMPANIONS:
        changed.pop(name, None)
    assert changed == {counter: 1}, changed
    assert after["total"] == before["total"] + 1


def test_fragments_that_overlap_or_never_end(siege: Siege) -> None:
    before = siege.counters()
    first, second, *_ = fragment(Ipv4(R1, R2, ICMP, bytes(200)).pack(), 68)
    siege.throw(first)
    siege.throw(summed(second[:7] + b"\1" + second[8:]))  # 8 bytes behind the beginning of the first
    siege.throw(second)
    siege.sim.run(until=siege.sim.now + TIMEOUT)
    after = siege.counters()
    assert after["couldn't reassemble"] == before["couldn't reassemble"] + 1
    assert after["timeouts"] == before["timeouts"] + 1
    assert after["reassembled"] == before["reassembled"]


def test_an_unknown_spi_is_logged(siege: Siege) -> None:
    siege.throw(flip(siege.sealed[-1], 20))
    assert "%CRYPTO-4-RECVD_PKT_INV_SPI" in siege.shown(2)


def test_the_tunnel_is_as_good_as_before(siege: Siege) -> None:
    assert "!!!!!" in siege.ping()


@pytest.mark.usefixtures("traced")
def test_a_flood_of_forged_packets_fills_neither_log_nor_memory() -> None:
    """ESP of unknown SPIs from anywhere, which R2 would recover from, and clear packets that should be protected."""
    siege, chance = Siege(), Random(1)
    siege.configure(2, "crypto isakmp invalid-spi-recovery\naccess-list 1 permit any log")
    shown = len(siege.shown(2))
    before = 0
    for number in range(3000):
        source = chance.randrange(1 << 24, 0x7F000000)
        siege.throw(Ipv4(source, R2, ESP, chance.randbytes(60)).pack())
        siege.throw(clear(PC1 + chance.randrange(1, 254), PC2))
        siege.sim.run(until=siege.sim.now + 40_000)
        if number == 1500:
            before = tracemalloc.get_traced_memory()[0]
    assert tracemalloc.get_traced_memory()[0] - before < 1_000_000
    told = siege.shown(2)[shown:]
    assert told.count("RECVD_PKT_INV_SPI") in (2, 3)  # in two minutes
    assert told.count("RECVD_PKT_NOT_IPSEC") in (2, 3)
    assert siege.type(2, "show crypto isakmp sa").count("ACTIVE") < 10
    siege.pass_time(60)
    assert "!!!!!" in siege.ping()

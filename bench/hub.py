"""A hub and its spokes, each a virtual router: read, built, all tunnels negotiated (group 14) and a ping through each.

The floor is every Diffie-Hellman, hash, MAC and cipher call of the spokes, recorded and made again. Targets: at most 8
times the floor, at most 400 KB of memory a router, and with 1,000 spokes at most 1.25 times the cost of one among ten.
Every spoke has a line of its own to the provider's router, which is one of the routers.

Times are processor time in ms for each spoke, of small hubs the best of several runs. Memory is resident what the
process has grown by, and traced what tracemalloc counts, which takes so long that it does so for a hundred spokes only.
"""

from __future__ import annotations

import gc
import os
import tracemalloc
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import NamedTuple

from bench.esp import best_of_rounds
from bench.handshake import Call, recording
from iosim.lab.build import Network
from iosim.sim.clock import MILLISECOND, SECOND
from iosim.ui.failures import Failures
from iosim.ui.lab import read_lab, running, start

TARGET_FLOOR, TARGET_KB, TARGET_GROWTH = 8, 400, 1.25
OPTIONS = Namespace(seed=None, pcap=None, keys=None, failures=Failures())
SIZES = (10, 100, 1000)
TRACED = 100
MOST = 100
"""How many spokes there are in all runs of a size together, at least in one run."""
PING = "ping 10.0.0.1 source Loopback0 repeat 1"
HUB, HUB_GATEWAY = "192.0.2.1", "192.0.2.2"
COMMON = """\
hostname {name}
crypto isakmp policy 10
 encr aes
 authentication pre-share
 group 14
crypto ipsec transform-set AES esp-aes esp-sha-hmac
{keys}{entries}interface Loopback0
 ip address {lan} 255.255.255.0
interface GigabitEthernet0/0
 ip address {address} 255.255.255.252
{of_interface}{lists}ip route 0.0.0.0 0.0.0.0 {gateway}
"""
KEY = "crypto isakmp key cisco123 address {peer}\n"
ENTRY = """\
crypto map VPN {number} ipsec-isakmp
 set peer {peer}
 set transform-set AES
 match address TO-{number}
"""
LIST = """\
ip access-list extended TO-{number}
 permit ip {here} 0.0.0.255 {there} 0.0.0.255
"""
TUNNEL = """\
interface Tunnel{number}
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel destination {peer}
 tunnel protection ipsec profile P
"""
LINE = """\
interface {interface}
 ip address {address} 255.255.255.252
"""


class Kind(NamedTuple):
    """How the hub and its spokes protect packets: the configuration for all peers, and that for each.

    Without a packet, nothing is negotiated if they are to be `asked`. A hub that `knows_none` of its spokes has nothing
    for each of them but a key.
    """

    asked: bool
    entry: str
    lists: str
    of_hub: str = ""
    of_spoke: str = ""
    of_interface: str = ""
    knows_none: bool = False


MAPS = Kind(True, ENTRY, LIST, of_interface=" crypto map VPN\n")
"""Crypto maps: an entry and an access list for each peer."""
VTIS = Kind(
    False,
    TUNNEL,
    "ip route {there} 255.255.255.0 Tunnel{number}\n",
    "crypto ipsec profile P\n set transform-set AES\n responder-only\n",
    "crypto ipsec profile P\n set transform-set AES\n",
)
"""Static VTIs: a tunnel interface and a route for each peer. The spokes begin."""

DYNAMIC = Kind(
    True,
    ENTRY,
    LIST,
    """\
crypto isakmp profile SPOKES
 match identity address 0.0.0.0
 virtual-template 1
crypto ipsec profile P
 set transform-set AES
 set isakmp-profile SPOKES
 reverse-route
interface Virtual-Template1 type tunnel
 ip unnumbered Loopback0
 tunnel source GigabitEthernet0/0
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile P
""",
    of_interface=" crypto map VPN\n",
    knows_none=True,
)
"""A dynamic VTI at the hub: an interface and a route for each peer as it comes. The spokes have crypto maps."""


class Spoke:
    """What there is to know of a spoke, by its number from 1."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.name = f"S{number}"
        self.lan = f"10.{1 + number // 256}.{number % 256}"
        line = f"198.18.{number // 64}"  # RFC 2544 keeps these addresses for benchmarks
        self.address, self.gateway = (f"{line}.{number % 64 * 4 + end}" for end in (2, 1))
        self.port = f"GigabitEthernet{1 + number // 48}/{number % 48}"

    def configuration(self, kind: Kind) -> str:
        """Of the spoke."""
        return COMMON.format(
            name=self.name, lan=f"{self.lan}.1", address=self.address, gateway=self.gateway,
            keys=KEY.format(peer=HUB),
            entries=kind.of_spoke + kind.entry.format(number=1, peer=HUB),
            lists=kind.lists.format(number=1, here=f"{self.lan}.0", there="10.0.0.0"),
            of_interface=kind.of_interface,
        )  # fmt: skip


def hub_configuration(spokes: list[Spoke], kind: Kind) -> str:
    """Of the hub: a key and what else there is for each spoke."""
    ends = [(spoke.number, spoke.address, f"{spoke.lan}.0") for spoke in spokes]
    known = [] if kind.knows_none else ends
    return COMMON.format(
        name="HUB", lan="10.0.0.1", address=HUB, gateway=HUB_GATEWAY,
        keys="".join(KEY.format(peer=peer) for _, peer, _ in ends),
        entries=kind.of_hub + "".join(kind.entry.format(number=number, peer=peer) for number, peer, _ in known),
        lists="".join(kind.lists.format(number=number, here="10.0.0.0", there=lan) for number, _, lan in known),
        of_interface="" if kind.knows_none else kind.of_interface,
    )  # fmt: skip


def provider_configuration(spokes: list[Spoke]) -> str:
    """Of the provider: a line to each of them."""
    ends = [("GigabitEthernet0/0", HUB_GATEWAY), *((spoke.port, spoke.gateway) for spoke in spokes)]
    return "".join(LINE.format(interface=interface, address=address) for interface, address in ends)


@contextmanager
def lab_file(size: int, kind: Kind) -> Iterator[Path]:
    """The lab with so many spokes."""
    spokes = [Spoke(number) for number in range(1, size + 1)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        texts = {"HUB": hub_configuration(spokes, kind), "ISP": provider_configuration(spokes)}
        texts.update((spoke.name, spoke.configuration(kind)) for spoke in spokes)
        for node, text in texts.items():
            (folder / f"{node}.cfg").write_text(text)
        links = [("HUB:Gi0/0", "ISP:Gi0/0"), *((f"{spoke.name}:Gi0/0", f"ISP:{spoke.port}") for spoke in spokes)]
        lines = ["name: hub", "topology:", "  defaults: {kind: ios}", "  nodes:"]
        lines += [f"    {node}: {{startup-config: {node}.cfg}}" for node in texts]
        lines += ["  links:", *(f'    - endpoints: ["{one}", "{other}"]' for one, other in links)]
        (folder / "lab.yaml").write_text("\n".join(lines))
        yield folder / "lab.yaml"


def run(size: int, kind: Kind = MAPS) -> tuple[list[float], Network]:
    """ms of processor time for each spoke: building, negotiating, pinging; and the lab, all of whose tunnels are up.

    All as `iosim exec` does it, which lets the collector of garbage rest while it builds.
    """
    gc.collect()
    gc.disable()
    with lab_file(size, kind) as file:
        times = [process_time()]
        lab = read_lab(str(file))
    with running(lab, OPTIONS) as network:
        start(network)
        assert not network.refused, network.refused
        for answered in (False, True):
            times.append(process_time())
            if answered or kind.asked:
                ping_from_all(network, size, answered)
            else:
                network.run(until=network.sim.now + 5 * SECOND)
        times.append(process_time())
    return [(end - start) / size * 1000 for start, end in pairwise(times)], network


def ping_from_all(network: Network, size: int, answered: bool) -> None:
    """A ping of the hub from each spoke, begun every 10 ms; whether they shall be answered."""
    results: list[str] = []
    for number in range(1, size + 1):
        console = network.console(f"S{number}")
        console.output = results.append
        console.submit(PING)
        network.run(until=network.sim.now + 10 * MILLISECOND)
    network.run(until=network.sim.now + 3 * SECOND)
    assert sum(text.count("100 percent (1/1)") for text in results) == size * answered


def floor(size: int, kind: Kind) -> float:
    """ms of the cryptographic calls for each spoke."""
    calls: list[Call] = []
    with recording(calls):
        run(size, kind)

    def again() -> None:
        for call in calls:
            call()

    (time,) = best_of_rounds((again, 1))
    return time / size / 1000


def best_of_runs(size: int, kind: Kind) -> tuple[list[float], float]:
    """The times of the quickest of some runs, and KB for each router that the first of them has taken."""
    results: list[list[float]] = []
    memory = 0.0
    for _ in range(max(1, MOST // size)):
        before = resident()
        times, network = run(size, kind)
        memory = memory or (resident() - before) / len(network.nodes)
        results.append(times)
    return min(results, key=sum), memory


def resident() -> int:
    """KB of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def traced(size: int, kind: Kind) -> float:
    """KB for each router that tracemalloc knows of."""
    tracemalloc.start()
    try:
        _, network = run(size, kind)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] / 1024 / len(network.nodes)
    finally:
        tracemalloc.stop()


def show(text: str, value: float, most: float) -> None:
    """Print a line that ends with a value and its target."""
    print(f"{text} {value:7.2f} {most:6}{'' if value <= most else '  MISSED'}")


def main(kind: Kind = MAPS) -> None:
    """Print the table."""
    run(3, kind)  # loads what is loaded once
    bare = floor(SIZES[0], kind)
    print("spokes floor ms build ms  up ms ping ms all ms   ratio target")
    totals = []
    for size in SIZES:
        (build, up, ping), memory = best_of_runs(size, kind)
        totals.append(build + up + ping)
        times = f"{bare:8.2f} {build:8.2f} {up:6.2f} {ping:7.2f} {totals[-1]:6.2f}"
        show(f"{size:6} {times}", totals[-1] / bare, TARGET_FLOOR)
    show(f"one of {SIZES[-1]} spokes against one of {SIZES[0]}:", totals[-1] / totals[0], TARGET_GROWTH)
    show(f"KB for each router of {SIZES[-1]}, resident:", memory, TARGET_KB)
    show(f"KB for each router of {TRACED}, traced:", traced(TRACED, kind), TARGET_KB)


if __name__ == "__main__":
    main()

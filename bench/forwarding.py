"""One packet PC1 → R1 → ISP → R2 → PC2 through the tunnel: against its bare cipher and MAC work, and scapy's ESP.

What is compared takes turns in many short bursts, and the best of each counts: a machine that does other things beside
slows code that is as spread out as this much more than a cipher's loop. The target is 10 times the bare work. The same
with GRE within IPsec should carry at least 80 % of the packets (`share`), and with a static VTI as many.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.esp import SIZES, bare, best_of_rounds, scapy
from iosim.ios.host import Host
from iosim.ipsec.model import SaKeys, Transform
from iosim.lab.build import Network
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab

PACKETS = 50
"""Of one burst."""
ROUNDS = 200
PC2 = 0xC0A8020A
PORT = 9
TRANSFORM = Transform("aes-128", "sha")
KEYS = SaKeys(0x1000, bytes(16), bytes(20))


def tunnel() -> Network:
    """The lab site-to-site with AES-128 and SHA-1, its tunnel up."""
    network = Network(load_lab(find_lab("site-to-site")))
    network.start()
    for router in ("R1", "R2"):
        for line in (
            "configure terminal",
            "crypto ipsec transform-set AES256-SHA256 esp-aes esp-sha-hmac",
            "end",
        ):
            network.execute(router, line)
    assert "!!!!" in network.execute("PC1", "ping 192.168.2.10")
    return network


def up(lab: str) -> Network:
    """A lab with the same ciphers, its tunnel up."""
    network = Network(load_lab(find_lab(lab)))
    network.start()
    assert "!!!" in network.execute("PC1", "ping 192.168.2.10")
    return network


def one_way(network: Network, size: int) -> Callable[[], None]:
    """A burst of UDP packets of `size` bytes from PC1 to PC2, counted where they arrive."""
    sender, receiver, sim = network.nodes["PC1"], network.nodes["PC2"], network.sim
    assert isinstance(sender, Host) and isinstance(receiver, Host)
    arrived = 0

    def count(data: bytes, source: int, source_port: int, destination: int, destination_port: int) -> None:
        nonlocal arrived
        arrived += 1

    def run() -> None:
        nonlocal arrived
        arrived = 0
        receiver.stack.udp.bind(PORT, count)
        for _ in range(PACKETS):
            sender.stack.udp.send(data, PC2, PORT, PORT)
            sim.run(until=sim.now + 100)
        sim.run(until=sim.now + 1_000_000)
        receiver.stack.udp.unbind(PORT)
        assert arrived == PACKETS, f"{arrived} of {PACKETS} arrived"

    data = Random(size).randbytes(size - 28)
    return run


def main() -> None:
    """Print the table."""
    networks = tunnel(), up("gre-over-ipsec"), up("static-vti")
    print(
        f"{'bytes':>6} {'bare µs':>8} {'path µs':>8} {'packets/s':>10} {'ratio':>6} {'scapy ESP µs':>13} "
        f"{'GRE path µs':>12} {'share':>6} {'VTI path µs':>12} {'share':>6}"
    )
    for size in SIZES:
        bursts = [(one_way(network, size), 1) for network in networks]
        bare_time, burst, *others = best_of_rounds((bare(TRANSFORM, KEYS, size), PACKETS), *bursts, rounds=ROUNDS)
        (scapy_time,) = best_of_rounds((scapy(TRANSFORM, KEYS, size), 5))
        time = burst / PACKETS
        shares = " ".join(f"{other / PACKETS:12.1f} {burst / other:6.0%}" for other in others)
        print(
            f"{size:6} {bare_time:8.2f} {time:8.1f} {1e6 / time:10.0f} {time / bare_time:6.1f} {scapy_time:13.1f} "
            f"{shares}"
        )


if __name__ == "__main__":
    main()

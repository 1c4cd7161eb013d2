"""Processor time of a simulated day of one tunnel: DPD every 10 s from both ends, a ping every minute; target 5 s.

Lifetimes are the defaults: 3600 s for IPsec, 86400 s for phase 1. No ping may be lost after the first one.
"""

from __future__ import annotations

from time import process_time

from iosim.lab.build import Network
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.sim.clock import SECOND

TARGET = 5.0
HOURS = 24
MINUTE = 60 * SECOND
PING = "ping 192.168.2.10 repeat 1"


def tunnel() -> Network:
    """The lab site-to-site with keepalives, its tunnel up."""
    network = Network(load_lab(find_lab("site-to-site")))
    network.start()
    for router in ("R1", "R2"):
        for line in ("configure terminal", "crypto isakmp keepalive 10 periodic", "end"):
            network.execute(router, line)
    network.execute("PC1", PING)
    return network


def run(network: Network, hours: int) -> tuple[int, int]:
    """Let time pass; returns how many pings were sent, and how many came back."""
    answered = 0
    for _ in range(hours * 60):
        network.sim.run(until=network.sim.now + MINUTE)
        answered += "100 percent" in network.execute("PC1", PING)
    return hours * 60, answered


def main() -> None:
    """Print the table."""
    network = tunnel()
    start = process_time()
    sent, answered = run(network, HOURS)
    seconds = process_time() - start
    verdict = "" if seconds <= TARGET and sent == answered else "  MISSED"
    print(f"{'day s':>8} {'sent':>6} {'lost':>6} {'target s':>9}")
    print(f"{seconds:8.2f} {sent:6} {sent - answered:6} {TARGET:9.1f}{verdict}")


if __name__ == "__main__":
    main()

"""The path PC1 → R1 → ISP → R2 → PC2 beside strongSwan's ESP in user space between two namespaces.

Both with AES-128 and SHA-1. The floor is the bare cipher and MAC calls of both ends. Targets: a packet one way in at
most 10 times the floor and in more packets a second than strongSwan; a ping round trip at least 3 times as fast as its.

Ours is one process on one core, by its processor time. strongSwan is two charons, which share the cores with a sender
and a receiver, by the clock: its numbers need a quiet machine. `at best/s` is what the processor time of the busier
charon (for a round trip: of both) would allow on cores of their own, which is less easily disturbed: on a busy machine
the truth is between the two. `link/s` is the same load without IPsec: how far the load is from being the limit.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from bench import _load
from bench.esp import SIZES, bare, best_of_rounds
from bench.forwarding import KEYS, TRANSFORM, one_way, tunnel
from bench.forwarding import PACKETS as BURST
from iosim.lab.build import Network
from tests.interop.neighbour import Namespace, run
from tests.interop.strongswan import StrongSwan

PACKETS = 24_000
PINGS = 2000
ROUNDS = 3
PING_SIZE = 100
TARGETS = {"one way": (10, 1), "ping": (inf, 3)}
"""The most in floors, and the least in rates of strongSwan."""
INSIDE, OUTSIDE = ("10.1.0.1", "10.2.0.1"), ("192.0.2.1", "192.0.2.2")
"""Addresses of both namespaces, through the tunnel and beside it."""
COMMANDS = ("ip", "ping", "charon-systemd", "swanctl")
CONFIGURATION = """\
connections {{ pair {{
  version = 1
  local_addrs = 192.0.2.{here}
  remote_addrs = 192.0.2.{there}
  proposals = aes128-sha1-modp2048
  encap = yes
  local {{ auth = psk }}
  remote {{ auth = psk }}
  children {{ net {{
    local_ts = 10.{here}.0.0/16
    remote_ts = 10.{there}.0.0/16
    esp_proposals = aes128-sha1
  }} }}
}} }}
secrets {{ ike-pair {{ secret = cisco }} }}
"""


def obstacle() -> str | None:
    """Why strongSwan cannot run here."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "needs root"
    missing = [command for command in COMMANDS if shutil.which(command) is None]
    if missing:
        return f"needs the commands {', '.join(missing)}"
    return None if Path("/dev/net/tun").exists() else "needs /dev/net/tun"


@dataclass(frozen=True)
class Rate:
    """Of packets, or of ping round trips: how many a second, and how many at best by the processor time of charons."""

    a_second: float
    at_best: float


@dataclass(frozen=True)
class Pair:
    """Two namespaces and a charon in each."""

    near: Namespace
    far: Namespace
    charons: tuple[StrongSwan, StrongSwan]

    def one_way(self, source: str, destination: str, size: int) -> Rate:
        """Packets of `size` bytes between two addresses, as fast as they arrive."""
        receiver = self.far.start(
            sys.executable, _load.__file__, "receive", destination, str(PACKETS), stdout=subprocess.PIPE
        )
        busy = self._busy()
        sender = self.near.start(
            sys.executable, _load.__file__, "send", source, destination, str(PACKETS), str(size),
            stdin=receiver.stdout, stdout=subprocess.PIPE,
        )  # fmt: skip
        output, _ = sender.communicate()
        return Rate(PACKETS / float(output), PACKETS / max(*self._worked(busy), 1e-9))

    def pings(self, source: str, destination: str) -> Rate:
        """Round trips one after another between two addresses."""
        busy = self._busy()
        words = ["ping", "-f", "-q", "-c", str(PINGS), "-s", str(PING_SIZE - 28), "-I", source, destination]
        output, _ = self.near.start(*words, stdout=subprocess.PIPE).communicate()
        match = re.search(r" (\d+) received.* time (\d+)ms", output.decode())
        assert match and int(match[1]) == PINGS, output
        return Rate(PINGS / int(match[2]) * 1000, PINGS / max(sum(self._worked(busy)), 1e-9))

    def _busy(self) -> list[float]:
        """Seconds of processor time of the charons so far."""
        return [processor_time(charon) for charon in self.charons]

    def _worked(self, before: list[float]) -> list[float]:
        return [now - then for now, then in zip(self._busy(), before, strict=True)]


def processor_time(charon: StrongSwan) -> float:
    """Seconds of a charon, which is the process that `ip netns exec` became."""
    fields = Path(f"/proc/{charon.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def pair() -> Iterator[Pair]:
    """Namespaces with 10.1.0.1 and 10.2.0.1, and a tunnel between them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        near, far = (Namespace(f"iosim-bench-{number}-{os.getpid()}") for number in (1, 2))
        for namespace in (near, far):
            stack.callback(namespace.remove)
        near.link("peer0", "netns", far.name)
        run("ip", "-n", far.name, "link", "set", "peer0", "up")
        charons = []
        for namespace, here, there in ((near, 1, 2), (far, 2, 1)):
            namespace.address(f"192.0.2.{here}/24")
            namespace.address(f"10.{here}.0.1/24", "lo")
            (folder / str(here)).mkdir()
            text = CONFIGURATION.format(here=here, there=there)
            charons.append(stack.enter_context(StrongSwan(namespace, folder / str(here), text)))
        output, _ = charons[0].begin("--initiate", "--child", "net", "--timeout", "10").communicate()
        assert b"completed successfully" in output, output
        yield Pair(near, far, (charons[0], charons[1]))


def our_pings(network: Network) -> float:
    """Round trips from PC1 to PC2 a second of processor time, as typed at PC1."""
    start = process_time()
    output = network.execute("PC1", f"ping 192.168.2.10 size {PING_SIZE} repeat {BURST}")
    seconds = process_time() - start
    assert f"({BURST}/{BURST})" in output, output
    return BURST / seconds


def floor(size: int) -> float:
    """The bare cipher and MAC calls of both ends for one packet of `size` bytes, in µs."""
    return best_of_rounds((bare(TRANSFORM, KEYS, size), 1000))[0]


def best(measure: Callable[[], Rate]) -> Rate:
    """The fastest of some rounds."""
    return max((measure() for _ in range(ROUNDS)), key=lambda rate: rate.a_second)


def show(what: str, size: int, bare_time: float, ours: float, theirs: Rate, link: Rate) -> None:
    """Print a line of the table; `bare_time` is the floor, `ours` a rate."""
    floors, ratio = 1e6 / ours / bare_time, ours / theirs.a_second
    most, least = TARGETS[what]
    missed = "" if floors <= most and ratio >= least else "  MISSED"
    print(
        f"{what:8} {size:5} {bare_time:8.2f} {ours:8.0f} {floors:9.1f} {most:6} {theirs.a_second:12.0f}"
        f" {ratio:6.2f} {theirs.at_best:9.0f} {ours / theirs.at_best:6.2f} {least:6} {link.a_second:7.0f}{missed}"
    )


def main() -> None:
    """Print the table."""
    if reason := obstacle():
        print(f"skipped: {reason}")
        return
    network = tunnel()
    print(
        f"{'':8} {'bytes':>5} {'floor µs':>8} {'ours/s':>8} {'in floors':>9} {'target':>6} {'strongSwan/s':>12}"
        f" {'ratio':>6} {'at best/s':>9} {'ratio':>6} {'target':>6} {'link/s':>7}"
    )
    with pair() as peers:
        for size in SIZES:
            bare_time, burst = best_of_rounds(
                (bare(TRANSFORM, KEYS, size), BURST), (one_way(network, size), 1), rounds=200
            )
            ours = 1e6 / burst * BURST
            theirs = best(partial(peers.one_way, *INSIDE, size))
            show("one way", size, bare_time, ours, theirs, peers.one_way(*OUTSIDE, size))
        ours = max(our_pings(network) for _ in range(100))
        theirs = best(partial(peers.pings, *INSIDE))
        show("ping", PING_SIZE, 2 * floor(PING_SIZE), ours, theirs, peers.pings(*OUTSIDE))


if __name__ == "__main__":
    main()

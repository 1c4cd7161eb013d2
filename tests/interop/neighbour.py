"""Network namespaces as neighbours of a lab, and labs that are paced to the wall clock."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from iosim.lab.build import Network
from iosim.lab.load import load_lab
from iosim.sim.capture import Capture
from iosim.sim.clock import SECOND
from iosim.sim.snap import IsakmpOnce
from iosim.ui.pace import WallClock
from tests.interop.recording import Recording

LAB_END = f"iosim{os.getpid() % 10_000_000}"
"""The interface of the machine that the labs have as a bridge; of its own for each process that runs the tests."""
GLANCE = SECOND // 20
"""How long a lab goes on at least between two looks at what is waited for, in µs."""


class Namespace:
    """A network namespace; its `peer0` is a link to somewhere else."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._children: list[subprocess.Popen[bytes]] = []
        run("ip", "netns", "add", name)
        run("ip", "-n", name, "link", "set", "lo", "up")

    def link(self, *other: str) -> None:
        """Make `peer0`, whose other end is described in words of `ip link`: a name and, perhaps, a namespace."""
        run("ip", "-n", self.name, "link", "add", "peer0", "type", "veth", "peer", "name", *other)
        run("ip", "-n", self.name, "link", "set", "peer0", "up")

    def address(self, address: str, interface: str = "peer0") -> None:
        """Give an interface of the namespace an address with its length."""
        run("ip", "-n", self.name, "addr", "replace", address, "dev", interface)

    def route(self, prefix: str, gateway: str) -> None:
        """Add a route."""
        run("ip", "-n", self.name, "route", "add", prefix, "via", gateway)

    def forget_neighbours(self) -> None:
        """Drop what waits for an ARP answer, which the next lab would give."""
        run("ip", "-n", self.name, "neigh", "flush", "dev", "peer0")

    def start(self, *command: str, **options: object) -> subprocess.Popen[bytes]:
        """Start a program in the namespace; it ends with the namespace at the latest."""
        child = subprocess.Popen(["ip", "netns", "exec", self.name, *command], **options)  # type: ignore[call-overload]
        self._children.append(child)
        return child  # type: ignore[no-any-return]

    def remove(self) -> None:
        """End what runs in the namespace, and the namespace."""
        for child in self._children:
            end(child)
        subprocess.run(["ip", "-n", self.name, "link", "del", "peer0"], check=False, capture_output=True)
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


def end(child: subprocess.Popen[bytes]) -> None:
    """End a program, politely first."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def neighbour() -> Iterator[Namespace]:
    """A namespace whose `peer0` is the other end of LAB_END, for as long as it is needed."""
    namespace = Namespace(f"iosim-test-{os.getpid()}")
    try:
        namespace.link(LAB_END, "netns", str(os.getpid()))
        run("ip", "link", "set", LAB_END, "up")
        yield namespace
    finally:
        namespace.remove()


class BridgedLab:
    """A running lab in which real time passes only while the tests wait."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.clock = WallClock(network)
        self.folder = folder
        self._capture = Capture(network.sim, snap=IsakmpOnce())
        for port in network.ports.values():
            self._capture.attach(port)

    def speed(self, speed: float) -> None:
        """Go on at another speed: at 10 a minute of the lab takes six seconds."""
        self.clock.set_speed(speed)
        self.network.run = self.clock.run

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Let time pass until a condition holds, for so many seconds at most; whether it holds."""
        network, end = self.network, monotonic() + seconds
        while not (held := condition()) and monotonic() < end:
            network.run(until=max(network.sim.now + GLANCE, self.clock.present()))
        return held

    def wait_for(self, child: subprocess.Popen[bytes], seconds: float = 20) -> str:
        """Let time pass until a program has ended: what it printed."""
        self.wait(lambda: child.poll() is not None, seconds)
        assert child.poll() is not None, f"{child.args} goes on"
        return child.stdout.read().decode() if child.stdout else ""

    def type(self, node: str, *lines: str) -> str:
        """Type lines at a node: what they print."""
        return "".join(self.network.execute(node, line) for line in lines)

    def record(self) -> Recording:
        """The capture and the keys so far."""
        self._capture.write(self.folder / "run.pcapng")
        self.network.keylog.write(self.folder / "keys")
        return Recording(self.folder / "run.pcapng", self.folder / "keys")


@contextmanager
def bridged_lab(
    folder: Path, nodes: dict[str, str], links: list[str], configurations: dict[str, str]
) -> Iterator[BridgedLab]:
    """A lab of nodes (`kind: …`) and links (`"R1:Gi0/0", "WAN:outside"`), with a node WAN that is LAB_END.

    The capture and the keys of the run are in the folder afterwards.
    """
    lines = ["name: interop", "topology:", "  nodes:", f"    WAN: {{kind: bridge, interface: {LAB_END}}}"]
    for name, text in configurations.items():
        (folder / f"{name}.cfg").write_text(text)
        lines.append(f"    {name}: {{kind: ios, startup-config: {name}.cfg}}")
    lines += [f"    {name}: {{{spec}}}" for name, spec in nodes.items()]
    lines += ["  links:", *(f"    - endpoints: [{link}]" for link in links)]
    file = folder / "lab.yaml"
    file.write_text("\n".join(lines) + "\n")
    network = Network(load_lab(file))
    lab = BridgedLab(network, folder)
    try:
        network.start()
        assert not network.refused, network.refused
        lab.speed(1)
        yield lab
    finally:
        for bridge in network.bridges:
            bridge.close()
        lab.record()


def run(*command: str) -> None:
    """Run a command of the set-up, which must not fail."""
    subprocess.run(command, check=True, capture_output=True)

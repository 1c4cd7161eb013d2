"""A router and a strongSwan with one tunnel, or several, between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.interop.neighbour import BridgedLab, Namespace, bridged_lab
from tests.interop.strongswan import StrongSwan
from tests.interop.tunnels import LINKS, NODES, ROUTER, Tunnel, configurations, furnish, ping_from

SIDES = ROUTER_BEGINS, STRONGSWAN_BEGINS = "router begins", "strongSwan begins"


@dataclass(frozen=True, slots=True)
class Pair:
    """The router is R1 of the lab."""

    lab: BridgedLab
    peer: StrongSwan
    namespace: Namespace
    tunnels: Sequence[Tunnel]

    def begin(self, side: str, *tunnels: Tunnel) -> None:
        """Let a side begin tunnels (all)."""
        for tunnel in tunnels or self.tunnels:
            if side == ROUTER_BEGINS:
                self.lab.type("PC1", f"ping {tunnel.host} repeat 1 timeout 0")
            else:
                self.peer.begin("--initiate", "--child", tunnel.child_name, "--timeout", "10")

    def up_at_router(self) -> int:
        """How many tunnels."""
        return self.lab.type("R1", "show crypto session").count("UP-ACTIVE")

    def phases_1(self) -> int:
        """How many phase-1 SAs are up at the router."""
        return self.lab.type("R1", "show crypto isakmp sa | include QM_IDLE .*ACTIVE *$").count("QM_IDLE")

    def up(self) -> bool:
        """Whether all tunnels are up at both ends."""
        return self.peer.tunnels() == self.up_at_router() == len(self.tunnels)

    def no_tunnel(self) -> bool:
        """Whether neither end has SAs of phase 2."""
        return self.peer.tunnels() == self.up_at_router() == 0

    def nothing(self) -> bool:
        """Whether neither end has any SA."""
        return self.no_tunnel() and not self.peer.sas() and self.phases_1() == 0

    def bring_up(self, side: str) -> None:
        """Let a side begin, and wait for the tunnels."""
        self.begin(side)
        self.wait_until_up()

    def wait_until_up(self) -> None:
        """Wait for the tunnels, of all of which somebody has begun the negotiation.

        charon may look at quick mode before it has looked at the last message of phase 1, and then ignores it. The
        router says it again ten seconds later, so these are made shorter.
        """
        if not self.lab.wait(self.up, 2):
            self.lab.speed(10)
            assert self.lab.wait(self.up, 10), self.peer.sas() + self.lab.type("R1", "show crypto session")
            self.lab.speed(1)

    def assert_pings(self, tunnel: Tunnel | None = None) -> None:
        """Pings go both ways through a tunnel (the first). Again if not: a busy strongSwan drops some."""
        tunnel = tunnel or self.tunnels[0]
        said = []
        for _ in range(3):
            ours = self.lab.type("PC1", f"ping {tunnel.host}")
            theirs = self.lab.wait_for(ping_from(self.namespace, tunnel))
            if "100 percent (5/5)" in ours and " 0% packet loss" in theirs:
                return
            said += [ours, theirs]
        pytest.fail("\n".join(said))


@contextmanager
def paired(
    namespace: Namespace,
    folder: Path,
    *tunnels: Tunnel,
    extra: str = "",
    outside: str = ROUTER,
    nodes: dict[str, str] | None = None,
    links: list[str] | None = None,
    detail: int = 1,
) -> Iterator[Pair]:
    """Both of them, running.

    `extra` are lines for the router, whose address is `outside`; `nodes` are more nodes than PC1, `links` all links;
    `detail` is that of strongSwan's log.
    """
    router, peers = configurations(tunnels, extra, outside)
    furnish(namespace, tunnels)
    namespace.forget_neighbours()
    lines = {"R1": router}
    with (
        bridged_lab(folder, {**NODES, **(nodes or {})}, links or LINKS, lines) as lab,
        StrongSwan(namespace, folder, peers, detail) as peer,
    ):
        lab.type("PC1", "ping 10.1.0.1")  # few packets can wait for an ARP answer
        yield Pair(lab, peer, namespace, tunnels)

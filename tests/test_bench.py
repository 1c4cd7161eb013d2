"""What the benchmarks measure does what it is said to do: once, and without looking at the clock."""

from __future__ import annotations

import pytest

from bench import day, esp, forwarding, handshake, hub


@pytest.mark.parametrize("transform", esp.TRANSFORMS, ids=str)
def test_esp(transform: esp.Transform) -> None:
    keys = esp.keys_for(transform)
    for task in (esp.bare, esp.ours, esp.scapy):
        task(transform, keys, 100)()


@pytest.mark.parametrize("lab", ["", "gre-over-ipsec", "static-vti"])
def test_packets_one_way(lab: str) -> None:
    forwarding.one_way(forwarding.up(lab) if lab else forwarding.tunnel(), 100)()


@pytest.mark.parametrize("aggressive", [False, True])
def test_handshakes_and_their_floor(aggressive: bool) -> None:
    handshake.Hub(2, aggressive).handshake()
    handshake.floor(2, aggressive)()


@pytest.mark.parametrize("kind", [hub.MAPS, hub.VTIS, hub.DYNAMIC], ids=["maps", "vtis", "dynamic"])
def test_a_hub_with_three_spokes(kind: hub.Kind) -> None:
    _, network = hub.run(3, kind)
    assert network.execute("HUB", "show crypto session").count("UP-ACTIVE") == 3


def test_an_hour_of_rekeying() -> None:
    day.run(day.tunnel(), 1)

"""Fragments that come out of a tunnel: virtual reassembly waits for them as for those that come in the clear."""

from __future__ import annotations

import pytest

from iosim.ipsec.model import Transform
from iosim.stack.fragment import BAD, Limits
from iosim.stack.virtual_reassembly import VirtualReassembler

from .helpers import LAN2, PC1, PC2, packet
from .siege import Row, Tunnel

BEHIND = LAN2 + 77
"""Somebody else behind the far end."""
MORE = 0x2000


@pytest.fixture
def tunnel() -> Tunnel:
    tunnel = Tunnel(Row(Transform("aes-128", "sha", "tunnel")))
    stack, interface = tunnel.far.stack, tunnel.far.interface
    interface.reassembly = VirtualReassembler(tunnel.sim, Limits(), stack.drop, lambda: None)
    return tunnel


def throw(tunnel: Tunnel, destination: int, flags: int) -> int:
    """Send 16 bytes as a fragment through the tunnel; how many packets have been forwarded."""
    sealed = tunnel.sender.seal(packet(PC1, destination, bytes(8), flags=flags))
    assert isinstance(sealed, bytes)
    tunnel.throw(sealed)
    return tunnel.far.stack.traffic.forwarded


def test_they_go_on_when_all_are_there(tunnel: Tunnel) -> None:
    assert throw(tunnel, BEHIND, MORE | 0) == 0
    assert throw(tunnel, BEHIND, MORE | 2) == 0
    assert throw(tunnel, BEHIND, 4) == 3
    assert tunnel.far.flow.counters.decaps == 3


def test_those_that_overlap_do_not(tunnel: Tunnel) -> None:
    assert throw(tunnel, BEHIND, MORE | 0) == 0
    assert throw(tunnel, BEHIND, 1) == 0
    assert tunnel.far.stack.drops[BAD] == 1


def test_for_the_router_itself_nothing_waits_there(tunnel: Tunnel) -> None:
    hook = tunnel.far.interface.reassembly
    assert isinstance(hook, VirtualReassembler)
    throw(tunnel, PC2, MORE | 0)
    assert hook.waiting == (0, 0)

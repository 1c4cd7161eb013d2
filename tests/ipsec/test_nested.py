"""ESP within ESP, as deep as a packet can hold it: an authentic peer must not exhaust the stack of calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iosim.ipsec import udp
from iosim.ipsec.esp import EspOutbound
from iosim.wire.ipv4 import UDP

from .helpers import R1, R2, header, pair_for
from .siege import protect_routers
from .test_with_stack import Lab


@pytest.mark.parametrize("in_udp", [False, True], ids=["bare", "within UDP"])
def test_layers_of_esp_to_the_router_itself(in_udp: bool) -> None:
    lab = Lab()
    protect_routers(lab.near, R1, R2)
    pair = replace(pair_for(lab.near.flow), udp_ports=(udp.PORT, udp.PORT) if in_udp else None)
    installed = lab.near.ipsec.install(pair, lab.near.flow)
    assert installed is not None
    sa = EspOutbound(pair.transform, pair.inbound[0], R2, R1, bytes)
    packet = header(R2, R1, UDP, 8) + bytes(8)
    layers = 0
    while len(packet) < 60_000:
        sa.sequence = 10_000 - layers  # the outermost has the lowest number, so that none is a replay
        sealed = sa.seal(packet)
        assert isinstance(sealed, bytes)
        packet, layers = udp.encapsulate(sealed, udp.PORT, udp.PORT) if in_udp else sealed, layers + 1
    lab.near.stack.receive_decrypted(packet, lab.near.interface)
    lab.sim.run(until=lab.sim.now + 1000)
    assert layers > 500
    assert installed.inbound[0].packets == layers

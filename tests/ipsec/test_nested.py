"""ESP within ESP, as deep as a packet can hold it: an authentic peer must not exhaust the stack of calls."""

from __future__ import annotations

from iosim.ipsec.attachment import Attachment
from iosim.ipsec.esp import EspOutbound
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.wire.ipv4 import UDP

from .helpers import R1, R2, access_list, header, line, pair_for
from .test_with_stack import Lab


def test_layers_of_esp_to_the_router_itself() -> None:
    lab = Lab()
    entry = CryptoMapEntry(10, access_list(line(True, R1, R2, 0)), [R2], "policy", True)
    lab.near.ipsec.reconcile([Attachment(lab.near.interface, CryptoMap("VPN", [entry]), R1)])
    pair = pair_for(lab.near.flow)
    installed = lab.near.ipsec.install(pair, lab.near.flow)
    assert installed is not None
    sa = EspOutbound(pair.transform, pair.inbound[0], R2, R1, bytes)
    packet = header(R2, R1, UDP, 8) + bytes(8)
    layers = 0
    while len(packet) < 60_000:
        sa.sequence = 10_000 - layers  # the outermost has the lowest number, so that none is a replay
        sealed = sa.seal(packet)
        assert isinstance(sealed, bytes)
        packet, layers = sealed, layers + 1
    lab.near.stack.receive_decrypted(packet, lab.near.interface)
    lab.sim.run(until=lab.sim.now + 1000)
    assert layers > 500
    assert installed.inbound[0].packets == layers

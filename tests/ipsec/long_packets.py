"""A router with an SA for long packets, and messages about them."""

from __future__ import annotations

from iosim.ipsec.attachment import Attachment
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import SaPair, Transform
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.ipsec.size import SizePolicy
from iosim.stack.fib import Hop
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ICMP, Ipv4

from .helpers import LAN1, LAN2, R1, R2, R3, Router, access_list, line, packet, pair_for

DF, MF = 0x4000, 0x2000
LIMIT = 1438
"""The plaintext MTU of AES-128 with SHA-1 in tunnel mode over 1500 bytes."""
AES_SHA = Transform("aes-128", "sha")
USUAL = SizePolicy()


def router_with_pair(size: SizePolicy = USUAL, transform: Transform = AES_SHA) -> tuple[Router, Flow, SaPair]:
    """R1 with an SA from LAN1 to LAN2 and routes to everywhere."""
    router = Router(R1)
    router.stack.add_interface(router.interface)
    router.interface.set_addresses([(R1, 24)])
    router.stack.fib.replace({(0, 0): (Hop(router.interface, R2),)})
    entry = CryptoMapEntry(10, access_list(line(True, LAN1, LAN2)), [R2], "policy", True)
    router.ipsec.reconcile([Attachment(router.interface, CryptoMap("VPN", [entry]), R1, size)])
    flow = next(iter(router.ipsec.flows.values()))
    pair = pair_for(flow, transform=transform)
    router.ipsec.install(pair, flow)
    return router, flow, pair


def long_packet(flags: int = 0, length: int = LIMIT + 1) -> bytes:
    """A packet from LAN1 to LAN2 of this length."""
    return packet(payload=bytes(n % 251 for n in range(length - 28)), flags=flags)


def sealed_by(router: Router) -> list[bytes]:
    """What has left that is not ICMP."""
    return [sent for sent in router.stack.sent if sent[9] != ICMP]


def too_big(sealed: bytes, mtu: int, sender: int = R3) -> bytes:
    """ "Fragmentation needed", as a router sends it for a packet of ours."""
    return Ipv4(sender, R1, ICMP, Icmp(3, 4, mtu, sealed[:28]).pack()).pack()


def hear(router: Router, message: bytes) -> None:
    """ICMP arrives."""
    router.stack.protocols[ICMP](message, router.interface)

"""Shared by the tests of IPsec: packets, keys, and a stack that records what it is given."""

from __future__ import annotations

from itertools import count
from struct import pack

from iosim.crypto.aead import AEADS
from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.integrity import INTEGRITY
from iosim.ipsec.attachment import Attachment
from iosim.ipsec.engine import Ipsec
from iosim.ipsec.events import Event
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Proxy, SaKeys, SaPair, Transform
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.sim.clock import Simulator
from iosim.stack.acl import AccessList, Ace, PortMatch
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.stack.trail import Trails

TRANSFORMS = [
    *(Transform(cipher, integrity) for cipher in ("null", *CIPHERS) for integrity in INTEGRITY),
    *(Transform(cipher, None) for cipher in AEADS),
]
"""All of ESP that authenticates, in tunnel mode."""
R1, R2, R3 = 0x0A000001, 0x0A000002, 0x0A000003
LAN1, LAN2, LAN3 = 0xC0A80100, 0xC0A80200, 0xC0A80300
PC1, PC2, PC3 = LAN1 + 10, LAN2 + 10, LAN3 + 10
HOST_BITS = 0xFF


def packet(
    source: int = PC1,
    destination: int = PC2,
    payload: bytes = b"",
    protocol: int = 17,
    ports: tuple[int, int] = (1000, 2000),
    tos: int = 0,
    flags: int = 0,
    ttl: int = 63,
) -> bytes:
    """An IPv4 packet; UDP, unless another protocol is asked for, whose payload then starts with `ports`."""
    data = pack("!HHHH", *ports, 8 + len(payload), 0) + payload if protocol == 17 else pack("!HH", *ports) + payload
    return header(source, destination, protocol, len(data), tos, flags, ttl) + data


def header(
    source: int, destination: int, protocol: int, length: int, tos: int = 0, flags: int = 0, ttl: int = 63
) -> bytes:
    """An IPv4 header with its checksum; `length` is the payload's, `flags` the 16 bits of flags and fragment offset."""
    start = pack("!BBHHHBB", 0x45, tos, 20 + length, 7, flags, ttl, protocol)
    addresses = pack("!II", source, destination)
    words = start + b"\0\0" + addresses
    total = sum(int.from_bytes(words[i : i + 2], "big") for i in range(0, 20, 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return start + pack("!H", total ^ 0xFFFF) + addresses


def keys(transform: Transform, spi: int) -> SaKeys:
    """Keys of a transform for one protocol that depend on the SPI only."""
    (protocol,) = transform.protocols
    cipher_length, integrity_length = transform.key_lengths(protocol)
    stream = bytes((i * 7 + spi) % 256 for i in range(128))
    return SaKeys(spi, stream[:cipher_length], stream[128 - integrity_length :], protocol)


def bundle_keys(transform: Transform, spi: int) -> tuple[SaKeys, ...]:
    """The same for each protocol of a transform; each has an SPI of its own."""
    return tuple(keys(transform.part(protocol), spi + at * 0x100) for at, protocol in enumerate(transform.protocols))


def line(
    permit: bool, source: int, destination: int, wildcard: int = HOST_BITS, protocol: int = 0, port: int = 0
) -> Ace:
    """An access list line between two subnets, for one destination port if that is given."""
    match = PortMatch(port, port) if port else None
    return Ace(10, permit, protocol, source, wildcard, destination, wildcard, destination_port=match)


def access_list(*lines: Ace) -> AccessList:
    """An access list of these lines."""
    return AccessList("VPN", list(lines))


class RecordingStack(Stack):
    """A stack that keeps what IPsec gives it instead of routing it."""

    def __init__(self, sim: Simulator) -> None:
        super().__init__(sim, "R")
        self.sent: list[bytes] = []
        self.received: list[bytes] = []

    def send(self, packet: bytes, crypto: bool = True, sealed: bool = False) -> bool:
        assert sealed or packet[9] == 1  # only ICMP errors go the usual way
        self.sent.append(packet)
        return True

    def receive_decrypted(self, packet: bytes, interface: Interface, trails: Trails | None = None) -> None:
        self.received.append(packet)


class Router:
    """IPsec with a stack that records, on one interface."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.sim = Simulator()
        self.stack = RecordingStack(self.sim)
        self.interface = Interface("GigabitEthernet0/0")
        self.events: list[Event] = []
        numbers = count(1)
        self.ipsec = Ipsec(self.sim, self.stack, self.events.append, lambda n: bytes((next(numbers) % 256,)) * n)

    def outbound(self, data: bytes) -> bytes | None:
        """What the stack does with a packet that leaves by the interface."""
        hook = self.interface.crypto
        assert hook is not None
        return hook.outbound(data, self.interface)

    def inbound(self, data: bytes) -> bool:
        """What the stack does with a packet that comes in the clear."""
        hook = self.interface.crypto
        assert hook is not None
        return hook.inbound(data, self.interface)

    def esp(self, data: bytes) -> None:
        """What the stack does with a packet of ESP or AH that is addressed to it."""
        self.stack.protocols[data[9]](data, self.interface)

    def taken(self, kind: type[Event]) -> list[Event]:
        """The events of a kind that have come."""
        return [event for event in self.events if isinstance(event, kind)]


def pair_for(
    flow: Flow,
    inbound: int = 0x1001,
    outbound: int = 0x2001,
    transform: Transform = Transform("aes-128", "sha"),  # noqa: B008  # frozen
    lifetime: int = 3600,
    lifesize: int = 4608000,
    initiator: bool = True,
) -> SaPair:
    """A finished negotiation for a flow."""
    return SaPair(
        flow.local, flow.peer, flow.local_proxy, flow.remote_proxy, transform,
        bundle_keys(transform, inbound), bundle_keys(transform, outbound), lifetime, lifesize, None, initiator,
    )  # fmt: skip


def subnet(address: int) -> Proxy:
    """The proxy identity of a /24."""
    return Proxy(address, 0xFFFFFF00)


def configure(router: Router, *lines: Ace, peers: tuple[int, ...] = (R2,), policy: object = "policy") -> None:
    """A crypto map with one entry of these lines, on the interface."""
    entry = CryptoMapEntry(10, access_list(*lines), list(peers), policy, True)
    router.ipsec.reconcile([Attachment(router.interface, CryptoMap("VPN", [entry]), router.address)])


def router_with_flow(*more: Ace, peers: tuple[int, ...] = (R2,)) -> tuple[Router, Flow]:
    """R1 with a flow from LAN1 to LAN2."""
    router = Router(R1)
    configure(router, line(True, LAN1, LAN2), *more, peers=peers)
    return router, next(iter(router.ipsec.flows.values()))


def other_end(pair: SaPair) -> tuple[Router, Flow]:
    """The peer of R1 with the mirrored policy and the mirrored pair installed."""
    router = Router(R2)
    configure(router, line(True, LAN2, LAN1), peers=(R1,))
    flow = next(iter(router.ipsec.flows.values()))
    router.ipsec.install(
        pair_for(flow, pair.outbound[0].spi, pair.inbound[0].spi, pair.transform, initiator=False), flow
    )
    return router, flow

"""Two real stacks with a tunnel, where whatever is thrown at the far one is accounted for: its fate has one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from struct import pack

from iosim.ipsec.attachment import Attachment
from iosim.ipsec.flow import InstalledPair
from iosim.ipsec.model import Transform
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.ipsec.sa import ReceiveError
from iosim.ipsec.udp import PORT
from iosim.wire.checksum import checksum
from iosim.wire.ethernet import TYPE_IPV4, Ethernet
from iosim.wire.ipv4 import UDP

from .helpers import PC1, PC2, R1, R2, access_list, line, packet, pair_for
from .test_with_stack import End, Lab

DELIVERED, FORWARDED, WAITS = "delivered", "forwarded", ""
LISTENING = 2000
AFTERWARDS = ("ICMP rate limit", "ARP queue full", "no ARP answer")
"""Drops of answers, and of packets that have been forwarded."""


@dataclass(frozen=True)
class Row:
    """A transform in its mode, bare or within UDP."""

    transform: Transform
    in_udp: bool = False

    def __str__(self) -> str:
        of = self.transform
        parts = (of.ah and f"ah-{of.ah}", of.cipher, of.integrity, of.mode, "udp" if self.in_udp else None)
        return "-".join(filter(None, parts))

    @property
    def ends(self) -> tuple[int, int]:
        """The addresses between which the protected packets go."""
        return (PC1, PC2) if self.transform.mode == "tunnel" else (R1, R2)


CLASSES = [
    Transform("aes-128", "sha"),
    Transform("3des", "md5"),
    Transform("null", "sha512"),
    Transform("gcm-256", None),
    Transform("gmac-128", None),
    Transform(None, None, "tunnel", "sha256"),
    Transform("aes-256", "md5", "tunnel", "sha384"),
    Transform("gcm-128", None, "tunnel", "md5"),
]
"""A transform of each class: what is special to a class is in its code, and not in the algorithm's name."""
ROWS = [
    Row(replace(transform, mode=mode), in_udp)
    for transform in CLASSES
    for mode in ("tunnel", "transport")
    for in_udp in (False, True)
    if not (in_udp and transform.ah)
]


class Tunnel:
    """The near end sends, the far end is thrown at; `heard` is what came to a port of the far end."""

    def __init__(self, row: Row) -> None:
        self.row, self.heard = row, list[bytes]()
        lab = Lab()
        self.sim, self.near, self.far = lab.sim, lab.near, lab.far
        if row.transform.mode == "transport":
            protect_routers(self.near, R1, R2)
            protect_routers(self.far, R2, R1)
        self.sender = self._install(self.near, 0x1001, 0x2001)
        self.receiver = self._install(self.far, 0x2001, 0x1001)
        self.far.stack.udp.bind(LISTENING, lambda data, *_: self.heard.append(data))

    def _install(self, end: End, inbound: int, outbound: int) -> InstalledPair:
        pair = pair_for(end.flow, inbound, outbound, self.row.transform)
        pair = replace(pair, udp_ports=(PORT, PORT) if self.row.in_udp else None)
        installed = end.ipsec.install(pair, end.flow)
        assert installed is not None
        return installed

    def plain(self, payload: bytes = b"payload") -> bytes:
        """A packet as the near end would protect it; the far end listens to it."""
        return packet(*self.row.ends, payload, ports=(1000, LISTENING))

    def sealed(self, payload: bytes = b"payload") -> bytes:
        """The next packet of the near end."""
        sealed = self.sender.seal(self.plain(payload))
        assert isinstance(sealed, bytes)
        return sealed

    def throw(self, data: bytes) -> None:
        """A packet arrives at the far end."""
        interface = self.far.interface
        self.far.stack.receive(interface, Ethernet(interface.mac, bytes(6), TYPE_IPV4, data).pack())

    def fate(self, data: bytes) -> str:
        """Throw a packet at the far end: what became of it. Two fates of one packet are none."""
        before = self._ledger()
        self.throw(data)
        changed = self._ledger() - before
        assert sum(changed.values()) <= 1, changed
        return next(iter(changed), WAITS)

    def _ledger(self) -> Counter[str]:
        """All that the far end counts of packets that arrive; what came in the clear is a drop of the stack as well."""
        stack, errors = self.far.stack, self.far.flow.counters.failed_receives
        ledger = Counter(dict(stack.drops))
        ledger.update({error.name: number for error, number in errors.items() if error is not ReceiveError.CLEAR})
        ledger.update({DELIVERED: len(self.heard), FORWARDED: stack.traffic.forwarded})
        for reason in AFTERWARDS:
            del ledger[reason]
        return ledger


def protect_routers(end: End, local: int, remote: int) -> None:
    """Let the policy be for what routers say to each other, which transport mode is for."""
    entry = CryptoMapEntry(10, access_list(line(True, local, remote, 0)), [remote], "policy", True)
    end.ipsec.reconcile([Attachment(end.interface, CryptoMap("VPN", [entry]), local)])


def flipped(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """The packet with each single bit of a part changed, and in which byte."""
    return (
        (data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :], at) for at in range(start, end) for bit in range(8)
    )


def repaired(data: bytes) -> bytes:
    """The packet with lengths that fit, of UDP too if it is in there, and a header checksum that is right."""
    if data[9] == UDP and len(data) >= 28:
        data = data[:24] + pack("!H", len(data) - 20) + data[26:]
    return summed(data[:2] + pack("!H", len(data)) + data[4:])


def summed(data: bytes) -> bytes:
    """The packet with a header checksum that is right for the header length that it names."""
    start = max(20, (data[0] & 15) * 4)
    blank = data[:10] + b"\0\0" + data[12:start]
    return blank[:10] + pack("!H", checksum(blank.ljust(start, b"\0"))) + data[12:]

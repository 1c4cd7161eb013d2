"""A peer with the keys that lies: what it protects is no packet, not the one agreed upon, or badly padded."""

from __future__ import annotations

from struct import pack

import pytest

from iosim.crypto.integrity import INTEGRITY
from iosim.ipsec.ah import immutable
from iosim.ipsec.protection import sealer, shape
from iosim.ipsec.udp import PORT, encapsulate
from iosim.wire.ipv4 import AH, ESP

from .helpers import LAN1, LAN2, LAN3, PC1, PC2, PC3, R1, R2, header, packet
from .siege import DELIVERED, ROWS, WAITS, Row, Tunnel, summed

ALONE = [row for row in ROWS if len(row.transform.protocols) == 1]
TUNNELS = [row for row in ALONE if row.transform.mode == "tunnel"]
ESPS = [row for row in ALONE if row.transform.cipher]
IPV4, IPV6 = 4, 41


def protected(row: Row, sequence: int, content: bytes, following: int, padding: bytes | None = None) -> bytes:
    """ESP or AH around any bytes, under the true keys."""
    (keys,) = Tunnel(row).sender.pair.outbound
    if row.transform.ah:
        return _within_ah(row, keys.integrity_key, pack("!II", keys.spi, sequence), content, following)
    if padding is None:
        count = -(len(content) + 2) % shape(row.transform).alignment
        padding = bytes(range(1, count + 1)) + bytes((count,))
    trailer = padding + bytes((following,))
    body = sealer(row.transform, keys, bytes)(b"", pack("!II", keys.spi, sequence), content, trailer)
    sealed = header(R1, R2, ESP, len(body)) + body
    return encapsulate(sealed, PORT, PORT) if row.in_udp else sealed


def _within_ah(row: Row, key: bytes, spi_and_sequence: bytes, content: bytes, following: int) -> bytes:
    algorithm = INTEGRITY[row.transform.ah or ""]
    length = 12 + algorithm.icv_length
    own = bytes((following, length // 4 - 2, 0, 0)) + spi_and_sequence
    outer = header(R1, R2, AH, length + len(content))
    covered = (immutable(outer) or b"") + own + bytes(algorithm.icv_length) + content
    return outer + own + algorithm.mac(key)(covered) + content


INNER = packet(PC1, PC2, b"payload", ports=(1000, 2000))
LIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "LENGTH"),
    "a byte": (INNER[:1], "LENGTH"),
    "IPv6": (b"\x65" + INNER[1:], "LENGTH"),
    "a header too short": (summed(b"\x44" + INNER[1:]), "LENGTH"),
    "a header that is longer than the packet": (b"\x4f" + INNER[1:], "LENGTH"),
    "a length that is less than the header": (summed(INNER[:2] + b"\0\x13" + INNER[4:]), "LENGTH"),
    "a length of more than there is": (summed(INNER[:3] + bytes((len(INNER) + 1,)) + INNER[4:]), "LENGTH"),
    "a length of 64 KB": (summed(INNER[:2] + b"\xff\xff" + INNER[4:]), "LENGTH"),
    "a wrong checksum": (INNER[:10] + b"\0\1" + INNER[12:], "LENGTH"),
    "another source": (packet(PC3, PC2, ports=(1000, 2000)), "IDENTITY"),
    "another destination": (packet(PC1, PC3, ports=(1000, 2000)), "IDENTITY"),
    "our own source": (packet(PC2, PC2, ports=(1000, 2000)), "IDENTITY"),
    "a protocol that is none": (packet(PC1, PC2, protocol=253), "unknown protocol"),
    "a fragment": (packet(PC1, PC2, bytes(8), flags=0x2001), WAITS),
    "a fragment of 64 KB": (packet(PC1, PC2, bytes(8), flags=0x1FFF), "bad fragment"),
    "an address of all": (packet(PC1, LAN2 + 255, b"payload", ports=(1000, 2000)), DELIVERED),
    "from an address of all": (packet(LAN1 + 255, PC2, b"payload", ports=(1000, 2000)), DELIVERED),
    "filled up": (INNER + bytes(200), DELIVERED),
    "no time to live": (packet(PC1, PC2, b"payload", ports=(1000, 2000), ttl=0), DELIVERED),
}
"""Only the peer knows which addresses of its LAN are broadcasts; what it says is within the agreed proxies is so."""


@pytest.mark.parametrize("row", TUNNELS, ids=str)
def test_no_lie_within_a_tunnel_is_delivered(row: Row) -> None:
    tunnel = Tunnel(row)
    for sequence, (name, (content, expected)) in enumerate(LIES.items(), 1):
        assert tunnel.fate(protected(row, sequence, content, IPV4)) == expected, name
    assert set(tunnel.heard) == {b"payload"}
    assert LAN3 not in {proxy.address for proxy in (tunnel.far.flow.local_proxy, tunnel.far.flow.remote_proxy)}


@pytest.mark.parametrize("row", ALONE, ids=str)
def test_a_next_header_that_lies(row: Row) -> None:
    """In a tunnel nothing but IPv4; in transport mode the router has what it has."""
    tunnel, in_tunnel = Tunnel(row), row.transform.mode == "tunnel"
    for sequence, following in enumerate((0, IPV6, 253, 255), 1):
        expected = "PROTOCOL" if in_tunnel else "unknown protocol"
        assert tunnel.fate(protected(row, sequence, INNER, following)) == expected, following
    if not in_tunnel:
        assert tunnel.fate(protected(row, 10, b"", 17)) == "bad UDP"
        assert tunnel.fate(protected(row, 11, INNER, IPV4)) == "unknown protocol"
    assert not tunnel.heard


@pytest.mark.parametrize("row", ESPS, ids=str)
def test_padding_that_lies(row: Row) -> None:
    tunnel, in_tunnel = Tunnel(row), row.transform.mode == "tunnel"
    content, following = (INNER, IPV4) if in_tunnel else (INNER[20:], 17)
    alignment = shape(row.transform).alignment
    fill = -(len(content) + 2) % alignment
    good = bytes(range(1, fill + 1))
    more = bytes(range(1, 256))[: fill + (255 - fill) // alignment * alignment]
    for sequence, (padding, expected) in enumerate(
        [
            (good + bytes((len(content) + fill + 1,)), "PADDING"),
            (good + b"\xff", "PADDING"),
            (bytes(fill + alignment) + bytes((fill + alignment,)), "PADDING"),
            (bytes(reversed(more)) + bytes((len(more),)), "PADDING"),
            (more + bytes((len(more),)), DELIVERED),
            (good + bytes((fill,)), DELIVERED),
        ],
        1,
    ):
        assert tunnel.fate(protected(row, sequence, content, following, padding)) == expected, (sequence, padding)
    assert tunnel.heard == [b"payload"] * 2

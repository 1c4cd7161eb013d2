"""The vocabulary that policy, data plane and key exchange share: selectors, transforms and finished SA pairs.

Addresses and masks are 32-bit integers in host order; a mask is a netmask (0xFFFFFF00), never a wildcard.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Proxy:
    """One side of a proxy identity: an IPv4 subnet, a protocol (0 any) and a port (0 any). RFC 2407 section 4.6.2."""

    address: int
    mask: int = 0xFFFFFFFF
    protocol: int = 0
    port: int = 0


@dataclass(frozen=True, slots=True)
class Transform:
    """What a transform set proposes for ESP.

    `cipher` is a name of `iosim.crypto.ciphers` ("des", "3des", "aes-128", "aes-192", "aes-256"), `integrity` a name of
    `iosim.crypto.integrity` ("md5", "sha", "sha256"), or None for ESP without authentication.
    `mode` is "tunnel" or "transport".
    """

    cipher: str
    integrity: str | None
    mode: str = "tunnel"


@dataclass(frozen=True, slots=True)
class SaKeys:
    """Keys and SPI of one direction."""

    spi: int
    cipher_key: bytes
    integrity_key: bytes


@dataclass(frozen=True, slots=True)
class SaPair:
    """A negotiated pair of IPsec SAs, as quick mode delivers it and the data plane installs it.

    `local` and `remote` are the tunnel endpoints; `lifetime` is in seconds, `lifesize` in kilobytes (0: no limit).
    """

    local: int
    remote: int
    local_proxy: Proxy
    remote_proxy: Proxy
    transform: Transform
    inbound: SaKeys
    outbound: SaKeys
    lifetime: int
    lifesize: int
    pfs_group: int | None
    initiator: bool

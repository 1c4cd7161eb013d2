"""The vocabulary that policy, data plane and key exchange share: selectors, transforms and finished SA pairs.

Addresses and masks are 32-bit integers in host order; a mask is a netmask (0xFFFFFF00), never a wildcard. Protocols are
IP protocol numbers: 50 is ESP, 51 is AH.
"""

from __future__ import annotations

from iosim.crypto.aead import AEADS
from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.integrity import INTEGRITY
from iosim.data import dataclass
from iosim.wire.ipv4 import AH, ESP


@dataclass(frozen=True, slots=True)
class Proxy:
    """One side of a proxy identity: an IPv4 subnet, a protocol (0 any) and a port (0 any). RFC 2407 section 4.6.2."""

    address: int
    mask: int = 0xFFFFFFFF
    protocol: int = 0
    port: int = 0


@dataclass(frozen=True, slots=True)
class Transform:
    """What a transform set proposes: ESP, AH, or ESP within AH.

    `cipher` is a name of `iosim.crypto.ciphers` ("aes-128") or of `iosim.crypto.aead` ("gcm-256"), "null" for ESP
    without encryption, or None for no ESP at all. `integrity` is a name of `iosim.crypto.integrity` ("sha"), or None
    for ESP without authentication, or with its own. `mode` is "tunnel" or "transport". `ah` is the integrity algorithm
    of AH, or None for no AH.
    """

    cipher: str | None
    integrity: str | None
    mode: str = "tunnel"
    ah: str | None = None

    @property
    def protocols(self) -> tuple[int, ...]:
        """The protocols in the order of their application: the last one is the outermost."""
        return ((ESP,) if self.cipher else ()) + ((AH,) if self.ah else ())

    def part(self, protocol: int) -> Transform:
        """What it proposes for one of its protocols alone."""
        if protocol == ESP:
            return Transform(self.cipher, self.integrity, self.mode)
        return Transform(None, None, self.mode, self.ah)

    def key_lengths(self, protocol: int) -> tuple[int, int]:
        """The bytes of the keys of one of its protocols: the cipher's with its salt, and the integrity algorithm's."""
        part = self.part(protocol)
        name, integrity = part.cipher or "", part.integrity or part.ah
        cipher = AEADS.get(name) or CIPHERS.get(name)
        return cipher.key_length if cipher else 0, INTEGRITY[integrity].key_length if integrity else 0


@dataclass(frozen=True, slots=True)
class SaKeys:
    """Keys and SPI of one SA; that of a cipher with a salt ends with it."""

    spi: int
    cipher_key: bytes
    integrity_key: bytes
    protocol: int = ESP


@dataclass(frozen=True, slots=True)
class ManualKeys:
    """Keys of both directions that were typed by hand, as far as they are known: one for each protocol at best."""

    transform: Transform
    inbound: tuple[SaKeys, ...]
    outbound: tuple[SaKeys, ...]

    @property
    def missing(self) -> list[int]:
        """The protocols of the transform for which keys are missing."""
        known = [{keys.protocol for keys in each} for each in (self.inbound, self.outbound)]
        return [protocol for protocol in self.transform.protocols if not all(protocol in each for each in known)]


@dataclass(frozen=True, slots=True)
class SaPair:
    """A negotiated pair of IPsec SAs, as quick mode delivers it and the data plane installs it; of a bundle, two.

    `inbound` and `outbound` have an SA for each of the transform's protocols, in the same order. `local` and `remote`
    are the tunnel endpoints; `lifetime` is in seconds (0: `manual`), `lifesize` in kilobytes (0: no limit). `udp_ports`
    are ours and the peer's where ESP goes through UDP.
    """

    local: int
    remote: int
    local_proxy: Proxy
    remote_proxy: Proxy
    transform: Transform
    inbound: tuple[SaKeys, ...]
    outbound: tuple[SaKeys, ...]
    lifetime: int
    lifesize: int
    pfs_group: int | None
    initiator: bool
    udp_ports: tuple[int, int] | None = None

    @property
    def manual(self) -> bool:
        """Whether its keys were typed by hand: it lives for ever, and its sequence numbers are not looked at."""
        return self.lifetime == 0

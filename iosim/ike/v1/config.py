"""What the engine is told: policies, keys and what IPsec wants. The configuration is asked each time it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from iosim.data import dataclass
from iosim.ike.v1.admission import Admission
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import Identification


@dataclass(frozen=True, slots=True)
class Policy:
    """An ISAKMP policy; `priority` 1 is the highest, `lifetime` is in seconds.

    `encryption`, `hash` and `group` are names of `iosim.crypto`; `authentication` is "pre-share" or "rsa-sig".
    """

    priority: int
    encryption: str
    hash: str
    authentication: str
    group: int
    lifetime: int


DEFAULT_RING = "default"
"""The name of the key ring that has no other one, where a profile names it."""


@dataclass(frozen=True, slots=True)
class Key:
    """A pre-shared key, and where it was found.

    `keyring` is None for the default key ring; `name` is the peer's, when it was found by that and not by an address;
    `tunnel`: it is set for aggressive mode with one peer and in no key ring.
    """

    secret: bytes
    keyring: str | None = None
    name: str | None = None
    tunnel: bool = False


@dataclass(frozen=True, slots=True)
class Approach:
    """How phase 1 with a peer is to begin; without a `key` there is no pre-shared key for it.

    `identity` is who we are, if not who we usually are.
    """

    policies: tuple[Policy, ...]
    key: Key | None
    aggressive: bool = False
    identity: Identification | None = None


class Credentials(Protocol):
    """A certificate of ours with the key that it is for."""

    @property
    def trustpoint(self) -> str:
        """Where it is kept."""

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The certificate, and those that lead from it to the authority (DER)."""

    def sign(self, digest: bytes) -> bytes:
        """PKCS #1 v1.5 over the bytes as they are. CryptoError when the key is too short for them."""


class PeerKey(Protocol):
    """The key in a certificate of the peer that was found good."""

    def verify(self, digest: bytes, signature: bytes) -> bool:
        """Whether a signature is that of these bytes."""


class Pki(Protocol):
    """What the engine asks of the certificates. Names are DER."""

    def authorities(self) -> tuple[bytes, ...]:
        """The names of the authorities whose certificates are accepted."""

    def credentials(self, profile: str | None, authorities: Sequence[bytes]) -> Credentials | None:
        """What we prove ourselves by, if anything: by one of these authorities rather than by another."""

    def identity(self, profile: str | None) -> Identification | None:
        """The name in our certificate, where that is who we are for peers."""

    def peer_key(self, remote: int, certificates: Sequence[bytes], identity: Identification) -> PeerKey | None:
        """The key of a peer with these certificates, its own first; None: they are not good for this identity."""


class NoPki:
    """No certificates at all."""

    def authorities(self) -> tuple[bytes, ...]:
        return ()

    def credentials(self, profile: str | None, authorities: Sequence[bytes]) -> Credentials | None:
        return None

    def identity(self, profile: str | None) -> None:
        return None

    def peer_key(self, remote: int, certificates: Sequence[bytes], identity: Identification) -> PeerKey | None:
        return None


@dataclass(frozen=True, slots=True)
class Keepalive:
    """Dead peer detection: how it asks a peer, in seconds between questions and before a repetition.

    Not periodic means on demand: only when there is something to send and nothing came from the peer for so long.
    """

    seconds: int
    retry: int = 2
    periodic: bool = False


class QuickModePolicy(Protocol):
    """What the responder accepts for a pair of proxies; the engine hands it back in the events of the SAs."""

    @property
    def transforms(self) -> tuple[Transform, ...]:
        """The transforms, the best first."""

    @property
    def pfs_group(self) -> int | None:
        """The group that PFS requires, or None if PFS is not required."""

    @property
    def lifetime(self) -> int:
        """In seconds."""

    @property
    def lifesize(self) -> int:
        """In kilobytes; 0: no limit."""


class Ikev1Config(Protocol):
    """The configuration as the engine sees it. Addresses are 32-bit integers in host order."""

    @property
    def enabled(self) -> bool:
        """Whether ISAKMP runs at all."""

    @property
    def aggressive_mode(self) -> bool:
        """Whether aggressive mode may be used at all."""

    @property
    def nat_transparency(self) -> bool:
        """Whether NAT traversal is offered and accepted."""

    @property
    def nat_keepalive(self) -> int:
        """Seconds between NAT keepalives; 0: none are sent."""

    @property
    def pki(self) -> Pki:
        """The certificates."""

    @property
    def admission(self) -> Admission:
        """How many phase-1 SAs there may be."""

    @property
    def invalid_spi_recovery(self) -> bool:
        """Whether phase 1 is begun to tell a peer that its IPsec SA is unknown here."""

    def phase_1_needed(self, local: int, remote: int) -> bool:
        """Whether phase 1 with a peer is renewed before it ends: IPsec SAs with it are up."""

    def keepalive(self, local: int, remote: int, profile: str | None) -> Keepalive | None:
        """How to watch whether a peer is there, if it is to be watched."""

    def approach(self, local: int, remote: int, profile: str | None) -> Approach:
        """How to begin with a peer, for a request that names an ISAKMP profile or none."""

    def policies(self, remote: int) -> tuple[Policy, ...]:
        """The policies to accept from a peer, the highest priority first."""

    def key_of_address(self, local: int, remote: int) -> Key | None:
        """The pre-shared key of main mode: when it is needed, only the peer's address is known."""

    def key_of_identity(self, local: int, remote: int, identity: Identification, profile: str | None) -> Key | None:
        """The pre-shared key of aggressive mode: the peer's identity, and so its profile, is in its first message."""

    def keyrings(self, profile: str) -> tuple[str, ...]:
        """The key rings that the key of a peer of this ISAKMP profile must be from; none: from any."""

    def identity(self, local: int, remote: int, profile: str | None) -> Identification:
        """Who we are for a peer."""

    def profile(self, local: int, remote: int, identity: Identification, wanted: str | None) -> str | None:
        """The ISAKMP profile for a peer, by its identity: the one that is wanted, if any; None: it does not match."""

    def quick_mode_policy(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> QuickModePolicy | None:
        """What to accept for SAs between these proxies from a peer of this profile; None: they are not protected.

        `port` is the peer's where a translator is on the way, and may have others at the same address.
        """

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA already has this SPI."""


@dataclass(frozen=True, slots=True)
class QuickModeRequest:
    """A pair of IPsec SAs that IPsec wants. `transforms` are in the order of preference; `pfs_group` None: no PFS.

    `lifetime` is in seconds, `lifesize` in kilobytes (0: no limit); `policy` means nothing to the engine. `profile` is
    the ISAKMP profile to begin phase 1 with, if any; `port` that of the peer which a translator has at `remote`.
    """

    local: int
    remote: int
    local_proxy: Proxy
    remote_proxy: Proxy
    transforms: tuple[Transform, ...]
    pfs_group: int | None
    lifetime: int
    lifesize: int
    policy: object
    profile: str | None = None
    port: int | None = None

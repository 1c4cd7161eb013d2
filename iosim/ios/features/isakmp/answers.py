"""What the IKEv1 engine of a router asks, answered from its configuration, from IPsec and from its certificates."""

from __future__ import annotations

from typing import Protocol

from iosim.ike.v1 import Approach, Keepalive, Key, NoPki, Pki, Policy, QuickModePolicy
from iosim.ike.v1.admission import Admission
from iosim.ios.features.isakmp import keys, peers, profiles
from iosim.ios.features.isakmp.config import DEFAULT_POLICIES, Isakmp
from iosim.ios.features.isakmp.identity import IsakmpIdentity
from iosim.ios.features.isakmp.liveness import Liveness
from iosim.ios.router import Router
from iosim.ipsec.model import Proxy
from iosim.wire.isakmp import Identification, IdType


class IpsecPolicies(Protocol):
    """What the key exchange asks of IPsec."""

    def policy_for(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> QuickModePolicy | None:
        """What to accept for these proxies from a peer of this ISAKMP profile; None when they are not protected.

        `port` is the peer's where a translator may have others at its address.
        """

    @property
    def nat_transparency(self) -> bool:
        """Whether ESP may go through UDP."""

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA already has this SPI."""

    def has_sas(self, local: int, remote: int) -> bool:
        """Whether IPsec SAs with a peer are up."""

    @property
    def attached(self) -> bool:
        """Whether there is a crypto map on an interface: only then does ISAKMP run."""


class _NoPolicies:
    """A router without IPsec."""

    attached = False
    nat_transparency = True

    def policy_for(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> None:
        return None

    def spi_in_use(self, spi: int) -> bool:
        return False

    def has_sas(self, local: int, remote: int) -> bool:
        return False


class Answers:
    """The engine's `Ikev1Config`. IPsec and the certificates of a router put themselves in their places."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.ipsec: IpsecPolicies = _NoPolicies()
        self.pki: Pki = NoPki()

    @property
    def enabled(self) -> bool:
        """ISAKMP runs when it is not switched off and a crypto map is on an interface."""
        return self.router.config[Isakmp].enabled and self.ipsec.attached

    @property
    def aggressive_mode(self) -> bool:
        """Whether aggressive mode may be used."""
        return not self.router.config[IsakmpIdentity].no_aggressive_mode

    @property
    def nat_transparency(self) -> bool:
        """Whether ESP may go through UDP."""
        return self.ipsec.nat_transparency

    @property
    def nat_keepalive(self) -> int:
        """Seconds between NAT keepalives."""
        return self.router.config[IsakmpIdentity].nat_keepalive or 0

    @property
    def admission(self) -> Admission:
        """How many phase-1 SAs there may be."""
        return self.router.config[Liveness].admission

    @property
    def invalid_spi_recovery(self) -> bool:
        """Whether phase 1 is begun to tell a peer that its IPsec SA is unknown here."""
        return self.router.config[Liveness].invalid_spi_recovery

    def phase_1_needed(self, local: int, remote: int) -> bool:
        """Phase 1 is renewed while there are IPsec SAs."""
        return self.ipsec.has_sas(local, remote)

    def keepalive(self, local: int, remote: int, profile: str | None) -> Keepalive | None:
        """How to watch a peer: as its profile says, else as all are."""
        settings = profiles.settings(self.router, profile)
        if settings is not None and settings.keepalive is not None:
            return Keepalive(settings.keepalive.seconds, settings.keepalive.retry)
        return self.router.config[Liveness].watching

    def approach(self, local: int, remote: int, profile: str | None) -> Approach:
        """How to begin with a peer: as `crypto isakmp peer` says, else as the profile says, else in main mode."""
        policies, tunnel = self.policies(remote), peers.tunnel(self.router, local, remote)
        if tunnel is not None:
            return Approach(policies, tunnel.key, True, tunnel.identity)
        settings = profiles.settings(self.router, profile)
        key = keys.key_of_address(self.router, local, remote, self.keyrings(profile) or None)
        return Approach(policies, key, settings is not None and settings.aggressive)

    def policies(self, remote: int) -> tuple[Policy, ...]:
        """The configured policies or, without any, those that IOS brings along."""
        return self.router.config[Isakmp].suites() or DEFAULT_POLICIES

    def key_of_address(self, local: int, remote: int) -> Key | None:
        """The key for a peer."""
        return keys.key_of_address(self.router, local, remote)

    def key_of_identity(self, local: int, remote: int, identity: Identification, profile: str | None) -> Key | None:
        """The key for the name or the address that a peer gives, else for the address that it comes from."""
        names = self.keyrings(profile) or None
        if identity.kind != IdType.IPV4_ADDR:
            named = keys.key_of_name(self.router, local, identity.data.decode("latin-1"), names)
            return named or keys.key_of_address(self.router, local, remote, names)
        if len(identity.data) != 4:
            return None
        return keys.key_of_address(self.router, local, int.from_bytes(identity.data, "big"), names)

    def keyrings(self, profile: str | None) -> tuple[str, ...]:
        """The key rings of a profile."""
        return profiles.keyrings(self.router, profile)

    def identity(self, local: int, remote: int, profile: str | None) -> Identification:
        """Who we are for peers of a profile."""
        return profiles.own_identity(self.router, local, profile)

    def profile(self, local: int, remote: int, identity: Identification, wanted: str | None) -> str | None:
        """The profile that a peer's identity matches; of a wanted one, whether it does."""
        return profiles.profile_of(self.router, local, identity, wanted)

    def quick_mode_policy(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> QuickModePolicy | None:
        """What to accept for these proxies."""
        return self.ipsec.policy_for(local, remote, local_proxy, remote_proxy, profile, port)

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA already has this SPI."""
        return self.ipsec.spi_in_use(spi)

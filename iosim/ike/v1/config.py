"""What the engine is told: policies, keys and what IPsec wants. The configuration is asked each time it is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from iosim.ipsec.model import Proxy, Transform


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

    def policies(self, peer: int) -> tuple[Policy, ...]:
        """The policies for a peer, the highest priority first."""

    def preshared_key(self, peer: int) -> bytes | None:
        """The key shared with a peer."""

    def quick_mode_policy(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy
    ) -> QuickModePolicy | None:
        """What to accept from a peer that asks for SAs between these proxies; None: these proxies are not protected."""

    def spi_in_use(self, spi: int) -> bool:
        """Whether an inbound SA already has this SPI."""


@dataclass(frozen=True, slots=True)
class QuickModeRequest:
    """A pair of IPsec SAs that IPsec wants. `transforms` are in the order of preference; `pfs_group` None: no PFS.

    `lifetime` is in seconds, `lifesize` in kilobytes (0: no limit); `policy` means nothing to the engine.
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

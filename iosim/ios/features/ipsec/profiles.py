"""`crypto ipsec profile`: what holds for the SAs of the tunnel interfaces that name it."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Section, bound
from iosim.ios.config import Config
from iosim.ios.registry import part


@part("ipsec_profile")
@dataclass(slots=True)
class ProfileSettings:
    """What only profiles say."""

    responder_only: bool = bound(Flag("profile_responder_only", order=50))


@part("config")
@dataclass(slots=True)
class IpsecProfiles:
    """The profiles by name."""

    profiles: dict[str, Config] = bound(
        Section("crypto_ipsec_profile", order=335, mode="ipsec_profile", key=("name",), apart=1)
    )

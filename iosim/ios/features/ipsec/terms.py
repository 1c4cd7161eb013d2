"""What a crypto map entry or an IPsec profile says of its SAs, as the data plane is told of it."""

from __future__ import annotations

from iosim.ios.config import Config
from iosim.ios.features.ipsec.config import IdleTime, Ipsec, SaTerms, volume
from iosim.ios.features.ipsec.wanted import FlowPolicy
from iosim.ios.features.kept import KeptLines
from iosim.ipsec.flow import Upkeep
from iosim.ipsec.model import Transform

DEFAULT_SET = Transform("aes-128", "sha", "transport")
"""The transform set that IOS brings along under the name `default`."""

IKEV2_PROFILES = ("planned_profile_ikev2_profile", "planned_crypto_map_ikev2_profile")
"""The kept lines that name one."""


def sa_policy(config: Config, entry: Config, profile: str | None) -> FlowPolicy:
    """The policy of an entry, by its own words or those for all; `profile` is its ISAKMP profile."""
    common, own = config[Ipsec], entry[SaTerms]
    names = own.transform_sets.transform_set if own.transform_sets else ()
    transforms = tuple(found for found in map(common.transform, names) if found is not None)
    rigid = frozenset(common.transform(name) for name in names if common.requires_transport(name))
    if own.transform_sets is None and entry.mode == "ipsec_profile":
        transforms = (DEFAULT_SET,)
    return FlowPolicy(
        transforms,
        own.pfs.group if own.pfs else None,
        own.seconds or common.seconds,
        volume(own.kilobytes or common.kilobytes),
        profile,
        rigid,
    )


def waits_for_ikev2(entry: Config) -> bool:
    """Whether an entry or a profile names an IKEv2 profile: then IKEv1 does not negotiate for it."""
    return any(command in entry[KeptLines].said for command in IKEV2_PROFILES)


def sa_upkeep(config: Config, entry: Config, default_peer: int | None = None) -> Upkeep:
    """How long its SAs may be idle, and its default peer."""
    idle = entry[SaTerms].idle_time or IdleTime(config[Ipsec].idle_time or 0)
    return Upkeep(idle.seconds, idle.default, default_peer)

"""`crypto isakmp profile`: which peers it is for, by what they say they are, and how they are dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Flag, Members, Section, Table, Value, bound
from iosim.ios.blocks import Block
from iosim.ios.config import Config
from iosim.ios.features.isakmp.identity import identification, own_identification
from iosim.ios.features.isakmp.keys import HOST_MASK, LocalAddress, serves
from iosim.ios.registry import answer, part
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.wire.isakmp import Identification, IdType


@dataclass(frozen=True, slots=True)
class PeerIdentity:
    """`match identity …`. IOS keeps the mask of a host, and none for all addresses."""

    kind: str
    address: int | None = None
    mask: int | None = None
    vrf: str | None = None
    domain: bool = False
    value: str | None = None

    def __post_init__(self) -> None:
        if self.address == 0 and self.mask == 0:
            object.__setattr__(self, "mask", None)
        if self.address and self.mask is None:
            object.__setattr__(self, "mask", HOST_MASK)

    def matches(self, peer: Identification) -> bool:
        """Whether a peer that gives this identity is meant; a peer in a VRF nobody is."""
        if self.kind == "address":
            if peer.kind != IdType.IPV4_ADDR or len(peer.data) != 4 or self.vrf is not None:
                return False
            return (int.from_bytes(peer.data, "big") ^ (self.address or 0)) & (self.mask or 0) == 0
        if peer.kind != _KINDS[self.kind]:
            return False
        said, wanted = peer.data.decode("latin-1").lower(), (self.value or "").lower()
        if not self.domain:
            return said == wanted
        return said.endswith(f"{'@' if self.kind == 'user' else '.'}{wanted}")


_KINDS = {"host": IdType.FQDN, "user": IdType.USER_FQDN, "group": IdType.KEY_ID}


@dataclass(frozen=True, slots=True)
class SelfIdentity:
    """`self-identity fqdn [NAME]`"""

    kind: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileKeepalive:
    """`keepalive SECONDS retry SECONDS`"""

    seconds: int
    retry: int


class Matches(Members):
    """The lines of `match identity`; IOS writes a blank behind addresses."""

    def say(self, mode: str, args: dict[str, list[Any]]) -> str:
        return super().say(mode, args) + (" " if args["kind"] == ["address"] else "")


@part("conf_isa_prof")
@dataclass(slots=True)
class ProfileSettings:
    """One profile."""

    description: str | None = bound(Value("isa_description", order=5, type="description"))
    keyrings: dict[Any, str] = bound(Table("isa_keyring", order=20, key=("keyring",), type="keyring"))
    trustpoints: dict[Any, str] = bound(Table("isa_trustpoint", order=26, key=("name",), type="name"))
    self_identity: SelfIdentity | None = bound(Value("isa_self_identity", order=25, type=SelfIdentity))
    identities: dict[Any, PeerIdentity] = bound(Matches("isa_match_identity", order=31, type=PeerIdentity))
    keepalive: ProfileKeepalive | None = bound(Value("isa_keepalive", order=44, type=ProfileKeepalive))
    aggressive: bool = bound(Flag("isa_initiate", order=45))
    addresses: dict[Any, LocalAddress] = bound(Members("isa_local_address", order=47, type=LocalAddress))


class ProfileSection(Section):
    """The profiles. IOS remarks on one that matches nobody."""

    REMARK = " ! This profile is incomplete (no match identity statement)"

    def blocks(self, mode: str, value: dict[Any, Config]) -> Iterator[Block]:
        for block in super().blocks(mode, value):
            opening, *lines = block.lines
            remark = [] if any(line.lstrip().startswith("match ") for line in lines) else [self.REMARK]
            yield replace(block, lines=(opening, *remark, *lines))


@part("config")
@dataclass(slots=True)
class Profiles:
    """All profiles, as they were configured."""

    profiles: dict[str, Config] = bound(
        ProfileSection("crypto_isakmp_profile", order=307, mode="conf_isa_prof", key=("name",), apart=0, indent="   ")
    )


@answer("crypto_isakmp_profile")
def _note(session: Session, config: Config, statement: Statement) -> str | None:
    """A new profile says that it cannot match anybody yet."""
    profile = settings(session.router, statement.get("name"))
    if profile is None or profile != ProfileSettings():
        return None
    return "% A profile is deemed incomplete until it has match identity statements\n"


def settings(router: Router, name: str | None) -> ProfileSettings | None:
    """The profile of a name, if there is one."""
    config = router.config[Profiles].profiles.get(name or "")
    return None if config is None else config[ProfileSettings]


def profile_of(router: Router, local: int, peer: Identification, wanted: str | None = None) -> str | None:
    """The first profile that a peer's identity matches; one with a local address is only for peers that came there."""
    for name, config in router.config[Profiles].profiles.items():
        profile = config[ProfileSettings]
        meant = wanted in (None, name) and serves(router, profile.addresses, local)
        if meant and any(each.matches(peer) for each in profile.identities):
            return name
    return None


def keyrings(router: Router, name: str | None) -> tuple[str, ...]:
    """The key rings that a profile names."""
    profile = settings(router, name)
    return () if profile is None else tuple(profile.keyrings.values())


def own_identity(router: Router, local: int, name: str | None) -> Identification:
    """Who we are under a profile, or for peers that have none."""
    profile = settings(router, name)
    if profile is None or profile.self_identity is None:
        return own_identification(router, local)
    return identification(router, profile.self_identity.kind, profile.self_identity.value, local)

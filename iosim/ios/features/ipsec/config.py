"""`crypto ipsec transform-set` and `crypto map`, and the transforms that they stand for."""

from __future__ import annotations

from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.names import short_name
from iosim.ios.bindings import Section, Table, Value, bound
from iosim.ios.blocks import natural
from iosim.ios.config import Config
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.transforms import USUAL_BITS, canonical, transform_of
from iosim.ios.registry import answer, check, part
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ipsec.model import Transform

DEFAULT_SECONDS = 3600
DEFAULT_KILOBYTES = 4608000

Kilobytes = int | str
"""A volume in kilobytes, or "disable" for no limit."""


def volume(kilobytes: Kilobytes) -> int:
    """Kilobytes; 0: no limit."""
    return kilobytes if isinstance(kilobytes, int) else 0


@dataclass(frozen=True, slots=True)
class Mode:
    """`mode transport require`: where transport mode does not go, nothing is negotiated."""

    mode: str = "tunnel"
    require: bool = False


@part("cfg_crypto_trans")
@dataclass(slots=True)
class TransformSettings:
    """The mode of a transform set; IOS 15 shows it even when it is the default."""

    mode: Mode = bound(Value("transform_mode", order=10, type=Mode, default=Mode(), shown="mode tunnel"))


@dataclass(frozen=True, slots=True)
class TransformSets:
    """`set transform-set A B`: in order of preference."""

    transform_set: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pfs:
    """`set pfs [group14]`; without a group it is group 1."""

    pfs_group: str | None = None

    @property
    def group(self) -> int:
        """The number of the group."""
        return int((self.pfs_group or "group1").removeprefix("group"))


@dataclass(frozen=True, slots=True)
class MapPeer:
    """`set peer 192.0.2.1 default`: the default peer is tried first, and again when another one is dead."""

    peer: int
    default: bool = False


class MapPeers(Table):
    """The peers of an entry; one of them at most is the default."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        if statement.get("default") and not (statement.no or statement.default):
            peers = getattr(part, name)
            peers.update({key: MapPeer(known.peer) for key, known in peers.items()})
        super().apply(part, name, statement)


@dataclass(frozen=True, slots=True)
class IdleTime:
    """`set security-association idle-time 600 default`."""

    seconds: int
    default: bool = False


@part("config_crypto_map")
@part("ipsec_profile")
@dataclass(slots=True)
class SaTerms:
    """What entries of crypto maps and IPsec profiles both say of their SAs."""

    description: str | None = bound(Value("crypto_map_description", order=5, type="description"))
    seconds: int | None = bound(Value("crypto_map_lifetime_seconds", order=20, type="seconds"))
    kilobytes: Kilobytes | None = bound(Value("crypto_map_lifetime_kilobytes", order=21, type="kilobytes"))
    idle_time: IdleTime | None = bound(Value("crypto_map_idle_time", order=23, type=IdleTime))
    transform_sets: TransformSets | None = bound(
        Value("crypto_map_transform_set", order=30, type=TransformSets, tail=" ")
    )
    pfs: Pfs | None = bound(Value("crypto_map_pfs", order=40, type=Pfs))


@part("config_crypto_map")
@dataclass(slots=True)
class MapEntry:
    """What one sequence number of a crypto map has besides."""

    peers: dict[Any, MapPeer] = bound(MapPeers("crypto_map_peer", order=10, key=("peer",), type=MapPeer))
    acl: str | None = bound(Value("crypto_map_match", order=50, type="acl"))

    @property
    def addresses(self) -> list[int]:
        """The peers in the order of the configuration."""
        return [entry.peer for entry in self.peers.values()]

    @property
    def default_peer(self) -> int | None:
        """The peer that is tried first, if one is named."""
        return next((entry.peer for entry in self.peers.values() if entry.default), None)


class MapSection(Section):
    """The entries of crypto maps. An entry is negotiated or manual from its first line on."""

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        known: Config | None = getattr(part, name).get((statement.get("name"), statement.get("sequence")))
        if known is not None and not (statement.no or statement.default):
            return known
        return super().apply(part, name, statement)


class TransformSetSection(Section):
    """Transform sets; `esp-sha-hmac esp-aes 128` is written `esp-aes esp-sha-hmac`."""

    def say(self, mode: str, args: dict[str, list[Any]]) -> str:
        bits = [bits for bits in args.get("bits", []) if bits != USUAL_BITS]
        return super().say(mode, {**args, "transform": canonical(args.get("transform", [])), "bits": bits})


@part("config")
@dataclass(slots=True)
class MapEntries:
    """The entries of crypto maps by the name of the map and sequence number."""

    maps: dict[tuple[str, int], Config] = bound(
        MapSection(
            "crypto_map",
            "crypto_map_all",
            order=360,
            mode="config_crypto_map",
            key=("name", "sequence"),
            sort=natural,
            tail=" ",
            apart=1,
        )
    )


@part("config")
@dataclass(slots=True)
class Ipsec:
    """All of `crypto ipsec` that has no part of its own."""

    seconds: int = bound(Value("ipsec_lifetime_seconds", order=310, type="seconds", default=DEFAULT_SECONDS))
    kilobytes: Kilobytes = bound(
        Value("ipsec_lifetime_kilobytes", order=311, type="kilobytes", default=DEFAULT_KILOBYTES)
    )
    idle_time: int | None = bound(Value("ipsec_idle_time", order=313, type="seconds"))
    transform_sets: dict[str, Config] = bound(
        TransformSetSection(
            "crypto_ipsec_transform_set",
            order=320,
            mode="cfg_crypto_trans",
            key=("name",),
            tail=" ",
            apart=0,
        )
    )

    def transform(self, name: str) -> Transform | None:
        """The transform that a set of that name stands for, or None when there is no such set."""
        config = self.transform_sets.get(name)
        if config is None:
            return None
        return transform_of(config.args.get("transform", []), config.get("bits"), config[TransformSettings].mode.mode)

    def requires_transport(self, name: str) -> bool:
        """Whether a set says `mode transport require`."""
        config = self.transform_sets.get(name)
        return config is not None and config[TransformSettings].mode.require


@part("config_if")
@dataclass(slots=True)
class InterfaceCrypto:
    """`crypto map NAME` on an interface."""

    map: str | None = bound(Value("if_crypto_map", order=90, type="map"))


@check("crypto_map_transform_set")
def _check_sets(router: Router, config: Config, statement: Statement) -> None:
    sets = router.config[Ipsec].transform_sets
    for name in statement.all("transform_set"):
        if name not in sets and router.running:
            raise Rejected(f'ERROR: transform set with tag "{name}" does not exist.')


@check("crypto_map_all")
def _check_use(router: Router, config: Config, statement: Statement) -> None:
    """A crypto map that is on an interface is not removed."""
    name = statement.get("name")
    interfaces = router.config[Interfaces].interfaces
    users = [interface for interface, settings in interfaces.items() if settings[InterfaceCrypto].map == name]
    if users:
        raise Rejected(
            f"Crypto-map {name} is in use by interface(s): {', '.join(map(short_name, users))}\n"
            "Please remove the crypto map from the above interface(s) first"
        )


@answer("crypto_map")
def _note(session: Session, config: Config, statement: Statement) -> str | None:
    """A new entry says that it cannot work yet."""
    entry = session.router.config[MapEntries].maps.get((statement.get("name"), statement.get("sequence")))
    if entry is None or (entry[MapEntry], entry[SaTerms]) != (MapEntry(), SaTerms()):
        return None
    return (
        "% NOTE: This new crypto map will remain disabled until a peer\n"
        "        and a valid access list have been configured.\n"
    )

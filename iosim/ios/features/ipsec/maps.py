"""Crypto maps as wholes (`local-address`, `isakmp-profile`), and dynamic maps for peers of any address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.arguments import to_args
from iosim.ios.bindings import Flag, Section, Table, Value, bound
from iosim.ios.blocks import Block, natural
from iosim.ios.config import Config
from iosim.ios.features.ipsec.config import MapEntries
from iosim.ios.registry import check, displaces, part
from iosim.ios.router import Router

ALL_OF_MAP = ("crypto_map_dynamic", "crypto_map_local_address", "crypto_map_isakmp_profile")


@dataclass(frozen=True, slots=True)
class MapAddress:
    """`crypto map NAME local-address INTERFACE`"""

    name: str
    interface: str


@dataclass(frozen=True, slots=True)
class MapProfile:
    """`crypto map NAME isakmp-profile PROFILE`"""

    name: str
    profile: str


@dataclass(frozen=True, slots=True)
class DynamicEntry:
    """`crypto map NAME SEQUENCE ipsec-isakmp dynamic TEMPLATE`"""

    name: str
    sequence: int
    dynamic: str
    ipsec_isakmp: bool = True
    discover: bool = False


class MapTable(Table):
    """Lines about a crypto map, which stand among its entries."""

    def __init__(self, command: str, *, key: tuple[str, ...], type: type, tail: str = "") -> None:
        super().__init__(command, order=360, key=key, type=type, tail=tail)

    def blocks(self, mode: str, value: dict[Any, Any]) -> Iterator[Block]:
        for key, entry in value.items():
            line = self.say(mode, to_args(self.type, entry))
            yield Block((line,), self.order, (natural(key),), (self.order, *natural(key[:1])))


@part("config_crypto_map")
@part("ipsec_profile")
@dataclass(slots=True)
class MapEntryProfile:
    """`set isakmp-profile`: who may negotiate for the entry or under the profile, and how."""

    profile: str | None = bound(Value("crypto_map_profile", order=43, type="profile"))


@part("config_crypto_map")
@dataclass(slots=True)
class MapEntryLevel:
    """`set security-association level per-host`: SAs are asked for between two hosts each."""

    per_host: bool = bound(Flag("crypto_map_per_host", order=24))


@part("config")
@dataclass(slots=True)
class CryptoMaps:
    """What is said of whole maps by name, and dynamic maps as entries by (name, sequence number)."""

    addresses: dict[tuple[str], MapAddress] = bound(
        MapTable("crypto_map_local_address", key=("name",), type=MapAddress)
    )
    profiles: dict[tuple[str], MapProfile] = bound(
        MapTable("crypto_map_isakmp_profile", key=("name",), type=MapProfile)
    )
    dynamic: dict[tuple[str, int], DynamicEntry] = bound(
        MapTable("crypto_map_dynamic", key=("name", "sequence"), type=DynamicEntry, tail=" ")
    )
    templates: dict[tuple[str, int], Config] = bound(
        Section(
            "crypto_dynamic_map",
            "crypto_dynamic_map_all",
            order=350,
            mode="config_crypto_map",
            key=("name", "sequence"),
            sort=natural,
            apart=1,
        )
    )

    def template_entries(self, name: str) -> list[tuple[int, Config]]:
        """The entries of a dynamic map by sequence number."""
        return [(number, self.templates[each, number]) for each, number in sorted(self.templates) if each == name]


@part("config")
@dataclass(slots=True)
class Transparency:
    """`crypto ipsec nat-transparency udp-encapsulation`"""

    udp: bool = bound(Flag("ipsec_udp_encapsulation", order=326, default=True))


displaces("config", "crypto_map", "crypto_map_dynamic", said=True, negated=True)
displaces("config", "crypto_map_dynamic", "crypto_map", said=True, negated=False)
for _command in ALL_OF_MAP:
    displaces("config", "crypto_map_all", _command, said=False, negated=True)


def profile_of_entry(config: Config, map_name: str | None, entry: Config) -> str | None:
    """The ISAKMP profile of an entry, or that of its map."""
    whole = config[CryptoMaps].profiles.get((map_name or "",))
    return entry[MapEntryProfile].profile or (None if whole is None else whole.profile)


def map_sequences(config: Config, name: str) -> list[int]:
    """The sequence numbers of a crypto map, of dynamic entries, too."""
    return sorted(number for each, number in (*config[MapEntries].maps, *config[CryptoMaps].dynamic) if each == name)


@check("if_crypto_map")
def _check_map(router: Router, config: Config, statement: Statement) -> None:
    """Only a crypto map that exists goes on an interface."""
    name = statement.get("map")
    if name is not None and router.running and not map_sequences(router.config, name):
        raise Rejected(f'ERROR: Crypto Map with tag "{name}" does not exist.')

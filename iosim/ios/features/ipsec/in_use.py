"""Profiles and transform sets that others name are not removed. The words are ours."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Rejected, Statement
from iosim.ios.config import Config
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec import transforms
from iosim.ios.features.ipsec.config import MapEntries, SaTerms
from iosim.ios.features.ipsec.maps import CryptoMaps, MapEntryProfile
from iosim.ios.features.ipsec.profiles import IpsecProfiles
from iosim.ios.features.ipsec.protection import Protection
from iosim.ios.registry import check
from iosim.ios.router import Router

Named = tuple[str, str]
"""What names something, in words, and the name."""


def _profiles(config: Config) -> Iterator[Named]:
    """The IPsec profiles that tunnels name."""
    for name, interface in config[Interfaces].interfaces.items():
        said = interface[Protection].protection
        if said is not None:
            yield f"tunnel protection of {name}", said.profile


def _terms(config: Config) -> Iterator[tuple[str, Config]]:
    """What says of its SAs what they are to be like."""
    for (name, number), entry in config[MapEntries].maps.items():
        yield f"crypto map {name} {number}", entry
    for (name, number), entry in config[CryptoMaps].templates.items():
        yield f"crypto dynamic-map {name} {number}", entry
    for name, profile in config[IpsecProfiles].profiles.items():
        yield f"crypto ipsec profile {name}", profile


def _transform_sets(config: Config) -> Iterator[Named]:
    for where, terms in _terms(config):
        said = terms[SaTerms].transform_sets
        yield from ((where, name) for name in (said.transform_set if said is not None else ()))


def _isakmp_profiles(config: Config) -> Iterator[Named]:
    for (name,), whole in config[CryptoMaps].profiles.items():
        yield f"crypto map {name}", whole.profile
    for where, terms in _terms(config):
        yield where, terms[MapEntryProfile].profile or ""
    for name, interface in config[Interfaces].interfaces.items():
        said = interface[Protection].protection
        yield f"tunnel protection of {name}", (said.isakmp_profile if said is not None else None) or ""


USERS = {
    "crypto_ipsec_profile": ("IPSec profile", _profiles),
    "crypto_isakmp_profile": ("ISAKMP profile", _isakmp_profiles),
    "crypto_ipsec_transform_set": ("Transform set", _transform_sets),
}
"""What can be in use, by the command that makes it: its name in words, and what names some."""


@check("crypto_ipsec_profile", "crypto_isakmp_profile")
def _check_removal(router: Router, config: Config, statement: Statement) -> None:
    if not (statement.no or statement.default) or not router.running:
        return
    kind, users = USERS[statement.command]
    name = statement.get("name")
    where = next((where for where, named in users(config) if named == name), None)
    if where is not None:
        raise Rejected(f'% {kind} "{name}" is in use by {where}. Remove it there first.')


@check("crypto_ipsec_transform_set")
def _check_set(router: Router, config: Config, statement: Statement) -> None:
    """What a set has must go together."""
    if statement.no or statement.default:
        _check_removal(router, config, statement)
    else:
        transforms.check(statement.all("transform"))

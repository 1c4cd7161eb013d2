"""`show crypto ipsec transform-set` and `show crypto map`: the configuration as IPsec understands it."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.access_lists.config import AccessListSettings
from iosim.ios.features.access_lists.entries import entries_of
from iosim.ios.features.access_lists.line import plain_text
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.config import InterfaceCrypto, Ipsec, MapEntry
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.transforms import shown_transform
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ipsec.model import Transform

DEFAULT_SET = Transform("aes-128", "sha", "transport")
"""The transform set that IOS brings along under the name `default`."""


@handler("show_crypto_ipsec_transform_set")
def show_transform_sets(session: Session, statement: Statement) -> str:
    """`show crypto ipsec transform-set`"""
    config = session.router.config[Ipsec]
    sets = {"default": DEFAULT_SET}
    for name in config.transform_sets:
        transform = config.transform(name)
        if transform is not None:
            sets[name] = transform
    return "".join(_set_text(name, transform) for name, transform in sets.items())


def _set_text(name: str, transform: Transform) -> str:
    mode = transform.mode.capitalize()
    return f"Transform set {name}: {{ {shown_transform(transform)}  }} \n   will negotiate = {{ {mode},  }}, \n   \n"


@handler("show_crypto_map")
def show_map(session: Session, statement: Statement) -> str:
    """`show crypto map`"""
    names = dict.fromkeys(name for name, _ in sorted(session.router.config[Ipsec].maps))
    return "".join(_map_text(session.router, name) for name in names)


def _map_text(router: Router, name: str) -> str:
    """The entries of a map; the interfaces stand behind the last one."""
    entries = router.config[Ipsec].entries(name)
    text = "\n".join(_entry_text(router, name, sequence, entry) for sequence, entry in entries)
    text += f"\tInterfaces using crypto map {name}:\n"
    for interface, config in router.config[Interfaces].interfaces.items():
        if config[InterfaceCrypto].map == name:
            text += f"\t\t{interface}\n"
    return text + "\n"


def _entry_text(router: Router, name: str, sequence: int, entry: MapEntry) -> str:
    config = router.config[Ipsec]
    lines = [f"\tDescription: {entry.description}"] if entry.description else []
    if not (entry.peers and entry.acl):
        lines += ["\tWARNING: This crypto map is in an incomplete state!"]
        lines += ["\t\t(missing peer or access-list definitions)"]
    lines += [f"\tPeer = {format_address(peer)}" for peer in entry.peers.values()]
    lines += _acl_lines(router, entry.acl)
    lines += _current_peer(router, name, sequence)
    seconds, kilobytes = entry.seconds or config.seconds, entry.kilobytes or config.kilobytes
    lines += [f"\tSecurity association lifetime: {kilobytes} kilobytes/{seconds} seconds"]
    lines += ["\tResponder-Only (Y/N): N", f"\tPFS (Y/N): {'Y' if entry.pfs else 'N'}"]
    lines += [f"\tDH group:  group{entry.pfs.group}"] if entry.pfs else []
    lines += ["\tMixed-mode : Disabled", "\tTransform sets={ ", *_set_lines(config, entry), "\t}"]
    return f'Crypto Map IPv4 "{name}" {sequence} ipsec-isakmp\n' + "".join(f"{line}\n" for line in lines)


def _acl_lines(router: Router, name: str | None) -> list[str]:
    """The access list with its lines, if there is one of that name."""
    if name is None:
        return ["\tNo matching address list set."]
    lines = [f"\tExtended IP access list {name}"]
    acl = router.config[AccessListSettings].named.get(name)
    if acl is not None:
        texts = (plain_text(acl.mode, entry.line) for entry in entries_of(acl) if entry.sequence)
        lines += [f"\t    access-list {name} {text}" for text in texts]
    return lines


def _current_peer(router: Router, name: str, sequence: int) -> list[str]:
    """The peer that negotiates next, once the entry works."""
    flows = router[IpsecFeature].ipsec.flows.values()
    peers = (flow.peer for flow in flows if (flow.map_name, flow.sequence) == (name, sequence))
    return [f"\tCurrent peer: {format_address(peer)}" for peer in list(peers)[:1]]


def _set_lines(config: Ipsec, entry: MapEntry) -> list[str]:
    names = entry.transform_sets.transform_set if entry.transform_sets else ()
    sets = ((name, config.transform(name)) for name in names)
    return [f"\t\t{name}:  {{ {shown_transform(known)}  }} , " for name, known in sets if known is not None]

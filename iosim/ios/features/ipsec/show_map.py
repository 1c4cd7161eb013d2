"""`show crypto map` and `show crypto dynamic-map`: the configuration as IPsec understands it, and who came by it."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.access_lists.config import AccessListSettings
from iosim.ios.features.access_lists.entries import entries_of
from iosim.ios.features.access_lists.line import plain_text
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.config import InterfaceCrypto, Ipsec, MapEntries, MapEntry, SaTerms
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.manual import MANUAL, SessionKeys, is_manual
from iosim.ios.features.ipsec.maps import CryptoMaps, map_sequences, profile_of_entry
from iosim.ios.features.ipsec.reverse_route import ReverseSettings
from iosim.ios.features.ipsec.show_heads import head_maps
from iosim.ios.features.ipsec.show_policy import network, policy_lines, sets_lines
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ipsec.flow import Flow
from iosim.wire.ipv4 import AH, ESP


@handler("show_crypto_map")
def show_map(session: Session, statement: Statement) -> str:
    """`show crypto map [interface I | tag NAME]`. That there is none is said in words from memory."""
    router = session.router
    config, interface = router.config, statement.get("interface")
    names = dict.fromkeys(name for name, _ in sorted([*config[MapEntries].maps, *config[CryptoMaps].dynamic]))
    wanted = (name for name in names if statement.get("name") in (None, name))
    texts = [_map_text(router, name) for name in wanted if interface is None or interface in _bound_to(config, name)]
    texts += head_maps(router, interface, statement.get("name"))
    return "".join(texts) or "No crypto maps found.\n"


@handler("show_crypto_dynamic_map")
def show_dynamic_map(session: Session, statement: Statement) -> str:
    """`show crypto dynamic-map [tag NAME]`. The form is from memory of 15.x, not from a capture."""
    router, wanted = session.router, statement.get("name")
    templates = router.config[CryptoMaps].templates
    return "".join(
        f'Crypto Map Template"{name}" {sequence}\n' + _text([*_entry_lines(router, None, entry), ""])
        for (name, sequence), entry in sorted(templates.items())
        if wanted in (None, name)
    )


def _map_text(router: Router, name: str) -> str:
    """The entries of a map, and what peers have made of dynamic ones; the interfaces stand behind the last one."""
    entries = [*_configured(router, name), *_made(router, name)]
    address = router.config[CryptoMaps].addresses.get((name,))
    heading = "" if address is None else f'Crypto Map: "{name}" idb: {address.interface} local address: '
    if address is not None:
        interface = router.stack.interfaces.get(address.interface)
        known = interface.address if interface is not None else None
        heading += "" if known is None else format_address(known)
        heading += "\n\n"
    text = heading + "\n".join(entries) + f"\tInterfaces using crypto map {name}:\n"
    return text + "".join(f"\t\t{interface}\n" for interface in _bound_to(router.config, name)) + "\n"


def _bound_to(config: Config, name: str) -> list[str]:
    """The interfaces that a map is on."""
    interfaces = config[Interfaces].interfaces
    return [interface for interface, settings in interfaces.items() if settings[InterfaceCrypto].map == name]


def _configured(router: Router, name: str) -> Iterator[str]:
    config = router.config
    for sequence in map_sequences(config, name):
        heading = f'Crypto Map IPv4 "{name}" {sequence} {_kind(config, name, sequence)}\n'
        dynamic = config[CryptoMaps].dynamic.get((name, sequence))
        if dynamic is not None:
            yield heading + f"\tDynamic map template tag: {dynamic.dynamic}\n"
        else:
            entry = config[MapEntries].maps[name, sequence]
            yield heading + _text(_entry_lines(router, name, entry, _current_peer(router, name, sequence)))


def _kind(config: Config, name: str, sequence: int) -> str:
    entry = config[MapEntries].maps.get((name, sequence))
    return MANUAL if entry is not None and is_manual(entry) else "ipsec-isakmp"


def _made(router: Router, name: str) -> Iterator[str]:
    """The entries that peers have made of dynamic ones."""
    for flow in router[IpsecFeature].ipsec.flows.values():
        if flow.map_name == name and flow.template is not None:
            entry = router.config[CryptoMaps].templates[flow.template]
            peers = [f"\tPeer = {format_address(flow.peer)}"]
            lines = _entry_lines(router, name, entry, peers + _dynamic_lines(flow))
            yield f'Crypto Map IPv4 "{name}" {flow.sequence} ipsec-isakmp\n' + _text(lines)


def _dynamic_lines(flow: Flow) -> list[str]:
    assert flow.template is not None
    ends = f"{network(flow.local_proxy)} {network(flow.remote_proxy)}"
    return [
        "\tExtended IP access list ",
        f"\t    access-list  permit {flow.local_proxy.protocol or 'ip'} {ends}",
        "\t    dynamic (created from dynamic map {}/{})".format(*flow.template),
        f"\tCurrent peer: {format_address(flow.peer)}",
    ]


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _entry_lines(router: Router, name: str | None, config: Config, made: list[str] | None = None) -> list[str]:
    """An entry; `made` is what is known of its peers besides. A template (no `name`) needs neither peers nor list."""
    entry = config[MapEntry]
    from_template = made is not None and any("dynamic (" in line for line in made)
    description = config[SaTerms].description
    lines = [f"\tDescription: {description}"] if description else []
    if name is not None and not from_template and not (entry.peers and entry.acl):
        lines += ["\tWARNING: This crypto map is in an incomplete state!"]
        lines += ["\t\t(missing peer or access-list definitions)"]
    lines += [f"\tPeer = {format_address(peer)}" for peer in entry.addresses]
    profile = profile_of_entry(router.config, name, config)
    lines += [f"\tISAKMP Profile: {profile}"] if profile else []
    lines += [] if from_template else _acl_lines(router, entry.acl)
    lines += made or []
    if is_manual(config):
        lines += [*sets_lines(router.config[Ipsec], config[SaTerms]), *_key_lines(config[SessionKeys])]
    else:
        lines += policy_lines(router.config[Ipsec], config[SaTerms])
    return [*lines, "\tReverse Route Injection Enabled"] if config[ReverseSettings].how else lines


def _key_lines(settings: SessionKeys) -> Iterator[str]:
    """The keys as they were typed (Cisco IOS Security Command Reference, `show crypto map`, manual entries), if any."""
    for direction in ("inbound", "outbound") if settings.keys else ():
        esp, ah = (settings.of(protocol, direction) for protocol in (ESP, AH))
        yield f"\t{direction.capitalize()} esp spi: {esp.spi if esp else 0},"
        yield f"\t cipher key: {(esp and esp.cipher) or ''},"
        yield f"\t auth_key: {(esp and esp.authenticator) or ''},"
        yield f"\t{direction.capitalize()} ah spi: {ah.spi if ah else 0},"
        yield f"\t    key: {(ah and ah.key) or ''},"


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

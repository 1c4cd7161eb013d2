"""The head maps of tunnels in `show crypto map`: the profile, and what the tunnels make of it.

The form is that of Cisco's document on virtual tunnel interfaces, with the lines that captures of 15.x have besides.
"""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.ipsec.config import Ipsec
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.profiles import ProfileSettings
from iosim.ios.features.ipsec.protection import PROFILE_SEQUENCE, TunnelProtection, profile_of
from iosim.ios.features.ipsec.show_policy import network, profile_lines
from iosim.ios.router import Router
from iosim.ipsec.attachment import TunnelHook
from iosim.ipsec.flow import Flow

Users = dict[str, list[str]]


def head_maps(router: Router, interface: str | None = None, name: str | None = None) -> list[str]:
    """The head maps, all or that of an interface or of a name."""
    said: dict[str, TunnelProtection] = {}
    users: Users = {}
    for tunnel, protection in router[IpsecFeature].protected.said.items():
        said.setdefault(protection.map_name(tunnel), protection)
        users.setdefault(protection.map_name(tunnel), []).append(tunnel)
    return [
        _head_map(router, head, said[head], users[head])
        for head in users
        if name in (None, head) and (interface is None or interface in users[head])
    ]


def _head_map(router: Router, name: str, said: TunnelProtection, users: list[str]) -> str:
    profile = profile_of(router.config, said.profile) or Config("ipsec_profile")
    terms = profile_lines(router.config[Ipsec], profile, profile[ProfileSettings].responder_only)
    entries = [_entry(name, PROFILE_SEQUENCE, [f"\tProfile name: {said.profile}", *terms])]
    hooks = (router[IpsecFeature].ipsec.hooks.get(user) for user in users)
    flows = dict.fromkeys(hook.flow for hook in hooks if isinstance(hook, TunnelHook))
    entries += [_entry(name, flow.sequence, [*_instance(flow), *terms]) for flow in flows]
    using = "".join(f"\t\t{user}\n" for user in users)
    return "\n".join(entries) + f"\tInterfaces using crypto map {name}:\n{using}\n"


def _entry(name: str, sequence: int, lines: list[str]) -> str:
    return f'Crypto Map IPv4 "{name}" {sequence} ipsec-isakmp\n' + "".join(f"{line}\n" for line in lines)


def _instance(flow: Flow) -> list[str]:
    """What a tunnel protects, and who its peer is."""
    ends = f"{network(flow.local_proxy)} {network(flow.remote_proxy)}"
    protocol = {0: "ip", 47: "gre", 4: "ipinip"}.get(flow.local_proxy.protocol, str(flow.local_proxy.protocol))
    return [
        "\tMap is a PROFILE INSTANCE.",
        f"\tPeer = {format_address(flow.peer)}",
        "\tExtended IP access list ",
        f"\t    access-list  permit {protocol} {ends}",
        f"\tCurrent peer: {format_address(flow.peer)}",
    ]

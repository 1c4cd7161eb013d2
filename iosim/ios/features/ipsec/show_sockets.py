"""`show crypto sockets`: what tunnels ask of IPsec. The words are those of a capture, but for a socket that opens."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.names import short_name
from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ipsec.attachment import TunnelHook
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Proxy

_CLIENT = 'Client: "TUNNEL SEC"'


@handler("show_crypto_sockets")
def show_sockets(session: Session, statement: Statement) -> str:
    """`show crypto sockets`"""
    feature, sockets, listening = session.router[IpsecFeature], [], ""
    for name, said in feature.protected.said.items():
        hook = feature.ipsec.hooks.get(name)
        if isinstance(hook, TunnelHook):
            sockets.append(_socket(short_name(name), hook.flow, said.profile))
        listening += f'{_CLIENT} Profile: "{said.profile}" Map-name: "{said.map_name(name)}"\n'
    return (
        f"\nNumber of Crypto Socket connections {len(sockets)}\n\n{''.join(sockets)}\n"
        f"Crypto Sockets in Listen state:\n{listening}"
    )


def _socket(name: str, flow: Flow, profile: str) -> str:
    return (
        f"   {name} Peers (local/remote): {format_address(flow.local)}/{format_address(flow.peer)} \n"
        f"       Local Ident  (addr/mask/port/prot): ({_identity(flow.local_proxy)})\n"
        f"       Remote Ident (addr/mask/port/prot): ({_identity(flow.remote_proxy)})\n"
        f'       IPSec Profile: "{profile}"\n'
        f"       Socket State: {'Open' if flow.pairs else 'Opening'}\n"
        f"       {_CLIENT} (Client State: Active)\n"
    )


def _identity(proxy: Proxy) -> str:
    """With the port before the protocol, unlike other places."""
    return f"{format_address(proxy.address)}/{format_address(proxy.mask)}/{proxy.port}/{proxy.protocol}"

"""`crypto isakmp peer`: peers that this router begins aggressive mode with, by a password and a name of its own."""

from __future__ import annotations

from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ike.v1 import Key
from iosim.ios.bindings import Section, Value, bound
from iosim.ios.config import Config
from iosim.ios.features.isakmp.identity import identification
from iosim.ios.features.isakmp.keys import Secret, check_secret
from iosim.ios.features.names import lookup
from iosim.ios.registry import check, part
from iosim.ios.router import Router
from iosim.wire.isakmp import Identification


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`set aggressive-mode client-endpoint fqdn NAME`"""

    kind: str
    address: int | None = None
    value: str | None = None


@part("config_isakmp_peer")
@dataclass(slots=True)
class PeerSettings:
    """One peer. Aggressive mode takes both: the password and who we are."""

    description: str | None = bound(Value("isakmp_peer_description", order=5, type="description"))
    password: Secret | None = bound(Value("isakmp_peer_password", order=10, type=Secret))
    endpoint: Endpoint | None = bound(Value("isakmp_peer_endpoint", order=11, type=Endpoint))


@part("config")
@dataclass(slots=True)
class Peers:
    """All peers by address or host name, and VRF."""

    peers: dict[Any, Config] = bound(
        Section("crypto_isakmp_peer", order=305, mode="config_isakmp_peer", key=("peer", "hostname", "vrf"))
    )


@dataclass(frozen=True, slots=True)
class Tunnel:
    """How aggressive mode is begun with a peer."""

    key: Key
    identity: Identification


def tunnel(router: Router, local: int, remote: int) -> Tunnel | None:
    """What is set for the peer at an address, or None when it is not to be met in aggressive mode."""
    for (address, hostname, vrf), config in router.config[Peers].peers.items():
        peer = config[PeerSettings]
        if vrf is None and remote in (address, *_addresses(router, hostname)) and peer.password and peer.endpoint:
            clear = peer.password.clear(router.master_key)
            if clear is not None:
                who = peer.endpoint.value if peer.endpoint.address is None else peer.endpoint.address
                identity = identification(router, peer.endpoint.kind, who, local)
                return Tunnel(Key(clear.encode(), tunnel=True), identity)
    return None


def _addresses(router: Router, hostname: str | None) -> tuple[int, ...]:
    entry = None if hostname is None else lookup(router.config, hostname)
    return () if entry is None else entry.address


@check("isakmp_peer_password")
def _check_password(router: Router, config: Config, statement: Statement) -> None:
    check_secret(statement)

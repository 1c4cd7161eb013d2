"""Who this router is for its peers, and which exchanges it takes part in: `crypto isakmp identity` and its like."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.identity import Identity
from iosim.ios.registry import part
from iosim.ios.router import Router
from iosim.wire.ipv4 import UDP
from iosim.wire.isakmp import Identification, IdType

PORT = 500


@part("config")
@dataclass(slots=True)
class IsakmpIdentity:
    """`crypto isakmp identity`, `aggressive-mode disable` and `nat keepalive` (in seconds; 0: none)."""

    identity: str = bound(Value("crypto_isakmp_identity", order=302.1, type="identity", default="address"))
    no_aggressive_mode: bool = bound(Flag("crypto_isakmp_aggressive_mode", order=302.2))
    nat_keepalive: int | None = bound(Value("crypto_isakmp_nat_keepalive", order=304, type="seconds"))


def full_name(router: Router) -> str:
    """The fully qualified domain name: the host name, and the domain if there is one."""
    domain = router.config[Identity].domain_name
    return f"{router.hostname}.{domain}" if domain else router.hostname


def identification(router: Router, kind: str, value: str | int | None, local: int) -> Identification:
    """An identity for a peer, by the word for its kind; without a value it is our own address or name.

    `dn` needs a certificate: with a pre-shared key it is our address.
    """
    if kind in ("fqdn", "hostname"):
        return _named(IdType.FQDN, str(value or full_name(router)))
    if kind == "user-fqdn":
        return _named(IdType.USER_FQDN, str(value))
    address = value if isinstance(value, int) else local
    return Identification(IdType.IPV4_ADDR, UDP, PORT, address.to_bytes(4, "big"))


def own_identification(router: Router, local: int) -> Identification:
    """The identity that `crypto isakmp identity` asks for."""
    return identification(router, router.config[IsakmpIdentity].identity, None, local)


def _named(kind: IdType, name: str) -> Identification:
    return Identification(kind, UDP, PORT, name.encode())

"""`show crypto isakmp policy` and `sa`."""

from __future__ import annotations

from collections.abc import Iterable

from iosim.crypto.dh import GROUPS, ModpGroup
from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ike.v1 import IkeSa, Policy
from iosim.ios.clock import hms
from iosim.ios.features.isakmp.config import DEFAULT_POLICIES, Isakmp
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

ENCRYPTIONS = {
    "des": "DES - Data Encryption Standard (56 bit keys).",
    "3des": "Three key triple DES",
    "aes-128": "AES - Advanced Encryption Standard (128 bit keys).",
    "aes-192": "AES - Advanced Encryption Standard (192 bit keys).",
    "aes-256": "AES - Advanced Encryption Standard (256 bit keys).",
}
HASHES = {
    "md5": "Message Digest 5",
    "sha": "Secure Hash Standard",
    "sha256": "Secure Hash Standard 2 (256 bit)",
    "sha384": "Secure Hash Standard 2 (384 bit)",
    "sha512": "Secure Hash Standard 2 (512 bit)",
}
METHODS = {"pre-share": "Pre-Shared Key", "rsa-sig": "Rivest-Shamir-Adleman Signature"}
SHORT_METHODS = {"pre-share": "psk", "rsa-sig": "rsig"}
FIRST_CONNECTION_ID = 1001
"""The connection that the crypto engine counts as its first."""


@handler("show_crypto_isakmp_policy")
def show_policy(session: Session, statement: Statement) -> str:
    """`show crypto isakmp policy`: the suites by priority, or those that IOS brings along."""
    configured = session.router.config[Isakmp].suites()
    heading = "\nGlobal IKE policy\n" if configured else "\nDefault IKE policy\n"
    return heading + "".join(map(policy_text, configured or DEFAULT_POLICIES))


@handler("show_crypto_isakmp_default_policy")
def show_default_policy(session: Session, statement: Statement) -> str:
    """`show crypto isakmp default policy`: the suites that IOS brings along."""
    return "\n" + "".join("Default " + policy_text(policy).replace("Prot", "prot", 1) for policy in DEFAULT_POLICIES)


def policy_text(policy: Policy) -> str:
    """A protection suite."""
    return (
        f"Protection suite of priority {policy.priority}\n"
        f"\tencryption algorithm:\t{ENCRYPTIONS[policy.encryption]}\n"
        f"\thash algorithm:\t\t{HASHES[policy.hash]}\n"
        f"\tauthentication method:\t{METHODS[policy.authentication]}\n"
        f"\tDiffie-Hellman group:\t#{policy.group} ({_group_text(policy.group)})\n"
        f"\tlifetime:\t\t{policy.lifetime} seconds, no volume limit\n"
    )


def _group_text(number: int) -> str:
    """`2048 bit`; group 24 also has the length of its subgroup."""
    group = GROUPS[number]
    order = group.order if isinstance(group, ModpGroup) else None
    return f"{group.bits} bit" if order is None else f"{group.bits} bit, {order.bit_length()} bit subgroup"


@dataclass(frozen=True, slots=True)
class SaView:
    """A phase-1 SA as it is shown; `remaining` is in seconds, None before a lifetime is agreed on."""

    conn_id: int
    local: int
    remote: int
    initiator: bool
    state: str
    deleted: bool
    policy: Policy | None
    remaining: int | None
    capabilities: str


def collect_sas(router: Router) -> list[SaView]:
    """The phase-1 SAs, the latest first."""
    return [
        SaView(
            sa.conn_id,
            sa.local,
            sa.remote,
            sa.initiator,
            sa.shown,
            sa.deleted is not None,
            sa.policy,
            sa.remaining(router.sim.now),
            capabilities(sa),
        )
        for sa in reversed(router[IsakmpFeature].engine.sas)
    ]


def capabilities(sa: IkeSa) -> str:
    """The letters of the legend that hold for an SA."""
    return ("D" if sa.watch.settings is not None else "") + ("N" if sa.udp_encapsulation else "")


@handler("show_crypto_isakmp_sa")
def show_sa(session: Session, statement: Statement) -> str:
    """`show crypto isakmp sa [detail]`"""
    sas = collect_sas(session.router)
    return detail_text(sas) if statement.get("detail") else brief_text(sas)


@handler("show_crypto_isakmp_sa_count")
def show_sa_count(session: Session, statement: Statement) -> str:
    """`show crypto isakmp sa count`, as captured. There is no standby router; dead is what is deleted and kept yet."""
    sas = session.router[IsakmpFeature].engine.sas
    dead = sum(sa.deleted is not None for sa in sas)
    active = sum(sa.usable for sa in sas)
    return (
        f"Active ISAKMP SA's: {active}\n\nStandby ISAKMP SA's: 0\n\n"
        f"Currently being negotiated ISAKMP SA's: {len(sas) - active - dead}\n\nDead ISAKMP SA's: {dead}\n"
    )


def brief_text(sas: Iterable[SaView]) -> str:
    """One line for each SA; the destination is the responder."""
    heading = "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n"
    return heading + "".join(map(_brief_line, sas)) + "\nIPv6 Crypto ISAKMP SA\n\n"


def _brief_line(sa: SaView) -> str:
    ends = (sa.remote, sa.local) if sa.initiator else (sa.local, sa.remote)
    destination, source = map(format_address, ends)
    status = "ACTIVE (deleted)" if sa.deleted else "ACTIVE"
    return f"{destination:<15} {source:<15} {sa.state:<14} {sa.conn_id:>7} {status}\n"


_CODES = """\
Codes: C - IKE configuration mode, D - Dead Peer Detection
       K - Keepalives, N - NAT-traversal
       T - cTCP encapsulation, X - IKE Extended Authentication
       psk - Preshared key, rsig - RSA signature
       renc - RSA encryption
IPv4 Crypto ISAKMP SA

C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.

"""


def detail_text(sas: Iterable[SaView]) -> str:
    """Two lines for each SA, behind the legend."""
    return _CODES + "".join(f"{_detail_line(sa)}\n" for sa in sas) + "IPv6 Crypto ISAKMP SA\n\n"


def _detail_line(sa: SaView) -> str:
    encryption, hash_name, method, group = "", "", "", 0
    if sa.policy is not None:
        encryption, _, _ = sa.policy.encryption.partition("-")
        hash_name, method, group = sa.policy.hash, SHORT_METHODS[sa.policy.authentication], sa.policy.group
    lifetime = "0" if sa.deleted or sa.remaining is None else hms(sa.remaining)
    letters = "(deleted)" if sa.deleted else sa.capabilities
    engine = f"SW:{sa.conn_id - FIRST_CONNECTION_ID + 1}" if sa.conn_id else "????"
    return (
        f"{sa.conn_id:<5} {format_address(sa.local):<15} {format_address(sa.remote):<15} {'':<6} ACTIVE "
        f"{encryption:<4} {hash_name:<6} {method:<4} {group:<2} {lifetime:<8} {letters:<4}\n"
        f"       Engine-id:Conn-id =  {engine}\n"
    )

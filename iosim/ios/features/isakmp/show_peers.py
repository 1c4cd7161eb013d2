"""`show crypto isakmp key`, `profile` and `peers`: whom this router knows, and by what."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.features.isakmp.keys import HOST_MASK, AddressKey, KeyRing, KeyRings, all_rings
from iosim.ios.features.isakmp.profiles import PeerIdentity, Profiles, ProfileSettings
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.wire.isakmp import Identification, IdType


@handler("show_crypto_isakmp_key")
def show_key(session: Session, statement: Statement) -> str:
    """`show crypto isakmp key`: the keys of all rings."""
    router = session.router
    lines: list[str] = []
    for name, ring in all_rings(router):
        vrf = "" if name is None else router.config[KeyRings].rings[name].get("vrf") or ""
        shown = "default" if name is None else f"{name} ({vrf})" if vrf else name
        lines += [f"{shown:<13}{peer:<44}{key}\n" for peer, key in _keys(ring)]
    heading = "Keyring      Hostname/Address                            Preshared Key\n"
    return heading + ("\n" if lines else "") + "".join(lines)


def _keys(ring: KeyRing) -> Iterator[tuple[str, str]]:
    yield from ((_address(key), key.key) for key in ring.keys.values())
    yield from ((key.hostname, key.key) for key in ring.hosts.values())


def _address(key: AddressKey) -> str:
    peer = format_address(key.peer)
    return peer if key.netmask == HOST_MASK else f"{peer:<15}[{format_address(key.netmask):<15}]"


@handler("show_crypto_isakmp_profile")
def show_profile(session: Session, statement: Statement) -> str:
    """`show crypto isakmp profile`. The form is from memory of 15.x, not from a capture."""
    profiles = session.router.config[Profiles].profiles
    return "".join(_profile(name, config) for name, config in profiles.items())


def _profile(name: str, config: Config) -> str:
    profile = config[ProfileSettings]
    presented = "ip-address" if profile.self_identity is None else _presented(profile)
    lines = [f"ISAKMP PROFILE {name}", "   Identities matched are:"]
    lines += [f"    {_matched(each)}" for each in profile.identities]
    lines += ["   Certificate maps matched are:", f"   Identity presented is: {presented}"]
    lines.append(f"   keyring(s): {' '.join(profile.keyrings.values()) or '<none>'}")
    lines.append(f"   trustpoint(s): {' '.join(profile.trustpoints.values()) or '<all>'}")
    return "".join(f"{line}\n" for line in lines)


def _presented(profile: ProfileSettings) -> str:
    own = profile.self_identity
    assert own is not None
    kind = "ip-address" if own.kind == "address" else own.kind
    return f"{kind} {own.value}" if own.value else kind


def _matched(identity: PeerIdentity) -> str:
    if identity.kind == "address":
        mask = "" if identity.mask is None else f" {format_address(identity.mask)}"
        return f"ip-address {format_address(identity.address or 0)}{mask} {identity.vrf or ''}"
    kind = {"host": "fqdn", "user": "user-fqdn", "group": "group"}[identity.kind]
    return f"{kind} {'domain ' if identity.domain else ''}{identity.value}"


@handler("show_crypto_isakmp_peers")
def show_peers(session: Session, statement: Statement) -> str:
    """`show crypto isakmp peers [A.B.C.D]`: those with a phase-1 SA, the latest first, by port and by our address."""
    known: dict[tuple[int, int, int], Identification | None] = {}
    for sa in reversed(session.router[IsakmpFeature].engine.sas):
        if sa.deleted is None and statement.get("peer") in (None, sa.remote):
            known.setdefault((sa.remote, sa.remote_port, sa.local), sa.peer_id)
    return "".join(
        f"Peer: {format_address(remote)} Port: {port} Local: {format_address(local)}\n{_phase_1_id(identity)}"
        for (remote, port, local), identity in known.items()
    )


def _phase_1_id(identity: Identification | None) -> str:
    if identity is None:
        return ""
    address = identity.kind == IdType.IPV4_ADDR and len(identity.data) == 4
    text = format_address(int.from_bytes(identity.data, "big")) if address else identity.text
    return f" Phase1 id: {text}\n"

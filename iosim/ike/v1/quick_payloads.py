"""The payloads that the messages of quick mode share, and the keys that come of them (RFC 2409 section 5.5)."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

from iosim.crypto.dh import GROUPS
from iosim.crypto.integrity import equal
from iosim.ike.v1 import nat_detection, phase2_offers, transmit
from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import QuickMode
from iosim.ike.v1.keys import keymat
from iosim.ike.v1.packet import Message
from iosim.ike.v1.phase2_offers import IP_PROTOCOLS, PROTOCOL_IDS, Candidate, lower
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.offers import IpsecProposalChecked, IpsecTransformChecked, SpiAllocated
from iosim.ike.v1.trace.payloads import PayloadProcessed
from iosim.ipsec.model import Proxy, SaKeys, SaPair, Transform
from iosim.wire import WireError
from iosim.wire.isakmp import ExchangeType, Payload, PayloadType, pack_payloads

NONCE_LENGTH = 20
NONCE_LENGTHS = range(8, 257)


def processing(ctx: Context, node: QuickMode, payload: PayloadType) -> None:
    """Show which payload is looked at."""
    if ctx.trace:
        ctx.trace(PayloadProcessed(node.sa.conn_id, payload, node.message_id))


def prf_hash(node: QuickMode, before: bytes, content: bytes) -> bytes:
    """HASH(1) and HASH(2) = prf(SKEYID_a, M-ID | [Ni_b |] content), HASH(3) = prf(SKEYID_a, 0 | M-ID | Ni_b | Nr_b).

    `before` is what stands before the M-ID, `content` what stands behind it.
    """
    sa = node.sa
    return sa.prf(before + struct.pack("!I", node.message_id) + content)


def check_hash(ctx: Context, node: QuickMode, message: Message, nonces: bytes) -> None:
    """WireError unless the HASH covers the nonces so far and all that follows it."""
    processing(ctx, node, PayloadType.HASH)
    if not equal(message.one(PayloadType.HASH), prf_hash(node, b"", nonces + message.after_hash())):
        raise WireError("quick mode HASH does not match")
    nat_detection.follow_ports(ctx, node.sa)


def send_proposal(ctx: Context, node: QuickMode, sa_body: bytes, nonce: bytes, nonces: bytes) -> None:
    """Send message 1 or 2; `nonces` is what HASH covers of the messages before."""
    payloads = [Payload(PayloadType.SA, sa_body), Payload(PayloadType.NONCE, nonce)]
    if node.key_pair is not None:
        payloads.append(Payload(PayloadType.KE, node.key_pair.public))
    payloads += [Payload(PayloadType.ID, body) for body in (node.id_ci, node.id_cr) if body is not None]
    payloads += nat_detection.original_addresses(node)
    if node.lifetime_notice:
        payloads.append(Payload(PayloadType.NOTIFY, node.lifetime_notice))
    digest = prf_hash(node, b"", nonces + pack_payloads(payloads))
    transmit.send(ctx, node, ExchangeType.QUICK_MODE, [Payload(PayloadType.HASH, digest), *payloads])


def take_spis(ctx: Context, node: QuickMode, protocols: Iterable[int]) -> None:
    """Choose an SPI for an inbound SA of each protocol; values below 256 are reserved (RFC 4303 section 2.1)."""
    taken = {spi for other in node.sa.nodes.values() for spi in other.local_spis.values()}
    for protocol in protocols:
        while True:
            spi = int.from_bytes(ctx.random_bytes(4), "big")
            if spi >= phase2_offers.MINIMAL_SPI and spi not in taken and not ctx.config.spi_in_use(spi):
                break
        taken.add(spi)
        node.local_spis[protocol] = spi
        if ctx.trace:
            ctx.trace(SpiAllocated(node.sa.conn_id, node.message_id, node.initiator, spi))


def take_secrets(ctx: Context, node: QuickMode) -> bytes:
    """Our nonce; for PFS also a key pair."""
    if node.pfs_group is not None:
        node.key_pair = GROUPS[node.pfs_group].generate(ctx.random_bytes)
        ctx.work.key_pairs += 1
    return ctx.random_bytes(NONCE_LENGTH)


def read_secrets(ctx: Context, node: QuickMode, message: Message) -> bytes:
    """The peer's nonce; for PFS also its public value. WireError if a KE payload is missing or there for nothing."""
    processing(ctx, node, PayloadType.NONCE)
    nonce, publics = message.one(PayloadType.NONCE), message.all(PayloadType.KE)
    if len(nonce) not in NONCE_LENGTHS:
        raise WireError(f"NONCE of {len(nonce)} bytes")
    if bool(publics) is not (node.pfs_group is not None):
        raise WireError("KE without PFS, or PFS without KE")
    if publics:
        processing(ctx, node, PayloadType.KE)
        node.peer_public = publics[0]
    for _ in message.all(PayloadType.ID):
        processing(ctx, node, PayloadType.ID)
    return nonce


def read_proxies(node: QuickMode, message: Message) -> tuple[Proxy | None, Proxy | None]:
    """The proxies of initiator and responder, their addresses if the IDs are left out; None: not an IPv4 subnet."""
    sa, bodies = node.sa, message.all(PayloadType.ID)
    if not bodies:
        ours, theirs = Proxy(sa.local), Proxy(sa.remote)
        return (ours, theirs) if node.initiator else (theirs, ours)
    if len(bodies) != 2:
        raise WireError("quick mode with one ID")
    return phase2_offers.read_proxy(bodies[0]), phase2_offers.read_proxy(bodies[1])


def accept(node: QuickMode, candidate: Candidate, lifetime: int, lifesize: int) -> None:
    """Settle on a candidate; its lifetimes are cut down to these."""
    node.transform = candidate.value
    node.pfs_group = candidate.group
    node.lifetime = lower(candidate.lifetime, lifetime)
    node.lifesize = lower(candidate.lifesize, lifesize)


def read_spis(candidate: Candidate) -> dict[int, int]:
    """The SPIs of the peer by IP protocol; none if the proposals are not for protocols that are known here."""
    spis: dict[int, int] = {}
    for part in candidate.parts:
        protocol, spi = IP_PROTOCOLS.get(part.proposal.protocol), int.from_bytes(part.proposal.spi, "big")
        if protocol is None or len(part.proposal.spi) != 4:
            return {}
        if spi < phase2_offers.MINIMAL_SPI:
            raise WireError(f"SPI {spi} is reserved")
        spis[protocol] = spi
    return spis


def derive_pair(ctx: Context, node: QuickMode) -> SaPair:
    """The pair of SAs with its keys; CryptoError for a bad public value."""
    sa = node.sa
    assert node.transform is not None
    g_xy = b""
    if node.key_pair is not None and node.pfs_group is not None:
        g_xy = GROUPS[node.pfs_group].shared(node.key_pair.private, node.peer_public)
        ctx.work.secrets += 1
    return SaPair(
        local=sa.local,
        remote=sa.remote,
        local_proxy=node.local_proxy,
        remote_proxy=node.remote_proxy,
        transform=node.transform,
        inbound=_derive(node, g_xy, node.local_spis),
        outbound=_derive(node, g_xy, node.remote_spis),
        lifetime=node.lifetime,
        lifesize=node.lifesize,
        pfs_group=node.pfs_group,
        initiator=node.initiator,
        udp_ports=(sa.local_port, sa.remote_port)
        if phase2_offers.goes_through_udp(node.transform, sa.nat_at_work)
        else None,
    )


def _derive(node: QuickMode, g_xy: bytes, spis: Mapping[int, int]) -> tuple[SaKeys, ...]:
    """KEYMAT of one direction for each protocol: the key of the cipher comes first (RFC 2407 section 4.5, RFC 4303)."""
    sa, transform = node.sa, node.transform
    assert sa.secrets is not None and transform is not None
    keys = []
    for protocol in transform.protocols:
        cipher, integrity = transform.key_lengths(protocol)
        head = g_xy + bytes((PROTOCOL_IDS[protocol],)) + spis[protocol].to_bytes(4, "big")
        material = keymat(sa.hash, sa.secrets.skeyid_d, head + node.nonce_i + node.nonce_r, cipher + integrity)
        keys.append(SaKeys(spis[protocol], material[:cipher], material[cipher:], protocol))
    return tuple(keys)


def show_transforms(ctx: Context, node: QuickMode, candidate: Candidate) -> None:
    """Show the transforms of an offer, and whether they can be read."""
    if ctx.trace:
        for part in candidate.parts:
            ctx.trace(
                IpsecTransformChecked(
                    node.sa.conn_id,
                    part.proposal.number,
                    part.proposal.protocol,
                    part.transform.number,
                    part.transform.transform_id,
                    part.transform.attributes,
                    candidate.value is not None,
                )
            )


def show_proposal(ctx: Context, node: QuickMode, value: Transform, objection: Reason | None) -> None:
    """Show what the policy says to an offer that means this."""
    if ctx.trace:
        sa = node.sa
        ends = sa.local, sa.remote, node.local_proxy, node.remote_proxy
        ctx.trace(IpsecProposalChecked(sa.conn_id, *ends, value, objection, node.initiator))

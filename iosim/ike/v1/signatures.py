"""Signatures in phase 1: CERT and CERT-REQ payloads (RFC 2408 sections 3.9 and 3.10), SIG_I and SIG_R (RFC 2409 5.1).

The signature is the private key's operation over HASH_I or HASH_R as it is: PKCS #1 without the name of a hash.
"""

from __future__ import annotations

from iosim.ike.v1.context import Context
from iosim.ike.v1.events import NoKeyPair
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.machine import Refused
from iosim.ike.v1.packet import Message
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.certificates import (
    CertificateChosen,
    CertificateReceived,
    CertificateRequested,
    CertificatesValidated,
    SignatureInvalid,
)
from iosim.ike.v1.trace.payloads import PayloadProcessed
from iosim.wire import WireError
from iosim.wire.isakmp import Identification, Payload, PayloadType

X509_SIGNATURE = 4
"""The encoding of a certificate for signatures (RFC 2408 section 3.9)."""
MOST_CERTIFICATES = 10
"""Of a peer; more are not looked at."""


def processing(ctx: Context, mode: Phase1, payload: PayloadType) -> None:
    """Tell that a payload is looked at."""
    if ctx.trace:
        ctx.trace(PayloadProcessed(mode.sa.conn_id, payload, 0))


def requests(ctx: Context, mode: Phase1) -> list[Payload]:
    """Our CERT-REQ payloads: one for each authority whose certificates we accept, where signatures are possible."""
    sa = mode.sa
    policies = mode.policies if sa.policy is None else (sa.policy,)
    if all(policy.authentication != "rsa-sig" for policy in policies):
        return []
    names = ctx.config.pki.authorities()
    if ctx.trace:
        for name in names:
            ctx.trace(CertificateRequested(sa.conn_id, True, name))
    return [Payload(PayloadType.CR, bytes((X509_SIGNATURE,)) + name) for name in names]


def take_requests(ctx: Context, mode: Phase1, message: Message) -> None:
    """Remember by whom the peer wants our certificate to be issued."""
    for body in message.all(PayloadType.CR):
        processing(ctx, mode, PayloadType.CR)
        if body[:1] != bytes((X509_SIGNATURE,)):
            continue
        if ctx.trace:
            ctx.trace(CertificateRequested(mode.sa.conn_id, False, body[1:]))
        if len(body) > 1 and len(mode.wanted_authorities) < MOST_CERTIFICATES:
            mode.wanted_authorities += (body[1:],)


def own_proof(ctx: Context, mode: Phase1, digest: bytes) -> list[Payload]:
    """Our certificates, and our signature over HASH_I or HASH_R. Refused when there is nothing to sign by."""
    sa = mode.sa
    ours = ctx.config.pki.credentials(sa.profile, mode.wanted_authorities)
    if ctx.trace:
        trustpoint, certificate = (None, b"") if ours is None else (ours.trustpoint, ours.certificates[0])
        ctx.trace(CertificateChosen(sa.conn_id, sa.remote, sa.initiator, sa.shown, trustpoint, certificate))
    if ours is None:
        ctx.emit(NoKeyPair(sa.remote))
        raise Refused(Reason.NO_CERTIFICATE)
    certificates = (Payload(PayloadType.CERT, bytes((X509_SIGNATURE,)) + der) for der in ours.certificates)
    return [*certificates, Payload(PayloadType.SIG, ours.sign(digest))]


def check(ctx: Context, mode: Phase1, message: Message, identity: Identification, digest: bytes) -> None:
    """The peer's signature; WireError when it is not that of its key, Refused when its certificate is not good."""
    sa = mode.sa
    signature = message.one(PayloadType.SIG)
    certificates = _certificates(ctx, mode, message)
    key = ctx.config.pki.peer_key(sa.remote, certificates, identity)
    if ctx.trace:
        ctx.trace(CertificatesValidated(sa.conn_id, sa.remote, sa.initiator, sa.shown, key is not None))
    if key is None:
        raise Refused(Reason.BAD_CERTIFICATE)
    processing(ctx, mode, PayloadType.SIG)
    if not key.verify(digest, signature):
        if ctx.trace:
            ctx.trace(SignatureInvalid(sa.conn_id))
        raise WireError("the signature is not that of the certificate's key")


def _certificates(ctx: Context, mode: Phase1, message: Message) -> list[bytes]:
    """The certificates for signatures that came."""
    sa, found = mode.sa, []
    for body in message.all(PayloadType.CERT)[:MOST_CERTIFICATES]:
        processing(ctx, mode, PayloadType.CERT)
        if ctx.trace:
            ctx.trace(CertificateReceived(sa.conn_id, sa.remote, sa.initiator, sa.shown, body[0] if body else 0))
        if body[:1] == bytes((X509_SIGNATURE,)):
            found.append(body[1:])
    return found

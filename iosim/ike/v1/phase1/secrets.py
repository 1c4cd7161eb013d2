"""The Diffie-Hellman exchange, the nonces and the keys (RFC 2409 section 5)."""

from __future__ import annotations

from iosim.crypto.dh import GROUPS
from iosim.ike.v1 import keys
from iosim.ike.v1.context import Context
from iosim.ike.v1.events import Phase1Keys
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.packet import Message
from iosim.ike.v1.signatures import processing
from iosim.wire import WireError
from iosim.wire.isakmp import Payload, PayloadType

NONCE_LENGTH = 20
NONCE_LENGTHS = range(8, 257)


def generate(ctx: Context, mode: Phase1, group: int) -> None:
    """Our Diffie-Hellman key pair and nonce."""
    mode.key_pair = GROUPS[group].generate(ctx.random_bytes)
    ctx.work.key_pairs += 1
    nonce = ctx.random_bytes(NONCE_LENGTH)
    if mode.initiator:
        mode.g_xi, mode.nonce_i = mode.key_pair.public, nonce
    else:
        mode.g_xr, mode.nonce_r = mode.key_pair.public, nonce


def own_secrets(mode: Phase1) -> list[Payload]:
    """Our KE and NONCE payloads."""
    public, nonce = (mode.g_xi, mode.nonce_i) if mode.initiator else (mode.g_xr, mode.nonce_r)
    return [Payload(PayloadType.KE, public), Payload(PayloadType.NONCE, nonce)]


def take_secrets(ctx: Context, mode: Phase1, message: Message) -> bytes:
    """The peer's KE and NONCE; returns its public value. WireError for a nonce of a bad length, and for our own."""
    processing(ctx, mode, PayloadType.KE)
    processing(ctx, mode, PayloadType.NONCE)
    public, nonce = message.one(PayloadType.KE), message.one(PayloadType.NONCE)
    if len(nonce) not in NONCE_LENGTHS:
        raise WireError(f"NONCE of {len(nonce)} bytes")
    if mode.key_pair is not None and public == mode.key_pair.public:
        raise WireError("our own public value was sent back")
    if mode.initiator:
        mode.g_xr, mode.nonce_r = public, nonce
    else:
        mode.g_xi, mode.nonce_i = public, nonce
    return public


def derive_keys(ctx: Context, mode: Phase1, peer_public: bytes) -> None:
    """CryptoError for a bad public value, before anything is changed."""
    sa = mode.sa
    assert sa.policy is not None and mode.key_pair is not None
    hash_, cipher = sa.hash, sa.cipher
    g_xy = GROUPS[sa.policy.group].shared(mode.key_pair.private, peer_public)
    ctx.work.secrets += 1
    if sa.signs:
        skeyid = keys.signature_skeyid(hash_, mode.nonce_i, mode.nonce_r, g_xy)
    else:
        assert mode.preshared_key is not None
        skeyid = keys.preshared_skeyid(hash_, mode.preshared_key.secret, mode.nonce_i, mode.nonce_r)
    sa.secrets = keys.derive(hash_, cipher, skeyid, g_xy, sa.initiator_cookie, sa.responder_cookie)
    mode.iv = keys.phase1_iv(hash_, cipher, mode.g_xi, mode.g_xr)
    sa.conn_id = ctx.next_connection_id
    ctx.next_connection_id += 1
    ctx.emit(Phase1Keys(sa.initiator_cookie, sa.policy.encryption, sa.secrets.ka))

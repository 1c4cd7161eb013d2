"""What the responder chooses of an offer, and what the initiator makes of the answer."""

from __future__ import annotations

from iosim.ike.v1 import vendors
from iosim.ike.v1.config import Key
from iosim.ike.v1.context import NO_COOKIE, Context
from iosim.ike.v1.exchanges import Phase1
from iosim.ike.v1.lifecycle import start_lifetime
from iosim.ike.v1.machine import Refused
from iosim.ike.v1.packet import Message
from iosim.ike.v1.phase1 import offers
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.signatures import processing
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.identities import PresharedKey
from iosim.ike.v1.trace.offers import LifetimeChosen, NoOfferAccepted, PolicyCompared
from iosim.wire import WireError
from iosim.wire.isakmp import Identification, IdType, PayloadType


def consider_offer(ctx: Context, mode: Phase1, message: Message) -> None:
    """As responder: choose from what is offered. Refused when nothing is acceptable."""
    mode.sai_b = message.one(PayloadType.SA)
    mode.policies = ctx.config.policies(mode.sa.remote)
    chosen = choose(ctx, mode, mode.sai_b)
    if chosen is None:
        raise Refused(Reason.NO_POLICY_ACCEPTED)
    vendors.show(ctx, mode, message)
    mode.answer = offers.answer(chosen)


def consider_answer(ctx: Context, mode: Phase1, message: Message) -> None:
    """As initiator: see that what the responder chose was offered. Refused when it was not."""
    processing(ctx, mode, PayloadType.SA)
    vendors.read(ctx, mode, message)
    sa, body = mode.sa, message.one(PayloadType.SA)
    if message.header.responder_cookie in (NO_COOKIE, sa.initiator_cookie):
        raise WireError("the responder's cookie is zero, or our own: a reflection would authenticate itself")
    show_key(ctx, sa, mode.preshared_key, for_policy=True)
    if len(offers.candidates(body)) != 1 or choose(ctx, mode, body) is None:
        raise Refused(Reason.NOT_OFFERED)
    vendors.show(ctx, mode, message)
    sa.responder_cookie = message.header.responder_cookie


def show_key(
    ctx: Context, sa: IkeSa, key: Key | None, *, for_policy: bool = False, identity: Identification | None = None
) -> None:
    """Tell whether there is a pre-shared key for the peer, which may have said who it is."""
    if ctx.trace:
        name = identity.data.decode("latin-1") if identity and identity.kind != IdType.IPV4_ADDR else None
        where = (None, False, name, False) if key is None else (key.keyring, key.tunnel, name, key.name is not None)
        ctx.trace(PresharedKey(sa.conn_id, sa.remote, key is not None, for_policy, *where, sa.profile))


def choose(ctx: Context, mode: Phase1, sa_body: bytes) -> offers.Candidate | None:
    """The first offered transform that the highest policy accepts, else the next policy; it settles the lifetime.

    The order is IOS's: the answering router goes through its own policies by priority and compares each with all that
    was offered (Cisco, IPv6 Configuration Guide, IOS 15.2S, "IPsec").
    """
    sa = mode.sa
    candidates, methods = offers.candidates(sa_body), _methods(ctx, mode)
    for policy in mode.policies:
        for candidate in candidates:
            attributes = candidate.transform.attributes
            difference = offers.mismatch(attributes, policy, methods)
            if ctx.trace:
                number, more = candidate.transform.number, candidate.more
                ctx.trace(PolicyCompared(sa.conn_id, number, policy.priority, attributes, difference, more))
            if difference is None:
                sa.policy = policy
                _agree_lifetime(ctx, mode, offers.offered_lifetime(attributes), policy.lifetime)
                return candidate
    if ctx.trace:
        ctx.trace(NoOfferAccepted(sa.conn_id, sa.local, sa.remote))
    return None


def _methods(ctx: Context, mode: Phase1) -> tuple[str, ...]:
    """The ways in which we can prove ourselves to the peer."""
    keyed = ("pre-share",) if mode.preshared_key is not None else ()
    return (*keyed, "rsa-sig") if ctx.config.pki.credentials(mode.sa.profile, ()) is not None else keyed


def _agree_lifetime(ctx: Context, mode: Phase1, offered: int | None, own: int) -> None:
    mode.offered_lifetime = offered
    chosen = min(offered or own, own)
    if ctx.trace:
        ctx.trace(LifetimeChosen(mode.sa.conn_id, offered, own, chosen))
    start_lifetime(ctx, mode.sa, chosen)

"""NAT traversal in phase 1: who is behind a translator, and the move to port 4500 (RFC 3947 sections 3 and 4)."""

from __future__ import annotations

from iosim.ike.v1.context import SECOND, Context
from iosim.ike.v1.exchanges import Phase1, QuickMode
from iosim.ike.v1.nat import KEEPALIVE, PORT, NatView
from iosim.ike.v1.packet import Message
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.trace.payloads import NatCompared, PayloadIgnored
from iosim.ike.v1.trace.sas import PortsFloated
from iosim.wire.isakmp import IdType, Payload


def detection(mode: Phase1) -> list[Payload]:
    """Our NAT-D payloads: the hash of where the peer is, then of where we are (RFC 3947 section 3.2)."""
    sa = mode.sa
    if sa.nat is None:
        return []
    ends = ((sa.remote, sa.remote_port), (sa.local, sa.local_port))
    return [Payload(sa.nat.numbers.nat_d, _hash(sa, *end)) for end in ends]


def detect(ctx: Context, mode: Phase1, message: Message) -> None:
    """Compare the peer's NAT-D payloads with where the message came from and went to.

    The first is about us, all others about the peer, which may have several addresses.
    """
    sa = mode.sa
    bodies = [] if sa.nat is None else message.all(sa.nat.numbers.nat_d)
    if len(bodies) < 2:
        return
    local_port, remote_port = sa.arrival
    ours = bodies[0] == _hash(sa, sa.local, local_port)
    theirs = _hash(sa, sa.remote, remote_port) in bodies[1:]
    sa.nat_view = NatView(ours, theirs)
    if ctx.trace and sa.nat is not None:
        for match in (False, theirs):  # after the first payload nothing is known of the peer
            ctx.trace(PayloadIgnored(sa.conn_id, sa.nat.numbers.nat_d))
            ctx.trace(NatCompared(sa.conn_id, ours, match))


def original_addresses(node: QuickMode) -> list[Payload]:
    """NAT-OAi and NAT-OAr, which transport mode has to send (RFC 3947 section 5.2)."""
    sa, method = node.sa, node.sa.nat_at_work
    offered = [node.transform] if node.request is None else node.request.transforms
    if method is None or not any(each is not None and each.mode == "transport" for each in offered):
        return []
    ends = (sa.local, sa.remote) if node.initiator else (sa.remote, sa.local)
    return [Payload(method.numbers.nat_oa, bytes((IdType.IPV4_ADDR, 0, 0, 0)) + end.to_bytes(4, "big")) for end in ends]


def float_ports(sa: IkeSa) -> None:
    """As initiator, once a translator is found: go on at port 4500 (RFC 3947 section 4)."""
    if sa.nat_view is not None and sa.nat_view.translated:
        sa.udp_encapsulation = True
        sa.local_port = sa.remote_port = PORT


def follow_ports(ctx: Context, sa: IkeSa) -> None:
    """An authentic message came: its ports are where the peer is to be reached from now on.

    The initiator decides whether to move to 4500; what the responder thinks of the NAT-D payloads, which nothing
    authenticates, does not count.
    """
    if sa.nat is None or sa.arrival == (sa.local_port, sa.remote_port):
        return
    if not sa.initiator and sa.established is None:
        sa.udp_encapsulation = sa.arrival[0] == PORT
    if sa.udp_encapsulation:
        sa.local_port, sa.remote_port = sa.arrival
        if ctx.trace:
            ctx.trace(PortsFloated(sa.conn_id, sa.local, sa.remote, sa.remote_port))


def start_keepalive(ctx: Context, sa: IkeSa) -> None:
    """As the one behind the translator: keep its mapping alive while the SA is (RFC 3948 section 4)."""
    seconds = ctx.config.nat_keepalive
    if seconds and sa.nat_view is not None and not sa.nat_view.ours_match:
        sa.keepalive = ctx.timers.start(ctx.now + seconds * SECOND, lambda _: _keep_alive(ctx, sa))


def _keep_alive(ctx: Context, sa: IkeSa) -> None:
    if sa.usable:
        ctx.queue_silently(sa, KEEPALIVE)
        start_keepalive(ctx, sa)


def _hash(sa: IkeSa, address: int, port: int) -> bytes:
    """HASH(CKY-I | CKY-R | IP | Port)."""
    end = address.to_bytes(4, "big") + port.to_bytes(2, "big")
    return sa.hash.digest(sa.initiator_cookie + sa.responder_cookie + end)

"""What the data plane does and what it says to proposals, in the words of `debug crypto ipsec`."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace import IpsecProposalChecked
from iosim.ios.features.ipsec.engine import FlowPolicy
from iosim.ios.features.ipsec.names import ANY_PROTOCOL, debugged_transform, identity, key_bits, spi_text
from iosim.ipsec.esp import InboundSa, OutboundSa
from iosim.ipsec.events import Acquire, Cause, Event, Rekey, SaCreated, SasDeleted
from iosim.ipsec.flow import Flow, InstalledPair
from iosim.ipsec.model import Proxy, Transform

_QUEUE = "IPSEC(key_engine): got a queue event with 1 KMI message(s)"


def ipsec_event_lines(event: Event, now: int) -> list[str]:
    """The lines for an event of the data plane at `now` (µs). A line may hold line breaks."""
    match event:
        case Acquire(flow):
            return _requests(flow)
        case Rekey(flow, expiring):
            seconds = expiring.remaining_seconds(now)
            reached = f"IPSEC(lifetime_expiry): SA lifetime threshold reached, expiring in {seconds} seconds"
            return [reached, *_requests(flow)]
        case SaCreated(installed):
            return _created(installed)
        case SasDeleted(removed, cause):
            return [line for installed in removed for line in _deleted(installed, cause)]
        case _:
            return []


def _requests(flow: Flow) -> list[str]:
    """A request for each transform set."""
    policy = flow.policy
    assert isinstance(policy, FlowPolicy)
    life = f"{policy.lifetime}s and {policy.lifesize}kb"
    return [
        "IPSEC(sa_request): ,\n" + _message("OUTBOUND", 500, flow.local, flow.peer, flow, transform, life)
        for transform in policy.transforms
    ]


def _message(
    direction: str,
    port: int,
    local: int,
    remote: int,
    proxies: Flow | IpsecProposalChecked,
    transform: Transform,
    life: str,
) -> str:
    """A message between the key exchange and the key engine."""
    ends = f"local= {format_address(local)}:{port}, remote= {format_address(remote)}:{port}"
    return (
        f"  (key eng. msg.) {direction} {ends},\n"
        f"    local_proxy= {identity(proxies.local_proxy, ANY_PROTOCOL)},\n"
        f"    remote_proxy= {identity(proxies.remote_proxy, ANY_PROTOCOL)},\n"
        f"    protocol= ESP, transform= {debugged_transform(transform)} ({transform.mode.capitalize()}), \n"
        f"    lifedur= {life}, \n"
        f"    spi= 0x0(0), conn_id= 0, keysize= {key_bits(transform)}, flags= 0x0"
    )


def proposal_lines(step: IpsecProposalChecked, transform: Transform, flow: Flow | None) -> list[str]:
    """A proposal of a peer against the policy; `transform` is what it offers, `flow` what it is for, if anything."""
    message = _message("INBOUND", 0, step.local, step.remote, step, transform, "0s and 0kb")
    return [
        "IPSEC(validate_proposal_request): proposal part #1",
        f"IPSEC(validate_proposal_request): proposal part #1,\n{message}",
        _proxy_match(step.local_proxy, step.remote_proxy, 0),
        *_verdict(step.reason, transform, flow),
    ]


def _verdict(reason: Reason | None, transform: Transform, flow: Flow | None) -> list[str]:
    if reason is Reason.PROXY_NOT_SUPPORTED:
        return [
            "map_db_find_best did not find matching map",
            "IPSEC(ipsec_process_proposal): proxy identities not supported",
        ]
    if reason is Reason.TRANSFORM_NOT_SUPPORTED:
        name = debugged_transform(transform)
        return [f"IPSEC(ipsec_process_proposal): transform proposal not supported for identity: {{{name}}}"]
    if reason is None and flow is not None:
        return [f"(ipsec_process_proposal)Map Accepted: {flow.map_name}, {flow.sequence}"]
    return []


def _proxy_match(local: Proxy, remote: Proxy, any_protocol: int) -> str:
    return (
        "Crypto mapdb : proxy_match\n"
        f"\tsrc addr     : {format_address(local.address)}\n"
        f"\tdst addr     : {format_address(remote.address)}\n"
        f"\tprotocol     : {local.protocol or any_protocol}\n"
        f"\tsrc port     : {local.port}\n"
        f"\tdst port     : {remote.port}"
    )


def _created(installed: InstalledPair) -> list[str]:
    flow, pair = installed.flow, installed.pair
    outbound, peer = installed.outbound.spi, format_address(pair.remote)
    return [
        _QUEUE,
        _proxy_match(pair.local_proxy, pair.remote_proxy, ANY_PROTOCOL),
        f"IPSEC(crypto_ipsec_create_ipsec_sas): Map found {flow.map_name}, {flow.sequence}",
        *(f"IPSEC(create_sa): sa created,\n{text}" for text in _both(installed)),
        "IPSEC(key_engine_enable_outbound): rec'd enable notify from ISAKMP",
        f"IPSEC(key_engine_enable_outbound): enable SA with spi {outbound}/50",
        f"IPSEC(update_current_outbound_sa): updated peer {peer} current outbound sa to SPI {outbound:X}",
    ]


def _deleted(installed: InstalledPair, cause: Cause) -> list[str]:
    notified = [
        _QUEUE,
        "IPSEC(key_engine_delete_sas): rec'd delete notify from ISAKMP",
        f"IPSEC(key_engine_delete_sas): delete SA with spi 0x{installed.outbound.spi:X} proto 50 "
        f"for {format_address(installed.pair.remote)}",
    ]
    deleted = [f"IPSEC(delete_sa): deleting SA,\n{text}" for text in _both(installed)]
    return [*(notified if cause is Cause.PEER else ()), *deleted]


def _both(installed: InstalledPair) -> list[str]:
    """The inbound and the outbound SA of a pair."""
    pair = installed.pair
    return [
        _sa(installed, installed.inbound, installed.inbound_id, pair.local),
        _sa(installed, installed.outbound, installed.outbound_id, pair.remote),
    ]


def _sa(installed: InstalledPair, sa: InboundSa | OutboundSa, connection: int, destination: int) -> str:
    pair = installed.pair
    return (
        f"  (sa) sa_dest= {format_address(destination)}, sa_proto= 50, \n"
        f"    sa_spi= {spi_text(sa.spi)}, \n"
        f"    sa_trans= {debugged_transform(pair.transform)}, sa_conn_id= {connection}\n"
        f"    sa_lifetime(k/sec)= ({pair.lifesize}/{pair.lifetime}),\n"
        f"  (identity) local= {format_address(pair.local)}:0, remote= {format_address(pair.remote)}:0,\n"
        f"    local_proxy= {identity(pair.local_proxy, ANY_PROTOCOL)},\n"
        f"    remote_proxy= {identity(pair.remote_proxy, ANY_PROTOCOL)}"
    )

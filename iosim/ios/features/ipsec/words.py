"""What the data plane does and what it says to proposals, in the words of `debug crypto ipsec`."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace.offers import IpsecProposalChecked
from iosim.ios.features.ipsec.names import ANY_PROTOCOL, PROTOCOLS, identity, spi_text
from iosim.ios.features.ipsec.transforms import debugged_transform, key_bits
from iosim.ios.features.ipsec.wanted import requested
from iosim.ipsec.events import Acquire, Cause, Event, KeysMissing, Rekey, SaCreated, SaPrepared, SasDeleted, StillWanted
from iosim.ipsec.flow import Flow, InstalledPair
from iosim.ipsec.model import Proxy, Transform
from iosim.ipsec.sa import InboundSa, OutboundSa

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
        case StillWanted(flow, attempt):
            return [_timer_fired(flow, attempt), *(_requests(flow) if attempt == 1 else ())]
        case KeysMissing(flow):
            return [_keys_missing(flow)]
        case SaPrepared(installed):
            return _created(installed)
        case SaCreated(installed) if installed.pair.manual:
            return _sas_created(installed)
        case SaCreated(installed, prepared):
            return [_QUEUE, *_enabled(installed)] if prepared else [*_created(installed), *_enabled(installed)]
        case SasDeleted(removed, cause):
            return [line for installed in removed for line in _deleted(installed, cause)]
        case _:
            return []


def _requests(flow: Flow) -> list[str]:
    """A request for each protocol of each transform set."""
    wanted = requested(flow)
    life = f"{wanted.lifetime}s and {wanted.lifesize}kb"
    return [
        "IPSEC(sa_request): ,\n" + _message("OUTBOUND", 500, flow.local, flow.peer, flow, part, life)
        for transform in wanted.transforms
        for part in _parts(transform)
    ]


def _timer_fired(flow: Flow, attempt: int) -> str:
    ends = f"local= {format_address(flow.local)}:0, remote= {format_address(flow.peer)}:0"
    return (
        f"IPSEC(key_engine): request timer fired: count = {attempt},\n  (identity) {ends},\n"
        f"    local_proxy= {identity(flow.local_proxy, ANY_PROTOCOL)},\n"
        f"    remote_proxy= {identity(flow.remote_proxy, ANY_PROTOCOL)}"
    )


def _parts(transform: Transform) -> list[Transform]:
    """What a transform is for each of its protocols, AH first, as IOS offers them."""
    return [transform.part(protocol) for protocol in reversed(transform.protocols)]


def _message(
    direction: str,
    port: int,
    local: int,
    remote: int,
    proxies: Flow | IpsecProposalChecked,
    part: Transform,
    life: str,
) -> str:
    """A message between the key exchange and the key engine about one protocol."""
    ends = f"local= {format_address(local)}:{port}, remote= {format_address(remote)}:{port}"
    return (
        f"  (key eng. msg.) {direction} {ends},\n"
        f"    local_proxy= {identity(proxies.local_proxy, ANY_PROTOCOL)},\n"
        f"    remote_proxy= {identity(proxies.remote_proxy, ANY_PROTOCOL)},\n"
        f"    protocol= {PROTOCOLS[part.protocols[0]]}, transform= {debugged_transform(part)} "
        f"({part.mode.capitalize()}), \n"
        f"    lifedur= {life}, \n"
        f"    spi= 0x0(0), conn_id= 0, keysize= {key_bits(part)}, flags= 0x0"
    )


def proposal_lines(step: IpsecProposalChecked, flow: Flow | None) -> list[str]:
    """A proposal of a peer against the policy, part by part; `flow` is what it is for, if anything."""
    lines = []
    for number, part in enumerate(_parts(step.transform), 1):
        message = _message("INBOUND", 0, step.local, step.remote, step, part, "0s and 0kb")
        lines += [
            f"IPSEC(validate_proposal_request): proposal part #{number}",
            f"IPSEC(validate_proposal_request): proposal part #{number},\n{message}",
        ]
    return [
        *lines,
        _proxy_match(step.local_proxy, step.remote_proxy, 0),
        *_verdict(step, flow),
    ]


def _verdict(step: IpsecProposalChecked, flow: Flow | None) -> list[str]:
    reason = step.reason
    if reason is Reason.PROXY_NOT_SUPPORTED:
        return [
            "map_db_find_best did not find matching map",
            "IPSEC(ipsec_process_proposal): proxy identities not supported",
        ]
    if reason is Reason.TRANSFORM_NOT_SUPPORTED:
        name = debugged_transform(step.transform)
        return [f"IPSEC(ipsec_process_proposal): transform proposal not supported for identity: {{{name}}}"]
    if reason is None and flow is not None and not step.answered:
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
    return [
        _QUEUE,
        _proxy_match(pair.local_proxy, pair.remote_proxy, ANY_PROTOCOL),
        f"IPSEC(crypto_ipsec_create_ipsec_sas): Map found {flow.map_name}, {flow.sequence}",
        *_sas_created(installed),
    ]


def _sas_created(installed: InstalledPair) -> list[str]:
    return [f"IPSEC(create_sa): sa created,\n{text}" for text in _both(installed)]


def _keys_missing(flow: Flow) -> str:
    """Keys by hand are not all there, or another SA has the SPI already (Cisco, "IPSec Manual Keying")."""
    assert flow.manual is not None
    protocol = (flow.manual.missing or flow.manual.transform.protocols)[0]
    return f"IPSEC(manual_key_stuffing): keys missing for addr {format_address(flow.peer)}/prot {protocol}/spi 0."


def _enabled(installed: InstalledPair) -> list[str]:
    peer = format_address(installed.pair.remote)
    return [
        "IPSEC(key_engine_enable_outbound): rec'd enable notify from ISAKMP",
        *(
            f"IPSEC(key_engine_enable_outbound): enable SA with spi {sa.spi}/{sa.protocol}"
            for sa in reversed(installed.outbound)
        ),
        f"IPSEC(update_current_outbound_sa): updated peer {peer} current outbound sa to SPI "
        f"{installed.outbound[0].spi:X}",
    ]


def _deleted(installed: InstalledPair, cause: Cause) -> list[str]:
    notified = [
        _QUEUE,
        "IPSEC(key_engine_delete_sas): rec'd delete notify from ISAKMP",
        *(
            f"IPSEC(key_engine_delete_sas): delete SA with spi 0x{sa.spi:X} proto {sa.protocol} "
            f"for {format_address(installed.pair.remote)}"
            for sa in reversed(installed.outbound)
        ),
    ]
    deleted = [f"IPSEC(delete_sa): deleting SA,\n{text}" for text in _both(installed)]
    return [*(notified if cause is Cause.PEER else ()), *deleted]


def _both(installed: InstalledPair) -> list[str]:
    """The inbound and the outbound SAs of a pair."""
    pair = installed.pair
    return [
        *(_sa(installed, sa, installed.inbound_id, pair.local) for sa in reversed(installed.inbound)),
        *(_sa(installed, sa, installed.outbound_id, pair.remote) for sa in reversed(installed.outbound)),
    ]


def _sa(installed: InstalledPair, sa: InboundSa | OutboundSa, connection: int, destination: int) -> str:
    pair = installed.pair
    return (
        f"  (sa) sa_dest= {format_address(destination)}, sa_proto= {sa.protocol}, \n"
        f"    sa_spi= {spi_text(sa.spi)}, \n"
        f"    sa_trans= {debugged_transform(pair.transform.part(sa.protocol))}, sa_conn_id= {connection}\n"
        f"    sa_lifetime(k/sec)= ({pair.lifesize}/{pair.lifetime}),\n"
        f"  (identity) local= {format_address(pair.local)}:0, remote= {format_address(pair.remote)}:0,\n"
        f"    local_proxy= {identity(pair.local_proxy, ANY_PROTOCOL)},\n"
        f"    remote_proxy= {identity(pair.remote_proxy, ANY_PROTOCOL)}"
    )

"""Packets in the words of `debug crypto isakmp`: sent, received, sent again, refused."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace import packets as steps
from iosim.ios.features.isakmp.words.common import Table, role, state_name, type_name
from iosim.wire.isakmp import PayloadType


def packet_sent(step: steps.PacketSent) -> list[str]:
    return [
        f"ISAKMP:({step.conn_id}): sending packet to {format_address(step.remote)} my_port {step.local_port} "
        f"peer_port {step.remote_port} ({role(step.initiator)}) {state_name(step.state)}",
        f"ISAKMP:({step.conn_id}):Sending an IKE IPv4 Packet.",
    ]


def packet_received(step: steps.PacketReceived) -> list[str]:
    whose = "(N) NEW SA"
    if step.initiator is not None and step.state is not None:
        whose = f"({role(step.initiator)}) {state_name(step.state)}"
    return [
        f"ISAKMP ({step.conn_id}): received packet from {format_address(step.remote)} dport {step.local_port} "
        f"sport {step.remote_port} Global {whose}"
    ]


def packet_ignored(step: steps.PacketIgnored) -> list[str]:
    return [
        f"ISAKMP:({step.conn_id}): dropping packet from {format_address(step.remote)}: "
        f"exchange type {step.exchange} is not expected. message ID = {step.message_id}"
    ]


def message_rejected(step: steps.MessageRejected) -> list[str]:
    """The engine's words; a wrong key shows as IOS shows it, in a payload whose reserved octet is not zero."""
    start, _, payload = step.problem.rpartition("reserved not zero on payload ")
    if start == "ISAKMP: ":
        return [f"ISAKMP: reserved not zero on {type_name(int(payload), PayloadType)} payload!"]
    return [f"ISAKMP:({step.conn_id}): {step.problem.removeprefix('ISAKMP: ')}. message ID = {step.message_id}"]


def duplicate(step: steps.Duplicate) -> list[str]:
    phase = 2 if step.message_id else 1
    return [
        f"ISAKMP:({step.conn_id}): phase {phase} packet is a duplicate of a previous packet.",
        f"ISAKMP:({step.conn_id}): retransmitting due to retransmit phase {phase}"
        if step.retransmitted
        else f"ISAKMP:({step.conn_id}): retransmission skipped for phase {phase} "
        f"(time since last transmission {step.elapsed // 1000})",
    ]


def _what_again(step: steps.Retransmitting) -> str:
    """What is sent again: `phase 1 MM_NO_STATE`."""
    if step.message_id:
        return f"phase 2 {state_name(step.state)} {step.message_id} "
    return f"phase 1 {state_name(step.state)}"


def retransmitting(step: steps.Retransmitting) -> list[str]:
    return [f"ISAKMP:({step.conn_id}): retransmitting {_what_again(step)}..."]


def error_counted(step: steps.ErrorCounted, before: Trace | None) -> list[str]:
    """The error counter says why it went up, which the step before knows."""
    counter = f"ISAKMP ({step.conn_id}): incrementing error counter on sa, attempt {step.attempt} of {step.limit}"
    if isinstance(before, steps.Retransmitting):
        phase = 2 if before.message_id else 1
        return [
            f"{counter}: retransmit phase {phase}",
            f"ISAKMP:({step.conn_id}): retransmitting {_what_again(before)}",
        ]
    malformed = isinstance(before, steps.MessageRejected)
    return [f"{counter}: {'PAYLOAD_MALFORMED' if malformed else 'reset_retransmission'}"]


WORDS: Table = {
    steps.PacketSent: packet_sent,
    steps.PacketReceived: packet_received,
    steps.PacketIgnored: packet_ignored,
    steps.MessageRejected: message_rejected,
    steps.ErrorCounted: lambda step: error_counted(step, None),
    steps.Duplicate: duplicate,
    steps.Retransmitting: retransmitting,
}

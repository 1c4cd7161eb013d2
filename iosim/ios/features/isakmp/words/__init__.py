"""The steps of the key exchange in the words of `debug crypto isakmp`: a table from the type of a step to its lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iosim.grammar.values import format_address
from iosim.ike.v1 import trace
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace import Trace
from iosim.ios.features.isakmp.words import certificates, common, offers, packets, payloads, sas

Words = Callable[[Any], list[str]]

WORDS: Mapping[type[Trace], Words] = {
    trace.SaCreated: sas.sa_created,
    trace.PresharedKey: sas.preshared_key,
    trace.CannotStart: sas.cannot_start,
    trace.RequestAttached: sas.request_attached,
    trace.StateChange: sas.state_change,
    trace.ExchangeBegun: sas.exchange_begun,
    trace.PacketSent: packets.packet_sent,
    trace.PacketReceived: packets.packet_received,
    trace.PacketIgnored: packets.packet_ignored,
    trace.MessageRejected: packets.message_rejected,
    trace.ErrorCounted: lambda step: packets.error_counted(step, None),
    trace.PayloadProcessed: payloads.payload_processed,
    trace.VendorId: payloads.vendor_id,
    trace.NatOffered: payloads.nat_offered,
    trace.NatCompared: payloads.nat_compared,
    trace.PortsFloated: sas.ports_floated,
    trace.PayloadIgnored: lambda step: [f"ISAKMP:received payload type {step.payload}"],
    trace.Identity: payloads.identity,
    trace.PolicyCompared: offers.policy_compared,
    trace.LifetimeChosen: offers.lifetime_chosen,
    trace.LifetimeLowered: offers.lifetime_lowered,
    trace.NoOfferAccepted: offers.no_offer_accepted,
    trace.Authenticated: sas.authenticated,
    trace.CertificateRequested: certificates.requested,
    trace.CertificateChosen: certificates.chosen,
    trace.CertificateReceived: certificates.received,
    trace.CertificatesValidated: certificates.validated,
    trace.SignatureInvalid: lambda step: [f"ISAKMP:({step.conn_id}): signature invalid!"],
    trace.PeerInserted: sas.peer_inserted,
    trace.ProfileMatched: sas.profile_matched,
    trace.ProfileKey: sas.profile_key,
    trace.InitialContact: sas.initial_contact,
    trace.NodeCreated: lambda step: [common.new_node(step.message_id)],
    trace.NodeDeleted: sas.node_deleted,
    trace.SpiAllocated: lambda step: [
        f"ISAKMP:({step.conn_id}):QM {'Initiator' if step.initiator else 'Responder'} gets spi"
    ],
    trace.IpsecTransformChecked: offers.ipsec_transform,
    trace.IpsecProposalChecked: offers.ipsec_proposal,
    trace.NoIpsecOfferAccepted: offers.no_ipsec_offer,
    trace.IpsecInstalled: offers.ipsec_installed,
    trace.Notified: payloads.notified,
    trace.DpdReceived: payloads.dpd_received,
    trace.DpdUnanswered: lambda step: [
        f"ISAKMP:({step.conn_id}):DPD incrementing error counter ({step.attempt}/{step.limit})"
    ],
    trace.PeerNotResponding: lambda step: [
        f"ISAKMP:({step.conn_id}):peer {format_address(step.remote)} not responding!"
    ],
    trace.Deleting: payloads.deleting,
    trace.DeleteNotSent: payloads.delete_not_sent,
    trace.Duplicate: packets.duplicate,
    trace.Retransmitting: packets.retransmitting,
    trace.SaDeleted: sas.sa_deleted,
    trace.SaReleased: sas.sa_released,
    trace.SaPurged: sas.sa_purged,
    trace.NodePurged: lambda step: [f"ISAKMP:({step.conn_id}):purging node {step.message_id}"],
}


def words(step: Trace, before: Trace | None = None) -> list[str]:
    """The lines that IOS prints for a step; some depend on the step before. A line may hold line breaks."""
    if isinstance(step, trace.ErrorCounted):
        return packets.error_counted(step, before)
    return WORDS[type(step)](step)


def is_error(step: Trace) -> bool:
    """Whether a step is one that went wrong: what IOS XE marks with `ISAKMP-ERROR`."""
    match step:
        case trace.PresharedKey():
            return not step.found
        case trace.PolicyCompared():
            return step.mismatch is not None
        case trace.IpsecProposalChecked() | trace.NodeDeleted():
            return step.reason not in (None, Reason.PHASE_1_DELETED)
        case trace.Notified():
            return not step.secured
        case _:
            return isinstance(step, _ERRORS)


_ERRORS = (
    trace.CannotStart,
    trace.NoOfferAccepted,
    trace.NoIpsecOfferAccepted,
    trace.MessageRejected,
    trace.ErrorCounted,
    trace.DeleteNotSent,
)

"""Offers of both phases, and what is said to them, in the words of `debug crypto isakmp`."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace import offers as steps
from iosim.ike.v1.trace.offers import Mismatch
from iosim.ios.features.isakmp.words.attributes import phase1_words, phase2_words
from iosim.ios.features.isakmp.words.common import Table
from iosim.wire.isakmp import PayloadType, ProtocolId

PROPOSAL_ERRORS = {Reason.PROXY_NOT_SUPPORTED: 32, Reason.TRANSFORM_NOT_SUPPORTED: 256, Reason.PFS_NOT_SUPPORTED: 1024}
MISMATCHES = {
    Mismatch.ENCRYPTION: "Encryption algorithm offered does not match policy!",
    Mismatch.KEY_LENGTH: "Proposed key length does not match policy",
    Mismatch.HASH: "Hash algorithm offered does not match policy!",
    Mismatch.GROUP: "Diffie-Hellman group offered does not match policy!",
    Mismatch.AUTHENTICATION: "Authentication method offered does not match policy!",
    Mismatch.CERTIFICATE: "Authentication method offered does not match policy!",
    Mismatch.PRESHARED_KEY: "Preshared authentication offered but does not match policy!",
}


TRANSFORMS: dict[int, tuple[str, dict[int, str]]] = {
    ProtocolId.AH: ("AH", {2: "AH_MD5", 3: "AH_SHA", 5: "AH_SHA256", 6: "AH_SHA384", 7: "AH_SHA512"}),
    ProtocolId.ESP: (
        "ESP",
        {2: "ESP_DES", 3: "ESP_3DES", 11: "ESP_NULL", 12: "ESP_AES", 20: "ESP_AES_GCM", 23: "ESP_AES_GMAC"},
    ),
}
"""IPsec transforms by protocol; the numbers are those of RFC 2407 sections 4.4.3 and 4.4.4 and of IANA."""
MAXIMAL_BASIC = 0xFFFF
"""The longest lifetime that fits into the basic form of an attribute."""


def policy_compared(step: steps.PolicyCompared) -> list[str]:
    following = int(PayloadType.TRANSFORM) if step.more else 0
    if step.mismatch is None:
        verdict = [f"atts are acceptable. Next payload is {following}"]
    else:
        verdict = [MISMATCHES[step.mismatch], f"atts are not acceptable. Next payload is {following}"]
    return [
        f"ISAKMP:({step.conn_id}):Checking ISAKMP transform {step.transform} against priority {step.priority} policy",
        *(f"ISAKMP:      {line}" for line in phase1_words(step.attributes)),
        *(f"ISAKMP:({step.conn_id}):{line}" for line in verdict),
    ]


def lifetime_chosen(step: steps.LifetimeChosen) -> list[str]:
    """What IOS calls the actual lifetime is its own, where that is the lower one."""
    offered = step.offered
    lines = [f"Acceptable atts:actual life: {0 if offered == step.chosen else step.own}", "Acceptable atts:life: 0"]
    if offered is not None and offered > MAXIMAL_BASIC:
        lines += ["Fill atts in sa vpi_length:4", f"Fill atts in sa life_in_seconds:{offered}"]
    elif offered is not None:
        lines.append(f"Basic life_in_seconds:{offered}")
    lines += [f"Returning Actual lifetime: {step.chosen}", f":Started lifetime timer: {step.chosen}.\n"]
    return [f"ISAKMP:({step.conn_id}):{line}" for line in lines]


def lifetime_lowered(step: steps.LifetimeLowered) -> list[str]:
    lines = [
        "SA authentication status:\n\tauthenticated",
        " processing responder lifetime",
        " start processing isakmp responder lifetime",
        f" restart ike sa timer to {step.seconds} secs",
    ]
    return [f"ISAKMP:({step.conn_id}):{line}" for line in lines]


def no_offer_accepted(step: steps.NoOfferAccepted) -> list[str]:
    ends = f"(local {format_address(step.local)} remote {format_address(step.remote)})"
    return [
        f"ISAKMP:({step.conn_id}):no offers accepted!",
        f"ISAKMP:({step.conn_id}): phase 1 SA policy not acceptable! {ends}",
    ]


def ipsec_transform(step: steps.IpsecTransformChecked) -> list[str]:
    protocol, names = TRANSFORMS.get(step.protocol, (f"protocol {step.protocol}", {}))
    name = names.get(step.transform_id, f"unknown {protocol} transform {step.transform_id}!")
    return [
        f"ISAKMP:({step.conn_id}):Checking IPSec proposal {step.proposal}",
        f"ISAKMP: transform {step.transform}, {name} ",
        "ISAKMP:   attributes in transform:",
        *(f"ISAKMP:      {line}" for line in phase2_words(step.attributes)),
        f"ISAKMP:({step.conn_id}):atts are {'' if step.acceptable else 'not '}acceptable.",
    ]


def ipsec_proposal(step: steps.IpsecProposalChecked) -> list[str]:
    if step.reason is None:
        return []
    return [
        f"ISAKMP:({step.conn_id}): IPSec policy invalidated proposal with error "
        f"{PROPOSAL_ERRORS.get(step.reason, PROPOSAL_ERRORS[Reason.TRANSFORM_NOT_SUPPORTED])}"
    ]


def no_ipsec_offer(step: steps.NoIpsecOfferAccepted) -> list[str]:
    ends = f"(local {format_address(step.local)} remote {format_address(step.remote)})"
    return [f"ISAKMP:({step.conn_id}): phase 2 SA policy not acceptable! {ends}"]


def ipsec_installed(step: steps.IpsecInstalled) -> list[str]:
    return [
        "ISAKMP: Failed to find peer index node to update peer_info_list",
        f"ISAKMP:({step.conn_id}):Received IPSec Install callback... proceeding with the negotiation",
        f"ISAKMP:({step.conn_id}):Successfully installed IPSEC SA (SPI:0x{step.spi:X})",
    ]


WORDS: Table = {
    steps.PolicyCompared: policy_compared,
    steps.LifetimeChosen: lifetime_chosen,
    steps.LifetimeLowered: lifetime_lowered,
    steps.NoOfferAccepted: no_offer_accepted,
    steps.SpiAllocated: lambda step: [
        f"ISAKMP:({step.conn_id}):QM {'Initiator' if step.initiator else 'Responder'} gets spi"
    ],
    steps.IpsecTransformChecked: ipsec_transform,
    steps.IpsecProposalChecked: ipsec_proposal,
    steps.NoIpsecOfferAccepted: no_ipsec_offer,
    steps.IpsecInstalled: ipsec_installed,
}

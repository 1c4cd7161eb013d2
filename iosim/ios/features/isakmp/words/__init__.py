"""The steps of the key exchange in the words of `debug crypto isakmp`: a table from the type of a step to its lines.

Each room here has the words for the steps of the room of the same name in `iosim/ike/v1/trace/`.
"""

from __future__ import annotations

from iosim.ike.v1.states import Reason
from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace.identities import PresharedKey
from iosim.ike.v1.trace.notices import DeleteNotSent, Notified
from iosim.ike.v1.trace.offers import IpsecProposalChecked, NoIpsecOfferAccepted, NoOfferAccepted, PolicyCompared
from iosim.ike.v1.trace.packets import ErrorCounted, MessageRejected
from iosim.ike.v1.trace.sas import CannotStart, NodeDeleted
from iosim.ios.features.isakmp.words import certificates, identities, notices, offers, packets, payloads, sas
from iosim.ios.features.isakmp.words.common import Table

WORDS: Table = {
    **sas.WORDS,
    **packets.WORDS,
    **payloads.WORDS,
    **offers.WORDS,
    **identities.WORDS,
    **certificates.WORDS,
    **notices.WORDS,
}


def words(step: Trace, before: Trace | None = None) -> list[str]:
    """The lines that IOS prints for a step; some depend on the step before. A line may hold line breaks."""
    if isinstance(step, ErrorCounted):
        return packets.error_counted(step, before)
    return WORDS[type(step)](step)


def is_error(step: Trace) -> bool:
    """Whether a step is one that went wrong: what IOS XE marks with `ISAKMP-ERROR`."""
    match step:
        case PresharedKey():
            return not step.found
        case PolicyCompared():
            return step.mismatch is not None
        case IpsecProposalChecked() | NodeDeleted():
            return step.reason not in (None, Reason.PHASE_1_DELETED)
        case Notified():
            return not step.secured
        case _:
            return isinstance(step, _ERRORS)


_ERRORS = (CannotStart, NoOfferAccepted, NoIpsecOfferAccepted, MessageRejected, ErrorCounted, DeleteNotSent)

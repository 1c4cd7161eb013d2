"""The names of IKEv1 states, inputs and reasons, as IOS shows them where it has a name.

`show crypto isakmp sa` shows a `SaState`; `debug crypto isakmp` shows `Input`, `State` and the text behind a `Reason`.
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto


class State(StrEnum):
    """States of a phase-1 negotiation (IKE_…) and of a quick mode node (IKE_QM_…)."""

    READY = "IKE_READY"
    I_MM1 = "IKE_I_MM1"
    I_MM2 = "IKE_I_MM2"
    I_MM3 = "IKE_I_MM3"
    I_MM4 = "IKE_I_MM4"
    I_MM5 = "IKE_I_MM5"
    I_MM6 = "IKE_I_MM6"
    R_MM1 = "IKE_R_MM1"
    R_MM2 = "IKE_R_MM2"
    R_MM3 = "IKE_R_MM3"
    R_MM4 = "IKE_R_MM4"
    R_MM5 = "IKE_R_MM5"
    I_AM1 = "IKE_I_AM1"
    R_AM2 = "IKE_R_AM2"
    P1_COMPLETE = "IKE_P1_COMPLETE"
    DEST_SA = "IKE_DEST_SA"
    QM_READY = "IKE_QM_READY"
    QM_I_QM1 = "IKE_QM_I_QM1"
    QM_SPI_STARVE = "IKE_QM_SPI_STARVE"
    QM_INSTALL_AWAIT = "IKE_QM_IPSEC_INSTALL_AWAIT"
    QM_R_QM2 = "IKE_QM_R_QM2"
    QM_COMPLETE = "IKE_QM_PHASE2_COMPLETE"


class SaState(StrEnum):
    """The state column of `show crypto isakmp sa`."""

    MM_NO_STATE = "MM_NO_STATE"
    MM_SA_SETUP = "MM_SA_SETUP"
    MM_KEY_EXCH = "MM_KEY_EXCH"
    AG_NO_STATE = "AG_NO_STATE"
    AG_INIT_EXCH = "AG_INIT_EXCH"
    QM_IDLE = "QM_IDLE"


class Input(Enum):
    """What moves a state: the message's origin and its name."""

    __hash__ = object.__hash__  # the tables are looked up for every message

    SA_REQ_MM = "IKE_MESG_FROM_IPSEC", "IKE_SA_REQ_MM"
    SA_REQ_AM = "IKE_MESG_FROM_IPSEC", "IKE_SA_REQ_AM"
    MM_EXCH = "IKE_MESG_FROM_PEER", "IKE_MM_EXCH"
    AM_EXCH = "IKE_MESG_FROM_PEER", "IKE_AM_EXCH"
    PROCESS_MAIN_MODE = "IKE_MESG_INTERNAL", "IKE_PROCESS_MAIN_MODE"
    PROCESS_COMPLETE = "IKE_MESG_INTERNAL", "IKE_PROCESS_COMPLETE"
    PROCESS_ERROR = "IKE_MESG_INTERNAL", "IKE_PROCESS_ERROR"
    PHASE1_COMPLETE = "IKE_MESG_INTERNAL", "IKE_PHASE1_COMPLETE"
    PHASE1_DEL = "IKE_MESG_INTERNAL", "IKE_PHASE1_DEL"
    INFO_NOTIFY = "IKE_MESG_FROM_PEER", "IKE_INFO_NOTIFY"
    INIT_QM = "IKE_MESG_INTERNAL", "IKE_INIT_QM"
    QM_EXCH = "IKE_MESG_FROM_PEER", "IKE_QM_EXCH"
    GOT_SPI = "IKE_MESG_INTERNAL", "IKE_GOT_SPI"
    PEERS_ALIVE = "IKE_MESG_FROM_TIMER", "IKE_TIMER_PEERS_ALIVE"
    INSTALL_DONE = "IKE_MESG_FROM_IPSEC", "IPSEC_INSTALL_DONE"


class Reason(Enum):
    """Why a negotiation, a request or an SA came to its end."""

    DISABLED = auto()
    AGGRESSIVE_MODE_DISABLED = auto()
    NO_PRESHARED_KEY = auto()
    NO_CERTIFICATE = auto()
    BAD_CERTIFICATE = auto()
    NO_POLICY = auto()
    NO_POLICY_ACCEPTED = auto()
    NOT_OFFERED = auto()
    RETRANSMISSION_PHASE_1 = auto()
    RETRANSMISSION_PHASE_2 = auto()
    LIFETIME_EXPIRED = auto()
    CLEARED = auto()
    DELETED_BY_PEER = auto()
    PEER_RESTARTED = auto()
    PEER_DEAD = auto()
    LIMIT_REACHED = auto()
    PROXY_NOT_SUPPORTED = auto()
    TRANSFORM_NOT_SUPPORTED = auto()
    PFS_NOT_SUPPORTED = auto()
    REJECTED_BY_PEER = auto()
    PHASE_1_DELETED = auto()

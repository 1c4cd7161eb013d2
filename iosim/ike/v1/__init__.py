"""IKEv1 (RFC 2407, 2408, 2409) as IOS speaks it: main and aggressive mode, quick mode, informational."""

from iosim.ike.v1.config import (
    Approach,
    Credentials,
    Ikev1Config,
    Keepalive,
    Key,
    NoPki,
    PeerKey,
    Pki,
    Policy,
    QuickModePolicy,
    QuickModeRequest,
)
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.engine import Engine
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Input, Reason, SaState, State

__all__ = [
    "Approach",
    "Credentials",
    "Datagram",
    "Engine",
    "IkeSa",
    "Ikev1Config",
    "Input",
    "Keepalive",
    "Key",
    "NoPki",
    "PeerKey",
    "Pki",
    "Policy",
    "QuickModePolicy",
    "QuickModeRequest",
    "Reason",
    "SaState",
    "State",
]

"""IKEv1 (RFC 2407, 2408, 2409) as IOS speaks it: main mode with a pre-shared key, quick mode, informational."""

from iosim.ike.v1.config import Ikev1Config, Policy, QuickModePolicy, QuickModeRequest
from iosim.ike.v1.context import Datagram
from iosim.ike.v1.engine import Engine
from iosim.ike.v1.sa import IkeSa
from iosim.ike.v1.states import Input, Reason, SaState, State

__all__ = [
    "Datagram",
    "Engine",
    "IkeSa",
    "Ikev1Config",
    "Input",
    "Policy",
    "QuickModePolicy",
    "QuickModeRequest",
    "Reason",
    "SaState",
    "State",
]

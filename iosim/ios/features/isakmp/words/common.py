"""What several steps of the key exchange are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iosim.ike.v1.states import SaState
from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace.sas import Handles
from iosim.wire.isakmp import NotifyType, PayloadType

Table = Mapping[type[Trace], Callable[[Any], list[str]]]
"""The function that gives the lines for a step, by its type."""


def sa_address(handles: Handles) -> str:
    """Where IOS would have the SA in its memory. IOS shows such addresses for telling things apart, and so are these:
    plausible ones, another for each SA and peer, the same in each run.
    """
    return f"{0x4A6D1B40 + handles.sa * 0x1C28:X}"


def peer_address(handles: Handles) -> str:
    """Where IOS would have the peer in its memory."""
    return f"{0x4A3F0E60 + handles.peer * 0x2D4:X}"


def role(initiator: bool) -> str:
    return "I" if initiator else "R"


def state_name(state: SaState) -> str:
    """A state, with the blanks that IOS has behind QM_IDLE."""
    return f"{state:<13}" if state is SaState.QM_IDLE else str(state)


def new_node(message_id: int) -> str:
    return f"ISAKMP: set new node {message_id} to {state_name(SaState.QM_IDLE)}"


def name_text(der: bytes) -> str:
    """A distinguished name, or what is instead of one."""
    from iosim.crypto.errors import CryptoError
    from iosim.crypto.x509 import read_name

    try:
        return read_name(der).text
    except CryptoError:
        return "<undecodable>"


def type_name(kind: int, names: type[PayloadType] | type[NotifyType]) -> str:
    return names(kind).name if kind in list(names) else str(kind)

"""The events of the key exchange that a router logs, in the words of its system messages."""

from __future__ import annotations

from collections.abc import Callable

from iosim.grammar.values import format_address
from iosim.ike.v1.events import (
    AggressiveModeDisabled,
    BadMessage,
    Event,
    ModeFailure,
    NoKeyPair,
    NoSa,
    NotAuthenticated,
    NotOffered,
    Phase1Keys,
    SaDenied,
)
from iosim.ios.router import Router
from iosim.sim.clock import SECOND
from iosim.wire.isakmp import ExchangeType

MESSAGE_INTERVAL = SECOND
"""Each kind of message is logged at most so often, for anybody can cause one by any datagram."""


def _mode_failure(event: ModeFailure) -> tuple[str, str]:
    mode = _MODES.get(event.exchange, "Informational")
    text = f"Processing of {mode} mode failed with peer at {format_address(event.remote)} "
    return "CRYPTO-6-IKMP_MODE_FAILURE", text


_MODES: dict[int, str] = {
    ExchangeType.MAIN_MODE: "Main",
    ExchangeType.AGGRESSIVE: "Aggressive",
    ExchangeType.QUICK_MODE: "Quick",
}
MESSAGES: dict[type, Callable[..., tuple[str, str]]] = {
    BadMessage: lambda event: (
        "CRYPTO-4-IKMP_BAD_MESSAGE",
        f"IKE message from {format_address(event.remote)} failed its sanity check or is malformed",
    ),
    NoSa: lambda event: (
        "CRYPTO-4-IKMP_NO_SA",
        f"IKE message from {format_address(event.remote)} has no SA and is not an initialization offer",
    ),
    NoKeyPair: lambda event: ("CRYPTO-3-IKMP_QUERY_KEY", "Querying key pair failed."),
    NotAuthenticated: lambda event: (
        "CRYPTO-6-IKMP_SA_NOT_AUTH",
        f"Cannot accept Quick Mode exchange from {format_address(event.remote)} if SA is not authenticated!",
    ),
    NotOffered: lambda event: (
        "CRYPTO-6-IKMP_SA_NOT_OFFERED",
        f"Remote peer {format_address(event.remote)} responded with attribute not offered or changed",
    ),
    ModeFailure: _mode_failure,
    SaDenied: lambda event: (
        "CRYPTO-4-IKE_DENY_SA_REQ",
        f"IKE denied an {'INCOMING' if event.incoming else 'OUTGOING'} SA request from "
        f"{format_address(event.remote if event.incoming else event.local)} to "
        f"{format_address(event.local if event.incoming else event.remote)} due to {event.limit.value}",
    ),
    AggressiveModeDisabled: lambda event: (
        "CRYPTO-5-IKMP_AG_MODE_DISABLED",
        "Unable to initiate or respond to Aggressive Mode while disabled",
    ),
}


class Reporter:
    """Logs what deserves a system message, and the keys for whoever reads the capture."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self._said: dict[type[Event], int] = {}

    def hear(self, event: Event) -> None:
        """An event of the key exchange: log it, if it is one that a router logs."""
        if isinstance(event, Phase1Keys):
            if self.router.keylog is not None:
                self.router.keylog.ikev1(event.initiator_cookie, event.key)
            return
        describe = MESSAGES.get(type(event))
        last = self._said.get(type(event))
        if describe is not None and (last is None or self.router.sim.now >= last + MESSAGE_INTERVAL):
            self._said[type(event)] = self.router.sim.now
            self.router.syslog.message(*describe(event))

"""Taking a configuration text into the running configuration, as `copy` and `configure memory` do."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.loader import Refusal, load_text
from iosim.ios.record import note_change
from iosim.ios.registry import handler
from iosim.ios.session import Session


def take(session: Session, text: str, source: str) -> list[Refusal]:
    """Add a text to the running configuration, and show what is refused of it."""
    refused = load_text(session.router, text)
    for refusal in refused:
        session.write(f"{refusal.text}\n{refusal.message}\n\n")
    session.router.reconcile()
    note_change(session.router, session.user)
    session.router.syslog.message("SYS-5-CONFIG_I", f"Configured from {source} by {session.origin}")
    return refused


@handler("configure_memory")
def configure_memory(session: Session, statement: Statement) -> Any:
    """`configure memory`"""
    if not session.router.startup_present:
        raise Rejected("%% Non-volatile configuration memory invalid or not present")
    take(session, session.router.startup, "memory")

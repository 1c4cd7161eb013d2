"""The states of a connection, under the names that IOS has for them, and which may follow which.

It is the picture of RFC 9293 section 3.3.2 (figure 5) as a table; every change of state is looked up in it. A reset, a
time that has run out and an `abort` lead to CLOSED from everywhere.
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """States of a connection. LISTEN is that of a port, see `ports.py`."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYNSENT = "SYNSENT"
    SYNRCVD = "SYNRCVD"
    ESTAB = "ESTAB"
    FINWAIT1 = "FINWAIT1"
    FINWAIT2 = "FINWAIT2"
    CLOSEWAIT = "CLOSEWAIT"
    CLOSING = "CLOSING"
    LASTACK = "LASTACK"
    TIMEWAIT = "TIMEWAIT"


CLOSED, LISTEN, SYNSENT, SYNRCVD, ESTAB, FINWAIT1, FINWAIT2, CLOSEWAIT, CLOSING, LASTACK, TIMEWAIT = State

FOLLOWS: dict[State, tuple[State, ...]] = {
    CLOSED: (SYNSENT,),
    LISTEN: (SYNRCVD,),
    SYNSENT: (ESTAB, SYNRCVD, CLOSED),
    SYNRCVD: (ESTAB, FINWAIT1, CLOSED),
    ESTAB: (FINWAIT1, CLOSEWAIT, CLOSED),
    FINWAIT1: (FINWAIT2, CLOSING, CLOSED),
    FINWAIT2: (TIMEWAIT, CLOSED),
    CLOSEWAIT: (LASTACK, CLOSED),
    CLOSING: (TIMEWAIT, CLOSED),
    LASTACK: (CLOSED,),
    TIMEWAIT: (CLOSED,),
}

OPENING = (SYNSENT, SYNRCVD)
RECEIVING = (ESTAB, FINWAIT1, FINWAIT2)
"""Where data of the other side are taken."""
SENDING = (ESTAB, CLOSEWAIT, FINWAIT1, CLOSING, LASTACK)
"""Where there may be data to send; in the last three the FIN stands behind them."""
ON_CLOSE = {ESTAB: FINWAIT1, SYNRCVD: FINWAIT1, CLOSEWAIT: LASTACK}
"""What follows when our FIN goes out."""
ON_FIN = {ESTAB: CLOSEWAIT, FINWAIT1: CLOSING, FINWAIT2: TIMEWAIT}
"""What follows when the other side's FIN has come."""
ON_FIN_ACKNOWLEDGED = {FINWAIT1: FINWAIT2, CLOSING: TIMEWAIT, LASTACK: CLOSED}
"""What follows when the other side has our FIN."""

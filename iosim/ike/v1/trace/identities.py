"""Who the peer is: its identity, its profile and its key, and the proof of it."""

from __future__ import annotations

from typing import NamedTuple

from iosim.wire.isakmp import Identification


class Identity(NamedTuple):
    """The phase-1 identity that is sent or was received."""

    conn_id: int
    sent: bool
    next_payload: int
    identification: Identification
    signs: bool = False


class ProfileMatched(NamedTuple):
    """The ISAKMP profile that the peer's identity matches; None: no profile does."""

    conn_id: int
    profile: str | None


class ProfileKey(NamedTuple):
    """Whether the key is in a key ring of the profile, and which one; `named`: by the peer's name."""

    conn_id: int
    keyring: str | None
    named: bool = False


class PresharedKey(NamedTuple):
    """The pre-shared key for a peer was looked up; `for_policy`: to see whether an offer can be accepted.

    `keyring` is where it is (None: the default one); `tunnel`: it is the password of aggressive mode with this peer.
    `name` is what the peer calls itself, where that is known by then, and `by_name` whether that has found the key;
    `profile` is the ISAKMP profile, if it is known already.
    """

    conn_id: int
    remote: int
    found: bool
    for_policy: bool = False
    keyring: str | None = None
    tunnel: bool = False
    name: str | None = None
    by_name: bool = False
    profile: str | None = None


class Authenticated(NamedTuple):
    """The peer has proved its key."""

    conn_id: int
    remote: int


Step = Identity | ProfileMatched | ProfileKey | PresharedKey | Authenticated

"""Certificates: asked for, chosen, received and looked at."""

from __future__ import annotations

from typing import NamedTuple

from iosim.ike.v1.states import SaState


class CertificateRequested(NamedTuple):
    """A certificate of an authority with this name (DER) is asked for, by us or by the peer."""

    conn_id: int
    sent: bool
    authority: bytes


class CertificateChosen(NamedTuple):
    """We prove ourselves by this certificate (DER), which is kept in this trustpoint; None: there is none."""

    conn_id: int
    remote: int
    initiator: bool
    state: SaState
    trustpoint: str | None
    certificate: bytes


class CertificateReceived(NamedTuple):
    """A certificate of the peer of this encoding (RFC 2408 section 3.9)."""

    conn_id: int
    remote: int
    initiator: bool
    state: SaState
    encoding: int


class CertificatesValidated(NamedTuple):
    """The certificates of the peer were looked at, and are good or not."""

    conn_id: int
    remote: int
    initiator: bool
    state: SaState
    good: bool


class SignatureInvalid(NamedTuple):
    """The peer's signature is not that of its certificate's key over its HASH."""

    conn_id: int


Step = CertificateRequested | CertificateChosen | CertificateReceived | CertificatesValidated | SignatureInvalid

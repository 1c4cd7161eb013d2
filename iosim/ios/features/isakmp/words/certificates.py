"""Certificates in the words of `debug crypto isakmp`."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.signatures import X509_SIGNATURE
from iosim.ike.v1.trace import certificates as steps
from iosim.ios.features.isakmp.words.common import Table, name_text, role, state_name

Step = steps.CertificateChosen | steps.CertificateReceived | steps.CertificatesValidated


def requested(step: steps.CertificateRequested) -> list[str]:
    name = name_text(step.authority) if step.authority else ""
    if step.sent:
        return [f"ISAKMP ({step.conn_id}): constructing CERT_REQ for issuer {name}"]
    lines = [f"ISAKMP:({step.conn_id}): peer wants a CT_X509_SIGNATURE cert"]
    return [*lines, f"ISAKMP:({step.conn_id}): peer wants cert issued by {name}"] if name else lines


def chosen(step: steps.CertificateChosen) -> list[str]:
    """The certificate by its subject; without one IOS misses the name that it is to give."""
    if step.trustpoint is None:
        return [f"ISAKMP:({step.conn_id}):Unable to get router cert or routerdoes not have a cert: needed to find DN!"]
    return [
        _to_pki(step, "Get CertificateChain to be sent to peer"),
        _from_pki(step, "Got CertificateChain to be sent to peer"),
        f"ISAKMP ({step.conn_id}): constructing CERT payload for {_subject(step.certificate)}",
        f"ISAKMP:({step.conn_id}): using the {step.trustpoint} trustpoint's keypair to sign",
    ]


def received(step: steps.CertificateReceived) -> list[str]:
    if step.encoding != X509_SIGNATURE:
        return [f"ISAKMP:({step.conn_id}): unknown cert encoding {step.encoding}"]
    return [
        f"ISAKMP:({step.conn_id}): processing a CT_X509_SIGNATURE cert",
        _to_pki(step, "Add peer's certificate"),
        _from_pki(step, "Added peer's certificate"),
    ]


def validated(step: steps.CertificatesValidated) -> list[str]:
    return [
        f"ISAKMP:({step.conn_id}): peer's pubkey isn't cached",
        _to_pki(step, "Validate certificate chain"),
        _from_pki(step, "Validate certificate chain")
        if step.good
        else f"ISAKMP:({step.conn_id}): certificate invalid!",
    ]


def _subject(der: bytes) -> str:
    from iosim.crypto.x509 import Certificate

    return Certificate(der).subject.text


def _to_pki(step: Step, what: str) -> str:
    return f"ISAKMP:({step.conn_id}): IKE->PKI {what} {_state(step)}"


def _from_pki(step: Step, what: str) -> str:
    return f"ISAKMP:({step.conn_id}): PKI->IKE {what} {_state(step)}"


def _state(step: Step) -> str:
    return f"state ({role(step.initiator)}) {state_name(step.state)} (peer {format_address(step.remote)})"


WORDS: Table = {
    steps.CertificateRequested: requested,
    steps.CertificateChosen: chosen,
    steps.CertificateReceived: received,
    steps.CertificatesValidated: validated,
    steps.SignatureInvalid: lambda step: [f"ISAKMP:({step.conn_id}): signature invalid!"],
}

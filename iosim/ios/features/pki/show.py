"""`show crypto pki certificates`, `trustpoints` and `counters`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from iosim.grammar import Rejected, Statement
from iosim.ios.clock import clock_text
from iosim.ios.features.pki.config import CA, SELF_SIGNED, Pki
from iosim.ios.features.pki.trust import PkiFeature, read
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

if TYPE_CHECKING:
    from iosim.crypto.x509 import Certificate, Name

HEADINGS = {None: "Certificate", SELF_SIGNED: "Router Self-Signed Certificate", CA: "CA Certificate"}
SIGNATURE, ENCIPHERMENT = 0x80, 0x20
USAGES = (
    (0x80, "Digital Signature"),
    (0x40, "Non Repudiation"),
    (0x20, "Key Encipherment"),
    (0x10, "Data Encipherment"),
    (0x08, "Key Agreement"),
    (0x04, "Key Cert Sign"),
    (0x02, "CRL Signature"),
)
DEVICE = {"hostname": "Name", "ipaddress": "IP Address", "serialNumber": "Serial Number"}
"""What the subject of a router says of the device, and how it is shown once more."""


@handler("show_crypto_pki_certificates")
def show_certificates(session: Session, statement: Statement) -> str:
    """`show crypto pki certificates [verbose] [TRUSTPOINT]`: those of routers first, then their authorities'."""
    router, wanted, verbose = session.router, statement.get("name"), "verbose" in statement
    return "\n".join(
        _certificate(router, names, kind, certificate, verbose)
        for (kind, der), names in _trustpoints_of(router).items()
        if wanted in (None, *names) and (certificate := read(der)) is not None
    ) + ("\n" if router.config[Pki].chains else "")


def _trustpoints_of(router: Router) -> dict[tuple[str | None, bytes], list[str]]:
    """The certificates by kind and octets, each with the trustpoints that have it."""
    found: dict[tuple[str | None, bytes], list[str]] = {}
    config = router.config[Pki]
    for name in config.chains:
        for kind in HEADINGS:
            der = config.chain(name).der(kind)
            if der:
                found.setdefault((kind, der), []).append(name)
    return found


def _certificate(router: Router, names: list[str], kind: str | None, certificate: Certificate, verbose: bool) -> str:
    usage = "General Purpose" if (certificate.usage or ENCIPHERMENT) & ENCIPHERMENT else "Signature"
    lines = [HEADINGS[kind], "  Status: Available", *(["  Version: 3"] if verbose else [])]
    lines += [f"  Certificate Serial Number (hex): {certificate.serial_text}", f"  Certificate Usage: {usage}"]
    lines += ["  Issuer: ", *_attributes(certificate.issuer)]
    lines += ["  Subject:" if kind != CA else "  Subject: ", *_subject(certificate.subject, kind)]
    lines += [
        "  Validity Date: ",
        f"    start date: {_date(router, certificate.not_before)}",
        f"    end   date: {_date(router, certificate.not_after)}",
    ]
    lines += _details(certificate) if verbose else []
    lines.append(f"  Associated Trustpoints: {' '.join(names)} ")
    if verbose and kind != CA:
        lines.append(f"  Key Label: {router[PkiFeature].label(names[0])}")
    return "\n".join(lines) + "\n"


def _attributes(name: Name) -> list[str]:
    return [f"    {line}" for line in name.lines]


def _subject(name: Name, kind: str | None) -> Iterator[str]:
    """A router's subject begins with its name, or what there is instead of one, and what else the device says."""
    if kind != CA:
        yield f"    Name: {name.value('hostname') or name.value('cn') or ''}"
        for short, title in DEVICE.items():
            value = name.value(short)
            if short != "hostname" and value is not None:
                yield f"    {title}: {value}"
    yield from _attributes(name)


def _date(router: Router, time: datetime) -> str:
    return clock_text(*router.zone.local(time.replace(tzinfo=None)), weekday=False)


def _details(certificate: Certificate) -> Iterator[str]:
    yield "  Subject Key Info:"
    yield "    Public Key Algorithm: rsaEncryption"
    yield f"    RSA Public Key: ({certificate.bits} bit)"
    yield f"  Signature Algorithm: {certificate.hash_name} with RSA Encryption"
    md5, sha1 = certificate.fingerprints
    yield f"  Fingerprint MD5: {words(md5)} "
    yield f"  Fingerprint SHA1: {words(sha1)} "
    yield "  X509v3 extensions:"
    if certificate.usage is not None:
        yield f"    X509v3 Key Usage: {certificate.usage:02X}000000"
        yield from (f"      {name}" for bit, name in USAGES if certificate.usage & bit)
    if certificate.subject_key_id is not None:
        yield f"    X509v3 Subject Key ID: {words(certificate.subject_key_id)} "
    if certificate.is_authority:
        yield "    X509v3 Basic Constraints:"
        yield "        CA: TRUE"
    if certificate.authority_key_id is not None:
        yield f"    X509v3 Authority Key ID: {words(certificate.authority_key_id)} "
    yield "    Authority Info Access:"


def words(octets: bytes) -> str:
    """Octets in words of four."""
    text = octets.hex().upper()
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))


@handler("show_crypto_pki_trustpoints")
def show_trustpoints(session: Session, statement: Statement) -> str:
    """`show crypto pki trustpoints [TRUSTPOINT] [status]`"""
    router, wanted = session.router, statement.get("name")
    names = [name for name in router.config[Pki].trustpoints if wanted in (None, name)]
    if wanted is not None and not names:
        raise Rejected(f"% Trustpoint {wanted} is not configured.")
    describe = _status if "status" in statement else _trustpoint
    return "\n".join(describe(router, name) + "\n" for name in names)


def _trustpoint(router: Router, name: str) -> str:
    authority = router[PkiFeature].authority(name)
    certificate = authority or router[PkiFeature].own(name)
    if certificate is None:
        return f"Trustpoint {name}:\n"
    lines = [f"Trustpoint {name}:", "    Subject Name:", *_attributes(certificate.subject)]
    lines.append(f"          Serial Number (hex): {certificate.serial_text}")
    if authority is None:
        lines += [
            "    Persistent self-signed certificate trust point",
            f"    Using key label {router[PkiFeature].label(name)}",
        ]
    else:
        lines.append("    Certificate configured.")
    return "\n".join(lines) + "\n"


def _status(router: Router, name: str) -> str:
    pki = router[PkiFeature]
    pair, own = pki.key_pair(name), pki.own(name)
    authority = pki.authority(name) or (own if router.config[Pki].chain(name).der(SELF_SIGNED) else None)
    lines = [f"Trustpoint {name}:"]
    for title, certificate in (
        ("Issuing CA certificate configured", authority),
        ("Router General Purpose certificate configured", own),
    ):
        if certificate is not None:
            md5, sha1 = certificate.fingerprints
            lines += [
                f"  {title}:",
                "    Subject Name:",
                f"     {certificate.subject.text}",
                f"    Fingerprint MD5: {words(md5)} ",
                f"    Fingerprint SHA1: {words(sha1)} ",
            ]
    keys = "No" if pair is None else f"Yes (General Purpose, {'' if pair.exportable else 'non-'}exportable)"
    lines += [
        "  State:",
        f"    Keys generated ............. {keys}",
        f"    Issuing CA authenticated ....... {'No' if authority is None else 'Yes'}",
        f"    Certificate request(s) ..... {'None' if own is None else 'Yes'}",
    ]
    return "\n".join(lines) + "\n"


@handler("show_crypto_pki_counters")
def show_counters(session: Session, statement: Statement) -> str:
    """`show crypto pki counters`; what is never done (revocation, AAA) counts nothing."""
    counters = session.router[PkiFeature].counters
    return (
        f"PKI Sessions Started: {counters.started}\nPKI Sessions Ended: {counters.ended}\nPKI Sessions Active: 0\n"
        f"Successful Validations: {counters.successful}\nFailed Validations: {counters.failed}\n"
        "Bypassed Validations: 0\nPending Validations: 0\nCRLs checked: 0\nCRL - fetch attempts: 0\n"
        "CRL - failed attempts: 0\nCRL - rejected busy fetching: 0\nAAA authorizations: 0\n"
    )

"""What is configured of the PKI: trustpoints, chains of certificates as hexadecimal text, certificate servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Action, Binding, Flag, Section, Table, Value, bound, section_block
from iosim.ios.blocks import Block
from iosim.ios.config import Config
from iosim.ios.registry import check, part
from iosim.ios.router import Router

WORDS_A_LINE = 8
CA, SELF_SIGNED = "ca", "self-signed"


@dataclass(frozen=True, slots=True)
class Enrollment:
    """`enrollment url http://10.0.0.1:80`, `enrollment terminal [pem]`, `enrollment selfsigned`."""

    kind: str
    url: str | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectAddress:
    """`ip-address`: an address, that of an interface, or expressly none."""

    none: bool = False
    address: int | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectSerial:
    """`serial-number [none]`"""

    none: bool = False


@dataclass(frozen=True, slots=True)
class Revocation:
    """`revocation-check crl none`; CRLs are not fetched, so nothing is ever found to be revoked."""

    method: tuple[str, ...] = ("crl",)


@dataclass(frozen=True, slots=True)
class KeyLabel:
    """`rsakeypair LABEL [SIZE [SIZE]]`"""

    label: str
    size: int | None = None
    encryption_size: int | None = None


@part("ca_trustpoint")
@dataclass(slots=True)
class Trustpoint:
    """An authority that is trusted, and what the router asks it to certify."""

    enrollment: Enrollment | None = bound(Value("tp_enrollment", order=10, type=Enrollment))
    retry_count: int = bound(Value("tp_retry_count", order=11, type="count", default=10))
    retry_period: int = bound(Value("tp_retry_period", order=11, type="minutes", default=1))
    source: str | None = bound(Value("tp_source", order=12, type="interface"))
    serial_number: SubjectSerial | None = bound(Value("tp_serial_number", order=29, type=SubjectSerial))
    fqdn: str | None = bound(Value("tp_fqdn", order=30, type="name"))
    ip_address: SubjectAddress | None = bound(Value("tp_ip_address", order=31, type=SubjectAddress))
    subject_name: str | None = bound(Value("tp_subject_name", order=33, type="name"))
    subject_alt_name: str | None = bound(Value("tp_subject_alt_name", order=34, type="name"))
    revocation: Revocation = bound(
        Value("tp_revocation_check", order=40, type=Revocation, default=Revocation(), shown="revocation-check crl")
    )
    rsakeypair: KeyLabel | None = bound(Value("tp_rsakeypair", order=60, type=KeyLabel))


class HexText(Binding):
    """The lines of a certificate as they were read; IOS leaves a blank behind each but the last."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        getattr(part, name).append(" ".join(statement.all("data")))

    def blocks(self, mode: str, value: list[str]) -> Iterator[Block]:
        if value:
            yield Block((*(f"{line} " for line in value[:-1]), value[-1]), self.order)


@part("config_pubkey")
@dataclass(slots=True)
class CertificateText:
    """A certificate in lines of hexadecimal words."""

    lines: list[str] = bound(HexText("pki_certificate_data", order=10), factory=list)

    @property
    def der(self) -> bytes:
        """The octets; none for what does not make up whole ones."""
        text = "".join(self.lines).replace(" ", "")
        return bytes.fromhex(text) if len(text) % 2 == 0 else b""


class CertificateSection(Section):
    """The certificates of a chain by kind and serial number. What is entered anew replaces what was there."""

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        if not (statement.no or statement.default):
            getattr(part, name).pop((statement.get("kind"), statement.get("serial")), None)
        return super().apply(part, name, statement)

    def blocks(self, mode: str, value: dict[Any, Config]) -> Iterator[Block]:
        for config in value.values():
            yield section_block(self, mode, config, " ", " \tquit")


@part("config_cert_chain")
@dataclass(slots=True)
class Chain:
    """The certificates of a trustpoint."""

    certificates: dict[Any, Config] = bound(
        CertificateSection("pki_certificate", order=10, mode="config_pubkey", key=("kind", "serial"))
    )

    def der(self, kind: str | None) -> bytes | None:
        """The certificate of a kind: the authority's (`ca`), a self-signed one, or (None) that of the router."""
        found = (config[CertificateText].der for (each, _), config in self.certificates.items() if each == kind)
        return next(found, None)

    def put(self, kind: str | None, serial: str, der: bytes) -> None:
        """Keep a certificate in the place of the one of its kind; the authority's comes last."""
        for known in [known for known in self.certificates if known[0] == kind]:
            del self.certificates[known]
        config = Config("config_pubkey", {"kind": [kind] if kind else [], "serial": [serial]})
        words = [der[at : at + 4].hex().upper() for at in range(0, len(der), 4)]
        lines = [" ".join(words[at : at + WORDS_A_LINE]) for at in range(0, len(words), WORDS_A_LINE)]
        config[CertificateText].lines = lines
        self.certificates[kind, serial] = config
        for known in [known for known in self.certificates if known[0] == CA]:
            self.certificates[known] = self.certificates.pop(known)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`lifetime certificate DAYS [HOURS [MINUTES]]`"""

    of: str
    days: int
    hours: int | None = None
    minutes: int | None = None

    @property
    def total_minutes(self) -> int:
        """All of it."""
        return (self.days * 24 + (self.hours or 0)) * 60 + (self.minutes or 0)


@part("cs_server")
@dataclass(slots=True)
class ServerSettings:
    """A certificate server."""

    level: str = bound(Value("cs_level", order=10, type="level", default="minimum"))
    issuer: str | None = bound(Value("cs_issuer", order=13, type="name"))
    grant: str | None = bound(Value("cs_grant", order=20, type="who"))
    hash: str = bound(Value("cs_hash", order=21, type="hash", default="sha256"))
    lifetimes: dict[Any, Lifetime] = bound(Table("cs_lifetime", order=22, key=("of",), type=Lifetime))
    shut: bool = bound(Flag("cs_shutdown", order=90, default=True))

    def minutes(self, of: str, days: int) -> int:
        """A lifetime, or so many days."""
        known = self.lifetimes.get((of,))
        return days * 24 * 60 if known is None else known.total_minutes


@part("config")
@dataclass(slots=True)
class Pki:
    """All of `crypto pki`."""

    servers: dict[str, Config] = bound(Section("crypto_pki_server", order=160, mode="cs_server", key=("name",)))
    trustpoints: dict[str, Config] = bound(
        Section("crypto_pki_trustpoint", order=161, mode="ca_trustpoint", key=("name",))
    )
    chains: dict[str, Config] = bound(
        Section("crypto_pki_certificate_chain", order=164, mode="config_cert_chain", key=("name",))
    )
    actions: None = bound(
        Action(
            "crypto_pki_authenticate",
            "crypto_pki_enroll",
            "crypto_pki_import",
            "crypto_pki_export",
            "crypto_key_generate_rsa",
            "crypto_key_zeroize",
        )
    )

    def chain(self, name: str) -> Chain:
        """The chain of a trustpoint, as it is or empty."""
        return self.chains[name][Chain] if name in self.chains else Chain()

    def put(self, name: str, kind: str | None, serial: str, der: bytes) -> None:
        """Keep a certificate in the chain of a trustpoint."""
        chain = self.chains.setdefault(name, Config("config_cert_chain", {"name": [name]}))
        chain[Chain].put(kind, serial, der)


@part("config_isakmp")
@dataclass(slots=True)
class EncryptedNonces:
    """`authentication rsa-encr` is refused."""

    refused: None = bound(Action("isakmp_rsa_encr"))


@check("isakmp_rsa_encr")
def _refuse_encryption(router: Router, config: Config, statement: Statement) -> None:
    if not (statement.no or statement.default):
        raise Rejected("% RSA encrypted nonces are not supported by this router; use rsa-sig or pre-share")


@check("crypto_pki_trustpoint")
def _forget_chain(router: Router, config: Config, statement: Statement) -> None:
    """The certificates go with their trustpoint."""
    if statement.no or statement.default:
        router.config[Pki].chains.pop(str(statement.get("name")), None)

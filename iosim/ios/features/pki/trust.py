"""What a router's certificates are worth: its own as credentials, and those of peers against its authorities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from iosim.crypto import rsa
from iosim.crypto.errors import CryptoError
from iosim.crypto.rsa import RsaKey
from iosim.data import dataclass
from iosim.grammar.values import format_address
from iosim.ike.v1 import Credentials
from iosim.ios.clock import clock_text
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.features.isakmp.identity import PORT, IsakmpIdentity, full_name
from iosim.ios.features.isakmp.profiles import settings as profile_settings
from iosim.ios.features.pki.config import CA, SELF_SIGNED, Chain, Pki, Trustpoint
from iosim.ios.features.pki.keys import derive
from iosim.ios.private import KeyPair
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.wire.ipv4 import UDP
from iosim.wire.isakmp import Identification, IdType

if TYPE_CHECKING:
    from iosim.crypto.x509 import Certificate

LONGEST_CHAIN = 5
"""Certificates between a peer and the authority."""


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A certificate of ours with its key."""

    trustpoint: str
    certificates: tuple[bytes, ...]
    key: RsaKey

    def sign(self, digest: bytes) -> bytes:
        """PKCS #1 v1.5 over the bytes as they are."""
        return self.key.sign(digest)


@dataclass(frozen=True, slots=True)
class CertifiedKey:
    """The key in a certificate that was found good."""

    certificate: Certificate

    def verify(self, digest: bytes, signature: bytes) -> bool:
        """Whether a signature is that of these bytes."""
        return rsa.verify(self.certificate.public, digest, signature)


@dataclass(slots=True)
class Counters:
    """Of `show crypto pki counters`."""

    successful: int = 0
    failed: int = 0
    started: int = 0
    ended: int = 0


@feature
class PkiFeature(Feature):
    """A router's PKI, as the key exchange asks it."""

    order = 65

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.counters = Counters()
        self._underivable: set[tuple[str, bytes]] = set()
        router[IsakmpFeature].config.pki = self

    @property
    def settings(self) -> Pki:
        """What is configured."""
        return self.router.config[Pki]

    def label(self, trustpoint: str) -> str:
        """The label of the key pair of a trustpoint: the one that it names, or the router's name."""
        config = self.settings.trustpoints.get(trustpoint)
        named = None if config is None else config[Trustpoint].rsakeypair
        return full_name(self.router) if named is None else named.label

    def authority(self, trustpoint: str) -> Certificate | None:
        """The certificate of its authority."""
        return read(self.settings.chain(trustpoint).der(CA))

    def own(self, trustpoint: str) -> Certificate | None:
        """The router's certificate, by the authority or by itself."""
        chain = self.settings.chain(trustpoint)
        return read(chain.der(None) or chain.der(SELF_SIGNED))

    def key_pair(self, trustpoint: str) -> KeyPair | None:
        """The key pair of a trustpoint."""
        return self.router.private.key_pairs.get(self.label(trustpoint))

    def forget_certificates(self, label: str) -> None:
        """Its key is gone: so are the router's certificates for it."""
        for name, config in self.settings.chains.items():
            if self.label(name) == label:
                certificates = config[Chain].certificates
                for known in [known for known in certificates if known[0] != CA]:
                    del certificates[known]

    # What the key exchange asks

    def authorities(self) -> tuple[bytes, ...]:
        """The names of the authorities that have been authenticated."""
        found = (self.authority(name) for name in self.settings.trustpoints)
        return tuple(dict.fromkeys(certificate.subject.der for certificate in found if certificate is not None))

    def credentials(self, profile: str | None, authorities: Sequence[bytes]) -> Credentials | None:
        """The first certificate that has its key, by one of these authorities rather than by another.

        A profile may have trustpoints of its own.
        """
        settings = profile_settings(self.router, profile)
        names = settings.trustpoints.values() if settings is not None and settings.trustpoints else None
        known = [name for name in self.settings.trustpoints if names is None or name in names]
        ours = [found for name in known if (found := self._credentials(name)) is not None]
        wanted = [each for each in ours if self._issuer(each) in authorities]
        return next(iter(wanted or ours), None)

    def _credentials(self, trustpoint: str) -> OwnCertificate | None:
        der, pair = self.settings.chain(trustpoint).der(None), self.key_pair(trustpoint)
        certificate = read(der) if der and pair else None
        if certificate is None or pair is None or certificate.public_der != pair.key.public_der:
            return None
        return OwnCertificate(trustpoint, (certificate.der,), pair.key)

    @staticmethod
    def _issuer(own: OwnCertificate) -> bytes:
        certificate = read(own.certificates[0])
        assert certificate is not None
        return certificate.issuer.der

    def identity(self, profile: str | None) -> Identification | None:
        """The name in our certificate: for `crypto isakmp identity dn`, unless a profile says who we are."""
        settings = profile_settings(self.router, profile)
        if self.router.config[IsakmpIdentity].identity != "dn" or (settings is not None and settings.self_identity):
            return None
        ours = self.credentials(profile, ())
        certificate = None if ours is None else read(ours.certificates[0])
        return None if certificate is None else Identification(IdType.DER_ASN1_DN, UDP, PORT, certificate.subject.der)

    def peer_key(self, remote: int, certificates: Sequence[bytes], identity: Identification) -> CertifiedKey | None:
        """The key of a peer, when an authority of ours vouches for it, now, and for the name that it gives."""
        self.counters.started += 1
        self.counters.ended += 1
        own, *others = [read(der) for der in certificates] or [None]
        above = [certificate for certificate in others if certificate is not None]
        problem = "certificate invalid" if own is None else self._problem(own, above)
        if own is None or problem is not None:
            self.counters.failed += 1
            where = format_address(remote)
            self.router.syslog.message(
                "CRYPTO-5-IKMP_INVAL_CERT", f"Certificate received from {where} is bad: {problem}"
            )
            return None
        self.counters.successful += 1
        return CertifiedKey(own) if self._is_named(own, identity) else None

    def _problem(self, certificate: Certificate, above: list[Certificate]) -> str | None:
        """Why a certificate is not good, with those `above` it that came along; None: it is."""
        authorities = [found for name in self.settings.trustpoints if (found := self.authority(name)) is not None]
        now = self.router.clock_now()
        for _ in range(LONGEST_CHAIN):
            if not self._is_valid_at(certificate, now):
                return "certificate invalid"
            authority = next((each for each in authorities if certificate.is_signed_by(each)), None)
            if authority is not None:
                return None if self._is_valid_at(authority, now) else "certificate invalid"
            issuer = next((each for each in above if each.is_authority and certificate.is_signed_by(each)), None)
            if issuer is None:
                break
            certificate = issuer
        return "CA request failed!"

    def _is_valid_at(self, certificate: Certificate, now: datetime) -> bool:
        """Whether the router's clock is within its validity; logs it when it is not."""
        start, end = certificate.not_before.replace(tzinfo=None), certificate.not_after.replace(tzinfo=None)
        if start <= now <= end:
            return True
        kind, what, when = (
            ("EXPIRED", "has expired.    Validity period ended on", end)
            if now > end
            else ("NOT_YET_VALID", "is not yet valid   Validity period starts on", start)
        )
        self.router.syslog.message(
            f"PKI-3-CERTIFICATE_INVALID_{kind}",
            f"Certificate chain validation has failed.  The certificate (SN: {certificate.serial_text}) {what} "
            f"{clock_text(*self.router.zone.local(when), weekday=False)}",
        )
        return False

    def _is_named(self, certificate: Certificate, identity: Identification) -> bool:
        """Whether the certificate bears the peer's identity. IOS only warns of an address or a name that it has not."""
        from iosim.ios.features.isakmp.words.common import name_text

        dns, addresses = certificate.alternative_names()
        subject = certificate.subject
        if identity.kind == IdType.DER_ASN1_DN:
            if identity.data == subject.der:
                return True
            said = name_text(identity.data)
            text = f"ID of {said} (type {identity.kind}) and certificate DN with {subject.text}"
            self.router.syslog.message("CRYPTO-6-IKMP_NO_ID_CERT_DN_MATCH", text)
            return False
        if identity.kind == IdType.IPV4_ADDR and len(identity.data) == 4:
            said = format_address(int.from_bytes(identity.data, "big"))
            self._warn("ADDR", "addr", said, identity.kind, [*addresses, subject.value("ipaddress")])
        elif identity.kind == IdType.FQDN:
            said = identity.data.decode("ascii", "replace")
            self._warn("FQDN", "fqdn", said, identity.kind, [*dns, subject.value("hostname")])
        elif identity.kind == IdType.USER_FQDN:
            said = identity.data.decode("ascii", "replace")
            self._warn("USER_FQDN", "ufqdn", said, identity.kind, [subject.value("e")])
        return True

    def _warn(self, mnemonic: str, what: str, said: str, kind: int, borne: list[str | None]) -> None:
        names = [name for name in borne if name is not None]
        if said not in names:
            text = f"ID of {said} (type {kind}) and certificate {what} with {names[0] if names else 'empty'}"
            mnemonic = f"CRYPTO-6-IKMP_NO_ID_CERT_{mnemonic}_MATCH"
            self.router.syslog.message(mnemonic, f"(NOT ERROR BUT WARNING ONLY){text}")

    # Private keys, which no configuration has

    def reconcile(self) -> None:
        """Bring back the private keys of certificates that came with a configuration, where the lab's seed has them."""
        for name, config in self.settings.chains.items():
            label = self.label(name)
            if label in self.router.private.key_pairs:
                continue
            kind = CA if name in self.settings.servers else None
            der = config[Chain].der(kind)
            if der and (label, der) not in self._underivable:
                self._bring_back(label, der)

    def _bring_back(self, label: str, der: bytes) -> None:
        certificate = read(der)
        key = None if certificate is None else derive(self.router, label, certificate.bits)
        if certificate is None or key is None or key.public_der != certificate.public_der:
            self._underivable.add((label, der))
            return
        private = self.router.private
        private.key_pairs[label] = KeyPair(label, key, self.router.clock_now())
        private.generations[label] = max(1, private.generations.get(label, 0))


def read(der: bytes | None) -> Certificate | None:
    """A certificate, if the bytes are one."""
    return _read(der) if der else None


@lru_cache(maxsize=256)
def _read(der: bytes) -> Certificate | None:
    from iosim.crypto.x509 import Certificate

    try:
        return Certificate(der)
    except CryptoError:
        return None

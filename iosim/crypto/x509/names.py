"""Distinguished names: as they are encoded, and as IOS writes and reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass

UNSTRUCTURED_ADDRESS = x509.ObjectIdentifier("1.2.840.113549.1.9.8")
ATTRIBUTES = {
    "cn": NameOID.COMMON_NAME,
    "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "o": NameOID.ORGANIZATION_NAME,
    "l": NameOID.LOCALITY_NAME,
    "st": NameOID.STATE_OR_PROVINCE_NAME,
    "c": NameOID.COUNTRY_NAME,
    "e": NameOID.EMAIL_ADDRESS,
    "dc": NameOID.DOMAIN_COMPONENT,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "hostname": NameOID.UNSTRUCTURED_NAME,
    "ipaddress": UNSTRUCTURED_ADDRESS,
}
"""The attributes of names by what IOS calls them."""
_SHORT = {oid: short for short, oid in ATTRIBUTES.items()}
_BY_WORD = {short.lower(): oid for short, oid in ATTRIBUTES.items()}
_COMMA = re.compile(r'(?<!\\),(?=(?:[^"]*"[^"]*")*[^"]*\Z)')
"""Between the parts of a name: neither behind a backslash nor in quotation marks."""
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]*\Z")


@dataclass(frozen=True)
class Name:
    """A distinguished name; `der` is its encoding. IOS writes it in the reverse order, part by part.

    A part may have several attributes: what a device says of itself is one.
    """

    der: bytes
    parts: tuple[tuple[tuple[str, str], ...], ...]

    @property
    def lines(self) -> list[str]:
        """Each part: `cn=R1`, `serialNumber=FTX1+hostname=R1`."""
        return ["+".join(f"{short}={value}" for short, value in part) for part in self.parts]

    @property
    def text(self) -> str:
        """`cn=R1,o=Example`"""
        return ",".join(self.lines)

    def value(self, short: str) -> str | None:
        """The first attribute of a kind."""
        return next((value for part in self.parts for each, value in part if each == short), None)

    @classmethod
    def of(cls, name: x509.Name) -> Name:
        """From the library's name."""
        parts = (
            tuple((_SHORT.get(a.oid, a.oid.dotted_string), str(a.value)) for a in rdn) for rdn in reversed(name.rdns)
        )
        return cls(name.public_bytes(), tuple(parts))


def read_name(der: bytes) -> Name:
    """A name by its encoding. Raises CryptoError."""
    try:
        return Name.of(x509.Name.from_bytes(der))
    except Exception as problem:  # the library raises whatever its parts do for bytes that a stranger made
        raise CryptoError(f"not a name: {problem}") from None


def make_name(text: str, device: Iterable[tuple[str, str]] = ()) -> x509.Name:
    """`CN=R1, O=Example`, in the order that IOS gives it, and beside it what the device says of itself.

    Raises CryptoError for an attribute that is not known, and for what is none.
    """
    rdns = [_rdn([_attribute(*_split(part))]) for part in _COMMA.split(text) if part.strip()]
    own = [_attribute(ATTRIBUTES[short], value) for short, value in device]
    return x509.Name([*reversed(rdns), *([_rdn(own)] if own else [])])


def string_type(text: str) -> _ASN1Type:
    """What a text is encoded as: the older type, where its characters are all in that."""
    return _ASN1Type.PrintableString if _PRINTABLE.match(text) else _ASN1Type.UTF8String


def _split(part: str) -> tuple[x509.ObjectIdentifier, str]:
    word, equals, value = part.partition("=")
    oid = _BY_WORD.get(word.strip().lower())
    if oid is None or not equals or not value.strip():
        raise CryptoError(f"not an attribute of a name: {part.strip()}")
    return oid, value.strip().replace("\\,", ",").strip('"')


def _attribute(oid: x509.ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    ia5 = oid in (NameOID.EMAIL_ADDRESS, NameOID.DOMAIN_COMPONENT, NameOID.UNSTRUCTURED_NAME)
    try:
        return x509.NameAttribute(oid, value, _ASN1Type.IA5String if ia5 else string_type(value))
    except ValueError as problem:
        raise CryptoError(str(problem)) from None


def _rdn(attributes: list[x509.NameAttribute[str]]) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName(attributes)

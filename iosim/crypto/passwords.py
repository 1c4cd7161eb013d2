"""Passwords that cannot be read again, as IOS stores them: types 4, 5, 8 and 9.

A stored text tells its type and salt (`$9$salt$hash`), but for type 4, a bare SHA-256. Salt and hash are in the
alphabet of crypt. Types 8 and 9 take the salt as its letters (hashcat's modes 9200 and 9300 describe all four).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import string
from collections.abc import Callable

from iosim.crypto.md5_crypt import ALPHABET, md5_crypt
from iosim.data import dataclass

MD5, PBKDF2, SCRYPT = 5, 8, 9
_STANDARD = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
_TO_CRYPT = str.maketrans(_STANDARD, ALPHABET)
_DIGEST = 32
_PBKDF2_ROUNDS = 20_000
_SCRYPT_COST = 16_384


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to store a password. `stored(password, salt)` is the text; `salt` letters are in it when it is new.

    `length` is that of the hash, in letters.
    """

    salt: int
    length: int
    stored: Callable[[str, str], str]


def _sha256(password: str, salt: str) -> str:
    return _encode(hashlib.sha256(_bytes(password)).digest())


def _pbkdf2(password: str, salt: str) -> str:
    digest = hashlib.pbkdf2_hmac("sha256", _bytes(password), _bytes(salt), _PBKDF2_ROUNDS)
    return f"$8${salt}${_encode(digest)}"


def _scrypt(password: str, salt: str) -> str:
    """RFC 7914 with N=16384, r=1, p=1."""
    digest = hashlib.scrypt(_bytes(password), salt=_bytes(salt), n=_SCRYPT_COST, r=1, p=1, dklen=_DIGEST)
    return f"$9${salt}${_encode(digest)}"


SCHEMES = {
    4: Scheme(0, 43, _sha256),
    MD5: Scheme(4, 22, md5_crypt),
    PBKDF2: Scheme(14, 43, _pbkdf2),
    SCRYPT: Scheme(14, 43, _scrypt),
}
"""The schemes by the number of their type."""
_PREFIXES = {MD5: "1", PBKDF2: "8", SCRYPT: "9"}


def is_stored(kind: int, text: str) -> bool:
    """Whether a text is what a password of a type can be stored as."""
    digest = text.rpartition("$")[2]
    if len(digest) != SCHEMES[kind].length or any(letter not in ALPHABET for letter in digest):
        return False
    prefix = _PREFIXES.get(kind)
    return text == digest if prefix is None else text.split("$")[:2] == ["", prefix] and text.count("$") == 3


def verify(kind: int, password: str, stored: str) -> bool:
    """Whether a password is the one behind a stored text of a type."""
    if not is_stored(kind, stored):
        return False
    salt = stored.split("$")[2] if "$" in stored else ""
    return hmac.compare_digest(_bytes(SCHEMES[kind].stored(password, salt)), _bytes(stored))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _encode(digest: bytes) -> str:
    return base64.b64encode(digest).decode().translate(_TO_CRYPT).rstrip("=")

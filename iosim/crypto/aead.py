"""AES-GCM as ESP uses it, to encrypt (RFC 4106) or to authenticate only (RFC 4543): nonces are a salt and an IV."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT_LENGTH = 4
IV_LENGTH = 8
TAG_LENGTH = 16

Seal = Callable[[bytes, bytes, bytes], bytes]
"""IV, plaintext, associated data → ciphertext ‖ tag."""
Open = Callable[[bytes, bytes, bytes], bytes | None]
"""IV, ciphertext ‖ tag, associated data → plaintext, or None if the tag is not theirs."""


@dataclass(frozen=True, slots=True)
class Aead:
    """AES in Galois/counter mode; `key_length` is in bytes and counts the salt behind the key (RFC 4106 section 8.1).

    `encrypts` is false for GMAC, where all is associated data.
    """

    name: str
    key_length: int
    encrypts: bool

    def sealer(self, key: bytes) -> Seal:
        """A function for the life of an SA. An IV must never come twice under a key."""
        salt, seal = key[-SALT_LENGTH:], self._library(key).encrypt
        return lambda iv, plaintext, associated: seal(salt + iv, plaintext, associated)

    def opener(self, key: bytes) -> Open:
        """The reverse, for the life of an SA."""
        from cryptography.exceptions import InvalidTag

        salt, decrypt = key[-SALT_LENGTH:], self._library(key).decrypt

        def unseal(iv: bytes, ciphertext: bytes, associated: bytes) -> bytes | None:
            try:
                return decrypt(salt + iv, ciphertext, associated)
            except InvalidTag:
                return None

        return unseal

    def _library(self, key: bytes) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(key) != self.key_length:
            raise CryptoError(f"{self.name}: a key of {len(key)} bytes, not {self.key_length}")
        return AESGCM(key[:-SALT_LENGTH])


AEADS = {
    f"{name}-{bits}": Aead(f"{name}-{bits}", bits // 8 + SALT_LENGTH, encrypts)
    for name, encrypts in (("gcm", True), ("gmac", False))
    for bits in (128, 192, 256)
}
"""The algorithms by name."""

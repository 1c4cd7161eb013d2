"""Integrity algorithms of ESP and AH: truncated HMACs (RFC 2403, 2404, 4868)."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass

equal = hmac.compare_digest
"""Whether two byte strings are equal, in a time that does not tell where they differ."""

Mac = Callable[[bytes], bytes]
"""Data to its ICV."""


@dataclass(frozen=True, slots=True)
class Integrity:
    """An integrity algorithm; the lengths of its key and of its ICV are in bytes."""

    name: str
    key_length: int
    icv_length: int
    _hash: str

    def mac(self, key: bytes) -> Mac:
        """A function for the life of an SA: data → ICV. The keyed state is computed once and copied for each packet."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.hmac import HMAC

        if len(key) != self.key_length:
            raise CryptoError(f"{self.name}: a key of {len(key)} bytes, not {self.key_length}")
        keyed = HMAC(key, getattr(hashes, self._hash)()).copy
        length = self.icv_length

        def compute(data: bytes) -> bytes:
            context = keyed()
            context.update(data)
            return context.finalize()[:length]

        return compute


INTEGRITY = {
    integrity.name: integrity
    for integrity in (
        Integrity("md5", 16, 12, "MD5"),
        Integrity("sha", 20, 12, "SHA1"),
        Integrity("sha256", 32, 16, "SHA256"),
        Integrity("sha384", 48, 24, "SHA384"),
        Integrity("sha512", 64, 32, "SHA512"),
    )
}
"""The integrity algorithms by name."""

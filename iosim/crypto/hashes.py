"""Hashes and their HMAC (RFC 2104), as IKE uses them: whole digests, one call each."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash function; `digest_size` is in bytes."""

    name: str
    digest_size: int
    _library_name: str

    def digest(self, data: bytes) -> bytes:
        """The hash of `data`."""
        return hashlib.new(self._library_name, data).digest()

    def hmac(self, key: bytes, data: bytes) -> bytes:
        """HMAC of `data` under a key of any length, not truncated."""
        return hmac.digest(key, data, self._library_name)


HASHES = {
    hash_.name: hash_
    for hash_ in (
        Hash("md5", 16, "md5"),
        Hash("sha", 20, "sha1"),
        Hash("sha256", 32, "sha256"),
        Hash("sha384", 48, "sha384"),
        Hash("sha512", 64, "sha512"),
    )
}
"""The hashes by name."""

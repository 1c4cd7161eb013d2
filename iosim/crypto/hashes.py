"""Hashes and their HMAC (RFC 2104), as IKE uses them: whole digests, one call each."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from iosim.data import dataclass

_INNER, _OUTER = bytes(each ^ 0x36 for each in range(256)), bytes(each ^ 0x5C for each in range(256))
"""What the octets of a key become (RFC 2104 section 2)."""


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash function; `digest_size` is in bytes."""

    name: str
    digest_size: int
    _library_name: str

    def digest(self, data: bytes) -> bytes:
        """The hash of `data`."""
        digest: bytes = getattr(hashlib, self._library_name)(data).digest()
        return digest

    def hmac(self, key: bytes, data: bytes) -> bytes:
        """HMAC of `data` under a key of any length, not truncated."""
        return hmac.digest(key, data, self._library_name)

    def keyed(self, key: bytes) -> Callable[[bytes], bytes]:
        """The same for the life of a key. Its two states are computed once and copied, which costs a quarter."""
        create = getattr(hashlib, self._library_name)
        block_size = create().block_size
        padded = (key if len(key) <= block_size else self.digest(key)).ljust(block_size, b"\0")
        inner, outer = create(padded.translate(_INNER)), create(padded.translate(_OUTER))

        def compute(data: bytes) -> bytes:
            first, second = inner.copy(), outer.copy()
            first.update(data)
            second.update(first.digest())
            digest: bytes = second.digest()
            return digest

        return compute


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

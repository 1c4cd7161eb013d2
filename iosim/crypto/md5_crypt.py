"""MD5-crypt, Poul-Henning Kamp's `$1$` scheme: what IOS calls type 5."""

from __future__ import annotations

import hashlib

ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ORDER = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))
_ROUNDS = 1000


def md5_crypt(password: str, salt: str) -> str:
    """The `$1$salt$hash` text of a password; `salt` has up to 8 characters of ALPHABET."""
    key, grains = password.encode(), salt.encode()
    inner = hashlib.md5(key + grains + key).digest()
    mixed = key + b"$1$" + grains + (inner * (len(key) // 16 + 1))[: len(key)]
    length = len(key)
    while length:
        mixed += b"\0" if length & 1 else key[:1]
        length >>= 1
    digest = hashlib.md5(mixed).digest()
    for turn in range(_ROUNDS):
        parts = (
            key if turn & 1 else digest,
            grains if turn % 3 else b"",
            key if turn % 7 else b"",
            digest if turn & 1 else key,
        )
        digest = hashlib.md5(b"".join(parts)).digest()
    return f"$1${salt}${_encode(digest)}"


def _encode(digest: bytes) -> str:
    words = [(digest[a] << 16 | digest[b] << 8 | digest[c], 4) for a, b, c in _ORDER] + [(digest[11], 2)]
    return "".join(ALPHABET[word >> 6 * place & 63] for word, places in words for place in range(places))

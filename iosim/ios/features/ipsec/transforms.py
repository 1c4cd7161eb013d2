"""Transforms between the words of a transform set, as they are typed and as they are shown, and the data plane."""

from __future__ import annotations

from collections.abc import Sequence

from iosim.grammar import Rejected
from iosim.ipsec.model import Transform

CIPHERS = {
    "esp-null": "null",
    "esp-des": "des",
    "esp-3des": "3des",
    "esp-aes": "aes",
    "esp-gcm": "gcm",
    "esp-gmac": "gmac",
}
SIZED = ("aes", "gcm", "gmac")
"""What has keys of several lengths."""
INTEGRITY = {
    "esp-md5-hmac": "md5",
    "esp-sha-hmac": "sha",
    "esp-sha256-hmac": "sha256",
    "esp-sha384-hmac": "sha384",
    "esp-sha512-hmac": "sha512",
}
AH = {word.replace("esp-", "ah-"): name for word, name in INTEGRITY.items()}
USUAL_BITS = "128"

ABSENT = {
    "comp-lzs": "% comp-lzs is refused: there is no LZS compression here. Leave it out, at the peer too",
    "esp-seal": "% esp-seal is refused: there is no SEAL cipher here. Take esp-aes 256 or esp-gcm 256, at the peer too",
}
ALONE = "ERROR: Invalid transform set combination. Check other transforms."

_CIPHER_WORDS = {name: word for word, name in CIPHERS.items()}
_INTEGRITY_WORDS = {name: word for word, name in INTEGRITY.items()}
_AH_WORDS = {name: word for word, name in AH.items()}


def check(words: Sequence[str]) -> None:
    """Raises Rejected for what is not there, and for ESP that neither encrypts nor authenticates (RFC 4303 3.2)."""
    for word in words:
        if word in ABSENT:
            raise Rejected(ABSENT[word])
    if "esp-null" in words and not INTEGRITY.keys() & set(words):
        raise Rejected(ALONE)


def canonical(words: Sequence[str]) -> list[str]:
    """The words as a router writes them: AH, cipher, HMAC."""
    return sorted(words, key=lambda word: (word not in AH, word in INTEGRITY))


def transform_of(words: Sequence[str], bits: str | None, mode: str) -> Transform:
    """What words stand for. ESP that only authenticates has the cipher "null"."""
    ciphers = [CIPHERS[word] for word in words if word in CIPHERS]
    integrity = next((INTEGRITY[word] for word in words if word in INTEGRITY), None)
    cipher = ciphers[0] if ciphers else "null" if integrity else None
    if cipher in SIZED:
        cipher = f"{cipher}-{bits or USUAL_BITS}"
    return Transform(cipher, integrity, mode, next((AH[word] for word in words if word in AH), None))


def shown_transform(transform: Transform) -> str:
    """A transform as shows have it: `ah-sha-hmac esp-256-aes esp-sha-hmac`, `esp-aes` for 128 bits, `esp-gcm 256`."""
    word, bits = _cipher_word(transform), key_bits(transform)
    if bits not in (0, 128):
        word = word.replace("esp-", f"esp-{bits}-") if word == "esp-aes" else f"{word} {bits}"
    return _line(transform, word)


def debugged_transform(transform: Transform) -> str:
    """A transform as debug output has it: `esp-aes 256 esp-sha256-hmac `, with the blank behind it."""
    word, bits = _cipher_word(transform), key_bits(transform)
    return _line(transform, f"{word} {bits}" if bits not in (0, 128) else word) + " "


def key_bits(transform: Transform) -> int:
    """The length of the key where the cipher has several, else 0."""
    _, _, bits = (transform.cipher or "").partition("-")
    return int(bits or 0)


def _cipher_word(transform: Transform) -> str:
    return _CIPHER_WORDS[transform.cipher.partition("-")[0]] if transform.cipher else ""


def _line(transform: Transform, cipher: str) -> str:
    words = _AH_WORDS.get(transform.ah or "", ""), cipher, _INTEGRITY_WORDS.get(transform.integrity or "", "")
    return " ".join(filter(None, words))

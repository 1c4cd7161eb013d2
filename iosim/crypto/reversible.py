"""Passwords that can be read again, as IOS stores them: type 7 (hidden from a glance) and type 6 (AES).

Type 7 adds a fixed text to the password. Type 6 is encrypted by a master key (`key config-key password-encrypt`): AES
of salts under the MD5 of the master key gives one key that encrypts in counter mode and one whose HMAC-SHA1 protects
the result; salt, cipher text and four bytes of the HMAC are written in base 41.
"""

from __future__ import annotations

import hashlib
import hmac
from itertools import cycle, islice

PAD = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87"
"""The text of type 7."""
OFFSETS = 16
"""Type 7 begins at one of so many places in it."""
SALT = 8
"""Bytes of salt of type 6."""
_MAC = 4
_BASE, _FIRST = 41, ord("A")


def encrypt7(password: str, offset: int) -> str:
    """The type 7 text of a password; it begins `offset` (below OFFSETS) letters into the pad."""
    mixed = (a ^ b for a, b in zip(password.encode(), islice(cycle(PAD), offset, None), strict=False))
    return f"{offset:02d}" + "".join(f"{byte:02X}" for byte in mixed)


def decrypt7(text: str) -> str | None:
    """The password behind a type 7 text, or None when it is none."""
    try:
        offset, mixed = int(text[:2]), bytes.fromhex(text[2:])
    except ValueError:
        return None
    if not 0 <= offset < len(PAD) or not mixed or len(text) % 2 or not text.isalnum():
        return None
    plain = bytes(a ^ b for a, b in zip(mixed, islice(cycle(PAD), offset, None), strict=False))
    return plain.decode("utf-8", "replace")


def encrypt6(password: str, master: str, salt: bytes) -> str:
    """The type 6 text of a password; `salt` has SALT bytes."""
    hidden = _mask(master, salt, password.encode())
    return _to_base41(salt + hidden + _mac(master, salt, hidden))


def decrypt6(text: str, master: str) -> str | None:
    """The password behind a type 6 text, or None when it is none or the master key is another."""
    data = _from_base41(text)
    if data is None or len(data) <= SALT + _MAC:
        return None
    salt, hidden, mac = data[:SALT], data[SALT:-_MAC], data[-_MAC:]
    if not hmac.compare_digest(mac, _mac(master, salt, hidden)):
        return None
    return _mask(master, salt, hidden).rstrip(b"\0").decode("utf-8", "replace")


def is_type6(text: str) -> bool:
    """Whether a text can be a type 6 password."""
    data = _from_base41(text)
    return data is not None and len(data) > SALT + _MAC


def _key(master: str, salt: bytes, use: int) -> bytes:
    return _aes(hashlib.md5(master.encode()).digest(), salt + use.to_bytes(16 - SALT, "big"))


def _mask(master: str, salt: bytes, data: bytes) -> bytes:
    """Encrypt, or decrypt: the same in counter mode. The counter is in the first four bytes of a block."""
    key = _key(master, salt, 1)
    blocks = (_aes(key, number.to_bytes(4, "big") + bytes(12)) for number in range((len(data) + 15) // 16))
    return bytes(a ^ b for a, b in zip(data, b"".join(blocks), strict=False))


def _mac(master: str, salt: bytes, hidden: bytes) -> bytes:
    return hmac.digest(_key(master, salt, 0), hidden, "sha1")[:_MAC]


def _aes(key: bytes, block: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)


def _to_base41(data: bytes) -> str:
    """Three letters for two bytes; the end says whether the last byte counts."""
    data += b"\0" if len(data) % 2 else b"\0\1"
    pairs = (int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    return "".join(chr(_FIRST + pair // _BASE**place % _BASE) for pair in pairs for place in (2, 1, 0))


def _from_base41(text: str) -> bytes | None:
    digits = [ord(letter) - _FIRST for letter in text]
    if not digits or len(digits) % 3 or not all(0 <= digit < _BASE for digit in digits):
        return None
    pairs = [(a * _BASE + b) * _BASE + c for a, b, c in zip(digits[::3], digits[1::3], digits[2::3], strict=True)]
    if max(pairs) > 0xFFFF:
        return None
    data = b"".join(pair.to_bytes(2, "big") for pair in pairs)
    return data[:-2] if data[-1] else data[:-1]

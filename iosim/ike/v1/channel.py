"""CBC under one key with an IV for each message, as IKEv1 needs it (RFC 2409 appendix B)."""

from __future__ import annotations

from iosim.crypto.ciphers import Cipher


class Channel:
    """Encrypts and decrypts for the life of a phase-1 SA; a context for each message would cost far more than that.

    Lengths must be whole blocks. Going on in one context, CBC takes the last block that it made as the IV: for another
    IV, the difference of both is added to the first block beforehand.
    """

    def __init__(self, cipher: Cipher, key: bytes) -> None:
        self._size = cipher.block_size
        self._last = bytes(self._size)
        self._seal = cipher.sealer(key, self._last)
        self._open = cipher.opener(key)

    def encrypt(self, iv: bytes, plaintext: bytes) -> bytes:
        """The ciphertext, as long as the plaintext."""
        size = self._size
        first = int.from_bytes(plaintext[:size], "big") ^ int.from_bytes(iv, "big") ^ int.from_bytes(self._last, "big")
        ciphertext = self._seal(first.to_bytes(size, "big") + plaintext[size:])
        self._last = ciphertext[-size:]
        return ciphertext

    def decrypt(self, iv: bytes, ciphertext: bytes) -> bytes:
        """The plaintext, as long as the ciphertext."""
        return self._open(iv + ciphertext)[self._size :]

"""Block ciphers in CBC mode: DES, Triple-DES (RFC 2405, 2451) and AES (RFC 3602), without padding.

One-shot calls serve IKE messages; the long-lived contexts serve ESP, where a new context a packet would cost
twenty times the encryption itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import ciphers
    from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    Keyed = Callable[[bytes], BlockCipherAlgorithm]


def _aes(key: bytes) -> BlockCipherAlgorithm:
    from cryptography.hazmat.primitives.ciphers.algorithms import AES

    return AES(key)


def _triple_des(key: bytes) -> BlockCipherAlgorithm:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

    return TripleDES(key)


def _des(key: bytes) -> BlockCipherAlgorithm:
    """Single DES is Triple-DES with three equal keys."""
    return _triple_des(key * 3)


@dataclass(frozen=True, slots=True)
class Cipher:
    """A block cipher in CBC mode. Lengths are in bytes; data must be whole blocks, or CryptoError is raised."""

    name: str
    key_length: int
    block_size: int
    _algorithm: Keyed

    def encrypt(self, key: bytes, iv: bytes, plaintext: bytes) -> bytes:
        """The ciphertext, as long as the plaintext."""
        self._check_blocks(plaintext)
        return self._context(key, iv).encryptor().update(plaintext)

    def decrypt(self, key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
        """The plaintext, as long as the ciphertext."""
        self._check_blocks(ciphertext)
        return self._context(key, iv).decryptor().update(ciphertext)

    def sealer(self, key: bytes, first_iv: bytes) -> Callable[[bytes], bytes]:
        """A function for the life of an SA: `blank block ‖ padded plaintext` → `IV ‖ ciphertext`.

        The chaining goes on from packet to packet, so the encrypted blank block is an unpredictable IV and the rest is
        plain CBC under it (NIST SP 800-38A appendix C, the first method). The input must be whole blocks: the caller,
        who made the padding, answers for it, and nothing is checked.
        """
        return self._context(key, first_iv).encryptor().update

    def opener(self, key: bytes) -> Callable[[bytes], bytes]:
        """A function for the life of an SA: `IV ‖ ciphertext` → `one block to drop ‖ padded plaintext`.

        The input must be whole blocks: the caller checks that before, and nothing is checked here.
        """
        return self._context(key, bytes(self.block_size)).decryptor().update

    def _context(self, key: bytes, iv: bytes) -> ciphers.Cipher[CBC]:
        from cryptography.hazmat.primitives import ciphers
        from cryptography.hazmat.primitives.ciphers.modes import CBC

        if len(key) != self.key_length:
            raise CryptoError(f"{self.name}: a key of {len(key)} bytes, not {self.key_length}")
        if len(iv) != self.block_size:
            raise CryptoError(f"{self.name}: an IV of {len(iv)} bytes, not {self.block_size}")
        return ciphers.Cipher(self._algorithm(key), CBC(iv))

    def _check_blocks(self, data: bytes) -> None:
        if len(data) % self.block_size:
            raise CryptoError(f"{self.name}: {len(data)} bytes are not whole blocks of {self.block_size}")


CIPHERS = {
    cipher.name: cipher
    for cipher in (
        Cipher("des", 8, 8, _des),
        Cipher("3des", 24, 8, _triple_des),
        Cipher("aes-128", 16, 16, _aes),
        Cipher("aes-192", 24, 16, _aes),
        Cipher("aes-256", 32, 16, _aes),
    )
}
"""The ciphers by name."""

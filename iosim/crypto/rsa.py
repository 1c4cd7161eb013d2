"""RSA key pairs that follow from random bytes, and signatures as IKEv1 makes them (RFC 2409 section 5.1).

OpenSSL chooses its own primes, which seeded runs cannot have: they are found here, and OpenSSL does the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

EXPONENT = 65537


@dataclass(frozen=True)
class RsaKey:
    """A key pair, by its two primes."""

    p: int = field(repr=False)
    q: int = field(repr=False)

    @property
    def bits(self) -> int:
        """The length of the modulus in bits."""
        return (self.p * self.q).bit_length()

    @cached_property
    def private(self) -> RSAPrivateKey:
        """The key as the library has it."""
        from cryptography.hazmat.primitives.asymmetric import rsa

        p, q = self.p, self.q
        d = pow(EXPONENT, -1, (p - 1) * (q - 1))
        exponents = d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q)
        numbers = rsa.RSAPrivateNumbers(p, q, d, *exponents, rsa.RSAPublicNumbers(EXPONENT, p * q))
        return numbers.private_key(unsafe_skip_rsa_key_validation=True)

    @cached_property
    def public_der(self) -> bytes:
        """The public key as SubjectPublicKeyInfo."""
        return spki(self.private.public_key())

    def sign(self, digest: bytes) -> bytes:
        """PKCS #1 v1.5 over the bytes as they are, without the name of a hash before them."""
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

        try:
            return self.private.sign(digest, PKCS1v15(), NoDigestInfo())
        except ValueError:
            raise CryptoError(f"a key of {self.bits} bits is too short to sign {len(digest)} bytes") from None


def generate(bits: int, random_bytes: Callable[[int], bytes]) -> RsaKey:
    """A key pair whose modulus has so many bits."""
    p = _prime((bits + 1) // 2, random_bytes)
    while True:
        q = _prime(bits // 2, random_bytes)
        if q != p and (p * q).bit_length() == bits:
            return RsaKey(max(p, q), min(p, q))


def verify(public: RSAPublicKey, digest: bytes, signature: bytes) -> bool:
    """Whether a signature of `RsaKey.sign` is that of these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        return public.recover_data_from_signature(signature, PKCS1v15(), None) == digest
    except (InvalidSignature, ValueError):
        return False


def encrypt(public: RSAPublicKey, data: bytes, random_bytes: Callable[[int], bytes]) -> bytes:
    """PKCS #1 v1.5, with padding that seeded runs can have again. Raises CryptoError for a key that is too short."""
    numbers, size = public.public_numbers(), (public.key_size + 7) // 8
    room = size - len(data) - 3
    if room < 8:
        raise CryptoError(f"a key of {public.key_size} bits is too short for {len(data)} bytes")
    padding = bytes(byte or 1 for byte in random_bytes(room))
    message = int.from_bytes(b"\0\2" + padding + b"\0" + data, "big")
    return pow(message, numbers.e, numbers.n).to_bytes(size, "big")


def decrypt(key: RsaKey, data: bytes) -> bytes:
    """The reverse. Raises CryptoError."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        return key.private.decrypt(data, PKCS1v15())
    except ValueError:
        raise CryptoError("not encrypted for this key") from None


def spki(public: RSAPublicKey) -> bytes:
    """A public key as SubjectPublicKeyInfo (DER)."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _prime(bits: int, random_bytes: Callable[[int], bytes]) -> int:
    """A prime with its two highest bits set, so that the product of two has all its bits, and one that 65537 allows."""
    import gmpy2

    while True:
        start = int.from_bytes(random_bytes((bits + 7) // 8), "big") % (1 << bits) | 3 << (bits - 2)
        prime = int(gmpy2.next_prime(start))
        if prime.bit_length() == bits and prime % EXPONENT != 1:
            return prime

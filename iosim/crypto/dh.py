"""Finite-field Diffie-Hellman over the MODP groups of IKE (RFC 2409 section 6, RFC 3526).

Private values come from the caller's random bytes, so that a seeded run repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from iosim.crypto.errors import CryptoError

GENERATOR = 2
EXPONENT_LENGTH = 32
"""Bytes of a private value: twice the strength of the strongest group here (RFC 3526 section 8)."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private value and the public value that is sent, as long as the group's prime."""

    private: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Group:
    """A MODP group by its IANA number."""

    number: int
    prime: int = field(repr=False)

    @property
    def bits(self) -> int:
        """The length of the prime in bits."""
        return self.prime.bit_length()

    @property
    def public_length(self) -> int:
        """The length of public values and of shared secrets in bytes."""
        return (self.bits + 7) // 8

    def generate(self, random_bytes: Callable[[int], bytes]) -> KeyPair:
        """A key pair from `EXPONENT_LENGTH` random bytes; the highest bit is set, so that no value is degenerate."""
        private = int.from_bytes(random_bytes(EXPONENT_LENGTH), "big") | 1 << (8 * EXPONENT_LENGTH - 1)
        return KeyPair(private, self._power(GENERATOR, private))

    def shared(self, private: int, peer_public: bytes) -> bytes:
        """The shared secret g^xy with leading zeros, as long as the prime (RFC 2409 section 5).

        Raises CryptoError for a public value of the wrong length or outside 2 … p-2.
        """
        if len(peer_public) != self.public_length:
            raise CryptoError(f"group {self.number}: a public value of {len(peer_public)} bytes")
        value = int.from_bytes(peer_public, "big")
        if not 1 < value < self.prime - 1:
            raise CryptoError(f"group {self.number}: the public value is out of range")
        return self._power(value, private)

    def _power(self, base: int, exponent: int) -> bytes:
        import gmpy2  # some 50 ms, which a lab without IKE need not pay

        return int(gmpy2.powmod(base, exponent, self.prime)).to_bytes(self.public_length, "big")


def _hex(text: str) -> int:
    return int("".join(text.split()), 16)


_PRIME_768 = """
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74
    020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437
    4FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF
"""
_PRIME_1024 = """
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74
    020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437
    4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF
"""
_PRIME_1536 = """
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74
    020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437
    4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05
    98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB
    9ED529077096966D670C354E4ABC9804F1746C08CA237327FFFFFFFFFFFFFFFF
"""
_PRIME_2048 = """
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74
    020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437
    4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05
    98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB
    9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718
    3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF
"""

GROUPS = {
    group.number: group
    for group in (
        Group(1, _hex(_PRIME_768)),  # RFC 2409 section 6.1
        Group(2, _hex(_PRIME_1024)),  # RFC 2409 section 6.2
        Group(5, _hex(_PRIME_1536)),  # RFC 3526 section 2
        Group(14, _hex(_PRIME_2048)),  # RFC 3526 section 3
    )
}
"""The groups by number."""

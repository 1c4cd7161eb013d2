"""Diffie-Hellman over the MODP groups of IKE (RFC 2409 section 6, RFC 3526, RFC 5114); `GROUPS` has the ECP ones, too.

Private values come from the caller's random bytes, so that a seeded run repeats.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Protocol

from iosim.crypto.ecp import CURVES, EcpGroup
from iosim.crypto.errors import CryptoError
from iosim.crypto.modp import GENERATOR_24, ORDER_24, PRIME_24, PRIMES
from iosim.crypto.pair import KeyPair
from iosim.data import dataclass

GENERATOR = 2
EXPONENT_LENGTH = 32
"""Bytes of a private value: twice the strength of a prime of 2048 bits (RFC 3526 section 8)."""
LONG_EXPONENT_LENGTH = 40
"""The same for primes of 3072 and 4096 bits."""


class Group(Protocol):
    """What every group can do; the number is IANA's."""

    @property
    def number(self) -> int:
        """The number in proposals."""

    @property
    def bits(self) -> int:
        """The length of the field in bits."""

    @property
    def public_length(self) -> int:
        """The length of public values in bytes."""

    def generate(self, random_bytes: Callable[[int], bytes]) -> KeyPair:
        """A key pair that follows from random bytes."""

    def check(self, peer_public: bytes) -> None:
        """Raises CryptoError for a public value that is none; far cheaper than a key pair."""

    def shared(self, private: int, peer_public: bytes) -> bytes:
        """The shared secret. Raises CryptoError for a public value that is none."""


@dataclass(frozen=True, slots=True)
class ModpGroup:
    """A MODP group. `order` is that of the subgroup that the generator makes, where it is a small part of the whole."""

    number: int
    prime: int = field(repr=False)
    generator: int = field(default=GENERATOR, repr=False)
    order: int | None = field(default=None, repr=False)

    @property
    def bits(self) -> int:
        """The length of the prime in bits."""
        return self.prime.bit_length()

    @property
    def public_length(self) -> int:
        """The length of public values and of shared secrets in bytes."""
        return (self.bits + 7) // 8

    def generate(self, random_bytes: Callable[[int], bytes]) -> KeyPair:
        """A key pair from random bytes; the highest bit is set, so that no value is degenerate."""
        length = EXPONENT_LENGTH if self.bits <= 2048 else LONG_EXPONENT_LENGTH
        private = int.from_bytes(random_bytes(length), "big") | 1 << (8 * length - 1)
        return KeyPair(private, self._power(self.generator, private))

    def check(self, peer_public: bytes) -> None:
        """Raises CryptoError for a public value of the wrong length, and for one outside 2 … p-2."""
        if len(peer_public) != self.public_length:
            raise CryptoError(f"group {self.number}: a public value of {len(peer_public)} bytes")
        if not 1 < int.from_bytes(peer_public, "big") < self.prime - 1:
            raise CryptoError(f"group {self.number}: the public value is out of range")

    def shared(self, private: int, peer_public: bytes) -> bytes:
        """The shared secret g^xy with leading zeros, as long as the prime (RFC 2409 section 5).

        Raises CryptoError for a public value that `check` refuses, and for one outside the subgroup, whose other
        members would give away a part of the private value (RFC 6989 section 2.2).
        """
        self.check(peer_public)
        value = int.from_bytes(peer_public, "big")
        if self.order is not None and int.from_bytes(self._power(value, self.order), "big") != 1:
            raise CryptoError(f"group {self.number}: the public value is not in the subgroup")
        return self._power(value, private)

    def _power(self, base: int, exponent: int) -> bytes:
        import gmpy2  # some 50 ms, which a lab without IKE need not pay

        return int(gmpy2.powmod(base, exponent, self.prime)).to_bytes(self.public_length, "big")


MODP_GROUPS = {
    **{number: ModpGroup(number, prime) for number, prime in PRIMES.items()},
    24: ModpGroup(24, PRIME_24, GENERATOR_24, ORDER_24),
}
GROUPS: dict[int, Group] = {**MODP_GROUPS, **{number: EcpGroup(number, *curve) for number, curve in CURVES.items()}}
"""All groups by number."""

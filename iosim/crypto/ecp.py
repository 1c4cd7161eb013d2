"""Diffie-Hellman over the ECP groups of IKE (RFC 5903): a public value is x | y, the shared secret is x."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from iosim.crypto.errors import CryptoError
from iosim.crypto.pair import KeyPair
from iosim.data import dataclass

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurve,
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

EXTRA_LENGTH = 8
"""Bytes of randomness beyond the order, so that what is left of it is even (FIPS 186-4 appendix B.4.1)."""


@dataclass(frozen=True, slots=True)
class EcpGroup:
    """An elliptic curve group; `order` is that of its points."""

    number: int
    bits: int
    order: int = field(repr=False)
    _curve: str

    @property
    def public_length(self) -> int:
        """The length of public values in bytes: two coordinates."""
        return 2 * self.coordinate_length

    @property
    def coordinate_length(self) -> int:
        """The length of a coordinate, and of the shared secret, in bytes."""
        return (self.bits + 7) // 8

    def generate(self, random_bytes: Callable[[int], bytes]) -> KeyPair:
        """A key pair that follows from random bytes; the private value is within 1 … order-1."""
        random = int.from_bytes(random_bytes(self.coordinate_length + EXTRA_LENGTH), "big")
        private = random % (self.order - 1) + 1
        point = _private_key(self._curve, private).public_key().public_numbers()
        length = self.coordinate_length
        return KeyPair(private, point.x.to_bytes(length, "big") + point.y.to_bytes(length, "big"))

    def check(self, peer_public: bytes) -> None:
        """Raises CryptoError for a public value that is not a point of the curve."""
        self._point(peer_public)

    def shared(self, private: int, peer_public: bytes) -> bytes:
        """The x coordinate of the common point (RFC 5903 section 7). Raises CryptoError for a bad public value."""
        from cryptography.hazmat.primitives.asymmetric import ec

        return _private_key(self._curve, private).exchange(ec.ECDH(), self._point(peer_public))

    def _point(self, peer_public: bytes) -> EllipticCurvePublicKey:
        """The point; CryptoError for a wrong length, and for one off the curve.

        The order is prime, so every point is in the group (RFC 6989 section 2.3).
        """
        from cryptography.hazmat.primitives.asymmetric import ec

        length = self.coordinate_length
        if len(peer_public) != 2 * length:
            raise CryptoError(f"group {self.number}: a public value of {len(peer_public)} bytes")
        x, y = int.from_bytes(peer_public[:length], "big"), int.from_bytes(peer_public[length:], "big")
        try:
            return ec.EllipticCurvePublicNumbers(x, y, _library_curve(self._curve)).public_key()
        except ValueError:
            raise CryptoError(f"group {self.number}: the public value is not on the curve") from None


def _library_curve(name: str) -> EllipticCurve:
    from cryptography.hazmat.primitives.asymmetric import ec

    curve: EllipticCurve = getattr(ec, name)()
    return curve


@lru_cache(maxsize=256)  # what is generated is soon used; making the key costs as much as using it
def _private_key(curve: str, private: int) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(private, _library_curve(curve))


CURVES = {
    19: (256, int("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", 16), "SECP256R1"),
    20: (384, int(24 * "FF" + "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973", 16), "SECP384R1"),
    21: (
        521,
        int("1" + 32 * "FF" + "FA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409", 16),
        "SECP521R1",
    ),
}
"""Bits, order and the library's name of each curve by number of the group (RFC 5903 section 3)."""

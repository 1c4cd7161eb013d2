"""What every Diffie-Hellman group generates."""

from __future__ import annotations

from iosim.data import dataclass


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private value and the public value that is sent."""

    private: int
    public: bytes

"""`crypto isakmp …`: policies and pre-shared keys, and what the IKEv1 engine is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iosim.ike.v1 import Policy
from iosim.ios.config import Config, Flag, Section, Table, Value, bound
from iosim.ios.registry import mode, part

mode("config_isakmp", "config-isakmp")


@dataclass(frozen=True, slots=True)
class Cipher:
    """`encryption aes 256`"""

    cipher: str
    bits: str | None = None

    @property
    def name(self) -> str:
        """The cipher's name for the engine: `aes-256`."""
        return f"aes-{self.bits or 128}" if self.cipher == "aes" else self.cipher


@dataclass(frozen=True, slots=True)
class PresharedKey:
    """`crypto isakmp key cisco address 10.0.0.1 255.255.255.255`"""

    encoding: int | None
    key: str
    peer: int
    mask: int | None = None

    @property
    def netmask(self) -> int:
        """The mask of the peers that the key is for; a peer of 0.0.0.0 means all."""
        return self.mask if self.mask is not None else 0xFFFFFFFF if self.peer else 0


DEFAULT_LIFETIME = 86400


@part("config_isakmp")
@dataclass(slots=True)
class PolicySettings:
    """One protection suite. The defaults are those of IOS 15."""

    encryption: Cipher = bound(
        Value(
            "isakmp_encryption",
            order=10,
            type=Cipher,
            default=Cipher("des"),
            spelled={"encryption": "encr"},
        )
    )
    hash: str = bound(Value("isakmp_hash", order=20, type="hash", default="sha"))
    authentication: str = bound(Value("isakmp_authentication", order=30, type="method", default="rsa-sig"))
    group: str = bound(Value("isakmp_group", order=40, type="group", default="1"))
    lifetime: int = bound(Value("isakmp_lifetime", order=50, type="lifetime", default=DEFAULT_LIFETIME))

    def policy(self, priority: int) -> Policy:
        """The policy as the engine knows it."""
        return Policy(priority, self.encryption.name, self.hash, self.authentication, int(self.group), self.lifetime)


@part("config")
@dataclass(slots=True)
class Isakmp:
    """All of `crypto isakmp`."""

    enabled: bool = bound(Flag("crypto_isakmp_enable", order=199, default=True))
    policies: dict[int, Config] = bound(
        Section("crypto_isakmp_policy", order=200, mode="config_isakmp", key=("priority",), sort=int, separated=False)
    )
    keys: dict[Any, PresharedKey] = bound(
        Table("crypto_isakmp_key", order=201, key=("peer", "mask"), type=PresharedKey)
    )

    def suites(self) -> tuple[Policy, ...]:
        """The policies by priority."""
        return tuple(self.policies[number][PolicySettings].policy(number) for number in sorted(self.policies))

    def preshared_key(self, peer: int) -> bytes | None:
        """The key for a peer: of the entries that cover its address, the one with the longest mask."""
        covering = [entry for entry in self.keys.values() if (entry.peer ^ peer) & entry.netmask == 0]
        return max(covering, key=lambda entry: entry.netmask).key.encode() if covering else None


DEFAULT_POLICIES = tuple(
    Policy(priority, cipher, hash_name, method, group, DEFAULT_LIFETIME)
    for priority, (cipher, hash_name, method, group) in enumerate(
        (
            (cipher, hash_name, method, group)
            for cipher, group in (("aes-128", 5), ("3des", 2))
            for hash_name in ("sha", "md5")
            for method in ("rsa-sig", "pre-share")
        ),
        start=65507,
    )
)
"""The policies of a router that has none configured (IOS 12.4(20)T and later: priorities 65507 to 65514)."""

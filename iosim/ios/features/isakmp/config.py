"""`crypto isakmp enable` and `crypto isakmp policy`."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ike.v1 import Policy
from iosim.ios.bindings import Flag, Section, Value, bound
from iosim.ios.config import Config
from iosim.ios.registry import part


@dataclass(frozen=True, slots=True)
class Cipher:
    """`encryption aes 256`; `aes 128` is `aes`."""

    cipher: str
    bits: str | None = None

    def __post_init__(self) -> None:
        if self.bits == "128":
            object.__setattr__(self, "bits", None)

    @property
    def name(self) -> str:
        """The cipher's name for the engine: `aes-256`."""
        return f"aes-{self.bits or 128}" if self.cipher == "aes" else self.cipher


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
    """Whether there is ISAKMP, and its policies."""

    enabled: bool = bound(Flag("crypto_isakmp_enable", order=290, default=True))
    policies: dict[int, Config] = bound(
        Section("crypto_isakmp_policy", order=301, mode="config_isakmp", key=("priority",), sort=int)
    )

    def suites(self) -> tuple[Policy, ...]:
        """The policies by priority."""
        return tuple(self.policies[number][PolicySettings].policy(number) for number in sorted(self.policies))


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

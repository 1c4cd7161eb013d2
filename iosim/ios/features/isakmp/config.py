"""`crypto isakmp …`: policies and pre-shared keys, and what the IKEv1 engine is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iosim.crypto.reversible import decrypt6, is_type6
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ike.v1 import Policy
from iosim.ios.config import Config, Flag, Section, Table, Value, bound, from_args
from iosim.ios.registry import check, part
from iosim.ios.router import Router


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


@dataclass(frozen=True, slots=True)
class PresharedKey:
    """`crypto isakmp key cisco address 10.0.0.0 255.0.0.0`; what goes without saying is not kept."""

    encoding: int | None
    key: str
    peer: int
    mask: int | None = None
    no_xauth: bool = False

    def __post_init__(self) -> None:
        if self.encoding == 0:
            object.__setattr__(self, "encoding", None)
        if self.mask == self._usual_mask:
            object.__setattr__(self, "mask", None)

    @property
    def _usual_mask(self) -> int:
        return 0xFFFFFFFF if self.peer else 0

    @property
    def netmask(self) -> int:
        """The mask of the peers that the key is for; a peer of 0.0.0.0 means all."""
        return self._usual_mask if self.mask is None else self.mask

    def clear(self, master: str | None) -> str | None:
        """The key in clear text, or None when it is encrypted (type 6) and not by this master key."""
        if self.encoding is None:
            return self.key
        return None if master is None else decrypt6(self.key, master)


class KeyTable(Table):
    """The keys by peer and mask. IOS writes an address that has no mask 15 columns wide."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        entry = from_args(PresharedKey, statement.args)
        entries = getattr(part, name)
        if statement.no or statement.default:
            entries.pop((entry.peer, entry.netmask), None)
        else:
            entries[entry.peer, entry.netmask] = entry

    def say(self, mode: str, args: dict[str, list[Any]]) -> str:
        line = super().say(mode, args)
        command, _, address = line.rpartition(" ")
        return line if args["mask"] or args["no_xauth"] else f"{command} {address:<15}"


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

    enabled: bool = bound(Flag("crypto_isakmp_enable", order=290, default=True))
    policies: dict[int, Config] = bound(
        Section("crypto_isakmp_policy", order=301, mode="config_isakmp", key=("priority",), sort=int)
    )
    keys: dict[Any, PresharedKey] = bound(
        KeyTable("crypto_isakmp_key", order=302, key=("peer", "mask"), type=PresharedKey)
    )

    def suites(self) -> tuple[Policy, ...]:
        """The policies by priority."""
        return tuple(self.policies[number][PolicySettings].policy(number) for number in sorted(self.policies))

    def preshared_key(self, peer: int, master: str | None) -> bytes | None:
        """The key for a peer: of the entries that cover its address, the one with the longest mask.

        `master` is the key that decrypts keys of type 6.
        """
        covering = [entry for entry in self.keys.values() if (entry.peer ^ peer) & entry.netmask == 0]
        chosen = max(covering, key=lambda entry: entry.netmask, default=None)
        key = None if chosen is None else chosen.clear(master)
        return None if key is None else key.encode()


@check("crypto_isakmp_key")
def _check_key(router: Router, config: Config, statement: Statement) -> None:
    """A key does not replace another one for the same peers: that one has to be taken away first."""
    entry = from_args(PresharedKey, statement.args)
    if entry.encoding is not None and not (entry.encoding == 6 and is_type6(entry.key)):
        raise Rejected(f"Invalid encrypted password: {entry.key}")
    known = (entry.peer, entry.netmask) in router.config[Isakmp].keys
    if known and not (statement.no or statement.default):
        peer, mask = format_address(entry.peer), format_address(entry.netmask)
        raise Rejected(f"A pre-shared key for address mask {peer} {mask} already exists!")


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

"""Pre-shared keys in the default key ring (`crypto isakmp key`) and in others (`crypto keyring`); finding one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from iosim.crypto.reversible import decrypt6, is_type6
from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ike.v1 import Key
from iosim.ike.v1.config import DEFAULT_RING
from iosim.ios.arguments import from_args
from iosim.ios.bindings import Members, Section, Table, Value, bound
from iosim.ios.config import Config
from iosim.ios.features.names import name_of
from iosim.ios.registry import check, part
from iosim.ios.router import Router

HOST_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Secret:
    """A key as it is configured: in clear text or (`encoding` 6) encrypted by the master key."""

    encoding: int | None
    key: str

    def __post_init__(self) -> None:
        if self.encoding == 0:
            object.__setattr__(self, "encoding", None)

    def clear(self, master: str | None) -> str | None:
        """The key in clear text, or None when it is encrypted and not by this master key."""
        if self.encoding is None:
            return self.key
        return None if master is None else decrypt6(self.key, master)


@dataclass(frozen=True, slots=True)
class AddressKey(Secret):
    """`crypto isakmp key cisco address 10.0.0.0 255.0.0.0`; what goes without saying is not kept."""

    peer: int
    mask: int | None = None
    no_xauth: bool = False

    def __post_init__(self) -> None:
        Secret.__post_init__(self)
        if self.mask == self._usual_mask:
            object.__setattr__(self, "mask", None)

    @property
    def _usual_mask(self) -> int:
        return HOST_MASK if self.peer else 0

    @property
    def netmask(self) -> int:
        """The mask of the peers that the key is for; a peer of 0.0.0.0 means all."""
        return self._usual_mask if self.mask is None else self.mask


@dataclass(frozen=True, slots=True)
class HostKey(Secret):
    """`crypto isakmp key cisco hostname R2.example`"""

    hostname: str
    no_xauth: bool = False


class KeyTable(Table):
    """The keys by peer and mask."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        entry = from_args(AddressKey, statement.args)
        entries = getattr(part, name)
        if statement.no or statement.default:
            entries.pop((entry.peer, entry.netmask), None)
        else:
            entries[entry.peer, entry.netmask] = entry


class GlobalKeyTable(KeyTable):
    """The keys of the default ring. IOS writes their addresses 15 columns wide, with a mask behind them or nothing."""

    def say(self, mode: str, args: dict[str, list[Any]]) -> str:
        line, peer = super().say(mode, args), f" address {format_address(args['peer'][0])}"
        start, _, rest = line.rpartition(peer)
        return line if args["no_xauth"] and not args["mask"] else f"{start}{peer:<24}{rest}"


class RingKeyTable(KeyTable):
    """The keys of a ring that has a name: `pre-shared-key address 0.0.0.0 0.0.0.0 key cisco`."""

    def say(self, mode: str, args: dict[str, list[Any]]) -> str:
        return super().say(mode, args if args["peer"] != [0] or args["mask"] else {**args, "mask": [0]})


class KeyRing(Protocol):
    """What every key ring holds."""

    keys: dict[Any, AddressKey]
    hosts: dict[Any, HostKey]


@part("config")
@dataclass(slots=True)
class DefaultRing:
    """`crypto isakmp key`"""

    keys: dict[Any, AddressKey] = bound(
        GlobalKeyTable("crypto_isakmp_key", order=302, key=("peer", "mask"), type=AddressKey)
    )
    hosts: dict[Any, HostKey] = bound(Table("crypto_isakmp_key_hostname", order=302, key=("hostname",), type=HostKey))


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """`local-address 10.0.0.1` or `local-address GigabitEthernet0/0`"""

    address: int | None = None
    vrf: str | None = None
    interface: str | None = None

    def fits(self, router: Router, local: int) -> bool:
        """Whether a peer that comes to this address of ours is meant."""
        if self.interface is None:
            return self.address == local and self.vrf is None
        interface = router.stack.interfaces.get(self.interface)
        return interface is not None and interface.address == local


def serves(router: Router, addresses: dict[Any, LocalAddress], local: int) -> bool:
    """Whether what is bound to these addresses, or to none, is for peers that come to `local`."""
    return not addresses or any(address.fits(router, local) for address in addresses)


@part("conf_keyring")
@dataclass(slots=True)
class RingSettings:
    """`crypto keyring`"""

    description: str | None = bound(Value("keyring_description", order=5, type="description"))
    addresses: dict[Any, LocalAddress] = bound(Members("keyring_local_address", order=10, type=LocalAddress))
    keys: dict[Any, AddressKey] = bound(RingKeyTable("keyring_key", order=20, key=("peer", "mask"), type=AddressKey))
    hosts: dict[Any, HostKey] = bound(Table("keyring_key_hostname", order=20, key=("hostname",), type=HostKey))


@part("config")
@dataclass(slots=True)
class KeyRings:
    """All key rings that have a name."""

    rings: dict[str, Config] = bound(
        Section("crypto_keyring", order=300, mode="conf_keyring", key=("name",), apart=0, indent="  ", tail="  ")
    )


def all_rings(router: Router) -> Iterator[tuple[str | None, KeyRing]]:
    """The key rings by name: the default one, then the others as they were configured."""
    yield None, router.config[DefaultRing]
    for name, config in router.config[KeyRings].rings.items():
        yield name, config[RingSettings]


def _rings(router: Router, local: int, names: Sequence[str] | None) -> Iterator[tuple[str | None, KeyRing]]:
    """Those that a peer at `local` may be in. The rings of a VRF are for peers in that VRF, which nobody is."""
    rings = router.config[KeyRings].rings
    for name, ring in all_rings(router):
        if name is None:
            if names is None or DEFAULT_RING in names:
                yield name, ring
        elif names is None or name in names:
            config = rings[name]
            if config.get("vrf") is None and serves(router, config[RingSettings].addresses, local):
                yield name, ring


def key_of_address(router: Router, local: int, remote: int, names: Sequence[str] | None = None) -> Key | None:
    """The key for a peer's address: the one with the longest mask, in whichever ring it is; else the first one.

    `names` are the rings to look into, None: all. A key of a host name is for the address that `ip host` gives it.
    """
    name = (name_of(router.config, remote) or "").lower()
    found: list[tuple[int, str | None, Secret]] = []
    for ring_name, ring in _rings(router, local, names):
        found += [(mask, ring_name, entry) for mask, entry in _covering(ring, remote)]
        found += [(HOST_MASK, ring_name, entry) for entry in ring.hosts.values() if entry.hostname.lower() == name]
    best = max(found, key=lambda each: each[0], default=None)
    return None if best is None else _key(router, best[2], best[1], None)


def _covering(ring: KeyRing, remote: int) -> list[tuple[int, AddressKey]]:
    """The keys of a ring for an address, with their masks; the one for the address alone, if there is one."""
    own = ring.keys.get((remote, HOST_MASK))
    if own is not None:
        return [(HOST_MASK, own)]
    return [(mask, entry) for (peer, mask), entry in ring.keys.items() if (peer ^ remote) & mask == 0]


def key_of_name(router: Router, local: int, host: str, names: Sequence[str] | None = None) -> Key | None:
    """The key for a peer that gives a name."""
    for ring_name, ring in _rings(router, local, names):
        for entry in ring.hosts.values():
            if entry.hostname.lower() == host.lower():
                return _key(router, entry, ring_name, host)
    return None


def _key(router: Router, entry: Secret, ring: str | None, name: str | None) -> Key | None:
    clear = entry.clear(router.master_key)
    return None if clear is None else Key(clear.encode(), ring, name)


@check("crypto_isakmp_key", "crypto_isakmp_key_hostname", "keyring_key", "keyring_key_hostname")
def _check_key(router: Router, config: Config, statement: Statement) -> None:
    """A key does not replace another one for the same peers: that one has to be taken away first."""
    check_secret(statement)
    if statement.no or statement.default:
        return
    ring: KeyRing = config[DefaultRing] if config.mode == "config" else config[RingSettings]
    if "hostname" in statement:
        if (statement.get("hostname"),) in ring.hosts:
            raise Rejected(f"A pre-shared key for hostname {statement.get('hostname')} already exists!")
        return
    entry = from_args(AddressKey, statement.args)
    if (entry.peer, entry.netmask) in ring.keys:
        peer, mask = format_address(entry.peer), format_address(entry.netmask)
        raise Rejected(f"A pre-shared key for address mask {peer} {mask} already exists!")


def check_secret(statement: Statement) -> None:
    """Raises Rejected for a key that is said to be encrypted and cannot be."""
    encoding, key = statement.get("encoding"), statement.get("key")
    if encoding not in (None, 0) and not (encoding == 6 and is_type6(key)):
        raise Rejected(f"Invalid encrypted password: {key}")

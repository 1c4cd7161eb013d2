"""IKEv1 handshakes a second, phase 1 and quick mode, both ends: against the bare cryptographic calls that they make.

The floor is every Diffie-Hellman, hash and cipher call of a handshake, recorded and made again. Target: at most 1.5
times the floor; and as fast with 1,000 peers up as with the first ten.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from time import process_time
from typing import Any

from bench.esp import best_of_rounds
from iosim.crypto.ciphers import Cipher
from iosim.crypto.dh import ModpGroup
from iosim.crypto.ecp import EcpGroup
from iosim.crypto.hashes import Hash
from iosim.crypto.integrity import Integrity
from iosim.ike.v1 import Approach, Engine, Keepalive, Key, NoPki, Policy, QuickModeRequest
from iosim.ike.v1.admission import Admission
from iosim.ike.v1.events import QuickModeFinished
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import Identification, IdType

TARGET = 1.5
GROUPS = (2, 14, 19)
PEERS = 1000
TEN = 10
A, B = 0x0A000001, 0x0B000001
LAN_A, LAN_B = Proxy(0xC0A80100, 0xFFFFFF00), Proxy(0xC0A80200, 0xFFFFFF00)
KEY = Key(b"cisco123")

Call = Callable[[], object]


@dataclass(frozen=True)
class Accept:
    """The phase-2 policy of both ends."""

    transforms: tuple[Transform, ...] = (Transform("aes-128", "sha"),)
    pfs_group: int | None = None
    lifetime: int = 3600
    lifesize: int = 4608000


class Config:
    """The configuration of both ends."""

    enabled = True
    aggressive_mode = True
    nat_transparency = True
    nat_keepalive = 0
    pki = NoPki()
    admission = Admission()
    invalid_spi_recovery = False

    def __init__(self, group: int, aggressive: bool) -> None:
        self.suites = (Policy(10, "aes-128", "sha", "pre-share", group, 86400),)
        self.aggressive = aggressive
        self.accept = Accept()

    def phase_1_needed(self, local: int, remote: int) -> bool:
        """Nothing is renewed."""
        return False

    def keepalive(self, local: int, remote: int, profile: str | None) -> Keepalive | None:
        """Nobody is watched."""
        return None

    def approach(self, local: int, remote: int, profile: str | None) -> Approach:
        """One policy and one key."""
        return Approach(self.suites, KEY, self.aggressive)

    def policies(self, remote: int) -> tuple[Policy, ...]:
        """One policy."""
        return self.suites

    def key_of_address(self, local: int, remote: int) -> Key:
        """One key."""
        return KEY

    def key_of_identity(self, local: int, remote: int, identity: Identification, profile: str | None) -> Key:
        """The same key."""
        return KEY

    def keyrings(self, profile: str) -> tuple[str, ...]:
        """There are no profiles."""
        return ()

    def identity(self, local: int, remote: int, profile: str | None) -> Identification:
        """The address."""
        return Identification(IdType.IPV4_ADDR, 17, 500, local.to_bytes(4, "big"))

    def profile(self, local: int, remote: int, identity: Identification, wanted: str | None) -> str | None:
        """There is none."""
        return None

    def quick_mode_policy(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> Accept:
        """All proxies will do."""
        return self.accept

    def spi_in_use(self, spi: int) -> bool:
        """No SPI is."""
        return False


class Hub:
    """The end that answers; every handshake has a new peer at the other one."""

    def __init__(self, group: int, aggressive: bool = False) -> None:
        self.config = Config(group, aggressive)
        self._random_bytes = random.Random(B).randbytes
        self.engine = Engine(self.config, self._random_bytes)
        self._addresses = count(A)

    def handshake(self) -> None:
        """From a request to the SAs at both ends."""
        address = next(self._addresses)
        peer, accept = Engine(self.config, self._random_bytes), self.config.accept
        lasting = accept.lifetime, accept.lifesize
        peer.request(QuickModeRequest(address, B, LAN_A, LAN_B, accept.transforms, None, *lasting, accept), 0)
        engines, moved = {address: peer, B: self.engine}, True
        while moved:
            moved = False
            for engine in engines.values():
                for each in engine.datagrams_to_send():
                    engines[each.remote].receive_datagram(each.data, each.remote, each.local, 500, 500, 0)
                    moved = True
        for engine in engines.values():
            assert any(type(event) is QuickModeFinished for event in iter(engine.next_event, None))


@contextmanager
def recording(calls: list[Call]) -> Iterator[None]:
    """While this lasts, all cryptographic calls are noted, so that they can be made again."""
    kinds: tuple[tuple[type[Any], str], ...] = (
        *((group, name) for group in (ModpGroup, EcpGroup) for name in ("generate", "shared", "check")),
        *((Hash, name) for name in ("hmac", "digest")),
        *((Cipher, name) for name in ("sealer", "opener")),
        (Integrity, "mac"),
    )
    originals = [(kind, name, getattr(kind, name)) for kind, name in kinds]

    def noting(original: Callable[..., Any], name: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            calls.append(partial(original, *arguments))
            result = original(*arguments)
            if name not in ("sealer", "opener", "mac"):
                return result

            def work(data: bytes) -> object:
                calls.append(partial(result, data))
                return result(data)

            return work

        return call

    for kind, name, original in originals:
        setattr(kind, name, noting(original, name))
    yield
    for kind, name, original in originals:
        setattr(kind, name, original)


def floor(group: int, aggressive: bool) -> Call:
    """The cryptographic calls of one handshake, and nothing else."""
    calls: list[Call] = []
    with recording(calls):
        Hub(group, aggressive).handshake()

    def run() -> None:
        for call in calls:
            call()

    return run


def with_many_peers(group: int) -> tuple[float, float]:
    """µs of a handshake among the first ten and among ten with 1,000 peers up; the best of three of either."""

    def ten(hub: Hub) -> float:
        start = process_time()
        for _ in range(TEN):
            hub.handshake()
        return (process_time() - start) / TEN * 1e6

    hubs = [Hub(group) for _ in range(3)]
    first = min(ten(hub) for hub in hubs)
    for _ in range(PEERS - TEN):
        hubs[0].handshake()
    return first, min(ten(hubs[0]) for _ in range(3))


def main() -> None:
    """Print the tables."""
    print(f"{'mode':10} {'group':>5} {'bare µs':>8} {'ours µs':>8} {'a second':>8} {'ratio':>6} {'target':>7}")
    for aggressive in (False, True):
        for group in GROUPS:
            bare_time, time = best_of_rounds((floor(group, aggressive), 10), (Hub(group, aggressive).handshake, 10))
            ratio, missed = time / bare_time, "" if time <= TARGET * bare_time else "  MISSED"
            mode = "aggressive" if aggressive else "main"
            print(
                f"{mode:10} {group:5} {bare_time:8.0f} {time:8.0f} {1e6 / time:8.0f} {ratio:6.2f} {TARGET:7.1f}{missed}"
            )
    first, last = with_many_peers(GROUPS[0])
    text = f"the first ten {first:.0f} µs each, with {PEERS} peers up {last:.0f} µs, ratio {last / first:.2f}"
    print(f"group {GROUPS[0]}: {text}")


if __name__ == "__main__":
    main()

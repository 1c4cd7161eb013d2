"""IKEv1 main and quick mode, group 14, both ends: against the bare Diffie-Hellman, cipher and hash work of it.

Target: at most 1.5 times the bare work.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from bench.esp import best_of_rounds
from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.dh import GROUPS
from iosim.crypto.hashes import HASHES
from iosim.ike.v1 import Approach, Engine, Keepalive, Key, NoPki, Policy, QuickModeRequest
from iosim.ike.v1.admission import Admission
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import Identification, IdType

TARGET = 1.5
A, B = 0x0A000001, 0x0A000002
LAN_A, LAN_B = Proxy(0xC0A80100, 0xFFFFFF00), Proxy(0xC0A80200, 0xFFFFFF00)
POLICY = Policy(10, "aes-128", "sha", "pre-share", 14, 86400)
KEY = Key(b"cisco123")
ENCRYPTED_BYTES = (64, 64, 160, 160, 48)
"""What messages 5 and 6 of main mode and the three of quick mode hold, about."""
HASHES_OF_A_SIDE = 30
"""Prf and hash calls of one side: SKEYID and its children, HASH_I and HASH_R, HASH(1) to (3), IVs, KEYMAT, about."""


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

    def phase_1_needed(self, local: int, remote: int) -> bool:
        """Nothing is renewed."""
        return False

    def keepalive(self, local: int, remote: int, profile: str | None) -> Keepalive | None:
        """Nobody is watched."""
        return None

    def approach(self, local: int, remote: int, profile: str | None) -> Approach:
        """Main mode."""
        return Approach((POLICY,), KEY)

    def policies(self, remote: int) -> tuple[Policy, ...]:
        """One policy."""
        return (POLICY,)

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
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None
    ) -> Accept:
        """All proxies will do."""
        return Accept()

    def spi_in_use(self, spi: int) -> bool:
        """No SPI is."""
        return False


def negotiate() -> None:
    """Two new engines, from the request to the SAs at both ends."""
    engines = {address: Engine(Config(), random.Random(address).randbytes) for address in (A, B)}
    accept = Accept()
    engines[A].request(
        QuickModeRequest(A, B, LAN_A, LAN_B, accept.transforms, None, accept.lifetime, accept.lifesize, accept),
        0,
    )
    moved = True
    while moved:
        moved = False
        for engine in engines.values():
            for datagram in engine.datagrams_to_send():
                engines[datagram.remote].receive_datagram(datagram.data, datagram.remote, datagram.local, 500, 500, 0)
                moved = True
    for engine in engines.values():
        assert any(type(event).__name__ == "QuickModeFinished" for event in iter(engine.next_event, None))


def bare() -> None:
    """The cryptographic calls of both ends, and nothing else."""
    group, cipher, prf = GROUPS[14], CIPHERS["aes-128"], HASHES["sha"]
    ours, theirs = (group.generate(random.Random(seed).randbytes) for seed in (A, B))
    group.shared(ours.private, theirs.public)
    group.shared(theirs.private, ours.public)
    key, iv = bytes(16), bytes(16)
    for size in ENCRYPTED_BYTES:
        cipher.decrypt(key, iv, cipher.encrypt(key, iv, bytes(size)))
    for _ in range(2 * HASHES_OF_A_SIDE):
        prf.hmac(key, bytes(300))


def main() -> None:
    """Print the table."""
    bare_time, time = best_of_rounds((bare, 10), (negotiate, 10))
    ratio = time / bare_time
    print(f"{'bare µs':>8} {'ours µs':>8} {'ratio':>6} {'target':>7}")
    print(f"{bare_time:8.0f} {time:8.0f} {ratio:6.2f} {TARGET:7.1f}{'' if ratio <= TARGET else '  MISSED'}")


if __name__ == "__main__":
    main()

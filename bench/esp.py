"""ESP against the bare cipher and MAC calls it is made of, and against scapy: time of sealing and opening one packet.

python bench/esp.py
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from struct import pack
from time import thread_time
from typing import Any

from iosim.crypto.aead import AEADS, Aead
from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.integrity import INTEGRITY
from iosim.ipsec.esp import EspInbound, EspOutbound
from iosim.ipsec.model import SaKeys, Transform
from iosim.wire.ipv4 import ESP

LOCAL, REMOTE = 0x0A000001, 0x0A000002
SIZES = (100, 1400)
TRANSFORMS = (Transform("aes-128", "sha"), Transform("gcm-128", None))


@dataclass(frozen=True)
class Row:
    """Times in microseconds for one packet through sealing and opening."""

    size: int
    bare: float
    ours: float
    scapy: float

    @property
    def ratio(self) -> float:
        """How many times the bare calls ours takes."""
        return self.ours / self.bare

    @property
    def scapy_ratio(self) -> float:
        """How many times ours scapy takes."""
        return self.scapy / self.ours


def keys_for(transform: Transform) -> SaKeys:
    """Any keys of the right lengths."""
    cipher, integrity = transform.key_lengths(ESP)
    return SaKeys(0x1000, bytes(range(cipher)), bytes(range(integrity)))


def run(transform: Transform) -> list[Row]:
    """Measure each size of packet; the best of several rounds counts."""
    keys = keys_for(transform)
    return [
        Row(
            size,
            *best_of_rounds(
                (bare(transform, keys, size), 1000),
                (ours(transform, keys, size), 1000),
                (scapy(transform, keys, size), 5),
            ),
        )
        for size in SIZES
    ]


def packet(size: int) -> bytes:
    """A UDP packet of `size` bytes."""
    header = pack("!BBHHHBBHII", 0x45, 0, size, 1, 0, 64, 17, 0, 0xC0A80101, 0xC0A80201)
    header = header[:10] + pack("!H", -int.from_bytes(header) % 0xFFFF) + header[12:]
    return header + pack("!HHHH", 1000, 2000, size - 20, 0) + bytes(size - 28)


def bare(transform: Transform, keys: SaKeys, size: int) -> Callable[[], None]:
    """Encryption, decryption and two MACs (of AES-GCM: both in one) over as many bytes as ESP gives them."""
    if transform.cipher in AEADS:
        return bare_aead(AEADS[transform.cipher], keys, size)
    cipher, integrity = CIPHERS[transform.cipher], INTEGRITY[transform.integrity or "sha"]
    encrypt = cipher.sealer(keys.cipher_key, bytes(cipher.block_size))
    decrypt = cipher.opener(keys.cipher_key)
    mac = integrity.mac(keys.integrity_key)
    blocks = bytes((size + 2 + cipher.block_size - 1) // cipher.block_size * cipher.block_size + cipher.block_size)
    authenticated = bytes(8) + blocks

    def once() -> None:
        decrypt(encrypt(blocks))
        mac(authenticated)
        mac(authenticated)

    return once


def bare_aead(algorithm: Aead, keys: SaKeys, size: int) -> Callable[[], None]:
    """Encryption and decryption, with the ESP header as associated data."""
    encrypt, decrypt = algorithm.sealer(keys.cipher_key), algorithm.opener(keys.cipher_key)
    plaintext, iv, header = bytes((size + 2 + 3) // 4 * 4), bytes(8), bytes(8)

    def once() -> None:
        decrypt(iv, encrypt(iv, plaintext, header), header)

    return once


def ours(transform: Transform, keys: SaKeys, size: int) -> Callable[[], None]:
    """One packet sealed and opened."""
    outbound, inbound = EspOutbound(transform, keys, LOCAL, REMOTE, bytes), EspInbound(transform, keys)
    data = packet(size)

    def once() -> None:
        assert inbound.open(outbound.seal(data)) == data  # type: ignore[arg-type]  # a failure fails the assertion

    return once


def scapy(transform: Transform, keys: SaKeys, size: int) -> Callable[[], None]:
    """The same in scapy, with AES and SHA-1, or with AES-GCM."""
    layers: Any = import_module("scapy.layers.ipsec")
    aead = transform.cipher in AEADS
    sa = layers.SecurityAssociation(
        layers.ESP,
        spi=keys.spi,
        crypt_algo="AES-GCM" if aead else "AES-CBC",
        crypt_key=keys.cipher_key,
        auth_algo="NULL" if aead else "HMAC-SHA1-96",
        auth_key=None if aead else keys.integrity_key,
        tunnel_header=layers.IP(src="10.0.0.1", dst="10.0.0.2"),
    )
    data = packet(size)

    def once() -> None:
        sa.decrypt(layers.IP(bytes(sa.encrypt(layers.IP(data)))))

    return once


def best_of_rounds(*tasks: tuple[Callable[[], None], int], rounds: int = 15) -> list[float]:
    """The processor time of one call of each task, in microseconds. They take turns, as a machine may be busy."""
    best = [float("inf")] * len(tasks)
    for _ in range(rounds):
        for index, (function, count) in enumerate(tasks):
            start = thread_time()
            for _ in range(count):
                function()
            best[index] = min(best[index], (thread_time() - start) / count * 1e6)
    return best


def main() -> None:
    """Print the table."""
    head = f"{'bare µs':>8} {'ours µs':>8} {'ratio':>6} {'scapy µs':>9} {'scapy/ours':>10}"
    print(f"{'transform':12} {'bytes':>6} {head}")
    for transform in TRANSFORMS:
        name = f"{transform.cipher} {transform.integrity or ''}"
        for row in run(transform):
            times = f"{row.bare:8.2f} {row.ours:8.2f} {row.ratio:6.2f} {row.scapy:9.1f} {row.scapy_ratio:10.0f}"
            print(f"{name:12} {row.size:6} {times}")


if __name__ == "__main__":
    main()

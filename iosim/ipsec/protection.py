"""What protects the contents of ESP: a cipher with an HMAC, an HMAC alone, AES-GCM or GMAC.

A sealer takes what stands in front, the ESP header (SPI and sequence number), the payload and its trailer, and gives
all of it with the ESP packet behind what stood in front. An
opener takes that packet, of a length that `Shape` allows, and gives the bytes in which payload and trailer stand behind
the first `skip` ones, or None if the packet is not authentic. Both serve for the life of an SA.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from iosim.crypto.aead import AEADS, IV_LENGTH, TAG_LENGTH, Aead
from iosim.crypto.ciphers import CIPHERS, Cipher
from iosim.crypto.integrity import INTEGRITY, Mac, equal
from iosim.ipsec.model import SaKeys, Transform

HEADER_LENGTH: Final = 8
ALIGNMENT: Final = 4
"""Bytes that payload and trailer fill up at least (RFC 4303 section 2.4)."""
NULL: Final = "null"

Sealer = Callable[[bytes, bytes, bytes, bytes], bytes]
Opener = Callable[[bytes], bytes | None]


class Shape(NamedTuple):
    """The lengths of a transform's ESP in bytes; payload and trailer are a multiple of `alignment`."""

    iv_length: int
    alignment: int
    icv_length: int
    skip: int


def shape(transform: Transform) -> Shape:
    """How ESP looks under a transform."""
    cipher, icv_length = transform.cipher, INTEGRITY[transform.integrity].icv_length if transform.integrity else 0
    if cipher in AEADS:
        skip = 0 if AEADS[cipher].encrypts else HEADER_LENGTH + IV_LENGTH
        return Shape(IV_LENGTH, ALIGNMENT, TAG_LENGTH, skip)
    if cipher == NULL:
        return Shape(0, ALIGNMENT, icv_length, HEADER_LENGTH)
    block = CIPHERS[cipher or ""].block_size
    return Shape(block, block, icv_length, block)


def authenticates(transform: Transform) -> bool:
    """Whether its ESP carries an ICV."""
    return transform.integrity is not None or transform.cipher in AEADS


def sealer(transform: Transform, keys: SaKeys, random_bytes: Callable[[int], bytes]) -> Sealer:
    """The sealer of an outbound SA. Raises CryptoError when the keys do not fit."""
    if transform.cipher in AEADS:
        return _aead_sealer(AEADS[transform.cipher], keys.cipher_key)
    mac = _mac(transform, keys)
    if transform.cipher == NULL:
        return _null_sealer(mac)
    return _cbc_sealer(CIPHERS[transform.cipher or ""], keys.cipher_key, mac, random_bytes)


def opener(transform: Transform, keys: SaKeys) -> Opener:
    """The opener of an inbound SA. Raises CryptoError when the keys do not fit."""
    if transform.cipher in AEADS:
        return _aead_opener(AEADS[transform.cipher], keys.cipher_key)
    mac, icv_length = _mac(transform, keys), shape(transform).icv_length
    if transform.cipher == NULL:
        return _hmac_opener(mac, icv_length, 0, bytes)
    return _hmac_opener(mac, icv_length, HEADER_LENGTH, CIPHERS[transform.cipher or ""].opener(keys.cipher_key))


def _mac(transform: Transform, keys: SaKeys) -> Mac:
    return INTEGRITY[transform.integrity].mac(keys.integrity_key) if transform.integrity else lambda _: b""


def _cbc_sealer(cipher: Cipher, key: bytes, mac: Mac, random_bytes: Callable[[int], bytes]) -> Sealer:
    encrypt, blank = cipher.sealer(key, random_bytes(cipher.block_size)), bytes(cipher.block_size)

    def seal(front: bytes, header: bytes, payload: bytes, trailer: bytes) -> bytes:
        body = header + encrypt(b"".join((blank, payload, trailer)))
        return b"".join((front, body, mac(body)))

    return seal


def _null_sealer(mac: Mac) -> Sealer:
    def seal(front: bytes, header: bytes, payload: bytes, trailer: bytes) -> bytes:
        body = b"".join((header, payload, trailer))
        return b"".join((front, body, mac(body)))

    return seal


def _hmac_opener(mac: Mac, icv_length: int, start: int, decrypt: Callable[[bytes], bytes]) -> Opener:
    """What is encrypted begins at `start`."""

    def unseal(packet: bytes) -> bytes | None:
        end = len(packet) - icv_length
        return decrypt(packet[start:end]) if equal(mac(packet[:end]), packet[end:]) else None

    return unseal


def _aead_sealer(algorithm: Aead, key: bytes) -> Sealer:
    """The IV is the sequence number, which never comes twice (RFC 4106 section 3.1)."""
    seal, encrypts = algorithm.sealer(key), algorithm.encrypts

    def seal_packet(front: bytes, header: bytes, payload: bytes, trailer: bytes) -> bytes:
        iv = b"\0\0\0\0" + header[4:]
        if encrypts:
            return b"".join((front, header, iv, seal(iv, payload + trailer, header)))
        covered = b"".join((header, iv, payload, trailer))  # RFC 4543 section 3.3
        return b"".join((front, covered, seal(iv, b"", covered)))

    return seal_packet


def _aead_opener(algorithm: Aead, key: bytes) -> Opener:
    unseal, encrypts, start = algorithm.opener(key), algorithm.encrypts, HEADER_LENGTH + IV_LENGTH

    def open_packet(packet: bytes) -> bytes | None:
        iv = packet[HEADER_LENGTH:start]
        if encrypts:
            return unseal(iv, packet[start:], packet[:HEADER_LENGTH])
        covered = packet[:-TAG_LENGTH]
        return covered if unseal(iv, packet[-TAG_LENGTH:], covered) is not None else None

    return open_packet

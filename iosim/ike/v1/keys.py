"""Key derivation of IKEv1 (RFC 2409 sections 5, 5.5 and appendix B)."""

from __future__ import annotations

import struct

from iosim.crypto.ciphers import Cipher
from iosim.crypto.hashes import Hash
from iosim.data import dataclass


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets of a phase-1 SA, by their names in RFC 2409; `ka` is the key of the cipher."""

    g_xy: bytes
    skeyid: bytes
    skeyid_d: bytes
    skeyid_a: bytes
    skeyid_e: bytes
    ka: bytes


def preshared_skeyid(hash_: Hash, key: bytes, nonce_i: bytes, nonce_r: bytes) -> bytes:
    """SKEYID = prf(pre-shared-key, Ni_b | Nr_b)."""
    return hash_.hmac(key, nonce_i + nonce_r)


def signature_skeyid(hash_: Hash, nonce_i: bytes, nonce_r: bytes, g_xy: bytes) -> bytes:
    """SKEYID = prf(Ni_b | Nr_b, g^xy), where signatures authenticate."""
    return hash_.hmac(nonce_i + nonce_r, g_xy)


def derive(hash_: Hash, cipher: Cipher, skeyid: bytes, g_xy: bytes, cky_i: bytes, cky_r: bytes) -> Secrets:
    """SKEYID_d, SKEYID_a, SKEYID_e (section 5) and Ka (appendix B)."""
    shared = g_xy + cky_i + cky_r
    skeyid_d = hash_.hmac(skeyid, shared + b"\0")
    skeyid_a = hash_.hmac(skeyid, skeyid_d + shared + b"\1")
    skeyid_e = hash_.hmac(skeyid, skeyid_a + shared + b"\2")
    return Secrets(g_xy, skeyid, skeyid_d, skeyid_a, skeyid_e, expand(hash_, skeyid_e, cipher.key_length))


def expand(hash_: Hash, skeyid_e: bytes, length: int) -> bytes:
    """Ka: the front of SKEYID_e, or K1 | K2 | … with K1 = prf(SKEYID_e, 0) when it is too short (appendix B)."""
    if length <= len(skeyid_e):
        return skeyid_e[:length]
    key = block = hash_.hmac(skeyid_e, b"\0")
    while len(key) < length:
        block = hash_.hmac(skeyid_e, block)
        key += block
    return key[:length]


def phase1_iv(hash_: Hash, cipher: Cipher, g_xi: bytes, g_xr: bytes) -> bytes:
    """The first IV of phase 1: hash(g^xi | g^xr) (appendix B)."""
    return hash_.digest(g_xi + g_xr)[: cipher.block_size]


def phase2_iv(hash_: Hash, cipher: Cipher, last_block: bytes, message_id: int) -> bytes:
    """The first IV under a message id: hash(last phase-1 CBC output block | M-ID) (appendix B)."""
    return hash_.digest(last_block + struct.pack("!I", message_id))[: cipher.block_size]


def keymat(hash_: Hash, skeyid_d: bytes, seed: bytes, length: int) -> bytes:
    """KEYMAT = K1 | K2 | … with Kn = prf(SKEYID_d, Kn-1 | seed).

    The seed is [g(qm)^xy |] protocol | SPI | Ni_b | Nr_b (section 5.5).
    """
    key = block = hash_.hmac(skeyid_d, seed)
    while len(key) < length:
        block = hash_.hmac(skeyid_d, block + seed)
        key += block
    return key[:length]

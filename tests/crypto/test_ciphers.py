"""Ciphers against published vectors, and the long-lived contexts against one-shot calls."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.errors import CryptoError

# name, key, IV, plaintext, ciphertext
VECTORS = {
    # RFC 3602 section 4, cases 1, 2 and 3
    "rfc3602-1": (
        "aes-128",
        "06a9214036b8a15b512e03d534120006",
        "3dafba429d9eb430b422da802c9fac41",
        b"Single block msg".hex(),
        "e353779c1079aeb82708942dbe77181a",
    ),
    "rfc3602-2": (
        "aes-128",
        "c286696d887c9aa0611bbb3e2025a45a",
        "562e17996d093d28ddb3ba695a2e6f58",
        bytes(range(32)).hex(),
        "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1",
    ),
    "rfc3602-3": (
        "aes-128",
        "6c3ea0477630ce21a2ce334aa746c2cd",
        "c782dc4c098c66cbd9cd27d825682c81",
        b"This is a 48-byte message (exactly 3 AES blocks)".hex(),
        "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d83ba2684",
    ),
    # NIST SP 800-38A F.2.3 and F.2.5, first block
    "sp800-38a-192": (
        "aes-192",
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
        "000102030405060708090a0b0c0d0e0f",
        "6bc1bee22e409f96e93d7e117393172a",
        "4f021db243bc633d7178183a9fa071e8",
    ),
    "sp800-38a-256": (
        "aes-256",
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "000102030405060708090a0b0c0d0e0f",
        "6bc1bee22e409f96e93d7e117393172a",
        "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
    ),
    # FIPS 81 appendix C, table C2: DES in CBC mode
    "fips81": (
        "des",
        "0123456789abcdef",
        "1234567890abcdef",
        b"Now is the time for all ".hex(),
        "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6",
    ),
    # NIST SP 800-67 appendix B.1 (ECB; the first block under a zero IV is the same)
    "sp800-67": (
        "3des",
        "0123456789abcdef23456789abcdef01456789abcdef0123",
        "0000000000000000",
        b"The qufc".hex(),  # so in the publication
        "a826fd8ce53b855f",
    ),
}


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS.keys())
def test_published_vectors(vector: tuple[str, str, str, str, str]) -> None:
    cipher, (key, iv, plaintext, ciphertext) = CIPHERS[vector[0]], map(bytes.fromhex, vector[1:])
    assert cipher.encrypt(key, iv, plaintext) == ciphertext
    assert cipher.decrypt(key, iv, ciphertext) == plaintext


@pytest.mark.parametrize("name", CIPHERS)
@settings(max_examples=20)
@given(packets=st.lists(st.integers(1, 5), min_size=1, max_size=5), seed=st.randoms(use_true_random=False))
def test_long_lived_contexts_make_plain_cbc_packets(name: str, packets: list[int], seed: object) -> None:
    cipher = CIPHERS[name]
    random_bytes = seed.randbytes  # type: ignore[attr-defined]  # a random.Random
    key, size = random_bytes(cipher.key_length), cipher.block_size
    seal, open_ = cipher.sealer(key, random_bytes(size)), cipher.opener(key)
    for blocks in packets:
        plaintext = random_bytes(blocks * size)
        sealed = seal(bytes(size) + plaintext)
        assert len(sealed) == size + len(plaintext)
        assert cipher.decrypt(key, sealed[:size], sealed[size:]) == plaintext
        assert open_(sealed)[size:] == plaintext


def test_each_packet_has_an_iv_of_its_own() -> None:
    seal = CIPHERS["aes-128"].sealer(bytes(16), bytes(16))
    assert len({seal(bytes(32))[:16] for _ in range(100)}) == 100


@pytest.mark.parametrize("name", CIPHERS)
def test_wrong_lengths_are_refused(name: str) -> None:
    cipher = CIPHERS[name]
    key, iv, block = bytes(cipher.key_length), bytes(cipher.block_size), bytes(cipher.block_size)
    for arguments in ((key + b"x", iv, block), (key, iv + b"x", block), (key, iv, block + b"x")):
        with pytest.raises(CryptoError):
            cipher.encrypt(*arguments)
        with pytest.raises(CryptoError):
            cipher.decrypt(*arguments)
    with pytest.raises(CryptoError):
        cipher.sealer(key[1:], iv)
    with pytest.raises(CryptoError):
        cipher.opener(key[1:])

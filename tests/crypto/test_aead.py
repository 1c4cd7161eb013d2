"""AES-GCM and GMAC against published vectors, and what must not open."""

import pytest

from iosim.crypto.aead import AEADS
from iosim.crypto.errors import CryptoError

PLAINTEXT = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
    "ba637b39"
)
ASSOCIATED = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
KEY = "feffe9928665731c6d6a8f9467308308"
SALT, IV = "cafebabe", "facedbaddecaf888"
# McGrew and Viega, The Galois/Counter Mode of Operation (GCM), appendix B: test cases 4, 10 and 16
CASES = [
    (
        "gcm-128",
        KEY,
        "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
        "3d58e091",
        "5bc94fbc3221a5db94fae95ae7121a47",
    ),
    (
        "gcm-192",
        KEY + "feffe9928665731c",
        "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9"
        "ccda2710",
        "2519498e80f1478f37ba55bd6d27618c",
    ),
    (
        "gcm-256",
        KEY + KEY,
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
        "bcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
]


@pytest.mark.parametrize(("name", "key", "ciphertext", "tag"), CASES, ids=[name for name, *_ in CASES])
def test_published_vectors(name: str, key: str, ciphertext: str, tag: str) -> None:
    keyed, iv, associated = bytes.fromhex(key + SALT), bytes.fromhex(IV), bytes.fromhex(ASSOCIATED)
    sealed = AEADS[name].sealer(keyed)(iv, bytes.fromhex(PLAINTEXT), associated)
    assert sealed.hex() == ciphertext + tag
    assert AEADS[name].opener(keyed)(iv, sealed, associated) == bytes.fromhex(PLAINTEXT)


def test_authentication_alone() -> None:
    # The same document, test case 1: no plaintext, no associated data, a key and an IV of zeros
    key = bytes(20)
    assert AEADS["gmac-128"].sealer(key)(bytes(8), b"", b"").hex() == "58e2fccefa7e3061367f1d57a4e7455a"


@pytest.mark.parametrize("name", AEADS)
def test_nothing_that_was_changed_opens(name: str) -> None:
    key = bytes(range(AEADS[name].key_length))
    seal, unseal = AEADS[name].sealer(key), AEADS[name].opener(key)
    sealed = seal(bytes(8), b"secret", b"seen")
    assert unseal(bytes(8), sealed, b"seen") == b"secret"
    assert unseal(bytes(7) + b"\1", sealed, b"seen") is None
    assert unseal(bytes(8), sealed, b"seem") is None
    assert unseal(bytes(8), b"", b"seen") is None
    for at in range(len(sealed)):
        assert unseal(bytes(8), sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :], b"seen") is None


@pytest.mark.parametrize("name", AEADS)
def test_a_key_of_the_wrong_length_is_refused(name: str) -> None:
    with pytest.raises(CryptoError):
        AEADS[name].sealer(bytes(AEADS[name].key_length - 4))

"""Hashes, HMACs and truncated HMACs against published vectors."""

import pytest

from iosim.crypto.errors import CryptoError
from iosim.crypto.hashes import HASHES
from iosim.crypto.integrity import INTEGRITY

DIGESTS = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",  # RFC 1321 appendix A.5, "abc"
    "sha": "a9993e364706816aba3e25717850c26c9cd0d89d",  # RFC 3174 section 7.3, TEST1
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",  # RFC 6234 section 8.5, "abc"
    # RFC 6234 section 8.5, "abc"; FIPS 180-2 appendices C.1 and D.1
    "sha384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    "sha512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
}
LONG_KEY_TEXT = b"Test Using Larger Than Block-Size Key - Hash Key First"
JEFE_TEXT = b"what do ya want for nothing?"
HMACS = [
    # RFC 2202 section 2, test cases 1, 2, 3, 6
    ("md5", b"\x0b" * 16, b"Hi There", "9294727a3638bb1c13f48ef8158bfc9d"),
    ("md5", b"Jefe", JEFE_TEXT, "750c783e6ab0b503eaa86e310a5db738"),
    ("md5", b"\xaa" * 16, b"\xdd" * 50, "56be34521d144c88dbb8c733f0e8b3f6"),
    ("md5", b"\xaa" * 80, LONG_KEY_TEXT, "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"),
    # RFC 2202 section 3, test cases 1, 2, 3, 6
    ("sha", b"\x0b" * 20, b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
    ("sha", b"Jefe", JEFE_TEXT, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    ("sha", b"\xaa" * 20, b"\xdd" * 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
    (
        "sha",
        b"\xaa" * 80,
        LONG_KEY_TEXT,
        "aa4ae5e15272d00e95705637ce8a3b55ed402112",
    ),
    # RFC 4231 sections 4.2, 4.3, 4.4, 4.7
    ("sha256", b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (
        "sha256",
        b"Jefe",
        JEFE_TEXT,
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "sha256",
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        "sha256",
        b"\xaa" * 131,
        LONG_KEY_TEXT,
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    # RFC 4231 sections 4.2 and 4.3
    (
        "sha384",
        b"\x0b" * 20,
        b"Hi There",
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
    ),
    (
        "sha512",
        b"\x0b" * 20,
        b"Hi There",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    ),
    (
        "sha384",
        b"Jefe",
        JEFE_TEXT,
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    ),
    (
        "sha512",
        b"Jefe",
        JEFE_TEXT,
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ),
]
ICVS = [
    # RFC 2202 test case 5 gives the digests truncated to 96 bits
    ("md5", b"\x0c" * 16, b"Test With Truncation", "56461ef2342edc00f9bab995"),
    ("sha", b"\x0c" * 20, b"Test With Truncation", "4c1a03424b55e07fe7f27be1"),
    # RFC 4868 section 2.7.2.1, AUTH256-1 to -4: the PRF with a 256-bit key, here its first half
    ("sha256", b"\x0b" * 32, b"Hi There", "198a607eb44bfbc69903a0f1cf2bbdc5"),
    ("sha256", b"JefeJefeJefeJefeJefeJefeJefeJefe", JEFE_TEXT, "167f928588c5cc2eef8e3093caa0e87c"),
    # RFC 4868 section 2.7.2.2 and 2.7.2.3, AUTH384-1 and -2, AUTH512-1 and -2
    ("sha384", b"\x0b" * 48, b"Hi There", "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973"),
    ("sha384", b"Jefe" * 12, JEFE_TEXT, "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d"),
    ("sha512", b"\x0b" * 64, b"Hi There", "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8"),
    ("sha512", b"Jefe" * 16, JEFE_TEXT, "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454"),
]


@pytest.mark.parametrize(("name", "digest"), DIGESTS.items())
def test_digests(name: str, digest: str) -> None:
    assert HASHES[name].digest(b"abc").hex() == digest
    assert HASHES[name].digest_size == len(digest) // 2


@pytest.mark.parametrize(("name", "key", "data", "mac"), HMACS)
def test_hmacs(name: str, key: bytes, data: bytes, mac: str) -> None:
    assert HASHES[name].hmac(key, data).hex() == mac
    keyed = HASHES[name].keyed(key)
    assert [keyed(data).hex(), keyed(data).hex()] == [mac, mac]


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 127, 128, 129, 300])
def test_keyed_hmacs_are_hmacs_for_keys_of_any_length(name: str, length: int) -> None:
    assert HASHES[name].keyed(b"k" * length)(b"data") == HASHES[name].hmac(b"k" * length, b"data")


@pytest.mark.parametrize(("name", "key", "data", "icv"), ICVS)
def test_icvs(name: str, key: bytes, data: bytes, icv: str) -> None:
    mac = INTEGRITY[name].mac(key)
    for _ in range(2):  # the keyed state survives its use
        assert mac(data).hex() == icv
    assert INTEGRITY[name].icv_length == len(icv) // 2


@pytest.mark.parametrize("name", INTEGRITY)
def test_a_key_of_the_wrong_length_is_refused(name: str) -> None:
    with pytest.raises(CryptoError):
        INTEGRITY[name].mac(b"short")

"""Cryptographic messages: OpenSSL opens ours and we open its; every damage is noticed."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from iosim.crypto import cms, der, rsa, scep, x509
from iosim.crypto.errors import CryptoError
from iosim.crypto.rsa import RsaKey
from iosim.crypto.scep import Authority, Kind, Requester, Status
from iosim.crypto.x509 import Certificate

CHANCE = random.Random(7)
NOW = datetime(2002, 3, 1)
CONTENT = b"the contents of a message"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def party(name: str, bits: int = 1024) -> tuple[Certificate, RsaKey]:
    key = rsa.generate(bits, random.Random(name).randbytes)
    subject = x509.make_name(f"CN={name}")
    terms = x509.Terms(77, NOW, NOW.replace(year=2052), "sha256", authority=True)
    return Certificate(x509.issue(subject, key.private.public_key(), subject, key, terms)), key


ALICE, ALICE_KEY = party("Alice")
CA, CA_KEY = party("CA")


def openssl(folder: Path, *arguments: str) -> bytes:
    result = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, timeout=30)
    assert result.returncode == 0, result.stderr
    return result.stdout


def furnish(folder: Path) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    (folder / "alice.pem").write_text(x509.pem(ALICE.der))
    key = ALICE_KEY.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "alice.key").write_bytes(key)


@needs_openssl
@pytest.mark.parametrize("hash_name", ["sha1", "sha256", "sha384", "sha512"])
def test_openssl_verifies_what_we_sign(tmp_path: Path, hash_name: str) -> None:
    furnish(tmp_path)
    (tmp_path / "message").write_bytes(cms.sign(CONTENT, ALICE, ALICE_KEY, {}, hash_name))
    verify = (
        "cms",
        "-verify",
        "-inform",
        "DER",
        "-in",
        "message",
        "-CAfile",
        "alice.pem",
        "-purpose",
        "any",
        "-binary",
    )
    assert openssl(tmp_path, *verify) == CONTENT


@needs_openssl
@pytest.mark.parametrize("cipher_name", ["des", "3des", "aes-128", "aes-192", "aes-256"])
def test_openssl_opens_our_envelopes(tmp_path: Path, cipher_name: str) -> None:
    furnish(tmp_path)
    (tmp_path / "message").write_bytes(cms.envelope(CONTENT, ALICE, cipher_name, CHANCE.randbytes))
    decrypt = ("cms", "-decrypt", "-inform", "DER", "-in", "message", "-recip", "alice.pem", "-inkey", "alice.key")
    legacy = ("-provider", "legacy", "-provider", "default") if cipher_name == "des" else ()
    assert openssl(tmp_path, *decrypt, *legacy) == CONTENT


@needs_openssl
def test_we_read_what_openssl_makes(tmp_path: Path) -> None:
    furnish(tmp_path)
    (tmp_path / "content").write_bytes(CONTENT)
    common = ("-binary", "-outform", "DER", "-in", "content")
    signed = openssl(tmp_path, "cms", "-sign", "-nodetach", "-signer", "alice.pem", "-inkey", "alice.key", *common)
    read = cms.read_signed(signed)
    assert (read.content, read.signer.der, read.hash_name) == (CONTENT, ALICE.der, "sha256")
    for option, name in (("-aes-256-cbc", "aes-256"), ("-des3", "3des")):
        sealed = openssl(tmp_path, "cms", "-encrypt", option, *common, "alice.pem")
        opened = cms.open_envelope(sealed, ALICE, ALICE_KEY)
        assert (opened.content, opened.cipher_name) == (CONTENT, name)
    (tmp_path / "bag").write_bytes(cms.certificates_only([ALICE.der, CA.der]))
    assert openssl(tmp_path, "pkcs7", "-inform", "DER", "-in", "bag", "-print_certs").count(b"BEGIN CERT") == 2


def test_a_request_may_have_its_attributes_in_any_order() -> None:
    """strongSwan's have no order; what is signed is what came."""
    made = x509.make_request(x509.make_name("CN=Alice"), ALICE_KEY, "sha256", "alice.example.net", "a long password")
    info, kind, _ = der.read(made).parts()
    *parts, attributes = info.parts()
    backwards = der.write(der.EXPLICIT, *reversed([each.whole for each in der.elements(attributes.body)]))
    changed = der.sequence(*(part.whole for part in parts), backwards)
    assert changed != info.whole
    signature = ALICE_KEY.private.sign(changed, PKCS1v15(), SHA256())
    request = x509.Request(der.sequence(changed, kind.whole, der.write(der.BITS, b"\0" + signature)))
    assert request.alternative == x509.Request(made).alternative
    assert request.subject.text == "cn=Alice"
    wrong = der.sequence(info.whole, kind.whole, der.write(der.BITS, b"\0" + signature))
    with pytest.raises(CryptoError, match="not signed by its key"):
        x509.Request(wrong)


# Requests and answers


def requester(chance: random.Random) -> Requester:
    return Requester(ALICE, ALICE_KEY, CA, "sha256", "aes-128", chance.randbytes)


def authority(chance: random.Random) -> Authority:
    return Authority(CA, CA_KEY, chance.randbytes)


@pytest.mark.parametrize("status", Status)
def test_a_request_and_its_answer(status: Status) -> None:
    chance = random.Random(1)
    alice, ca = requester(chance), authority(chance)
    message, data = alice.request(Kind.REQUEST, CONTENT)
    asked = ca.read(data)
    assert (asked.content, asked.signer.der, asked.cipher_name) == (CONTENT, ALICE.der, "aes-128")
    assert asked.message == message
    answer, certificates = alice.read(ca.answer(asked, status, ALICE.der), message)
    assert answer.status == status
    assert [each.der for each in certificates] == ([ALICE.der] if status == Status.SUCCESS else [])


def test_an_answer_to_something_else_or_by_somebody_else_is_none() -> None:
    chance = random.Random(2)
    alice, ca = requester(chance), authority(chance)
    first, data = alice.request(Kind.REQUEST, CONTENT)
    second, _ = alice.request(Kind.REQUEST, CONTENT)
    answer = ca.answer(ca.read(data), Status.PENDING)
    alice.read(answer, first)
    with pytest.raises(CryptoError, match="something else"):
        alice.read(answer, second)
    stranger, key = party("Stranger")
    forged = Authority(stranger, key, chance.randbytes).answer(ca.read(data), Status.FAILURE)
    with pytest.raises(CryptoError, match="not an answer of the authority"):
        alice.read(forged, first)
    with pytest.raises(CryptoError, match="not an answer of the authority"):
        alice.read(data, first)


def test_equal_seeds_give_equal_messages() -> None:
    first, again, other = (requester(random.Random(seed)).request(Kind.REQUEST, CONTENT) for seed in (3, 3, 4))
    assert first == again != other


def test_a_transaction_belongs_to_a_key() -> None:
    assert scep.transaction_of(ALICE_KEY.public_der) != scep.transaction_of(CA_KEY.public_der)


# Damage


def test_every_byte_of_a_message_counts() -> None:
    chance = random.Random(4)
    _, data = requester(chance).request(Kind.REQUEST, CONTENT)
    ca, passed = authority(chance), 0
    for at in range(len(data)):
        damaged = data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]
        try:
            passed += ca.read(damaged).content != CONTENT
        except CryptoError:
            continue
    assert passed == 0
    for cut in range(0, len(data), 7):
        with pytest.raises(CryptoError):
            ca.read(data[:cut])


@given(st.binary(max_size=120))
def test_any_bytes_are_a_message_or_an_error(data: bytes) -> None:
    for wrapped in (
        data,
        cms._wrapped(cms.SIGNED, der.sequence(data)),
        cms._wrapped(cms.ENVELOPED, der.sequence(data)),
    ):
        for read in (cms.read_signed, cms.read_certificates, lambda each: cms.open_envelope(each, CA, CA_KEY)):
            with pytest.raises(CryptoError):
                read(wrapped)
                raise CryptoError("a bag without certificates is a message")


@given(st.recursive(st.binary(max_size=40), lambda inner: st.lists(inner, max_size=4), max_leaves=12))
def test_what_is_encoded_is_decoded(tree: object) -> None:
    def encode(node: object) -> bytes:
        if isinstance(node, bytes):
            return der.write(der.OCTETS, node)
        assert isinstance(node, list)
        return der.sequence(*map(encode, node))

    def decode(element: der.Element) -> object:
        return element.body if element.tag == der.OCTETS else list(map(decode, der.elements(element.body)))

    (element,) = der.elements(encode(tree))
    assert decode(element) == tree


def test_numbers_and_names_are_encoded_as_they_should() -> None:
    """X.690 sections 8.3 and 8.19: the two examples of object identifiers in RFC 5652, and numbers at the edges."""
    assert der.oid("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"
    assert der.oid("2.16.840.1.101.3.4.2.1").hex() == "0609608648016503040201"
    assert [der.integer(value).hex() for value in (0, 127, 128, 256)] == ["020100", "02017f", "02020080", "02020100"]
    assert der.write(der.OCTETS, bytes(200))[:3].hex() == "0481c8"

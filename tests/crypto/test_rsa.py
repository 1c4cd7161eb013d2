"""RSA keys from seeds, and what openssl says to them, to our signatures, certificates and requests."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.crypto import rsa, x509
from iosim.crypto.errors import CryptoError

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
KEY = rsa.generate(1024, random.Random(1).randbytes)
NAME = x509.make_name("CN=Authority, O=Example")
START, END = datetime(2002, 3, 1), datetime(2005, 3, 1)
ROOT = x509.issue(NAME, KEY.private.public_key(), NAME, KEY, x509.Terms(1, START, END, "sha256", authority=True))


def openssl(folder: Path, *arguments: str) -> str:
    result = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    return result.stdout + result.stderr


@pytest.mark.parametrize("bits", [360, 512, 1023, 2048])
def test_keys_have_their_size_and_follow_from_the_seed(bits: int) -> None:
    one, same, other = (rsa.generate(bits, random.Random(seed).randbytes) for seed in (1, 1, 2))
    assert one.bits == bits
    assert one == same
    assert one != other
    if bits >= 512:
        assert rsa.verify(one.private.public_key(), b"digest", one.sign(b"digest"))


def test_a_signature_is_for_one_key_and_one_digest() -> None:
    signature, other = KEY.sign(b"digest"), rsa.generate(1024, random.Random(2).randbytes)
    public = KEY.private.public_key()
    assert rsa.verify(public, b"digest", signature)
    assert not rsa.verify(public, b"another", signature)
    assert not rsa.verify(other.private.public_key(), b"digest", signature)
    for wrong in (b"", signature[:-1], bytes(128), b"\xff" * 128):
        assert not rsa.verify(public, b"digest", wrong)


def test_a_key_that_is_too_short_says_so() -> None:
    with pytest.raises(CryptoError):
        rsa.generate(512, random.Random(1).randbytes).sign(bytes(64))


@needs_openssl
def test_openssl_verifies_signatures_without_the_name_of_a_hash(tmp_path: Path) -> None:
    for name, data in (
        ("pub", KEY.public_der),
        ("digest", b"0123456789abcdefghij"),
        ("sig", KEY.sign(b"0123456789abcdefghij")),
    ):
        (tmp_path / name).write_bytes(data)
    arguments = ("-verify", "-pubin", "-keyform", "DER", "-inkey", "pub", "-sigfile", "sig", "-in", "digest")
    assert "Successfully" in openssl(tmp_path, "pkeyutl", *arguments)


@needs_openssl
def test_openssl_verifies_certificates_and_requests(tmp_path: Path) -> None:
    key = rsa.generate(1024, random.Random(3).randbytes)
    subject = x509.make_name(
        "CN=R1,O=Example", [("serialNumber", "FTX1"), ("hostname", "R1.lab"), ("ipaddress", "10.0.0.1")]
    )
    request = x509.Request(x509.make_request(subject, key, "sha256", "r1.lab"))
    terms = x509.Terms(2, START, END, "sha512")
    der = x509.issue(request.name, request.public, NAME, KEY, terms, request.alternative)
    (tmp_path / "ca.pem").write_text(x509.pem(ROOT))
    (tmp_path / "r1.pem").write_text(x509.pem(der))
    (tmp_path / "r1.csr").write_bytes(request.der)
    moment = str(int(datetime(2003, 1, 1).timestamp()))
    assert "OK" in openssl(tmp_path, "verify", "-attime", moment, "-x509_strict", "-CAfile", "ca.pem", "r1.pem")
    text = openssl(tmp_path, "x509", "-in", "r1.pem", "-noout", "-text")
    assert (
        "O = Example, CN = R1, serialNumber = FTX1 + unstructuredName = R1.lab + unstructuredAddress = 10.0.0.1" in text
    )
    assert "Digital Signature, Key Encipherment" in text
    assert "DNS:r1.lab" in text
    assert "verify OK" in openssl(tmp_path, "req", "-inform", "der", "-in", "r1.csr", "-noout", "-verify")


def test_names_read_as_ios_writes_them() -> None:
    certificate = x509.Certificate(ROOT)
    quoted = x509.make_name('CN=R1, O="Example, Inc", OU=a\\,b')
    assert x509.Name.of(quoted).parts == ((("cn", "R1"),), (("o", "Example, Inc"),), (("ou", "a,b"),))
    assert certificate.subject.text == "cn=Authority,o=Example"
    assert x509.read_name(certificate.subject.der) == certificate.subject
    assert certificate.serial_text == "01"
    assert certificate.is_authority and certificate.self_issued and certificate.is_signed_by(certificate)
    with pytest.raises(CryptoError):
        x509.make_name("R1")
    with pytest.raises(CryptoError):
        x509.make_name("colour=red")
    with pytest.raises(CryptoError):
        x509.make_name("C=Nowhere")


@given(st.binary(max_size=80) | st.integers(0, len(ROOT) - 1).map(lambda at: ROOT[:at] + b"\xff" + ROOT[at + 1 :]))
def test_any_bytes_are_a_certificate_or_none(data: bytes) -> None:
    for read in (x509.Certificate, x509.Request, x509.read_name):
        with contextlib.suppress(CryptoError):
            read(data)

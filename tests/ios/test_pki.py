"""RSA keys, trustpoints, enrollment and certificate servers, typed at consoles; openssl as another authority."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from iosim.crypto import rsa, x509
from iosim.ios.features.pki.config import Pki
from iosim.ios.features.pki.trust import PkiFeature
from iosim.ios.router import Router
from iosim.sim.clock import Simulator
from iosim.wire.isakmp import Identification, IdType

from .network import Network

AUTHORITY = """\
hostname CA
ip http server
crypto pki server AUTHORITY
 issuer-name CN=Authority,O=Example
{grant}
 no shutdown
interface GigabitEthernet0/0
 ip address 10.9.0.2 255.255.255.0
ip route 0.0.0.0 0.0.0.0 10.9.0.1
"""
SITE = """\
hostname R{n}
ip domain name example.net
crypto pki trustpoint CORP
 enrollment url http://10.9.0.2
 serial-number none
 ip-address 10.0.0.{n}
 subject-name CN=R{n},O=Example
 revocation-check none
 rsakeypair CORP 1024
crypto isakmp policy 10
 encr aes
 group 2
crypto ipsec transform-set TS esp-aes esp-sha-hmac
crypto map VPN 10 ipsec-isakmp
 set peer 10.0.0.{other}
 set transform-set TS
 match address NET
interface Loopback0
 ip address 10.{n}.0.1 255.255.255.0
interface GigabitEthernet0/0
 ip address 10.0.0.{n} 255.255.255.0
 crypto map VPN
ip access-list extended NET
 permit ip 10.{n}.0.0 0.0.0.255 10.{other}.0.0 0.0.0.255
ip route 10.{other}.0.0 255.255.255.0 10.0.0.{other}
"""
AUTHENTICATE = ("crypto pki authenticate CORP", "yes")
ENROLL = ("crypto pki enroll CORP", "secret", "secret", "yes")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def network(grant: str = " grant auto", seed: int = 1, sites: dict[int, str] | None = None) -> Network:
    """CA - R1 - R2; `sites` are other configurations of R1 and R2."""
    made = Network(seed)
    made.router("CA", AUTHORITY.format(grant=grant))
    texts = {1: SITE.format(n=1, other=2), 2: SITE.format(n=2, other=1), **(sites or {})}
    made.router("R1", f"{texts[1]}interface GigabitEthernet0/1\n ip address 10.9.0.1 255.255.255.0\n")
    made.router("R2", f"{texts[2]}ip route 10.9.0.0 255.255.255.0 10.0.0.1\n")
    made.link("R1:GigabitEthernet0/0", "R2:GigabitEthernet0/0")
    made.link("R1:GigabitEthernet0/1", "CA:GigabitEthernet0/0")
    return made.start()


def enrolled(**how: object) -> Network:
    """The same, after both sites have enrolled."""
    made = network(**how)  # type: ignore[arg-type]
    for name in ("R1", "R2"):
        made.configure(name, *AUTHENTICATE, *ENROLL)
        made.wait(2)
        assert "CERTRET" in made.type(name, "show logging")
    return made


def ping(made: Network) -> str:
    return made.type("R1", "ping 10.2.0.1 source 10.1.0.1")


def logged(made: Network, name: str) -> str:
    return made.type(name, "show logging")


# Keys


def test_keys_are_generated_by_a_dialogue() -> None:
    made = network()
    printed = made.configure("R1", "crypto key generate rsa", "5000", "768")
    assert "The name for the keys will be: R1.example.net\n" in printed
    assert "% A decimal number between 360 and 4096.\n" in printed
    assert "% Generating 768 bit RSA keys, keys will be non-exportable...\n[OK] (elapsed time was 0 seconds)" in printed
    shown = made.type("R1", "show crypto key mypubkey rsa")
    assert "Key name: R1.example.net\nKey type: RSA KEYS\n" in shown
    assert " Key is not exportable." in shown
    assert "  307C300D 06092A86 4886F70D 01010105 00036B00 30680261 " in shown


def key_data(made: Network, name: str, label: str) -> str:
    return made.type(name, f"show crypto key mypubkey rsa {label}").partition("Key Data:\n")[2]


def test_equal_seeds_give_equal_keys_and_new_keys_differ() -> None:
    first, again, other = network(), network(), network(seed=2)
    for made in (first, again, other):
        made.configure("R1", "crypto key generate rsa label A modulus 512")
    assert key_data(first, "R1", "A") == key_data(again, "R1", "A") != key_data(other, "R1", "A")
    printed = first.configure("R1", "crypto key generate rsa general-keys label A modulus 512 exportable")
    assert "% You already have RSA keys defined named A.\n% They will be replaced.\n" in printed
    assert key_data(first, "R1", "A") != key_data(again, "R1", "A")
    assert " Key is exportable." in first.type("R1", "show crypto key mypubkey rsa A")


def test_keys_need_a_name_and_can_be_removed() -> None:
    made = network()
    made.configure("R1", "no ip domain name")
    assert "% Please define a domain-name first." in made.configure("R1", "crypto key generate rsa modulus 512")
    made.configure("R1", "crypto key generate rsa label A modulus 512")
    made.configure("R1", "crypto key zeroize rsa A", "no")
    assert key_data(made, "R1", "A")
    made.configure("R1", "crypto key zeroize rsa A", "yes")
    assert not key_data(made, "R1", "A")


# Enrollment with a server


def test_two_sites_enroll_and_authenticate_by_signatures() -> None:
    made = enrolled()
    assert "80 percent (4/5)" in ping(made)
    assert "rsig" in made.type("R2", "show crypto isakmp sa detail")
    assert "NO_ID_CERT" not in logged(made, "R1") + logged(made, "R2")
    assert "Successful Validations: 1\n" in made.type("R1", "show crypto pki counters")
    assert "Last certificate issued serial number (hex): 3\n" in made.type("CA", "show crypto pki server")


def test_a_configuration_with_certificates_finds_its_keys_again() -> None:
    made = enrolled()
    saved = {n: "\n".join(made[f"R{n}"].running_lines()) + "\n" for n in (1, 2)}
    assert "  \tquit" in saved[1]
    assert "PRIVATE" not in saved[1]
    again = network(sites=saved)
    again.wait(10)  # its clock begins anew, and the certificates are good from when they were issued
    assert "80 percent (4/5)" in ping(again)
    assert "Keys generated ............. Yes" in again.type("R1", "show crypto pki trustpoints status")
    elsewhere = network(sites=saved, seed=2)
    assert "0 percent (0/5)" in ping(elsewhere)
    assert "Keys generated ............. No" in elsewhere.type("R1", "show crypto pki trustpoints status")


def test_the_name_in_the_certificate_is_an_identity() -> None:
    made = enrolled()
    for name in ("R1", "R2"):
        made.configure(name, "crypto isakmp identity dn")
    made.type("R1", "debug crypto isakmp")
    assert "80 percent (4/5)" in ping(made)
    said = logged(made, "R1")
    assert "SA is doing RSA signature authentication using id type ID_DER_ASN1_DN" in said
    assert "Dist. name   : ipaddress=10.0.0.2+hostname=R2.example.net,cn=R2,o=Example" in said
    assert "constructing CERT_REQ for issuer cn=Authority,o=Example" in said
    assert "using the CORP trustpoint's keypair to sign" in said


def test_a_name_that_is_not_in_the_certificate_is_warned_of() -> None:
    made = enrolled()
    made.configure("R2", "crypto isakmp identity hostname")
    made.configure("R2", "hostname X2")
    assert "80 percent (4/5)" in ping(made)
    warning = (
        "%CRYPTO-6-IKMP_NO_ID_CERT_FQDN_MATCH: (NOT ERROR BUT WARNING ONLY)"
        "ID of X2.example.net (type 2) and certificate fqdn with R2.example.net"
    )
    assert warning in logged(made, "R1")


def test_aggressive_mode_by_signatures() -> None:
    made = enrolled()
    lines = (
        "crypto isakmp profile P",
        "match identity address 10.0.0.2",
        "ca trust-point CORP",
        "initiate mode aggressive",
    )
    made.configure("R1", *lines, "crypto map VPN 10 ipsec-isakmp", "set isakmp-profile P")
    made.configure("R1", "logging buffered 100000")
    made.type("R1", "debug crypto isakmp")
    assert "80 percent (4/5)" in ping(made)
    assert "beginning Aggressive Mode exchange" in logged(made, "R1")
    assert "rsig" in made.type("R1", "show crypto isakmp sa detail")


@pytest.mark.parametrize(
    ("clock", "message"),
    [
        ("clock set 00:00:00 1 January 2020", "%PKI-3-CERTIFICATE_INVALID_EXPIRED"),
        ("clock set 00:00:00 1 January 2001", "%PKI-3-CERTIFICATE_INVALID_NOT_YET_VALID"),
    ],
)
def test_certificates_are_good_for_a_time(clock: str, message: str) -> None:
    made = enrolled()
    made.type("R2", clock)
    assert "0 percent (0/5)" in ping(made)
    said = logged(made, "R2")
    assert message in said
    assert "%CRYPTO-5-IKMP_INVAL_CERT: Certificate received from 10.0.0.1 is bad: certificate invalid" in said
    assert "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 10.0.0.1" in said


def test_certificates_of_another_authority_are_bad() -> None:
    made, strange = enrolled(), enrolled(seed=2)
    text = "\n".join(strange["R2"].running_lines())
    made.configure("R2", "no crypto pki trustpoint CORP")
    made["R2"].private = strange["R2"].private
    start = text.index("crypto pki trustpoint CORP")
    made.configure("R2", *text[start : text.index("crypto isakmp policy")].splitlines())
    assert "0 percent (0/5)" in ping(made)
    assert "Certificate received from 10.0.0.1 is bad: CA request failed!" in logged(made, "R2")


def test_requests_wait_until_they_are_granted_or_rejected() -> None:
    made = network(grant="")
    for name in ("R1", "R2"):
        made.configure(name, *AUTHENTICATE, *ENROLL)
    made.wait(1)
    requests = made.type("CA", "crypto pki server AUTHORITY info requests")
    assert requests.count("pending") == 2
    assert "cn=R1,o=Example" in requests
    made.type("CA", "crypto pki server AUTHORITY grant 1", "crypto pki server AUTHORITY reject all")
    made.wait(70)
    assert "%PKI-6-CERTRET" in logged(made, "R1")
    assert "%PKI-6-CERTREJECT" in logged(made, "R2")
    assert "% No pending requests found." in made.type("CA", "crypto pki server AUTHORITY grant all")


def test_a_server_that_is_not_there_is_told_of() -> None:
    made = network()
    made.configure("CA", "crypto pki server AUTHORITY", "shutdown")
    failed = "% Error in receiving Certificate Authority certificate: status = FAIL, cert length = 0\n"
    assert failed in made.configure("R1", "crypto pki authenticate CORP")
    assert "% You must authenticate the Certificate Authority before\n" in made.configure(
        "R1", "crypto pki enroll CORP"
    )
    made.configure("R1", "crypto pki trustpoint CORP", "enrollment url http://nowhere")
    assert failed in made.configure("R1", "crypto pki authenticate CORP")


def test_an_authority_that_is_not_accepted_is_not_kept() -> None:
    made = network()
    assert "% CA certificate not accepted." in made.configure("R1", "crypto pki authenticate CORP", "no")
    assert "crypto pki certificate chain" not in "\n".join(made.running("R1"))
    made.configure("R1", *AUTHENTICATE)
    assert "% Please delete your existing CA certificate first." in made.configure("R1", "crypto pki authenticate CORP")
    made.configure("R1", "no crypto pki trustpoint CORP")
    assert not [line for line in made.running("R1") if "crypto pki" in line]


def test_a_server_is_started_by_a_dialogue() -> None:
    made = network()
    started = made.configure(
        "CA", "crypto pki server SECOND", "no shutdown", "short", "no shutdown", "secret1", "secret2"
    )
    assert "% Password must be at least 7 characters." in started
    assert "% Passwords do not match." in started
    assert "shutdown" not in made.type("CA", "show running-config | section server SECOND")
    made.configure("CA", "crypto pki server SECOND", "no shutdown", "secret12", "secret12")
    assert "Issuer name: CN=SECOND" in made.type("CA", "show crypto pki server SECOND")
    assert "Status: enabled" in made.type("CA", "show crypto pki server SECOND")


def test_a_peer_may_send_any_certificate() -> None:
    made = enrolled()
    pki, chance = made["R1"][PkiFeature], random.Random(1)
    good = made["R2"].config[Pki].chain("CORP").der(None)
    assert good is not None
    nobody = Identification(IdType.DER_ASN1_DN, 0, 0, b"")
    assert pki.peer_key(0x0A000002, [good], Identification(IdType.FQDN, 0, 0, b"\xff")) is not None
    assert pki.peer_key(0x0A000002, [good], nobody) is None
    assert pki.peer_key(0x0A000002, [], nobody) is None
    for _ in range(500):
        at = chance.randrange(len(good))
        changed = good[:at] + chance.randbytes(1 + chance.randrange(3)) + good[at + 1 :]
        if changed != good:
            assert pki.peer_key(0x0A000002, [changed, good], Identification(IdType.KEY_ID, 0, 0, b"")) is None
    assert pki.counters.failed >= 400


def test_certificates_may_lead_to_the_authority_over_others() -> None:
    made = enrolled()
    pki, key, now = made["R1"][PkiFeature], made["CA"].private.key_pairs["AUTHORITY"].key, datetime(2002, 3, 1)
    sub, leaf = (rsa.generate(1024, random.Random(name).randbytes) for name in ("sub", "leaf"))
    root, middle, end = map(x509.make_name, ("CN=Authority,O=Example", "CN=Middle", "CN=Leaf"))
    terms = {real: x509.Terms(9, now, now.replace(year=2003), "sha256", authority=real) for real in (True, False)}
    leaf_der = x509.issue(end, leaf.private.public_key(), middle, sub, terms[False])
    for is_authority in (True, False):
        middle_der = x509.issue(middle, sub.private.public_key(), root, key, terms[is_authority])
        identity = Identification(IdType.DER_ASN1_DN, 0, 0, x509.Certificate(leaf_der).subject.der)
        assert (pki.peer_key(1, [leaf_der, middle_der], identity) is not None) is is_authority
    assert pki.peer_key(1, [leaf_der], identity) is None
    wrong = Identification(IdType.DER_ASN1_DN, 0, 0, x509.Certificate(middle_der).subject.der)
    middle_der = x509.issue(middle, sub.private.public_key(), root, key, terms[True])
    assert pki.peer_key(1, [leaf_der, middle_der], wrong) is None
    expected = "%CRYPTO-6-IKMP_NO_ID_CERT_DN_MATCH: ID of cn=Middle (type 9) and certificate DN with cn=Leaf"
    assert expected in logged(made, "R1")


# The terminal


def openssl(folder: Path, *arguments: str) -> None:
    result = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr


@needs_openssl
def test_openssl_is_an_authority_by_the_terminal(tmp_path: Path) -> None:
    openssl(
        tmp_path,
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key",
        "-subj",
        "/CN=Outside",
        "-out",
        "ca",
    )
    made = network()
    made.configure("R1", "crypto pki trustpoint T", "enrollment terminal", "subject-name CN=R1", "rsakeypair T")
    authority = (tmp_path / "ca").read_text().splitlines()
    printed = made.configure("R1", "crypto pki authenticate T", *authority, "quit", "yes")
    assert "% Certificate successfully imported" in printed
    printed = made.configure("R1", "crypto pki enroll T", "no", "no", "yes", "no")
    body = printed.partition("Certificate Request follows:\n\n")[2].partition("\n\n---End")[0]
    (tmp_path / "csr").write_text(f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n")
    openssl(tmp_path, "x509", "-req", "-in", "csr", "-CA", "ca", "-CAkey", "key", "-set_serial", "77", "-out", "r1")
    own = (tmp_path / "r1").read_text().splitlines()
    wrong = made.configure("R1", "crypto pki import T certificate", *authority, "")
    assert "% Failed to parse or verify imported certificate" in wrong
    assert "% Router Certificate successfully imported" in made.configure(
        "R1", "crypto pki import T certificate", *own, ""
    )
    assert "Certificate Serial Number (hex): 4D\n" in made.type("R1", "show crypto pki certificates verbose T")


def test_what_is_pasted_may_be_anything() -> None:
    made = network()
    made.configure("R1", "crypto pki trustpoint T", "enrollment terminal")
    for paste in (["quit"], ["???", ""], ["MIIB", "quit"], ["", "", "MA==", ""]):
        assert "status = FAIL" in made.configure("R1", "crypto pki authenticate T", *paste)


def test_a_certificate_can_be_signed_by_the_router_itself() -> None:
    made = network()
    lines = ("crypto pki trustpoint SELF", "enrollment selfsigned", "subject-name CN=self", "serial-number none")
    made.configure("R1", *lines, "ip-address none")
    printed = made.configure("R1", "crypto pki enroll SELF", "yes")
    assert "Router Self Signed Certificate successfully created" in printed
    assert "Router Self-Signed Certificate\n  Status: Available\n" in made.type(
        "R1", "show crypto pki certificates SELF"
    )
    assert " certificate self-signed 01" in made.running("R1")
    assert "Persistent self-signed certificate trust point" in made.type("R1", "show crypto pki trustpoints SELF")


# What is refused


@pytest.mark.parametrize(
    "lines",
    [
        ("subject-name R1",),
        ("subject-name C=Nowhere",),
        ("subject-alt-name \u00e9",),
        ("rsakeypair SHORT 360",),
    ],
)
def test_what_cannot_be_certified_is_told_of(lines: tuple[str, ...]) -> None:
    made = network()
    made.configure("R1", *AUTHENTICATE, "crypto pki trustpoint CORP", *lines)
    assert "% The request cannot be made: " in made.configure("R1", *ENROLL)
    assert "CERTRET" not in logged(made, "R1")


def test_a_server_without_a_proper_name_stays_shut() -> None:
    made = Network()
    made.router("CA", "crypto pki server A\n issuer-name nobody\n no shutdown\n")
    made.start()
    assert "Status: disabled" in made.type("CA", "show crypto pki server")


def test_keys_and_certificates_survive_a_reload() -> None:
    made = enrolled()
    for name in ("CA", "R1"):
        made.type(name, "write memory", "reload", "")
    made.wait(100)
    made.type("R2", "clear crypto sa", "clear crypto isakmp")
    assert "Success rate is 0" not in ping(made)
    assert "rsig" in made.type("R1", "show crypto isakmp sa detail")
    assert "Status: enabled" in made.type("CA", "show crypto pki server")


def test_encryption_with_rsa_is_refused() -> None:
    made = network()
    said = made.configure("R1", "crypto isakmp policy 10", "authentication rsa-encr")
    assert "% RSA encrypted nonces are not supported by this router; use rsa-sig or pre-share" in said


def test_the_old_spelling_means_the_same() -> None:
    router = Router(Simulator(), "R1")
    assert router.boot("crypto ca trustpoint T\n enrollment terminal\n revocation-check none\n") == []
    assert "crypto pki trustpoint T" in router.running_lines()
    assert " enrollment terminal" in router.running_lines()

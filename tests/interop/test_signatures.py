"""RSA signatures with strongSwan, by certificates that a certificate server of the lab has issued to both."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.interop import strongswan
from tests.interop.neighbour import BridgedLab, Namespace, bridged_lab
from tests.interop.pair import ROUTER_BEGINS, SIDES, STRONGSWAN_BEGINS, Pair
from tests.interop.strongswan import StrongSwan
from tests.interop.tunnels import LINKS, NODES, Tunnel, configurations, furnish

pytestmark = [
    strongswan.needed,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]

TUNNEL = Tunnel(1, "aes 256", "sha256", "14", "aes 256", "sha256")
AGGRESSIVE = replace(TUNNEL, number=2, connection="aggressive = yes")
AUTHORITY = """\
hostname CA
ip http server
crypto pki server AUTHORITY
 issuer-name CN=Authority,O=Example
 grant auto
interface GigabitEthernet0/0
 ip address 10.9.0.2 255.255.255.0
 no shutdown
"""
EXTRA = """\
ip domain name example.net
crypto isakmp identity dn
crypto pki trustpoint AUTHORITY
 enrollment url http://10.9.0.2
 serial-number none
 ip-address none
 subject-name CN=R1,O=Example
 revocation-check none
 rsakeypair AUTHORITY 2048
interface GigabitEthernet0/2
 ip address 10.9.0.1 255.255.255.0
 no shutdown
"""


def openssl(folder: Path, *arguments: str) -> str:
    command = ["openssl", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stderr
    return result.stdout


def certificates(text: str) -> list[str]:
    """The PEM certificates in what a router prints."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return [f"{begin}{part.partition(end)[0]}{end}\n" for part in text.split(begin)[1:]]


def enroll(lab: BridgedLab) -> str:
    """Start the authority and let R1 enroll; the authority's certificate (PEM)."""
    now = datetime.now(UTC) - timedelta(hours=1)
    for node in ("CA", "R1"):
        lab.type(node, f"clock set {now:%H:%M:%S} {now.day} {now:%B %Y}")
    started = lab.type(
        "CA", "configure terminal", "crypto pki server AUTHORITY", "no shutdown", "secret123", "secret123"
    )
    assert "Certificate Server enabled." in started
    lab.type("R1", "configure terminal", "crypto pki authenticate AUTHORITY", "yes")
    lab.type("R1", "crypto pki enroll AUTHORITY", "secret", "secret", "yes", "end")
    assert lab.wait(lambda: "CERTRET" in lab.type("R1", "show logging"), 10)
    (authority,) = certificates(lab.type("CA", "crypto pki export AUTHORITY pem terminal"))
    lab.type("CA", "end")
    return authority


def furnish_strongswan(lab: BridgedLab, folder: Path, authority: str) -> None:
    """A key by OpenSSL and a certificate by the lab's authority, which OpenSSL verifies."""
    for part in ("x509", "x509ca", "private"):
        (folder / part).mkdir()
    (folder / "x509ca/ca.pem").write_text(authority)
    key = ("-newkey", "rsa:2048", "-nodes", "-keyout", "private/peer.pem")
    request = openssl(folder, "req", "-new", *key, "-subj", "/O=Example/CN=peer")
    granted = lab.type("CA", "crypto pki server AUTHORITY request pkcs10 terminal", *request.splitlines(), "quit")
    body = granted.partition("% Granted certificate:\n")[2].partition("\n\n")[0]
    certificate = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    (folder / "x509/peer.pem").write_text(certificate)
    assert openssl(folder, "verify", "-CAfile", "x509ca/ca.pem", "x509/peer.pem").strip() == "x509/peer.pem: OK"


@pytest.fixture(scope="module")
def pair(shared_namespace: Namespace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("signatures")
    router, peers = configurations((TUNNEL, AGGRESSIVE), EXTRA)
    router = router.replace("authentication pre-share", "authentication rsa-sig")
    router = router.replace("crypto isakmp key cisco address 0.0.0.0\n", "")
    for tunnel in (TUNNEL, AGGRESSIVE):
        peers = peers.replace(f"auth = psk\n      id = {tunnel.address}", "auth = pubkey\n      certs = peer.pem")
    peers = peers.replace(f"auth = psk\n      id = {TUNNEL.remote_id}", "auth = pubkey\n      cacerts = ca.pem")
    furnish(shared_namespace, (TUNNEL, AGGRESSIVE))
    links = [*LINKS, '"R1:Gi0/2", "CA:Gi0/0"']
    with (
        pytest.MonkeyPatch.context() as patch,
        bridged_lab(folder, NODES, links, {"R1": router, "CA": AUTHORITY}) as lab,
    ):
        patch.setenv("SWANCTL_DIR", str(folder))
        furnish_strongswan(lab, folder, enroll(lab))
        with StrongSwan(shared_namespace, folder, peers) as peer:
            lab.type("PC1", "ping 10.1.0.1")
            yield Pair(lab, peer, shared_namespace, (TUNNEL,))


@pytest.mark.parametrize("side", SIDES)
def test_both_roles_and_pings_both_ways(pair: Pair, side: str) -> None:
    pair.bring_up(side)
    assert "rsig" in pair.lab.type("R1", "show crypto isakmp sa detail")
    assert "CN=peer" in pair.peer.sas()
    pair.assert_pings()
    if side == ROUTER_BEGINS:
        pair.lab.type("R1", "clear crypto sa", "clear crypto isakmp")
        assert pair.lab.wait(pair.nothing, 10)


def test_aggressive_mode(pair: Pair) -> None:
    pair.begin(STRONGSWAN_BEGINS, AGGRESSIVE)
    assert pair.lab.wait(lambda: pair.peer.tunnels() == pair.up_at_router() == 2, 15), pair.peer.sas()
    pair.assert_pings(AGGRESSIVE)


def test_tshark_reads_certificates_and_signatures(pair: Pair) -> None:
    recording = pair.lab.record()
    payloads = [payloads for _, payloads in recording.messages()]
    assert sum(each.startswith(("5,6,9", "5,6,7,9")) for each in payloads) >= 2

"""strongSwan's `pki` enrolls with a certificate server of the lab, over the link at a bridge; curl asks it, too."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.interop.neighbour import BridgedLab, Namespace, bridged_lab

AUTHORITY = """\
hostname CA
ip http server
crypto pki server AUTHORITY
 issuer-name CN=Authority,O=Example
{grant}
interface GigabitEthernet0/0
 ip address 10.9.0.2 255.255.255.0
"""
URL = "http://10.9.0.2/cgi-bin/pkiclient.exe"


def _obstacle() -> str | None:
    """Why strongSwan's `pki` cannot be asked here."""
    if shutil.which("pki") is None:
        return "needs the command pki (strongswan-pki)"
    text = subprocess.run(["pki", "--help"], capture_output=True, text=True).stdout
    return None if "--scepca" in text else "this pki has no SCEP (strongSwan 5.9.8 and newer has)"


OBSTACLE = _obstacle()
pytestmark = [
    pytest.mark.skipif(OBSTACLE is not None, reason=f"strongSwan's SCEP: {OBSTACLE}"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed"),
]


@pytest.fixture(params=[" grant auto", ""], ids=["granted at once", "granted by hand"])
def lab(request: pytest.FixtureRequest, namespace: Namespace, tmp_path: Path) -> Iterator[BridgedLab]:
    """CA on the link to the namespace, with the time of this machine and its server started."""
    namespace.address("10.9.0.9/24")
    nodes, links = {}, ['"CA:Gi0/0", "WAN:outside"']
    with bridged_lab(tmp_path, nodes, links, {"CA": AUTHORITY.format(grant=request.param)}) as lab:
        now = datetime.now(UTC) - timedelta(hours=1)
        lab.type("CA", f"clock set {now:%H:%M:%S} {now.day} {now:%B %Y}", "configure terminal")
        lab.type("CA", "crypto pki server AUTHORITY", "no shutdown", "secret123", "secret123", "end")
        assert "Status: enabled" in lab.type("CA", "show crypto pki server")
        yield lab


def ask(lab: BridgedLab, namespace: Namespace, *command: str) -> str:
    """What a program in the namespace prints."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "cwd": lab.folder}
    child = namespace.start(*command, **pipes)
    return lab.wait_for(child)


def test_strongswan_enrolls(lab: BridgedLab, namespace: Namespace) -> None:
    folder = lab.folder
    printed = ask(lab, namespace, "pki", "--scepca", "--url", URL, "--caout", "ca", "--outform", "pem", "--force")
    assert (folder / "ca.pem").exists() or (folder / "ca").exists(), printed
    authority = folder / ("ca.pem" if (folder / "ca.pem").exists() else "ca")
    with (folder / "key.pem").open("wb") as key:
        subprocess.run(["openssl", "genrsa", "2048"], check=True, stdout=key, stderr=subprocess.DEVNULL)
    scep = ("--scep", "--url", URL, "--in", "key.pem", "--dn", "O=Example, CN=peer", "--san", "peer.example.net")
    trust = ("--cacert-enc", str(authority), "--cacert-sig", str(authority), "--password", "secret")
    pipes = {"stdout": (folder / "peer.pem").open("wb"), "stderr": subprocess.PIPE, "cwd": folder}
    child = namespace.start("pki", *scep, *trust, "--outform", "pem", "--interval", "2", "--maxpolltime", "20", **pipes)
    if "grant auto" not in lab.type("CA", "show running-config"):
        assert lab.wait(lambda: "pending" in lab.type("CA", "crypto pki server AUTHORITY info requests"), 10)
        lab.type("CA", "crypto pki server AUTHORITY grant all")
    assert lab.wait(lambda: child.poll() is not None, 25)
    assert child.stderr is not None
    assert child.returncode == 0, child.stderr.read().decode()
    verify = ["openssl", "verify", "-CAfile", str(authority), "peer.pem"]
    assert subprocess.run(verify, cwd=folder, capture_output=True, text=True).stdout.strip() == "peer.pem: OK"
    shown = ["openssl", "x509", "-in", "peer.pem", "-noout", "-subject", "-ext", "subjectAltName"]
    text = subprocess.run(shown, cwd=folder, capture_output=True, text=True).stdout
    assert "CN = peer" in text
    assert "DNS:peer.example.net" in text
    assert "granted" in lab.type("CA", "crypto pki server AUTHORITY info requests")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_asks_for_pages(lab: BridgedLab, namespace: Namespace) -> None:
    lab.type("CA", "configure terminal", "enable secret geheim", "end")
    for arguments, status in (((), "401"), (("-u", "x:geheim"), "404"), (("-u", "x:falsch"), "401")):
        told = ask(lab, namespace, "curl", "-s", "-o", "page", "-w", "%{http_code}", *arguments, "http://10.9.0.2/")
        assert told == status
    assert "POSTPKIOperation" in ask(lab, namespace, "curl", "-s", f"{URL}?operation=GetCACaps&message=x")

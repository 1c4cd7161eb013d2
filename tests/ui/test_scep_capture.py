"""What tshark sees of an enrollment: HTTP with the operations of SCEP, messages in it that it takes apart, no fault."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.ui.test_nat_capture import captured

TYPED = (
    "configure terminal",
    "crypto pki authenticate CORP",
    "yes",
    "crypto pki enroll CORP",
    "secret123",
    "secret123",
    "yes",
    "end",
)
PAGE = "/cgi-bin/pkiclient.exe?operation="
AS_CMS = ("-d", "media_type==application/x-pki-message,cms")


@pytest.fixture(scope="module")
def enrollment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capture of an enrollment, as CA sees it."""
    folder = tmp_path_factory.mktemp("scep")
    whole, _ = captured(folder, "rsa-sig", *(f"R1: {line}" for line in TYPED), "sleep 10s")
    one = folder / "ca.pcapng"
    mine = 'frame.interface_name == "CA:GigabitEthernet0/0"'
    subprocess.run(["tshark", "-r", str(whole), "-Y", mine, "-w", str(one)], check=True, capture_output=True)
    return one


def seen(capture: Path, display: str, *fields: str) -> list[str]:
    names = [part for field in fields for part in ("-e", field)]
    checks = ("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE")
    command = ["tshark", *AS_CMS, *checks, "-r", str(capture), "-Y", display, "-T", "fields", *names]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_operations_of_scep_go_over_http(enrollment: Path) -> None:
    asked = seen(enrollment, "http.request", "http.request.method", "http.request.uri", "http.content_type")
    assert asked == [
        f"GET\t{PAGE}GetCACert&message=CORP\t",
        f"GET\t{PAGE}GetCACaps&message=CORP\t",
        f"POST\t{PAGE}PKIOperation\tapplication/x-pki-message",
    ]
    answered = seen(enrollment, "http.response", "http.response.code", "http.content_type")
    kinds = ("application/x-x509-ca-cert", "text/plain", "application/x-pki-message")
    assert answered == [f"200\t{kind}" for kind in kinds]


def test_nothing_is_wrong_with_them(enrollment: Path) -> None:
    wrong = (
        "_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || tcp.flags.reset == 1 || http.unknown_header"
    )
    assert seen(enrollment, f"({wrong}) && !tcp.analysis.window_update", "frame.number", "_ws.col.Info") == []
    assert seen(enrollment, "udp.port == 80", "frame.number") == []


def test_the_messages_are_signed_and_enveloped_and_say_what_they_are(enrollment: Path) -> None:
    request, answer = seen(enrollment, "cms.contentType", "cms.contentType", "cms.attrType")
    for message in (request, answer):
        assert "1.2.840.113549.1.7.2" in message
        for number in (2, 5, 7):  # messageType, senderNonce, transactionID
            assert f"2.16.840.1.113733.1.9.{number}" in message
    for number in (3, 6):  # pkiStatus, recipientNonce
        assert f"2.16.840.1.113733.1.9.{number}" in answer
        assert f"2.16.840.1.113733.1.9.{number}" not in request

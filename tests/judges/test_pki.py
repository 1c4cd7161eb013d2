"""ntc-templates reads `show crypto pki certificates`; tshark decrypts main mode with certificates and signatures."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from ios.test_pki import enrolled
from ntc_templates.parse import parse_output

from iosim.ui.main import main

ENROLL = """\
{0}: configure terminal
{0}: crypto pki authenticate CORP
{0}: yes
{0}: crypto pki enroll CORP
{0}: secret123
{0}: secret123
{0}: yes
{0}: end
"""


def test_certificates() -> None:
    made = enrolled()
    made.configure("R1", "crypto pki trustpoint CORP", "ip-address none", "no serial-number", "exit")
    made.configure("R1", "crypto pki enroll CORP", "secret", "secret", "yes", "yes")
    made.wait(2)
    rows = parse_output(
        platform="cisco_ios",
        command="show crypto pki certificates",
        data=made.type("R1", "show crypto pki certificates"),
    )
    own, authority = rows
    assert (own["certificate_type"], own["status"], own["serial_number"]) == ("Certificate", "Available", "04")
    assert (own["subject_cn"], own["subject_o"], own["subject_name"]) == ("R1", "Example", "R1.example.net")
    assert own["certificate_usage"] == "General Purpose"
    assert own["subject_serial_number"].startswith("FTX")
    assert own["start_date"].endswith("UTC Mar 1 2002")
    assert authority["certificate_type"] == "CA Certificate"
    assert authority["issuer_cn"] == authority["subject_cn"] == "Authority"
    assert authority["associated_trustpoints"] == "CORP"


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_decrypts_certificates_and_signatures(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(ENROLL.format("R1") + ENROLL.format("R2") + "sleep 5s\nPC1: ping 10.2.0.10\n")
    capture, keys = tmp_path / "run.pcapng", tmp_path / "keys"
    assert main(["exec", "rsa-sig", "-f", str(script), "--pcap", str(capture), "--keys", str(keys)]) == 0
    fields = ("isakmp.typepayload", "x509sat.printableString", "_ws.malformed")
    display = 'isakmp && frame.interface_name == "R1:GigabitEthernet0/0"'
    command = ["tshark", "-r", str(capture), "-Y", display, "-T", "fields"]
    output = subprocess.run(
        [*command, *(word for field in fields for word in ("-e", field))],
        env={**os.environ, "WIRESHARK_CONFIG_DIR": str(keys)},
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    rows = [line.split("\t") for line in output.splitlines()]
    assert [row[0] for row in rows][2:6] == ["4,10,7,13,13,13,20,20"] * 2 + ["5,6,9,11", "5,6,9"]
    assert "R1" in rows[4][1].split(",") and "R2" in rows[5][1].split(",")
    assert not any(row[2] for row in rows)

"""What a run leaves behind, in the eyes of tshark with the keys of the run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

MAIN, AGGRESSIVE, INFORMATIONAL, QUICK = "2", "4", "5", "32"
"""Exchange types (RFC 2408 section 3.1, RFC 2409 appendix A)."""
_MISSING = shutil.which("tshark") is None


@dataclass(frozen=True, slots=True)
class Recording:
    """A capture file and the folder of its keys."""

    capture: Path
    keys: Path

    def read(self, display: str, *fields: str) -> list[dict[str, list[str]]]:
        """The values of fields in each packet that a display filter lets through."""
        if _MISSING:
            pytest.skip("tshark is not installed")
        command = ["tshark", "-r", str(self.capture), "-Y", display, "-T", "json"]
        command += [part for field in fields for part in ("-e", field)]
        environment = {**os.environ, "WIRESHARK_CONFIG_DIR": str(self.keys)}
        output = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout
        packets = [packet["_source"]["layers"] for packet in json.loads(output)]
        return [{field: packet.get(field, []) for field in fields} for packet in packets]

    def messages(self) -> list[tuple[str, str]]:
        """The exchange type and the payload types, `5,8`, of each ISAKMP message that is there whole."""
        whole = "isakmp && frame.len == frame.cap_len"
        packets = self.read(whole, "isakmp.exchangetype", "isakmp.typepayload")
        return [(packet["isakmp.exchangetype"][0], ",".join(packet["isakmp.typepayload"])) for packet in packets]

    def assert_readable(self, esp: str = "esp") -> None:
        """Every ISAKMP message decrypts and no packet is malformed; every ESP packet has the right ICV.

        The keys of ESP are for the addresses that the router knows: `esp` leaves out what has others.
        """
        assert all(payloads for _, payloads in self.messages())
        assert not self.read("_ws.malformed && frame.len == frame.cap_len", "frame.number", "_ws.malformed")
        assert self.read(f"{esp} && esp.icv_good == 1", "frame.number")
        assert not self.read(f"{esp} && !(esp.icv_good == 1)", "frame.number", "esp.spi")

"""Streams in captures, in the eyes of tshark: nothing is wrong with them that the link is not to blame for."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from iosim.sim.capture import Capture
from iosim.stack.tcp.options import TcpOptions
from tests.stack.tcp_pair import TcpPair

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
FAULTS = (
    "tcp.checksum.status == 0 || ip.checksum.status == 0 || _ws.malformed || tcp.analysis.lost_segment"
    " || tcp.analysis.ack_lost_segment || tcp.analysis.out_of_order || tcp.analysis.reused_ports"
)


def captured(folder: Path, window: int, size: int, end: str = "A", **conditions: Any) -> tuple[Path, TcpPair]:
    """A transfer each way as one end sees it."""
    pair = TcpPair(11, TcpOptions(window=window), **conditions)
    capture = Capture(pair.sim)
    capture.attach(pair.net.port(end, "Eth0"))
    content = random.Random(2).randbytes(size)
    assert pair.transfer(content, content[: size // 2]).exact
    pair.run(61)
    capture.write(folder / "run.pcapng")
    return folder / "run.pcapng", pair


def seen(capture: Path, display: str) -> list[str]:
    """The frames that tshark shows by a filter."""
    check = ["-d", "tcp.port==80,data", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    command = ["tshark", *check, "-r", str(capture), "-Y", display]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("window", [4128, 65535])
def test_nothing_is_remarked_on_when_nothing_is_lost(tmp_path: Path, window: int) -> None:
    capture, _ = captured(tmp_path, window, 100_000, delay=2000)
    assert len(seen(capture, "tcp")) > 50
    remarks = "tcp.analysis.flags && !tcp.analysis.window_full && !tcp.analysis.window_update"
    assert seen(capture, f"{FAULTS} || ({remarks})") == []


@pytest.mark.parametrize("window", [4128, 65535])
@pytest.mark.parametrize("loss", [0.03, 0.08])
def test_what_is_sent_again_was_lost_or_its_acknowledgment_was(tmp_path: Path, window: int, loss: float) -> None:
    capture, pair = captured(tmp_path, window, 200_000, delay=2000, loss=loss)
    own = seen(capture, f"ip.src == 10.0.0.1 && ({FAULTS})")
    assert own == []
    again = seen(capture, "ip.src == 10.0.0.1 && tcp.analysis.retransmission")
    assert again
    assert len(again) <= pair.link.faults["lost"]


def test_a_fast_retransmission_is_one_to_tshark_too(tmp_path: Path) -> None:
    capture, _ = captured(tmp_path, 65535, 300_000, delay=2000, loss=0.01)
    assert seen(capture, "tcp.analysis.fast_retransmission")

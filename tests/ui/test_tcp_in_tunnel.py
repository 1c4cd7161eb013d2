"""TCP through a tunnel: the path is found to be narrower, and the stream arrives."""

from __future__ import annotations

import re

import pytest

from tests.ui.helpers import execute


def test_hosts_find_out_how_long_segments_may_be(capsys: pytest.CaptureFixture[str]) -> None:
    text = execute(
        capsys, "site-to-site", "PC2: tcp listen 5001", "PC1: tcp send 192.168.2.10 5001 60000", "PC2: tcp show",
        "R1: show crypto ipsec sa | include plaintext mtu",
    )  # fmt: skip
    mtu = re.search(r"plaintext mtu (\d+)", text)
    assert mtu is not None
    assert f"segments of at most {int(mtu.group(1)) - 40} bytes" in text
    assert "port 5001 listens: 1 connections, 60000 bytes received" in text

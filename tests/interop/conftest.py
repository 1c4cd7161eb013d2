"""A network namespace at the end of a veth pair, for whatever is to be the neighbour of a lab."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.neighbour import LAB_END, Namespace


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here need root and are slow: they run in real time."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.root)
            item.add_marker(pytest.mark.slow)


def _obstacle() -> str | None:
    """Why a network namespace cannot be made here."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "needs root"
    if shutil.which("ip") is None:
        return "needs the command ip (iproute2)"
    probe = subprocess.run(
        ["ip", "link", "add", LAB_END, "type", "veth", "peer", "name", f"{LAB_END}p"], capture_output=True
    )
    subprocess.run(["ip", "link", "del", LAB_END], capture_output=True)
    return None if probe.returncode == 0 else f"no veth pair can be made: {probe.stderr.decode().strip()}"


OBSTACLE = _obstacle()


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    """A namespace whose `peer0` is at the other end of the interface that labs of these tests have as a bridge."""
    if OBSTACLE is not None:
        pytest.skip(f"real neighbours: {OBSTACLE}")
    namespace = Namespace(f"iosim-test-{os.getpid()}")
    try:
        yield namespace
    finally:
        namespace.remove()

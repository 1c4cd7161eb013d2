"""A network namespace at the end of a veth pair, for whatever is to be the neighbour of a lab."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.interop.neighbour import LAB_END, Namespace, neighbour


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


def _obstructed() -> None:
    if OBSTACLE is not None:
        pytest.skip(f"real neighbours: {OBSTACLE}")


@pytest.fixture
def namespace() -> Iterator[Namespace]:
    """A namespace whose `peer0` is at the other end of the interface that labs of these tests have as a bridge."""
    _obstructed()
    with neighbour() as namespace:
        yield namespace


@pytest.fixture(scope="module")
def shared_namespace() -> Iterator[Namespace]:
    """The same for all tests of a module, which then cannot use `namespace`."""
    _obstructed()
    with neighbour() as namespace:
        yield namespace

"""Opens a lab for a command: finds, builds and starts it, reports refused lines, writes captures and keys."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging import getLogger
from pathlib import Path

from iosim.ios.config import PLANNED
from iosim.ios.features.unsupported import idle_lines
from iosim.ios.router import Router
from iosim.lab.build import Network, Node
from iosim.lab.errors import LabError
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.lab.topology import Lab
from iosim.sim.capture import Capture
from iosim.sim.snap import IsakmpOnce
from iosim.ui.refusal import refusal
from iosim.ui.status import UsageError

log = getLogger("iosim")


def read_lab(reference: str) -> Lab:
    """The lab that a user named."""
    try:
        lab = load_lab(find_lab(reference))
    except LabError as error:
        raise UsageError(str(error)) from None
    log.info("%s: %d nodes, %d links, from %s", lab.name, len(lab.nodes), len(lab.links), lab.file)
    return lab


@contextmanager
def running(lab: Lab, options: argparse.Namespace) -> Iterator[Network]:
    """The lab's network, not yet started; its capture and keys are written at the end, however it ends."""
    try:
        network = Network(lab, options.seed)
    except LabError as error:
        raise UsageError(str(error)) from None
    options.failures.watch(network)
    capture = None
    for path, kind in ((options.pcap, "file"), (options.keys, "directory")):
        if path is not None:
            _must_be_writable(path, kind)
    if options.pcap is not None:
        capture = Capture(network.sim, snap=None if options.keys is None else IsakmpOnce())
        for port in network.ports.values():
            capture.attach(port)
    try:
        yield network
    finally:
        gc.unfreeze()
        try:
            if capture is not None:
                capture.write(options.pcap)
            if options.keys is not None:
                network.keylog.write(options.keys)
        except OSError as error:
            raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None


def start(network: Network) -> None:
    """Start a network and say on standard error which configuration lines were refused or do nothing.

    What is there now stays, so from here on the collector of garbage looks at newer things only.
    """
    network.start()
    gc.freeze()
    gc.enable()
    if network.bridges:
        from iosim.ui.pace import WallClock

        network.run = WallClock(network).run
    for name in network.lab.nodes:
        refused = [line for line in network.refused if line.node == name]
        if refused:
            print(f"{name}: {len(refused)} line{'s' * (len(refused) > 1)} refused", file=sys.stderr)
            for line in refused:
                print(refusal(f"{line.file}:{line.line}: ", line.text, line.message), file=sys.stderr)
        _tell_of_planned(name, network.nodes[name])


def _tell_of_planned(name: str, node: Node) -> None:
    """One line about the configuration that does nothing until its features are there."""
    if isinstance(node, Router):
        planned = sum(1 for _ in idle_lines(node.config, (PLANNED,)))
        if planned:
            lines = "line is kept and does" if planned == 1 else "lines are kept and do"
            print(f"{name}: {planned} {lines} nothing (show iosim unsupported)", file=sys.stderr)


def _must_be_writable(path: Path, kind: str) -> None:
    """Say before the run, not after it, that its results cannot be kept."""
    try:
        if kind == "directory":
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.open("ab").close()
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None

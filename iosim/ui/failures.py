"""Errors of this program in a running lab: told at the console of the node that has met one, and reported at the end.

Whatever an event, a command or a feature raises ends up here (`Simulator.contain`), and all else goes on: one mistake
in one feature takes nobody's lab away. The exit status tells of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from iosim.data import dataclass

if TYPE_CHECKING:
    from types import FrameType

    from iosim.lab.build import Network, Node

SEVERITY = 2
MNEMONIC = f"IOSIM-{SEVERITY}-FAILURE"
"""A facility of its own: nobody shall look for this message among those of Cisco."""
OWNERS = ("router", "stack", "host", "terminal")
"""The attributes by which what belongs to a node leads there."""


@dataclass(slots=True)
class Failure:
    """An error in the words of Python, the node that it was first met at (None: not known), and how often it came."""

    node: str | None
    traceback: str
    times: int = 0


class Failures:
    """All failures of a run of the program, each once by the kind of the error and its place."""

    def __init__(self) -> None:
        self._failures: dict[tuple[str, str], Failure] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def watch(self, network: Network) -> None:
        """Contain what fails in a network from now on."""
        network.sim.contain = partial(self._contain, network)

    def report(self) -> None:
        """Say on standard error what has failed, for whoever mends this program."""
        for failure in self._failures.values():
            where = f" at {failure.node}" if failure.node else ""
            times = f", {failure.times} times" if failure.times > 1 else ""
            print(
                f"iosim: an error of this program{where}{times}; the lab went on without what has failed.\n"
                f"Please report it with the lab, what was typed, and this:\n{failure.traceback}",
                end="",
                file=sys.stderr,
            )

    def _contain(self, network: Network, error: Exception) -> None:
        frames = _frames(error)
        name = _concerned(network, [frame for frame, _ in frames])
        self._keep(name, error, _place(*frames[0]))
        if name is not None:
            try:
                _tell(network.nodes[name], _words(error, frames))
            except Exception as second:  # what fails may be the messages
                self._keep(name, second, _place(*_frames(second)[0]))

    def _keep(self, name: str | None, error: Exception, place: str) -> None:
        from traceback import format_exception

        key = type(error).__name__, place
        if key not in self._failures:
            self._failures[key] = Failure(name, "".join(format_exception(error)))
        self._failures[key].times += 1


def _frames(error: Exception) -> list[tuple[FrameType, int]]:
    """The frames of an error and the numbers of their lines, from where it was raised outwards."""
    from traceback import walk_tb

    return list(walk_tb(error.__traceback__))[::-1]


def _concerned(network: Network, frames: list[FrameType]) -> str | None:
    """The node in which an error was raised: the one for which the innermost frame works that works for any."""
    names = {id(port): end.node for end, port in network.ports.items()}
    for name, node in network.nodes.items():
        names |= {id(part): name for part in (node, getattr(node, "stack", None)) if part is not None}
    values = (value for frame in frames for value in frame.f_locals.values())
    return next((names[id(part)] for value in values for part in _with_owners(value) if id(part) in names), None)


def _with_owners(value: object) -> Iterator[object]:
    """Something and what it belongs to."""
    yield value
    if type(value).__module__.startswith("iosim."):
        for owner in OWNERS:
            with suppress(Exception):  # properties of what has failed may fail
                yield getattr(value, owner)


def _place(frame: FrameType, line: int) -> str:
    """`ike/v1/dpd.py:42`"""
    return f"{frame.f_code.co_filename.rpartition('iosim/')[2]}:{line}"


def _words(error: Exception, frames: list[tuple[FrameType, int]]) -> str:
    """As IOS tells of an error of its own: what it is, and below that where, from the innermost place outwards."""
    return f"{type(error).__name__}: {error}\n-Traceback= {' '.join(_place(*at) for at in frames)}"


def _tell(node: Node, text: str) -> None:
    """Show a message at a console, if the node has one."""
    from iosim.ios.host import Host
    from iosim.ios.nat_box import NatBox
    from iosim.ios.router import Router

    if isinstance(node, Router):
        node.syslog.message(MNEMONIC, text)
    elif isinstance(node, Host | NatBox):
        node.console().notify(f"%{MNEMONIC}: {text}\n", SEVERITY)

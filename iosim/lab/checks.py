"""Runs the checks of a lab, in order, and says what came of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from struct import unpack_from

from iosim.data import dataclass
from iosim.lab.build import Network
from iosim.lab.topology import CaptureCheck, Check, CommandCheck, PingCheck
from iosim.wire.frame import ipv4_start

_SUCCESS = re.compile(r"Success rate is \d+ percent \((\d+)/(\d+)\)")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of a check; `detail` tells what was found, in a few words, and `output` what a terminal showed."""

    name: str
    passed: bool
    detail: str
    output: str = ""


class PacketCounter:
    """Counts the IPv4 packets on a link, both ways, whose source or destination is in a prefix."""

    def __init__(self, network: int, mask: int) -> None:
        self.count = 0
        self._network = network
        self._mask = mask

    def see(self, outbound: bool, frame: bytes) -> None:
        """A frame, as a tap at one end of the link sees it."""
        start = ipv4_start(frame)
        if start is None:
            return
        source, destination = unpack_from("!II", frame, start + 12)
        if source & self._mask == self._network or destination & self._mask == self._network:
            self.count += 1


class Checker:
    """The checks of a lab, made ready before the network starts so that no packet escapes them."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._counters: dict[int, PacketCounter] = {}
        for index, check in enumerate(network.lab.checks):
            if isinstance(check, CaptureCheck):
                counter = self._counters[index] = PacketCounter(check.network, check.mask)
                network.ports[check.link].taps.append(counter.see)

    def run(self) -> Iterator[CheckResult]:
        """Run one check after the other."""
        for index, check in enumerate(self._network.lab.checks):
            yield RUNNERS[type(check)](self, index, check)

    def _ping(self, index: int, check: PingCheck) -> CheckResult:
        output = self._network.execute(check.node, f"ping {check.to} repeat {check.count}")
        match = _SUCCESS.search(output)
        if match is None:
            return CheckResult(check.name, False, "no ping was sent", output)
        received, sent = int(match[1]), int(match[2])
        found = {"sent": sent, "received": received, "lost": sent - received}
        failed = [key for key, comparison in check.expect.items() if not comparison.holds(found[key])]
        wanted = "".join(f"; {key} {check.expect[key].text} expected" for key in failed)
        return CheckResult(check.name, not failed, f"{received} of {sent} received{wanted}", output)

    def _capture(self, index: int, check: CaptureCheck) -> CheckResult:
        count = self._counters[index].count
        passed = check.packets.holds(count)
        wanted = "" if passed else f"; {check.packets.text} expected"
        return CheckResult(check.name, passed, f"{count} packets on {check.link}{wanted}")

    def _command(self, index: int, check: CommandCheck) -> CheckResult:
        output = "".join(self._line(check.node, line) for line in check.run)
        problems = [f'"{text}" is missing' for text in check.contains if text not in output]
        problems += [f'"{text}" should not be there' for text in check.not_contains if text in output]
        problems += [f'"{pattern.pattern}" does not match' for pattern in check.matches if not pattern.search(output)]
        return CheckResult(check.name, not problems, "; ".join(problems) or f"{check.node}: {_told(check.run)}", output)

    def _line(self, node: str, line: str | int) -> str:
        if isinstance(line, str):
            return self._network.execute(node, line)
        self._network.run(until=self._network.sim.now + line)
        return ""


def _told(lines: Sequence[str | int]) -> str:
    """What was typed, in a few words: the last line, and whether there were others."""
    typed = [line for line in lines if isinstance(line, str)]
    return ("… " if len(typed) > 1 else "") + (typed[-1] if typed else "nothing")


RUNNERS: dict[type[Check], Callable[..., CheckResult]] = {
    PingCheck: Checker._ping,
    CaptureCheck: Checker._capture,
    CommandCheck: Checker._command,
}

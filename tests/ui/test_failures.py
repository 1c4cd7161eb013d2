"""An error of the program in one feature: told at the console of its node, reported at the end, and the lab goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iosim.ike.v1.engine import Engine
from iosim.ios import registry
from iosim.ios.features.logging import LoggingFeature
from iosim.ios.syslog import Syslog
from iosim.lab.build import Network
from iosim.sim.clock import SECOND, Simulator
from iosim.ui.failures import Failures
from ui.helpers import Outcome, iosim
from ui.test_console import network, type_at

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
TOLD = "%IOSIM-2-FAILURE: LookupError: of a test\n-Traceback= "


def fail(*_: object) -> None:
    raise LookupError("of a test")


async def fail_later(*_: object) -> None:
    raise LookupError("of a test")


def run(capsys: Capsys, *lines: str, lab: str = "site-to-site") -> Outcome:
    """What `exec` gives that has met an error, which it says loudly, and has gone on to its last line."""
    outcome = iosim(capsys, "exec", lab, *(part for line in lines for part in ("-c", line)))
    assert outcome.status == 3
    assert "Traceback (most recent call last):" in outcome.err and "LookupError: of a test\n" in outcome.err
    return outcome


def test_an_event_that_fails_takes_nothing_else_away(capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setattr(Engine, "receive_datagram", fail)
    outcome = run(capsys, "PC1: ping 192.168.2.10", "R2: show clock", "PC1: ping 203.0.113.2")
    assert outcome.out.partition("R2#show clock")[0].count(TOLD) == 1, "at the console of the responder"
    assert "Success rate is 100 percent (5/5)" in outcome.out.partition("ping 203.0.113.2")[2]
    assert re.search(r"iosim: an error of this program at R2(, \d+ times)?;", outcome.err)
    assert outcome.err.count("Traceback") == 1, "the same error is reported once"


def test_a_command_that_fails_ends_and_the_session_goes_on(capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setitem(registry.handlers, "show_clock", fail)
    outcome = run(capsys, "R1: show clock", "R1: show privilege")
    assert TOLD in outcome.out.partition("show privilege")[0]
    assert outcome.out.endswith("R1#show privilege\nCurrent privilege level is 15\n")


@pytest.mark.parametrize("node", ["R1", "PC1"])
def test_a_command_that_fails_on_its_way_ends(capsys: Capsys, monkeypatch: Patch, node: str) -> None:
    monkeypatch.setitem(registry.handlers, "ping", fail_later)
    outcome = run(capsys, f"{node}: ping 203.0.113.1", f"{node}:")
    assert f"iosim: an error of this program at {node};" in outcome.err
    assert TOLD in outcome.out


def test_a_feature_that_fails_holds_up_no_other(capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setattr(LoggingFeature, "reconcile", fail)
    outcome = run(capsys, "PC1: ping 192.168.2.10", "PC1: ping 192.168.2.10")
    assert "Success rate is 100 percent (5/5)" in outcome.out


def test_a_line_of_a_startup_configuration_that_fails_is_refused(capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setitem(registry.checks, "hostname", fail)
    outcome = run(capsys, "R1: show ip interface brief")
    assert "R1: 1 line refused\n" in outcome.err and "% An error of this program, at this line." in outcome.err
    assert re.search(r"GigabitEthernet0/0 +203\.0\.113\.2 .* up +up", outcome.out)


def test_messages_that_fail_are_reported_too(capsys: Capsys, monkeypatch: Patch) -> None:
    monkeypatch.setitem(registry.handlers, "show_clock", fail)
    monkeypatch.setattr(Syslog, "message", lambda self, mnemonic, text: 1 // ("IOSIM" not in mnemonic))
    outcome = run(capsys, "R1: show clock", "R1: show privilege")
    assert "ZeroDivisionError" in outcome.err
    assert "Current privilege level is 15" in outcome.out


def test_checks_that_pass_beside_an_error_do_not_hide_it(capsys: Capsys, monkeypatch: Patch, tmp_path: Path) -> None:
    lab = tmp_path / "lab.yaml"
    lab.write_text(
        "name: one\ntopology: {nodes: {PC1: {kind: host, address: 10.0.0.1/24}}}\n"
        "checks: [{name: own, ping: {from: PC1, to: 10.0.0.1, count: 1}, expect: {sent: 1}}]\n"
    )
    assert iosim(capsys, "check", str(lab)).status == 0
    monkeypatch.setattr(Network, "start", lambda network: network.sim.call_at(SECOND, fail))
    outcome = iosim(capsys, "check", str(lab))
    assert outcome.status == 3
    assert "passed" in outcome.out and "iosim: an error of this program; the lab went on" in outcome.err


def test_a_console_goes_on(capsys: Capsys, monkeypatch: Patch) -> None:
    lab, failures = network(), Failures()
    failures.watch(lab)
    monkeypatch.setitem(registry.handlers, "show_clock", fail)
    monkeypatch.setattr("iosim.ios.terminal.complete", fail)
    lab.sim.call_later(5 * SECOND, fail)
    text = type_at(lab, ["show clock\r", "\t", lambda: len(failures) == 1, "show priv\r"])
    assert text.count(TOLD) == 2, "the command and Tab; nobody knows whose the event was"
    assert "Current privilege level is 15" in text
    failures.report()
    assert "3 times" in capsys.readouterr().err


def test_an_error_that_nobody_contains_leaves_the_queue() -> None:
    sim, ran = Simulator(), list[int]()
    sim.call_at(1, fail)
    sim.call_at(2, lambda: ran.append(2))
    with pytest.raises(LookupError):
        sim.run()
    sim.run()
    assert ran == [2]

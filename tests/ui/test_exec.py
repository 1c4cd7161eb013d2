"""`iosim exec`: the transcript is what a terminal would show, and mistakes are one message and status 2."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import pytest

from ui.helpers import execute, iosim

Capsys = pytest.CaptureFixture[str]
BAD = "hostname R1\n!\ninterface GigabitEthernet0/1\n ip adress 10.0.0.1 255.0.0.0\nfrobnicate\n"


def test_a_vpn_comes_up(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "PC1: ping 192.168.2.10", "R1: show crypto isakmp sa")
    assert "PC1> ping 192.168.2.10\n" in text
    assert ".!!!!\nSuccess rate is 80 percent (4/5)" in text
    assert "R1#show crypto isakmp sa\n" in text
    assert re.search(r"198\.51\.100\.2 +203\.0\.113\.2 +QM_IDLE", text)


def test_a_session_lasts_across_its_lines(capsys: Capsys) -> None:
    text = execute(
        capsys, "site-to-site", "R1: configure terminal", "R2: show clock", "R1: hostname X", "R1: end", "R1:"
    )
    lines = text.splitlines()
    assert "R1(config)#hostname X" in lines
    assert "X(config)#end" in lines
    assert lines[-1] == "X#"


def test_a_refused_command_is_output(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "R1: show clok")
    assert text == "R1#show clok\n           ^\n% Invalid input detected at '^' marker.\n\n"


def test_help_runs_nothing(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "R1: show ip rou?", "R1: show ip ?", "R1:")
    assert text.startswith("R1#show ip rou?\nroute")
    assert "R1#show ip ?\n" in text and "IP routing table" in text
    assert text.endswith("R1#\n")


def test_a_dialogue_goes_on_where_it_was(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "R1: ping", "R2: show clock", "R1:", "R1: 203.0.113.1", "R1: 2")
    questions = [line for line in text.splitlines() if "[" in line or line.startswith("Target")]
    assert questions == [
        "Protocol [ip]: ",
        "Target IP address: 203.0.113.1",
        "Repeat count [5]: 2",
        "Datagram size [100]: ",
    ]


def test_sleep_lets_time_pass(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "R1: show clock", "sleep 90s", "R1: show clock")
    minutes = [int(minute) for minute in re.findall(r"\*\d\d:(\d\d):\d\d", text)]
    assert len(minutes) == 2 and minutes[1] - minutes[0] in (1, 2)


def test_what_a_console_prints_meanwhile_is_shown_when_it_is_next_used(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "R1: debug crypto isakmp", "PC1: ping 192.168.2.10", "R1: show clock")
    before, after = text.split("Success rate")
    assert "ISAKMP" in after.split("R1#show clock")[0]
    assert "ISAKMP:(" not in before


def test_what_is_left_is_shown_at_the_end(capsys: Capsys) -> None:
    text = execute(capsys, "site-to-site", "R1: debug crypto isakmp", "PC1: ping 192.168.2.10")
    assert "ISAKMP:(" in text.split("Success rate")[1]


def test_a_script_from_a_file_and_from_standard_input(
    capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script"
    script.write_text("# a comment\n\nR1: show clock\nsleep 1s\nPC1:\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("R2: show clock\n"))
    outcome = iosim(capsys, "exec", "site-to-site", "-c", "PC2:", "-f", str(script), "-f", "-")
    assert outcome.status == 0
    assert [line for line in outcome.out.splitlines() if "#" in line or ">" in line] == [
        "PC2> ",
        "R1#show clock",
        "PC1> ",
        "R2#show clock",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "-c", "R1:"], 'no lab "nowhere"'),
        (["site-to-site", "-c", "R9: show clock"], 'no node "R9" in site-to-site; nodes are R1, ISP, R2, PC1, PC2'),
        (["site-to-site", "-c", "R1: show clock", "-c", "R9:"], 'no node "R9"'),
        (["site-to-site", "-c", "show clock"], '"show clock" should be "NODE: COMMAND" or "sleep 30s"'),
        (["site-to-site", "-c", "sleep 30"], '"30" should be a duration such as'),
        (["site-to-site", "-c", "sleep"], "should be a duration such as"),
        (["site-to-site"], "exec needs a line to run"),
        (["site-to-site", "-f", "/nowhere"], "/nowhere cannot be read: No such file"),
        (["site-to-site", "-c", "R1:", "--pcap", "/nowhere/x"], "/nowhere/x cannot be written: No such file"),
        (["site-to-site", "-c", "R1:", "--keys", "/dev/null/x"], "/dev/null/x cannot be written: Not a directory"),
        (["site-to-site", "-c", "R1:", "--seed", "x"], "invalid int value"),
        ([], "the following arguments are required: LAB"),
    ],
)
def test_mistakes(capsys: Capsys, arguments: list[str], message: str) -> None:
    outcome = iosim(capsys, "exec", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_a_lab_with_refused_lines_still_loads(capsys: Capsys, tmp_path: Path) -> None:
    (tmp_path / "r1.cfg").write_text(BAD)
    (tmp_path / "lab.yaml").write_text("name: x\ntopology: {nodes: {R1: {kind: ios, startup-config: r1.cfg}}}\n")
    outcome = iosim(capsys, "exec", str(tmp_path), "-c", "R1: show clock")
    assert outcome.status == 0
    assert outcome.out.startswith("R1#show clock\n")
    lines = outcome.err.splitlines()
    assert lines[0] == "R1: 2 lines refused"
    place = f"{tmp_path / 'r1.cfg'}:4: "
    assert lines[1] == f"{place}ip adress 10.0.0.1 255.0.0.0"
    assert lines[2].index("^") == len(place) + len("ip ad")
    assert lines[3] == "% Invalid input detected at '^' marker."
    assert lines[4] == f"{tmp_path / 'r1.cfg'}:5: frobnicate"


def test_the_vpn_typed_by_hand_into_blank_routers(capsys: Capsys) -> None:
    script = Path(__file__).parents[2] / "labs" / "blank-pair" / "vpn.txt"
    outcome = iosim(capsys, "exec", "blank-pair", "-f", str(script))
    assert (outcome.status, outcome.err) == (0, "")
    rates = [int(rate) for rate in re.findall(r"Success rate is (\d+) percent", outcome.out)]
    in_clear, in_tunnel, one_sided, again = rates
    assert in_clear >= 80 and in_tunnel == 80 and one_sided == 0 and again >= 80
    assert "QM_IDLE" in outcome.out
    assert outcome.out.count("% Invalid") == 0


def test_a_script_may_page(capsys: Capsys) -> None:
    lines = ["terminal length 5", "show running-config", "space", "", "show privilege", "show clock"]
    out = execute(capsys, "site-to-site", *(f"R1: {line}" for line in lines)).splitlines()
    stops = [index for index, line in enumerate(out) if line.startswith(" --More-- ")]
    assert [out[index] for index in stops] == [" --More-- space", " --More-- ", " --More-- show privilege"]
    assert [later - earlier for earlier, later in itertools.pairwise(stops)] == [5, 2]
    assert out[stops[-1] + 1] == "Current privilege level is 15"

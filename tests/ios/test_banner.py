"""Banners: any delimiter, many lines; typed, loaded, written and read again; shown when a session begins."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

from .network import pair


def banners(router: Router) -> str:
    """The banners in the running configuration."""
    return "\n".join(line for line in router.running_lines() if line.startswith("banner"))


def load(text: str) -> Router:
    router = Router(Simulator(), "R1")
    assert load_text(router, text) == []
    return router


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (["banner motd #Hello#"], "banner motd ^CHello^C"),
        (["banner motd # Hello # what follows does not count"], "banner motd ^C Hello ^C"),
        (["banner motd #", "Hello", "#"], "banner motd ^C\nHello\n^C"),
        (["banner motd ^C", "  ! indented", "", "end^C"], "banner motd ^C\n  ! indented\n\nend^C"),
        (["banner motd \x03Hello", "you\x03"], "banner motd ^CHello\nyou^C"),
        (["banner login ^", "Hello^"], "banner login ^C\nHello^C"),
        (["banner hello", "oh"], "banner motd ^Cello\no^C"),
        (["banner exec `exit`", "banner incoming /", "no/"], "banner exec ^Cexit^C\nbanner incoming ^C\nno^C"),
        (["banner motd $costs ^C$"], "banner motd #costs ^C#"),
        (["banner motd ##"], "banner motd ^C^C"),
        (["banner motd #Hello#", "no banner motd"], ""),
        (["banner motd #Hello#", "default banner motd"], ""),
        (["banner motd #Hello#", "banner motd #Bye#"], "banner motd ^CBye^C"),
    ],
)  # fmt: skip
def test_any_delimiter_and_any_number_of_lines(typed: list[str], written: str) -> None:
    loaded = load("\n".join(typed))
    assert banners(loaded) == written
    network = pair()
    network.configure("R1", *typed)
    assert banners(network["R1"]) == written
    assert banners(load(written)) == written


def test_the_text_is_asked_for() -> None:
    network = pair()
    terminal = network.console("R1")
    assert network.type("R1", "configure terminal", "banner motd #") == (
        "Enter configuration commands, one per line.  End with CNTL/Z.\n"
        "Enter TEXT message.  End with the character '#'.\n"
    )
    assert terminal.prompt == "" and terminal.asking and not terminal.busy
    assert network.type("R1", "hostname X", "! no comment") == ""
    network.type("R1", "done#")
    assert terminal.prompt == "R1(config)#"
    assert "hostname X" not in terminal.history
    assert banners(network["R1"]) == "banner motd ^C\nhostname X\n! no comment\ndone^C"


def test_a_text_can_be_broken_off() -> None:
    network = pair("banner motd #old#\n")
    network.type("R1", "configure terminal", "banner motd #", "new")
    network.console("R1").interrupt()
    assert network.console("R1").prompt == "R1(config)#"
    assert banners(network["R1"]) == "banner motd ^Cold^C"


def test_a_banner_from_within_a_mode_leaves_it() -> None:
    network = pair()
    network.type("R1", "configure terminal", "interface Loopback0", "banner motd #", "Hello#")
    assert network.console("R1").prompt == "R1(config)#"


def test_a_session_begins_with_the_message_of_the_day() -> None:
    network = pair("banner exec /To work/\nbanner motd #\nHello\n#\nbanner login #Who?#\n")
    network.type("R1", "exit")
    assert network.type("R1", "") == "\nHello\n\nTo work\n"
    assert network.console("R1").prompt == "R1>"
    network.type("R2", "exit")
    assert network.type("R2", "") == ""


def test_tokens_of_banners_are_replaced() -> None:
    network = pair("ip domain-name example.com\nbanner motd #$(hostname).$(domain) on line $(line)#\n")
    network.type("R1", "exit")
    assert network.type("R1", "") == "R1.example.com on line 0\n"


def test_a_line_may_do_without_banners() -> None:
    network = pair("banner exec /To work/\nbanner motd #Hello#\nline con 0\nno motd-banner\nno exec-banner\n")
    network.type("R1", "exit")
    assert network.type("R1", "") == ""
    assert network.running("R1")[-6:-3] == ["line con 0", " no motd-banner", " no exec-banner"]


def test_a_banner_without_an_end_is_refused_and_takes_nothing_with_it() -> None:
    router = Router(Simulator(), "R1")
    refused = load_text(router, "hostname A\nbanner motd #\nHello\ninterface Loopback0\n")
    assert [(line.line, line.text, line.message.split("\n")[-1]) for line in refused] == [
        (2, "banner motd #", "% The text that begins here has no end: no '#' follows."),
        (3, "Hello", "% Invalid input detected at '^' marker."),
    ]
    assert "interface Loopback0" in router.running_lines()
    assert banners(router) == ""


texts = st.text(st.characters(exclude_characters="\ufffd", exclude_categories=["Cs", "Cc"]), max_size=20)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(("motd", "exec", "login", "incoming")), st.lists(texts, min_size=1, max_size=5))
def test_any_text_survives_a_round_trip(kind: str, lines: list[str]) -> None:
    """What is written says the same when it is read."""
    mark = next(chr(code) for code in range(0x4E00, 0x4F00) if not any(chr(code) in line for line in lines))
    router = load("\n".join([f"banner {kind} {mark}", *lines]) + mark)
    written = banners(router)
    text = "\n".join(lines)
    assert f"\n{text}" in written
    assert banners(load(written)) == written

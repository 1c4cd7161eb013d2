"""Whatever the grammar lets through can be executed or is rejected, and what is configured can be written and read."""

from __future__ import annotations

from grammar.lines import commands, openings
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.grammar import CliError
from iosim.ios import registry
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import SECOND, Simulator

from .network import pair

registry.load_features()

lines = st.lists(commands(modes=sorted(openings())), max_size=8).map(
    lambda drawn: [line for mode, words in drawn if words[0] != "do" for line in (*openings()[mode], " ".join(words))]
)


@settings(max_examples=100, deadline=None)
@given(lines)
def test_any_configuration_can_be_typed_written_and_read(text: list[str]) -> None:
    router = Router(Simulator(), "R1")
    router.boot("interface GigabitEthernet0/1\n ip address 10.9.9.9 255.255.255.0\n")
    session = router.console()
    for line in ("configure terminal", *text):
        if session.configurator is None:  # a line has left the configuration
            session.enter_configuration()
        session.submit(line)
        if session.asking:
            session.submit("yes")
    router.sim.run(until=SECOND)
    written = router.running_lines()
    again = Router(Simulator(), "R1")
    refused = load_text(again, "\n".join(written))
    again.reconcile()
    assert [refusal.text for refusal in refused] == []
    again.reconcile()
    assert again.running_lines() == written


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30) | st.sampled_from(["\n".join(way) for way in openings().values()]), max_size=10))
def test_any_text_can_be_loaded(text: list[str]) -> None:
    try:
        load_text(Router(Simulator(), "R1"), "\n".join(text))
    except CliError as error:
        raise AssertionError("a refusal is reported, not raised") from error


@settings(max_examples=100, deadline=None)
@given(commands(modes=("user", "privileged", "host")))
def test_any_command_can_be_executed_and_broken_off(command: tuple[str, list[str]]) -> None:
    mode, words = command
    network = pair(first="access-list 10 permit any\n")
    terminal = network.console("PC1" if mode == "host" else "R1")
    if mode == "user":
        terminal.submit("disable")
    terminal.submit(" ".join(words))
    network.wait(1)
    terminal.submit("")
    network.wait(1)
    terminal.interrupt()
    assert not terminal.busy
    assert not terminal.asking

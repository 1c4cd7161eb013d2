"""Configurations that the grammar itself generates, over all modes: written and read again they are the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.grammar.grammar import ios_grammar
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator
from tests.grammar.lines import commands, openings
from tests.ios.snapshot import snapshot

NOT_CONFIGURATION = ("do", "exit", "end", "default")


@st.composite
def sections(draw: st.DrawFn) -> list[str]:
    """The lines that lead to a mode, and some of its own."""
    mode = draw(st.sampled_from(sorted(openings())))
    lines = draw(st.lists(commands(modes=(mode,)), max_size=6))
    return [*openings()[mode], *(" ".join(words) for _, words in lines if words[0] not in NOT_CONFIGURATION)]


@settings(max_examples=200, deadline=None)
@given(st.lists(sections(), max_size=4))
def test_written_and_read_again_it_is_the_same(configuration: list[list[str]]) -> None:
    first, again = (Router(Simulator(), "R1") for _ in range(2))
    for section in configuration:
        load_text(first, "\n".join(section))
    written = first.running_lines()
    assert load_text(again, "\n".join(written)) == []
    assert again.running_lines() == written
    assert snapshot(again.config) == snapshot(first.config)


@pytest.mark.parametrize("mode", sorted(ios_grammar().prompts))
def test_every_mode_can_be_entered(mode: str) -> None:
    assert mode in openings()

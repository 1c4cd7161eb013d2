"""Any line gives a statement or a CliError, `?` always has something to say, and Tab never harms a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iosim.grammar import CliError
from iosim.grammar.assist import complete, help_lines
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse

from .lines import commands

modes = st.sampled_from(ios_grammar().modes)
words = st.sampled_from(sorted({terminal.text for terminal in ios_grammar().terminals.values()}))
junk = st.one_of(st.text(), st.lists(words | st.text(max_size=6)).map(" ".join))


@given(modes, junk)
def test_any_line_is_taken_or_refused(mode: str, line: str) -> None:
    try:
        statement = parse(ios_grammar(), mode, line)
    except CliError as error:
        assert error.message().endswith("\n")
    else:
        assert statement.command in ios_grammar().commands


@given(modes, junk)
def test_any_line_can_be_asked_about_and_completed(mode: str, line: str) -> None:
    assert help_lines(ios_grammar(), mode, line)
    complete(ios_grammar(), mode, line)


@given(commands())
def test_a_generated_command_is_taken(command: tuple[str, list[str]]) -> None:
    mode, words = command
    parse(ios_grammar(), mode, " ".join(words))


@given(commands(), st.data())
def test_any_beginning_of_a_command_has_help(command: tuple[str, list[str]], data: st.DataObject) -> None:
    """Cut anywhere, inside a word or between words, something fits."""
    mode, words = command
    line = " ".join(words)
    cut = line[: data.draw(st.integers(0, len(line)))]
    text = help_lines(ios_grammar(), mode, cut)
    assert text
    assert not text.startswith("% Unrecognized"), cut


@given(commands())
def test_tab_keeps_the_meaning(command: tuple[str, list[str]]) -> None:
    mode, words = command
    line = " ".join(words)
    assert parse(ios_grammar(), mode, complete(ios_grammar(), mode, line)) == parse(ios_grammar(), mode, line)

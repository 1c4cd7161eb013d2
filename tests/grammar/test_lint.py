"""The lint of the grammar: every reachable position of the parser is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from iosim.grammar.grammar import Grammar, ios_grammar
from iosim.grammar.node import NIL, Node
from iosim.grammar.value import Word
from iosim.grammar.values import Line
from iosim.ios import registry

FRAME = frozenset(
    (
        "no",
        "default",
        "do",
        "exit",
        "end",
        "outer",
        "filter_include",
        "filter_exclude",
        "filter_begin",
        "filter_section",
        "filter_count",
        "filter_redirect",
        "filter_append",
        "filter_tee",
    )
)
"""What stands around commands, or is understood by the session itself."""


@pytest.fixture(scope="module", autouse=True)
def forgotten() -> Iterator[None]:
    """Positions are by the hundred thousand: nobody after us should have to carry them."""
    yield
    positions.cache_clear()


@lru_cache(maxsize=1)
def positions() -> list[tuple[str, Node]]:
    """Every position that a line can reach, once for each state of the parser, with the words that lead there."""
    return list(_walk(Grammar()))


def _walk(grammar: Grammar) -> Iterator[tuple[str, Node]]:
    """Positions are made here and not by `step`, which would keep one for each way that leads to a state."""
    waiting = [(f"({mode})", mode, grammar.start(mode).stack, ()) for mode in grammar.modes]
    seen = {stack for _, _, stack, _ in waiting}
    while waiting:
        way, mode, stack, path = waiting.pop()
        node = Node(grammar, mode, stack, path)
        yield way, node
        for terminal in node.accepts:
            behind = grammar.table.advance(stack, terminal.name)
            if behind is not None and behind not in seen:
                seen.add(behind)
                waiting.append((f"{way} {terminal.text}", mode, behind, (*path, terminal.name)))


def test_no_two_words_look_the_same() -> None:
    for way, node in positions():
        texts = [terminal.text.lower() for terminal in node.accepts]
        assert len(texts) == len(set(texts)), (way, texts)


def test_every_word_has_a_help_text() -> None:
    for way, node in positions():
        for terminal in node.accepts:
            assert terminal.help, (way, terminal.name)


def test_no_word_is_without_use() -> None:
    used = {terminal.name for _, node in positions() for terminal in node.accepts}
    assert set(ios_grammar().terminals) - used == {NIL}


def test_every_line_can_be_finished() -> None:
    """From every position some words lead to the end of the line."""
    for way, node in positions():
        assert node.accepts or node.end is not None, way


def test_every_end_is_a_command() -> None:
    for way, node in positions():
        if node.end is not None:
            assert node.end.command in ios_grammar().commands, way


def test_every_command_belongs_to_just_one() -> None:
    """A command is executed by one handler, or bound to one field in each mode that has it."""
    registry.load_features()
    bound = {command for mode in ios_grammar().prompts for command in registry.bindings(mode).commands}
    commands = ios_grammar().commands - FRAME
    assert sorted(commands - bound - set(registry.handlers)) == []
    assert sorted(bound & set(registry.handlers)) == []
    assert sorted((bound | set(registry.handlers)) - commands - FRAME) == []


def test_every_binding_is_for_a_command_of_its_mode() -> None:
    registry.load_features()
    reached: dict[str, set[str]] = {}
    for way, node in positions():
        for shape in (node.end, node.end_negated):
            if shape is not None:
                reached.setdefault(way.partition(")")[0].strip("("), set()).add(shape.command)
    for mode in ios_grammar().prompts:
        for command in registry.bindings(mode).commands:
            assert command in reached[mode], (mode, command)


def test_configuration_modes_are_start_rules() -> None:
    registry.load_features()
    assert set(ios_grammar().prompts) <= set(ios_grammar().modes)
    assert [mode for mode in ios_grammar().prompts if not registry.bindings(mode).fields] == []


FREE_TEXT = {"banner", "isdn", "key", "password"}
"""Words that take the rest of the line in a mode as they do globally: as on a router, the inner mode has them."""


def test_no_inner_mode_swallows_global_lines() -> None:
    """A line that begins with a global command's word is not taken as free text by a mode that it leaves."""
    grammar = ios_grammar()
    words = [word for word in grammar.start("config").keywords if word not in FRAME | FREE_TEXT]
    swallowed = []
    for mode in grammar.prompts.keys() - {"config"}:
        start = grammar.start(mode)
        for word in words:
            found = start.resolve([Word(word, 0)], 0, word)
            if isinstance(found, tuple) and any(isinstance(of.type, Line) for of in start.step(found[0].name).accepts):
                swallowed.append((mode, word, found[0].text))
    assert not swallowed

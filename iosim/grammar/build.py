"""Builds a grammar: Lark turns the text of the grammar files into a parse table. Only a changed grammar needs this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.grammar.compiled import Compiled
from iosim.grammar.files import help_texts, keep_notes, modes
from iosim.grammar.table import Rule


def build(text: str) -> Compiled:
    """All that the program needs of a grammar; raises lark's GrammarError for a text that is none."""
    from lark import Lark
    from lark.lexer import Lexer
    from lark.parsers.lalr_analysis import Shift

    class NoLexer(Lexer):
        """Lark's own lexing is not used: words are resolved by what the parser accepts (see node.py)."""

        __future_interface__ = 2

        def __init__(self, lexer_conf: Any) -> None:
            pass

        def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
            return iter(())

    prompts, help_of, notes = modes(text), help_texts(text), keep_notes(text)
    starts = list(prompts)
    grammar = Lark(text, parser="lalr", lexer=NoLexer, start=starts, maybe_placeholders=False)
    parsed: Any = grammar.parse_interactive("", start=starts[0]).parser_state.parse_conf.parse_table
    numbers = {rule: number for number, rule in enumerate(grammar.rules)}
    states = {
        state: {symbol: target if action is Shift else ~numbers[target] for symbol, (action, target) in actions.items()}
        for state, actions in parsed.states.items()
    }
    rules: list[Rule] = [
        (str(rule.origin.name), [symbol.name for symbol in rule.expansion], str(rule.alias) if rule.alias else None)
        for rule in grammar.rules
    ]
    return Compiled(
        terminals={each.name: (str(each.pattern.value), help_of.get(each.name, "")) for each in grammar.terminals},
        rules=rules,
        states=states,
        starts=dict(parsed.start_states),
        ends=dict(parsed.end_states),
        prompts={mode: prompt for mode, prompt in prompts.items() if prompt is not None},
        commands={mode: _commands(rules, mode) for mode in starts},
        keeps=notes,
    )


def _commands(rules: list[Rule], mode: str) -> list[str]:
    """The names of the commands of a mode, without those that `do` brings in."""
    alternatives: dict[str, list[tuple[str | None, list[str]]]] = {}
    for origin, symbols, alias in rules:
        alternatives.setdefault(origin, []).append((alias, symbols))
    found: dict[str, None] = {}
    seen: dict[str, None] = {}
    waiting = [mode]
    while waiting:
        rule = waiting.pop()
        for alias, symbols in alternatives.get(rule, ()) if rule not in seen else ():
            if alias is not None:
                found[alias] = None
            elif "do" not in symbols:
                waiting += symbols
        seen[rule] = None
    return list(found)

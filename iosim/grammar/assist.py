"""`?` and Tab."""

from __future__ import annotations

from collections.abc import Callable

from iosim.grammar.error import Ambiguous, CliError
from iosim.grammar.grammar import Grammar
from iosim.grammar.node import Node, Terminal
from iosim.grammar.parse import MAX_LINE, is_negated, split_words, walk
from iosim.grammar.value import Word
from iosim.grammar.values import Line

Allows = Callable[[tuple[str, ...]], bool]
"""Whether a command that begins with these keywords is there for somebody; None stands for all being there."""


def help_lines(grammar: Grammar, mode: str, line: str, width: int = 80, allows: Allows | None = None) -> str:
    """What `?` prints behind `line`: the words that begin so, or all that may come next with their help."""
    if len(line) > MAX_LINE:
        return "% Unrecognized command\n"
    words = split_words(line)
    partial = words.pop() if words and not line[-1].isspace() else None
    try:
        node, _, terminals = walk(grammar.start(mode), line, words)
    except Ambiguous as error:
        return error.message()
    except CliError:
        return _half_value(grammar.start(mode), line, words) or "% Unrecognized command\n"
    if partial is not None:
        if terminals and isinstance(terminals[-1].type, Line):
            return _table(_listing(terminals[-1]))
        return _matching(node, partial.text, width, _there(node, terminals, allows))
    pairs = [pair for terminal in _there(node, terminals, allows) for pair in _listing(terminal)]
    if (node.end_negated if is_negated(terminals) else node.end) is not None:
        pairs.append(("<cr>", ""))
    return _table(pairs)


def complete(grammar: Grammar, mode: str, line: str, allows: Allows | None = None) -> str:
    """The line behind Tab: its last word finished and a space added, or unchanged when that is not clear."""
    words = split_words(line) if len(line) <= MAX_LINE else []
    if not words or line[-1].isspace():
        return line
    partial = words.pop()
    try:
        node, _, terminals = walk(grammar.start(mode), line, words)
    except CliError:
        return line
    names = _names(_there(node, terminals, allows), partial.text)
    return line[: partial.column] + names[0] + " " if len(names) == 1 else line


def _there(node: Node, path: list[Terminal], allows: Allows | None) -> list[Terminal]:
    """What may come next and is there for who asks. Behind a value everything is, if what stands before it is."""
    if allows is None or any(terminal.type is not None for terminal in path):
        return node.accepts
    words = tuple(terminal.text for terminal in path)
    return [terminal for terminal in node.accepts if terminal.type is not None or allows((*words, terminal.text))]


def _names(accepts: list[Terminal], beginning: str) -> list[str]:
    """The words that may stand here and begin so (interface types count as words); an exact one stands alone."""
    listed = [terminal for terminal in accepts if terminal.type is None or terminal.type.is_list]
    names = [name for terminal in listed for name, _ in _listing(terminal)]
    exact = [name for name in names if name.lower() == beginning.lower()]
    return exact or sorted((name for name in names if name.lower().startswith(beginning.lower())), key=str.lower)


def _listing(terminal: Terminal) -> list[tuple[str, str]]:
    return terminal.type.listing(terminal.help) if terminal.type else [(terminal.text, terminal.help)]


def _half_value(start: Node, line: str, words: list[Word]) -> str | None:
    """Behind the first word of a value in two (`interface GigabitEthernet `): what its second word is."""
    if not words:
        return None
    try:
        node, _, _ = walk(start, line, words[:-1])
    except CliError:
        return None
    halves = [kind.second(words[-1].text) for kind, _ in node.values]
    return _table([pair for pair in halves if pair is not None]) or None


def _matching(node: Node, beginning: str, width: int, accepts: list[Terminal]) -> str:
    """`sh?`: the names only, in columns; for a value its type."""
    names = _names(accepts, beginning)
    if names:
        return "".join(f"{'  '.join(row)}\n" for row in _columns(names, width))
    values = [(kind.display, terminal.help) for kind, terminal in node.values if kind.begins(beginning)]
    return _table(values) if values else "% Unrecognized command\n"


def _columns(names: list[str], width: int) -> list[list[str]]:
    cell = max(map(len, names))
    per_row = max(1, width // (cell + 2))
    rows = [names[index : index + per_row] for index in range(0, len(names), per_row)]
    return [[name.ljust(cell) for name in row] for row in rows]


def _order(pair: tuple[str, str]) -> tuple[bool, str]:
    return pair[0] == "<cr>", pair[0].lower()


def _table(pairs: list[tuple[str, str]]) -> str:
    """Two columns, `<cr>` last, as IOS prints them."""
    pairs = sorted(pairs, key=_order)
    width = max((len(name) for name, _ in pairs), default=0)
    return "".join(f"  {name.ljust(width)}  {text}".rstrip() + "\n" for name, text in pairs)

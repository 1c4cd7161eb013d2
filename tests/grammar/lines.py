"""Lines that the grammar generates: a random walk over its positions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from hypothesis import strategies as st

from iosim.grammar.grammar import ios_grammar
from iosim.grammar.node import NIL, Terminal
from iosim.grammar.numbers import NamedNumber, Number
from iosim.grammar.unparse import routes
from iosim.ios import registry

_SAMPLES = {
    "/nn": "/24",
    "A.B.C.D": "10.1.2.3",
    "A.B.C.D/nn": "10.1.0.0/16",
    "ASN:nn": "65000:1",
    "ASN:nn or IP-address:nn": "65000:1",
    "H.H.H": "0200.5e00.0001",
    "Hex-data": "3082024B",
    "Hex-type": "0x800",
    "Interface": "GigabitEthernet0/1",
    "Interface-range": "GigabitEthernet0/0 - 1",
    "LINE": "some text",
    "Month": "July",
    "Vlan-list": "10,20-30",
    "X:X:X:X::X": "2001:DB8::1",
    "X:X:X:X::X/<0-128>": "2001:DB8::/32",
    "hh:mm": "02:00",
    "hh:mm:ss": "12:00:00",
}


@st.composite
def commands(draw: st.DrawFn, modes: Sequence[str] = (), longest: int = 14) -> tuple[str, list[str]]:
    """(mode, words of a complete line), in one of these modes or in any."""
    grammar = ios_grammar()
    mode = draw(st.sampled_from(modes or grammar.modes))
    node, words = grammar.start(mode), []
    while node.accepts and not (node.end is not None and (len(words) >= longest or draw(st.booleans()))):
        terminal = draw(st.sampled_from(node.accepts))
        words.append(draw(_word(terminal)))
        node = node.step(terminal.name)
    return mode, words


def _word(terminal: Terminal) -> st.SearchStrategy[str]:
    kind = terminal.type
    if kind is None:
        return st.just(terminal.text)
    if isinstance(kind, Number):
        return st.integers(kind.low, kind.high).map(str)
    if isinstance(kind, NamedNumber):
        return st.sampled_from(sorted(kind.numbers))
    return st.just(_SAMPLES.get(kind.display, "zz9"))


@lru_cache(maxsize=1)
def openings() -> dict[str, list[str]]:
    """For each mode of configuration the lines that lead to it from global configuration."""
    registry.load_features()
    found = {
        "config": [],
        "config_std_nacl": ["ip access-list standard zz9"],
        "config_ext_nacl": ["ip access-list extended zz9"],
        "config_if_range": ["interface range Loopback0 - 1"],
    }
    waiting = list(found)
    while waiting:
        mode = waiting.pop(0)
        for command, (_, _, binding) in registry.bindings(mode).commands.items():
            opened = getattr(binding, "mode", None)
            if opened is not None and opened not in found:
                found[opened] = [*found[mode], " ".join(_shortest(routes(ios_grammar(), mode, command)))]
                waiting.append(opened)
    return found


def _shortest(bodies: Sequence[Sequence[str]], depth: int = 8) -> list[str]:
    """The fewest words that one of some sequences of symbols can be."""
    grammar = ios_grammar()
    best: list[str] | None = None
    for body in (body for body in bodies if depth and NIL not in body):
        words: list[str] = []
        for symbol in body:
            terminal = grammar.terminals.get(symbol)
            inner = [symbols for _, symbols in grammar.alternatives.get(symbol, [])]
            words += [_sample(terminal)] if terminal else _shortest(inner, depth - 1)
        best = words if best is None or len(words) < len(best) else best
    return best or []


def _sample(terminal: Terminal) -> str:
    """A word that a terminal takes."""
    kind = terminal.type
    if kind is None:
        return terminal.text
    return str(kind.low) if isinstance(kind, Number) else _SAMPLES.get(kind.display, "zz9")

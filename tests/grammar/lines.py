"""Lines that the grammar generates: a random walk over its positions."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from iosim.grammar.grammar import ios_grammar
from iosim.grammar.node import Terminal
from iosim.grammar.values import NamedNumber, Number

_SAMPLES = {
    "/nn": "/24",
    "A.B.C.D": "10.1.2.3",
    "A.B.C.D/nn": "10.1.0.0/16",
    "ASN:nn": "65000:1",
    "ASN:nn or IP-address:nn": "65000:1",
    "H.H.H": "0200.5e00.0001",
    "Hex-data": "3082024B",
    "Interface": "GigabitEthernet0/1",
    "Interface-range": "GigabitEthernet0/0 - 1",
    "LINE": "some text",
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

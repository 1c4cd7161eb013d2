"""What `?` says of names that stand for numbers."""

from __future__ import annotations

import pytest

from iosim.grammar.number_words import words
from iosim.grammar.numbers import NAMED


@pytest.mark.parametrize("display", ["TCP port", "UDP port", "DSCP", "Precedence", "Type of service"])
def test_each_name_has_words_and_its_number(display: str) -> None:
    for name, number in NAMED[display][0].items():
        text = words(display, name, number)
        assert text[0].isupper()
        assert text.endswith((f"({number})", f", {number})", f"({number:06b})"))
        assert "{" not in text


@pytest.mark.parametrize(
    ("display", "name", "expected"),
    [
        ("TCP port", "www", "World Wide Web (HTTP, 80)"),
        ("TCP port", "bgp", "Border Gateway Protocol (179)"),
        ("UDP port", "isakmp", "Internet Security Association and Key Management Protocol (500)"),
        ("DSCP", "ef", "Match packets with EF dscp (101110)"),
        ("DSCP", "cs6", "Match packets with CS6(precedence 6) dscp (110000)"),
        ("DSCP", "default", "Match packets with default dscp (000000)"),
        ("Precedence", "internet", "Match packets with internetwork control precedence (6)"),
        ("Type of service", "min-delay", "Match packets with min delay TOS (8)"),
        ("IP option", "any-options", ""),
        ("IP option", "lsr", "(131)"),
    ],
)
def test_words(display: str, name: str, expected: str) -> None:
    assert words(display, name, NAMED[display][0][name]) == expected

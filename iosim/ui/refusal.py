"""How a refused line is shown: its place and text, and below it what the router says."""

from __future__ import annotations


def refusal(place: str, text: str, message: str) -> str:
    """`r1.cfg:7: ip rout 0.0.0.0`, and below it the message, its caret under the word that was not understood."""
    caret, *rest = message.split("\n")
    if caret.strip() == "^":
        return "\n".join([place + printable(text), " " * len(place) + caret, *rest])
    return "\n".join([place + printable(text), caret, *rest])


def printable(text: str) -> str:
    """A text without anything that a terminal would obey; every character keeps its column."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )

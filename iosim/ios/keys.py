"""Characters of a terminal become keys: VT100 sequences, Escape and a letter, pastes in brackets.

A key is one character, or Escape with a letter (in lower case), or Ctrl-V with the character that it quotes. Arrow keys
and the like come as the control character that IOS has for the same; sequences that mean nothing here are left out.
What is pasted in brackets (`ESC [ 200 ~ … ESC [ 201 ~`) is text: `?` and Tab in it are quoted.
"""

from __future__ import annotations

import re

ENTER, QUOTE = "\r", "\x16"
_KEY = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1bO.|\x1b.|\x16.|.", re.DOTALL)
_UNFINISHED = re.compile(r"(\x1b(\[[0-9;?]*[ -/]*|O)?|\x16)\Z")
_PASTE, _PASTE_END = "\x1b[200~", "\x1b[201~"
_SAME = {
    "\x7f": "\b",
    "\x18": "\x15",
    "\x0c": "\x12",
    "\x1b[A": "\x10",
    "\x1b[B": "\x0e",
    "\x1b[C": "\x06",
    "\x1b[D": "\x02",
    "\x1b[H": "\x01",
    "\x1b[F": "\x05",
    "\x1b[1~": "\x01",
    "\x1b[4~": "\x05",
    "\x1b[3~": "\x04",
}
"""Keys that do the same as another one."""


class Keys:
    """Takes characters as they arrive, in pieces of any size. `pasting`: the last one stood in a bracketed paste."""

    def __init__(self) -> None:
        self._rest = ""
        self.pasting = False
        self._after_return = False

    def feed(self, text: str) -> list[str]:
        """The keys that are complete now."""
        text = self._rest + text
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished else ""
        whole = text[: len(text) - len(self._rest)]
        return [key for sequence in _KEY.findall(whole) if (key := self._key(sequence))]

    def _key(self, sequence: str) -> str:
        if sequence in (_PASTE, _PASTE_END):
            self.pasting = sequence == _PASTE
            return ""
        after_return, self._after_return = self._after_return, sequence == ENTER
        if sequence == "\n":
            return "" if after_return else ENTER  # the end of a line may be CR, LF or both
        if self.pasting:
            return QUOTE + sequence if len(sequence) == 1 and sequence != ENTER and _is_special(sequence) else sequence
        if sequence.startswith("\x1bO"):
            sequence = "\x1b[" + sequence[2:]
        elif len(sequence) == 2 and sequence[0] == "\x1b":
            sequence = sequence.lower()
        key = _SAME.get(sequence, sequence)
        return "" if key.startswith("\x1b[") else key


def _is_special(character: str) -> bool:
    return character == "?" or not character.isprintable()

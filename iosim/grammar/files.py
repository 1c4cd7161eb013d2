"""Finds and reads the grammar files, and finds the data folders of the program, installed or editable."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


@lru_cache
def data_root(kind: str) -> Path:
    """The folder of bundled data (`grammars` or `labs`): inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_data" / kind
    return installed if installed.is_dir() else package.parent / kind


def bundled() -> Path:
    """Where an installation has the built grammar; a checkout has none."""
    return Path(__file__).resolve().parent.parent / "_data" / "grammar.bin"


def read_grammar(folder: Path | None = None) -> tuple[str, str]:
    """The text of all grammar files, in sorted order of their paths, and a hash of it."""
    folder = folder or data_root("grammars")
    files = sorted(folder.rglob("*.lark"), key=lambda path: path.relative_to(folder).as_posix())
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    return text, hashlib.sha256(text.encode()).hexdigest()


def help_texts(text: str) -> dict[str, str]:
    """The help text of each terminal: the comment on the line that defines it."""
    texts = {}
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        if colon and name.isupper() and " " not in name.strip():
            _, _, comment = rest.rpartition('"')[2].partition("//")
            texts[name.strip()] = comment.strip()
    return texts


def modes(text: str) -> dict[str, str | None]:
    """The start rules with the texts of their prompts (None for those that are not for configuration)."""
    marker = "// mode:"
    named = [line[len(marker) :].split() for line in text.splitlines() if line.startswith(marker)]
    return {words[0]: words[1] if len(words) > 1 else None for words in named}


def keep_notes(text: str) -> dict[str, str]:
    """What stands behind `// keep` on the lines of commands that are kept and do nothing."""
    notes = {}
    for line in text.splitlines():
        command, keep, note = line.partition("// keep ")
        if keep:
            notes[command.rpartition("->")[2].strip()] = note.strip()
    return notes

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

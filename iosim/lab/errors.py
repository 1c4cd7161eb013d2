"""What is wrong with a lab, and where."""

from __future__ import annotations

from pathlib import Path


class LabError(Exception):
    """A lab that cannot be used. `str()` is `file:line: message`; `file` and `line` may be None."""

    def __init__(self, message: str, file: Path | None = None, line: int | None = None) -> None:
        place = "" if file is None else f"{file}: " if line is None else f"{file}:{line}: "
        super().__init__(place + message)
        self.message = message
        self.file = file
        self.line = line

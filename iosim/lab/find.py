"""Finds the lab a user names: a lab file, a folder that holds `lab.yaml`, or a bundled lab."""

from __future__ import annotations

from pathlib import Path

from iosim.grammar.files import data_root
from iosim.lab.errors import LabError

LAB_FILE = "lab.yaml"


def bundled_labs() -> dict[str, Path]:
    """The lab files that come with the program, by name: `site-to-site`, `failures/psk-mismatch`."""
    root = data_root("labs")
    return {file.parent.relative_to(root).as_posix(): file for file in sorted(root.rglob(LAB_FILE))}


def find_lab(reference: str) -> Path:
    """The lab file for what the user wrote. Raises LabError when there is none."""
    path = Path(reference)
    for candidate in (path, path / LAB_FILE):
        if candidate.is_file():
            return candidate
    bundled = bundled_labs()
    if reference.rstrip("/") in bundled:
        return bundled[reference.rstrip("/")]
    if path.is_dir():
        raise LabError(f"the folder has no {LAB_FILE}; a folder of configurations alone is not a lab", path)
    names = ", ".join(bundled)
    raise LabError(f'no lab "{reference}": neither a lab file, nor a folder with {LAB_FILE}, nor one of {names}')

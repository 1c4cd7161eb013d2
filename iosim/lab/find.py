"""Finds the lab a user names: a lab file, a folder that holds `lab.yaml`, or a bundled lab."""

from __future__ import annotations

from pathlib import Path

from iosim.grammar.files import data_root
from iosim.lab.errors import LabError

LAB_FILE = "lab.yaml"


def find_lab(reference: str) -> Path:
    """The lab file for what the user wrote. Raises LabError when there is none."""
    path = Path(reference)
    bundled = data_root("labs")
    candidates = (path, path / LAB_FILE, bundled / reference / LAB_FILE if path.name == reference else path)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    if path.is_dir():
        raise LabError(f"the folder has no {LAB_FILE}; a folder of configurations alone is not a lab", path)
    names = ", ".join(sorted(entry.parent.name for entry in bundled.glob(f"*/{LAB_FILE}")))
    raise LabError(f'no lab "{reference}": neither a lab file, nor a folder with {LAB_FILE}, nor one of {names}')

"""Puts the built grammar into the wheel, so that the first start after an installation is as fast as any other."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent


class GrammarHook(BuildHookInterface[Any]):
    """Builds the grammar when a wheel is made. An editable installation keeps it in the user's cache instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file to the wheel."""
        if version == "editable":
            return
        sys.path.insert(0, str(ROOT))
        from iosim.grammar.build import build
        from iosim.grammar.compiled import dumps
        from iosim.grammar.files import read_grammar

        text, digest = read_grammar(ROOT / "grammars")
        file = Path(tempfile.mkdtemp()) / "grammar.bin"
        file.write_bytes(dumps(build(text), digest))
        build_data["force_include"][str(file)] = "iosim/_data/grammar.bin"

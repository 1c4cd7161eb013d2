"""The floors of the house, read from the imports: a package knows only what stands below it.

The same for clocks, randomness, sockets and libraries: only the named places know them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import iosim

ROOT = Path(iosim.__file__).parent

FLOORS = {
    "data": -1,
    "wire": 0,
    "crypto": 1,
    "sim": 2,
    "stack": 3,
    "ipsec": 3,
    "routing": 4,
    "ike": 4,
    "grammar": 5,
    "ios": 6,
    "lab": 7,
    "ui": 8,
}

SIDEWAYS = {("ipsec", "iosim.stack")}
"""What a package may import from its own floor."""

UNKNOWN_TO = {
    "crypto": ("iosim.wire",),
    "ike": ("iosim.stack", "iosim.sim", "iosim.ipsec"),
    "grammar": ("iosim.wire", "iosim.crypto", "iosim.sim", "iosim.stack", "iosim.ipsec", "iosim.routing", "iosim.ike"),
    "ui": ("iosim.wire", "iosim.crypto", "iosim.stack", "iosim.ipsec", "iosim.routing", "iosim.ike"),
}
"""What a package must not know although it stands below (DESIGN: "must not know")."""

EXCEPTIONS = {("ike", "iosim.ipsec.model")}
"""Vocabulary that may be known all the same."""

NAMED_PLACES = {
    "random": ("sim/clock.py",),
    "time": ("ui/",),
    "asyncio": ("ui/",),
    "threading": (),
    "socket": ("sim/bridge.py",),
    "select": ("ui/pace.py",),
    "fcntl": ("sim/bridge.py",),
    "secrets": (),
    "uuid": (),
    "datetime": ("ios/", "crypto/x509/"),
    "os": ("grammar/grammar.py", "ui/main.py", "ui/console.py", "sim/bridge.py"),
    "tempfile": ("grammar/grammar.py",),
    "cryptography": ("crypto/",),
    "gmpy2": ("crypto/",),
    "hmac": ("crypto/",),
    "lark": ("grammar/",),
    "yaml": ("lab/document.py",),
    "msgspec": ("lab/",),
    "rich": ("ui/",),
    "argparse": ("ui/",),
}
"""Modules from outside that only these places may import: clocks, randomness and sockets above all."""

FILES = sorted(ROOT.rglob("*.py"))


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """All modules a file imports, wherever in it, with the line; `from a.b import c` counts as `a.b` and `a.b.c`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: a relative import"
            assert node.module is not None
            yield node.lineno, node.module
            if node.module == "iosim":
                yield from ((node.lineno, f"iosim.{alias.name}") for alias in node.names)


def is_in(module: str, package: str) -> bool:
    """Whether a module is a package or inside it."""
    return module == package or module.startswith(package + ".")


def wrong_floor(package: str, module: str) -> bool:
    """Whether a package may not import one of our modules."""
    parts = module.split(".")
    if parts[0] != "iosim" or len(parts) == 1 or parts[1] == package:
        return False
    if (package, module) in EXCEPTIONS:
        return False
    if any(is_in(module, other) for other in UNKNOWN_TO.get(package, ())):
        return True
    sideways = any(owner == package and is_in(module, other) for owner, other in SIDEWAYS)
    return FLOORS[parts[1]] >= FLOORS[package] and not sideways


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_imports_go_down(file: Path) -> None:
    place = file.relative_to(ROOT).as_posix()
    package = place.split("/")[0]
    if "/" in place:
        assert package in FLOORS, f"{package} stands on no floor"
        wrong = [f"line {line}: {module}" for line, module in imports(file) if wrong_floor(package, module)]
        assert not wrong, f"{place} imports from a floor that it must not know: {wrong}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_clocks_randomness_and_libraries_stay_in_their_places(file: Path) -> None:
    place = file.relative_to(ROOT).as_posix()
    for line, module in imports(file):
        allowed = NAMED_PLACES.get(module.split(".")[0])
        assert allowed is None or place.startswith(allowed), f"{place}:{line} imports {module}; only {allowed} may"


def test_nothing_asks_the_machine_for_randomness_or_the_time() -> None:
    forbidden = {("os", "urandom"), ("os", "getrandom"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                assert (owner, node.attr) not in forbidden, f"{file}:{node.lineno}"


def test_the_rule_itself() -> None:
    assert wrong_floor("wire", "iosim.sim.clock")
    assert wrong_floor("stack", "iosim.ipsec.engine")
    assert not wrong_floor("ipsec", "iosim.stack.interface")
    assert wrong_floor("ike", "iosim.ipsec.engine")
    assert not wrong_floor("ike", "iosim.ipsec.model")
    assert wrong_floor("ios", "iosim.lab.errors")
    assert not wrong_floor("lab", "iosim.ios.router")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_dataclasses_are_made_by_our_own_decorator(file: Path) -> None:
    if file == ROOT / "data.py":
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
            names = [each.name for each in node.names]
            assert "dataclass" not in names, f"line {node.lineno}: iosim.data has it, and takes less time at the start"

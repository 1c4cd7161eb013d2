"""Feeds bytes that may be anything to the loader for a while: `python -m tests.fuzz_config [SECONDS [SEED]]`.

The bytes are the configurations of the bundled labs, cut, repeated, mixed and with bytes changed. With atheris
installed it chooses them, led by coverage: `python -m tests.fuzz_config atheris [its options]`. `one` is the target; it
raises what is a fault of the program. On a fault the bytes are written to a file, which is named.
"""

from __future__ import annotations

import random
import sys
import tempfile
from time import monotonic

from iosim.grammar.files import data_root
from iosim.ios.lint import judge
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.ios.text import decode
from iosim.sim.clock import Simulator

BEFORE = "interface Loopback77\n ip address 10.77.77.77 255.255.255.255\n"
SECONDS = 60.0
SYNTAX = ("marker", "Incomplete", "Ambiguous")
"""What is said of no command. (A command may be rejected where it was not before: a next hop that became our own.)"""


def one(data: bytes) -> None:
    """Judge bytes, load them into a configured router, write what came of it and read that again."""
    text = decode(data)
    verdict = judge(text)
    router = Router(Simulator(), "R1")
    load_text(router, BEFORE)
    before = set(router.running_lines())
    load_text(router, text)
    written = router.running_lines()
    if not any(line.standing in ("working", "planned", "inert") for line in verdict.lines):
        assert set(written) == before, "a text without a line that is taken has changed the configuration"
    again = Router(Simulator(), "R1")
    refused = load_text(again, "\n".join(written))
    unknown = [line.text for line in refused if any(word in line.message for word in SYNTAX)]
    assert not unknown, f"what was written is no command: {unknown[0]}"


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """Some pieces of the seeds, one behind the other, with a few bytes changed."""
    pieces = []
    for _ in range(chance.randint(1, 6)):
        seed = chance.choice(seeds)
        start = chance.randrange(len(seed))
        pieces.append(seed[start : start + chance.randint(1, 400)] * chance.choice((1, 1, 1, 3)))
    data = bytearray(b"".join(pieces))
    for _ in range(chance.randint(0, 8)):
        data[chance.randrange(len(data))] = chance.choice((chance.randrange(256), 10, 32, 33, 94, 35, 0))
    return bytes(data)


def seeds() -> list[bytes]:
    """The configurations of the bundled labs and some beginnings of other things."""
    found = [path.read_bytes() for path in sorted(data_root("labs").rglob("*.cfg"))]
    return [
        *found,
        b"banner motd ^C\nno end\n",
        b"\xff\xfeh\0o\0s\0t\0",
        b"set system {\n",
        b"feature ospf\n",
        b"[[R1]]\n",
    ]


def main(seconds: float, seed: int) -> int:
    """Run for a time; returns 1 when something was wrong, having said what."""
    chance, known, count, end = random.Random(seed), seeds(), 0, monotonic() + seconds
    while monotonic() < end:
        data = mutated(chance, known)
        try:
            one(data)
        except Exception as error:
            with tempfile.NamedTemporaryFile(prefix="fuzz-", suffix=".cfg", delete=False) as file:
                file.write(data)
            print(f"{type(error).__name__}: {error}\n{file.name} has the bytes (seed {seed}, number {count})")
            return 1
        count += 1
    print(f"{count} texts, no fault (seed {seed})")
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["atheris"]:
        import atheris  # type: ignore[import-not-found, unused-ignore]

        atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
        atheris.Fuzz()
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, int(sys.argv[2]) if len(sys.argv) > 2 else 1))

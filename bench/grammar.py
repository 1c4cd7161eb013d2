"""The built grammar: loading it, `?` and Tab in every mode, and its memory; targets 150 ms and 5 ms.

The floor of loading is to read the file and parse its JSON; that of an answer is to sort and join as many lines.
"""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from time import thread_time

from bench.esp import best_of_rounds
from iosim.grammar.assist import complete, help_lines
from iosim.grammar.files import bundled
from iosim.grammar.grammar import Grammar, _cache_folder, ios_grammar
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

LOAD_TARGET, ANSWER_TARGET = 150_000, 5_000
ROUTERS = 1000
TYPED = ("", "i", "ip ", "ip route 10.0.0.0 ", "no ", "crypto isakmp policy ")
ROW = "{:32}{:>10}{:>10}{:>8}{:>10}"


def main() -> None:
    """Print the tables."""
    Grammar()  # builds it where there is no built one
    print(ROW.format("", "ours µs", "floor µs", "ratio", "target µs"))
    loading, floor = best_of_rounds((Grammar, 1), (read_only, 1))
    print_row("load", loading, floor, LOAD_TARGET)
    for name, grammar in (("cold", Grammar), ("warm", ios_grammar)):
        for what, ask in (("?", help_lines), ("Tab", complete)):
            slowest = max(answers(grammar, ask), key=lambda answer: answer[0])
            time, mode, line, lines = slowest
            print_row(f"slowest {what} {name}: {mode} '{line}'", time, sorting(lines), ANSWER_TARGET)
    print_memory()


def read_only() -> None:
    """The file read and its JSON parsed, as any reader must."""
    newest = max(_cache_folder().glob("grammar-*.bin"), key=lambda path: path.stat().st_mtime, default=bundled())
    json.loads((bundled() if bundled().is_file() else newest).read_bytes().partition(b"\n")[0])


def answers(grammar: Callable[[], Grammar], ask: Callable[..., str]) -> list[tuple[float, str, str, int]]:
    """The processor time of an answer in each mode for each line, in µs, with mode, line and lines of the answer.

    A cold grammar is new for each mode. Garbage that making so many leaves is not collected in the middle of an answer.
    """
    gc.disable()
    found = []
    for mode in grammar().modes:
        fresh = grammar()
        for line in TYPED:
            if fresh is ios_grammar():
                ask(fresh, mode, line)
            start = thread_time()
            answer = ask(fresh, mode, line)
            found.append(((thread_time() - start) * 1e6, mode, line, answer.count("\n")))
    gc.enable()
    return found


def sorting(lines: int) -> float:
    """Microseconds to sort and join that many lines."""
    rows = [(f"word{(number * 7919) % 1009}", "a help text") for number in range(max(1, lines))]
    return best_of_rounds((lambda: "".join(f"  {name}  {text}\n" for name, text in sorted(rows)), 10))[0]


def print_row(name: str, time: float, floor: float, target: int) -> None:
    """One row."""
    missed = "" if time <= target else "  MISSED"
    print(ROW.format(name, f"{time:.0f}", f"{floor:.1f}", f"{time / floor:.1f}", target) + missed)


def print_memory() -> None:
    """What a router adds, which holds no part of the grammar."""
    sim = Simulator()
    Router(sim, "R0")
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    routers = [Router(sim, f"R{number}") for number in range(1, ROUTERS)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"memory of a router, of {len(routers) + 1} with one grammar: {(after - before) / len(routers) / 1024:.0f} KiB"
    )


if __name__ == "__main__":
    main()

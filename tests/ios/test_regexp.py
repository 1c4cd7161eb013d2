"""IOS's regular expressions, with Python's as judge where the two agree."""

from __future__ import annotations

import contextlib
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.ios.regexp import BadPattern, Pattern

ATOMS = st.sampled_from(["a", "b", "-", ".", "^", "$", "[ab]", "[^a]", "[a-c-]"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, st.sampled_from("*+?")).map(lambda pair: f"({pair[0]}){pair[1]}"),
    ),
    max_leaves=8,
)


@given(PATTERNS, st.lists(st.text("abc-", max_size=8), max_size=4), st.sampled_from([2, 2000]))
def test_it_finds_what_python_finds(pattern: str, lines: list[str], remembered: int) -> None:
    """In line after line, with room to remember all that it has seen or next to nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iosim.ios.regexp.MOST_REMEMBERED", remembered)
        ours = Pattern(pattern)
        assert [ours.search(line) for line in lines] == [re.search(pattern, line) is not None for line in lines]


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("_ip_", " ip address", True),
        ("_ip_", "ip", True),
        ("_ip_", "tip address", False),
        ("_10_", "(10)", True),
        (r"\d", "12", False),
        (r"\d", "id", True),
        (r"0\.1", "0x1", False),
        ("[]a]", "]", True),
        ("a{2}", "aa", False),
        ("pkts (en|de)caps", "#pkts decaps: 4", True),
    ],
)
def test_what_ios_means(pattern: str, line: str, found: bool) -> None:
    assert Pattern(pattern).search(line) is found


@pytest.mark.parametrize("pattern", ["(", ")", "[", "*", "a(*)", "[z-a]", "a\\", "(" * 1000 + ")" * 1000])
def test_what_is_no_pattern(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", ["(.+)+~", "(a*)*b", "(a|a)*b", "a?" * 60 + "a" * 60, "((a+)+)+b"])
def test_no_pattern_takes_long(pattern: str) -> None:
    """A backtracking search would take longer than the universe is old."""
    begin = time.process_time()
    Pattern(pattern).search("a" * 59)
    assert time.process_time() - begin < 1


@given(st.text("ab\\()[]|*+?^$_.-{}", max_size=12), st.text("ab_ ", max_size=6))
def test_anything_is_a_pattern_or_is_not(pattern: str, line: str) -> None:
    with contextlib.suppress(BadPattern):
        Pattern(pattern).search(line)

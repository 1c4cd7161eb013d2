"""The replay window: the cases of RFC 4303 appendix A, and a comparison with the set of all numbers seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.ipsec.replay import ReplayWindow


def accept(window: ReplayWindow, sequence: int) -> bool:
    new = window.check(sequence)
    if new:
        window.update(sequence)
    return new


def test_numbers_in_order_are_new_and_their_repetition_is_not() -> None:
    window = ReplayWindow()
    assert all(accept(window, number) for number in range(1, 200))
    assert not any(window.check(number) for number in range(200))
    assert window.bitmap == 2**64 - 1


def test_zero_is_never_new() -> None:
    window = ReplayWindow()
    assert not window.check(0)
    accept(window, 3)
    assert not window.check(0)


def test_the_window_holds_64_numbers() -> None:
    window = ReplayWindow()
    accept(window, 100)
    assert window.check(37)  # the left edge: 100 - 63
    assert not window.check(36)
    assert accept(window, 37)
    assert not window.check(37)


@pytest.mark.parametrize(("jump", "still_known"), [(1, True), (63, True), (64, False), (2**31, False)])
def test_the_window_moves_with_a_jump(jump: int, still_known: bool) -> None:
    window = ReplayWindow()
    accept(window, 10)
    assert accept(window, 10 + jump)
    assert bool(window.bitmap >> jump & 1) is still_known
    assert not window.check(10)
    assert window.check(9) is (jump <= 62)


def test_a_check_alone_changes_nothing() -> None:
    window = ReplayWindow()
    assert window.check(7) and window.check(7)
    assert (window.top, window.bitmap) == (0, 1)


@pytest.mark.parametrize("size", [64, 128, 256, 512, 1024])
@given(numbers=st.lists(st.integers(0, 300)) | st.lists(st.integers(0, 3000)) | st.lists(st.integers(0, 0xFFFFFFFF)))
def test_it_agrees_with_a_plain_model(size: int, numbers: list[int]) -> None:
    window, seen, top = ReplayWindow(size), {0}, 0
    for number in numbers:
        expected = number not in seen and number > top - size
        assert accept(window, number) is expected
        if expected:
            seen.add(number)
            top = max(top, number)
        assert window.bitmap < 2**size

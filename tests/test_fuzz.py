"""The targets of long runs of hostile bytes, for a round each: they still find what they throw at."""

from __future__ import annotations

import random

import pytest

from tests.fuzz import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_a_round_of_each_target(name: str) -> None:
    assert TARGETS[name](random.Random(name)) > 0

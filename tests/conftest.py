"""Fixtures for the tests of floods, which measure memory."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator

import pytest


@pytest.fixture
def fresh() -> Iterator[None]:
    """The collector is as busy as in a fresh process.

    It looks at old objects when they have grown by a quarter: what other tests have left behind would make it lazy, and
    slow when it does look.
    """
    gc.collect()
    gc.freeze()
    gc.collect()
    try:
        yield
    finally:
        gc.unfreeze()


@pytest.fixture
def traced(fresh: None) -> Iterator[None]:
    """Memory is counted from here on."""
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()

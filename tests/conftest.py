"""Examples that are the same in each run, and fixtures for the tests of floods, which measure memory."""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A red run means that something has changed, not that the dice fell badly. To look for new examples:
# HYPOTHESIS_PROFILE=explore pytest
settings.register_profile("same", derandomize=True)
settings.register_profile("explore")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


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

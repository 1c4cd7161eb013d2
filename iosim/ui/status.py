"""Exit statuses, and the error that ends a command with a message."""

from __future__ import annotations

EXIT_OK = 0
EXIT_CHECK_FAILED = 1
EXIT_ERROR = 2
EXIT_FAILURE = 3
EXIT_INTERRUPTED = 130


class UsageError(Exception):
    """What a user has to put right; the program prints the message and exits with status 2."""

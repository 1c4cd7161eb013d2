"""Bytes ↔ values, one file a protocol. Reading bytes gives a value or raises WireError, and nothing else."""

from iosim.wire.error import WireError

__all__ = ["WireError"]

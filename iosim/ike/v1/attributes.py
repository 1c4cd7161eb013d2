"""What the attributes of both phases share: durations, pairs of life type and duration (RFC 2407 section 4.5)."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.wire.isakmp import Attribute, number

SECONDS = 1
KILOBYTES = 2


def attribute(kind: int, value: int) -> Attribute:
    """A number in the basic form, or in 4 bytes if it is too large for that."""
    return (kind, value) if value < 0x10000 else (kind, value.to_bytes(4, "big"))


def durations(attributes: tuple[Attribute, ...], life_type: int, life_duration: int) -> dict[int, int]:
    """The durations by life type; `life_type` and `life_duration` are the attribute types of the phase."""
    return dict(_durations(attributes, life_type, life_duration))


def _durations(attributes: tuple[Attribute, ...], life_type: int, life_duration: int) -> Iterator[tuple[int, int]]:
    unit = SECONDS
    for kind, value in attributes:
        if kind == life_type:
            unit = number(value)
        elif kind == life_duration:
            yield unit, number(value)

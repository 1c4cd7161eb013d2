"""Our dataclasses do what those of the standard library do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from iosim import data

OPTIONS: list[dict[str, bool]] = [
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "order": True},
    {"slots": True, "eq": False},
]


def made(decorator: Callable[..., Any], **options: bool) -> tuple[type, type, type, type]:
    """A class of each kind that the project has."""

    @decorator(**options)
    class Point:
        x: int
        y: int = 2
        seen: int = field(default=0, compare=False)
        secret: str = field(default="s", repr=False)

    @decorator(**options)
    class One:
        values: tuple[int, ...] = ()

    @decorator(**options)
    class Nothing:
        pass

    @decorator(**options)
    class Own:
        x: int

        def __repr__(self) -> str:
            return f"<{self.x}>"

        def __hash__(self) -> int:
            return 7

    return Point, One, Nothing, Own


def answers(decorator: Callable[..., Any], options: dict[str, bool]) -> list[object]:
    point, one, nothing, own = made(decorator, **options)
    a, b, c = point(1), point(1, seen=5), point(1, 3)
    pairs = [(a, b), (a, c), (a, a), (one((1,)), one((1,))), (one(), one((2,))), (nothing(), nothing()), (a, one())]
    pairs += [(a, copy(a)), (a, deepcopy(b)), (a, replace(c, y=2)), (own(1), own(1)), (own(1), own(2))]
    answered: list[object] = [(left == right, left != right) for left, right in pairs]
    answered += [repr(each) for each in (a, b, one((1,)), nothing(), own(4))]
    answered += [[each.name for each in fields(kind)] for kind in (point, one, nothing, own)]
    for kind, instance in ((point, a), (one, one()), (nothing, nothing()), (own, own(1))):
        answered += [kind.__hash__ is None, kind.__match_args__, hasattr(kind, "__slots__")]  # type: ignore[attr-defined]
        answered.append(len({hash(instance), hash(copy(instance))}) if kind.__hash__ is not None else None)
    return answered


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_the_answers_are_those_of_the_standard_library(options: dict[str, bool]) -> None:
    assert answers(data.dataclass, options) == answers(dataclasses.dataclass, options)


def test_what_is_frozen_cannot_be_changed() -> None:
    point, *_ = made(data.dataclass, frozen=True, slots=True)
    with pytest.raises(FrozenInstanceError):
        point(1).x = 2
    assert hash(point(1)) == hash(point(1, seen=9)) != hash(point(2))


def test_a_subclass_is_no_equal_of_its_base() -> None:
    @data.dataclass(slots=True)
    class Base:
        x: int

    @data.dataclass(slots=True)
    class Derived(Base):
        y: int = 0

    assert Base(1) != Derived(1) and Derived(1) == Derived(1)
    assert repr(Derived(1)).endswith("Derived(x=1, y=0)")


def test_a_class_is_ready_when_its_first_instance_is_made() -> None:
    @data.dataclass(frozen=True, slots=True)
    class Base:
        x: int
        doubled: int = field(init=False)
        names: list[str] = field(default_factory=list)

        def __post_init__(self) -> None:
            object.__setattr__(self, "doubled", 2 * self.x)

    class Plain(Base):
        __slots__ = ()

    @data.dataclass(slots=True)
    class Named:
        only: int = field(kw_only=True)
        missing: int = 1
        fixed: int = field(default=7, init=False)

    first, second = Plain(3, names=["a"]), Base(4)
    assert (first.doubled, first.names, second.doubled, second.names) == (6, ["a"], 8, [])
    assert second.names is not Base(4).names
    assert (Named(2, only=3).missing, Named(only=3).missing, Named(only=3).fixed) == (2, 1, 7)
    with pytest.raises(TypeError, match=r"Base\.__init__\(\) missing 1 required positional argument: 'x'"):
        Base()  # type: ignore[call-arg]
    with pytest.raises(FrozenInstanceError):
        del second.x  # type: ignore[misc]

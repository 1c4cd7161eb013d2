"""What is derived from the configuration, and when that must be done anew: once something has changed that it read.

Nobody declares what they read: while a `Derivation` runs, every part of a configuration that is looked at notes it as
its reader (`Config.__getitem__`), and a change of the part makes its readers stale (`Config.touch`). A derivation may
belong to a larger one, which is stale with it. What is read besides configurations is given as `inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Generic, TypeVar

V = TypeVar("V")
T = TypeVar("T")


class Derivation:
    """Something that is derived by reading configurations, and stale at first. One runs at a time, innermost first."""

    __slots__ = ("_noted", "followers", "parts", "stale", "within")
    running: ClassVar[Derivation | None] = None

    def __init__(self, within: Derivation | None = None) -> None:
        self.within = within
        self.stale = True
        self.followers: dict[Derivation, None] = {}
        self.parts: list[Derived[Any]] = []
        self._noted: list[dict[Derivation, None]] = []

    def run(self, function: Callable[..., T], *args: Any) -> T:
        """Derive now, noting what is read."""
        self.forget()
        outer, Derivation.running = Derivation.running, self
        self.stale = False
        try:
            return function(*args)
        except BaseException:
            self.stale = True
            raise
        finally:
            Derivation.running = outer

    @property
    def outermost(self) -> Derivation:
        """The largest one that this belongs to."""
        return self if self.within is None else self.within.outermost

    def note(self, readers: dict[Derivation, None]) -> None:
        """This is one of the readers of something."""
        if self not in readers:
            readers[self] = None
            self._noted.append(readers)

    def spoil(self) -> None:
        """Something that was read has changed."""
        if not self.stale:
            self.stale = True
            if self.within is not None:
                self.within.spoil()

    def renew(self) -> None:
        """Nothing counts any more that was derived, in parts or as a whole."""
        self.stale = True
        for part in self.parts:
            part.renew()

    def forget(self) -> None:
        """Read nothing any more."""
        for readers in self._noted:
            readers.pop(self, None)
        self._noted = []


class _Member(Derivation, Generic[V]):
    """One of the values of `Derived`, with the inputs that it was made from."""

    __slots__ = ("inputs", "value")
    inputs: tuple[Any, ...]
    value: V


class Derived(Generic[V]):
    """A value for each of many keys, made again when its inputs are others or something that it read has changed.

    They are parts of a larger derivation. `changed` are those that were made or dropped the last time; one that equals
    what it was before stays the same object.
    """

    def __init__(self, within: Derivation, make: Callable[..., V]) -> None:
        self._within, self._make = within, make
        self._members: dict[Any, _Member[V]] = {}
        self.changed: dict[Any, None] = {}
        within.parts.append(self)

    def of(self, wanted: Iterable[tuple[Any, tuple[Any, ...]]]) -> dict[Any, V]:
        """The values for these keys and inputs, and no others."""
        before, self._members, self.changed = self._members, {}, {}
        for key, inputs in wanted:
            member = before.pop(key, None) or _Member[V](self._within)
            if member.stale or member.inputs != inputs:
                value = member.run(self._make, *inputs)
                member.inputs = inputs
                if getattr(member, "value", None) != value or value is None:
                    member.value = value
                self.changed[key] = None
            self._members[key] = member
        for key, gone in before.items():
            gone.forget()
            self.changed[key] = None
        return {key: member.value for key, member in self._members.items()}

    def renew(self) -> None:
        """Nothing of what was made counts any more."""
        for member in self._members.values():
            member.forget()
        self._members = {}

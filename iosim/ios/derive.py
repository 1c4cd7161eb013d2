"""What is derived from the configuration, and when that must be done anew: once something has changed that it read.

Nobody declares what they read: while a `Derivation` runs, every part of a configuration that is looked at notes it as
its reader (`Config.__getitem__`), and a change of the part makes its readers stale (`Config.touch`). A derivation may
belong to a larger one, which is stale with it. What is read besides configurations is given as `inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
        if self._noted:
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
    """One of the values of `Derived`, with the inputs that it was made from; `spoiled` are those that are stale."""

    __slots__ = ("inputs", "key", "spoiled", "value")
    inputs: tuple[Any, ...] | None
    value: V

    def __init__(self, within: Derivation, key: Any, spoiled: dict[Any, None]) -> None:
        self.within, self.stale = within, True  # there are many of these, which nothing follows
        self._noted = []
        self.key, self.spoiled, self.inputs = key, spoiled, None

    def spoil(self) -> None:
        self.spoiled[self.key] = None
        super().spoil()


class Derived(Generic[V]):
    """A value for each of many keys, made again when its inputs are others or something that it read has changed.

    They are parts of a larger derivation. `changed` are those that were made or dropped the last time; one that equals
    what it was before stays the same object.
    """

    def __init__(self, within: Derivation, make: Callable[..., V]) -> None:
        self._within, self._make = within, make
        self._members: dict[Any, _Member[V]] = {}
        self._spoiled: dict[Any, None] = {}
        self._values: dict[Any, V] = {}
        self.changed: dict[Any, None] = {}
        within.parts.append(self)

    def of(self, wanted: Iterable[tuple[Any, tuple[Any, ...]]]) -> dict[Any, V]:
        """The values for these keys and inputs, and no others; nothing is kept while nobody notes what is read."""
        if Derivation.running is None:
            values = {key: self._make(*inputs) for key, inputs in wanted}
            self.changed = dict.fromkeys(values)
            return values
        before, self._members, self.changed = self._members, {}, {}
        for key, inputs in wanted:
            member = before.pop(key, None) or _Member(self._within, key, self._spoiled)
            if member.stale or member.inputs != inputs:
                self._renew(member, inputs)
            self._members[key] = member
        for key, gone in before.items():
            gone.forget()
            self.changed[key] = None
        return {key: member.value for key, member in self._members.items()}

    def each(self, configs: Mapping[Any, Any]) -> dict[Any, V]:
        """The values for these keys, each made from its own configuration, which stays the same object.

        It takes no longer for many that have not changed than it takes to compare their keys.
        """
        if Derivation.running is None:
            return self.of((key, (config,)) for key, config in configs.items())
        members, values, self.changed = self._members, self._values, {}
        if members.keys() != configs.keys():
            for key in [key for key in members if key not in configs]:
                members.pop(key).forget()
                del values[key]
                self.changed[key] = None
            for key in [key for key in configs if key not in members]:
                members[key] = _Member(self._within, key, self._spoiled)
                self._spoiled[key] = None
        for key in [key for key in self._spoiled if key in members]:
            values[key] = self._renew(members[key], (configs[key],))
        self._spoiled.clear()
        return values

    def _renew(self, member: _Member[V], inputs: tuple[Any, ...]) -> V:
        value = member.run(self._make, *inputs)
        if member.inputs is None or member.value != value:
            member.value = value
        member.inputs = inputs
        self.changed[member.key] = None
        return member.value

    def renew(self) -> None:
        """Nothing of what was made counts any more."""
        for member in self._members.values():
            member.forget()
        self._members, self._values = {}, {}

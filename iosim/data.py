"""The `dataclass` of this project: that of the standard library, made in a fraction of the time.

The standard one compiles the source of each method that it adds: half a millisecond for each class, and a start of the
program makes some 350, of most of which there will be no instance. Here only `__init__` is compiled, and that when the
first instance is made; equality and hashes come of one `attrgetter` for all fields, representations and what freezes an
instance of functions that all classes share. What they answer is the same.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, order=False):
        """As `dataclasses.dataclass`, with those of its options that the project uses."""

        def make(cls):
            if order:
                return dataclasses.dataclass(frozen=frozen, slots=slots, order=True)(cls)
            own = cls.__dict__
            at_once = any("InitVar" in str(kind) for kind in own.get("__annotations__", {}).values())
            added = {} if "__repr__" in own else {"__repr__": _represent}
            made = dataclasses.dataclass(cls, init=at_once, slots=slots, eq=False, repr=False)
            if "__init__" not in own and not at_once:
                added |= {"__init__": _initializer(made, frozen)}
            if frozen:
                added |= _FROZEN
            if eq and "__eq__" not in own:
                added |= _equality(made, frozen, "__hash__" in own)
            for name, method in added.items():
                setattr(made, name, method)
            return made

        return make if cls is None else make(cls)


def _initializer(made: type, frozen: bool) -> Any:
    """The `__init__` of a class, which is compiled when it is called for the first time."""

    def __init__(self: Any, *args: Any, **more: Any) -> None:
        source, names = _written(made, frozen)
        exec(source, names)
        compiled = names["__init__"]
        compiled.__qualname__ = f"{made.__qualname__}.__init__"
        made.__init__ = compiled  # type: ignore[misc]  # what is compiled takes the place of this
        compiled(self, *args, **more)

    return __init__


def _written(made: type, frozen: bool) -> tuple[str, dict[str, Any]]:
    """The source of such a function, and the names in it besides those of the fields."""
    names: dict[str, Any] = {"_put_": object.__setattr__, "_missing_": dataclasses.MISSING}
    head, body = ["self"], ["pass"]
    for field in sorted(dataclasses.fields(made), key=attrgetter("kw_only")):
        name = value = field.name
        if field.kw_only and field.init and "*" not in head:
            head.append("*")
        if field.default_factory is not dataclasses.MISSING:
            names[f"_maker_of_{name}"] = field.default_factory
            value = f"_maker_of_{name}()" + f" if {name} is _missing_ else {name}" * field.init
            default = "=_missing_"
        elif field.default is not dataclasses.MISSING:
            names[f"_default_of_{name}"] = field.default
            value = name if field.init else f"_default_of_{name}"
            default = f"=_default_of_{name}"
        elif field.init:
            default = ""
        else:
            continue
        head += [name + default] * field.init
        body.append(f"_put_(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    return f"def __init__({', '.join(head)}):\n" + "".join(f" {line}\n" for line in body), names


def _refuse_to_set(self: Any, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_FROZEN = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _restore,
}


def _represent(self: Any) -> str:
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _equality(made: type, frozen: bool, hashes_itself: bool) -> dict[str, Any]:
    """What makes instances with equal fields equal; as in the standard library only frozen ones have a hash."""
    names = [field.name for field in dataclasses.fields(made) if field.compare]
    values = attrgetter(*names) if names else lambda _: ()

    def __eq__(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self: object) -> int:
        return hash(values(self))

    if hashes_itself:
        return {"__eq__": __eq__}
    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}

"""All values of a configuration, to compare it with another."""

from __future__ import annotations

from typing import Any

from iosim.ios import registry
from iosim.ios.config import Config
from iosim.ios.features.access_lists.config import EXTENDED, STANDARD, entries_of


def snapshot(config: Config) -> dict[str, Any]:
    """The values of a mode by part and field, with those of the modes within it.

    Of access lists only what their lines say: IOS 15 writes no numbers, and counts anew when it reads them.
    """
    if config.mode in (STANDARD, EXTENDED):
        return {"lines": [entry.line for entry in entries_of(config)]}
    return {
        f"{part.__name__}.{name}": _value(getattr(config[part], name))
        for part, name, _ in registry.bindings(config.mode).fields
    }


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(each) for key, each in value.items()}
    return snapshot(value) if isinstance(value, Config) else value

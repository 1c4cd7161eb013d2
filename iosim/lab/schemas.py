"""What may stand in a lab file, as msgspec checks it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class FileSchema(Struct, forbid_unknown_fields=True):
    """The whole file."""

    name: str
    topology: dict[str, Any]
    seed: int = 1
    checks: list[Any] | None = None


class TopologySchema(Struct, forbid_unknown_fields=True):
    """Nodes and links."""

    nodes: dict[str, Any]
    links: list[Any] | None = None
    defaults: dict[str, Any] | None = None


class RouterSchema(Struct, forbid_unknown_fields=True, rename="kebab"):
    """A router. `image` may stay in a file that came from containerlab; nothing is made of it."""

    kind: str | None = None
    startup_config: str | None = None
    image: str | None = None


class HostSchema(Struct, forbid_unknown_fields=True):
    """A PC."""

    address: str
    kind: str | None = None
    gateway: str | None = None


class SwitchSchema(Struct, forbid_unknown_fields=True):
    """A switch."""

    kind: str | None = None
    vlans: dict[str, str | int] | None = None


class BridgeSchema(Struct, forbid_unknown_fields=True):
    """An interface of the machine."""

    interface: str
    kind: str | None = None


class NatSchema(Struct, forbid_unknown_fields=True):
    """A translator."""

    inside: str
    outside: str
    kind: str | None = None
    gateway: str | None = None
    timeout: str | None = None
    static: dict[str, str] = {}


class DefaultsSchema(Struct, forbid_unknown_fields=True, rename="kebab"):
    """What nodes have that do not say otherwise; each key counts for the kinds that know it."""

    kind: str | None = None
    startup_config: str | None = None
    image: str | None = None
    gateway: str | None = None

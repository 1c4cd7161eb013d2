"""Access lists as the stack has them: they follow the configuration, and lines that stay keep their matches."""

from __future__ import annotations

from dataclasses import field
from functools import partial
from typing import Any

from iosim.data import dataclass
from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.access_lists.compile import Names, aces_of
from iosim.ios.features.access_lists.config import AccessGroups, AccessListSettings
from iosim.ios.features.access_lists.entries import Entry, entries_of
from iosim.ios.features.access_lists.line import STANDARD, Line
from iosim.ios.features.access_lists.log import AccessLog
from iosim.ios.features.access_lists.object_groups import ObjectGroups, Resolver
from iosim.ios.features.access_lists.time_ranges import is_active
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.stack.acl import AccessList, Ace


@dataclass(slots=True)
class Built:
    """A list as it was built: from which lines, and what each of them became."""

    acl: AccessList
    mode: str
    entries: list[Entry] = field(default_factory=list)
    aces: dict[Line, list[Ace]] = field(default_factory=dict)
    revision: int = 0


@feature
class AccessLists(Feature):
    """The access lists of a router, by name."""

    order = 20

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._lists: dict[str, Built] = {}
        self._groups: list[Any] = []
        self._log = AccessLog(router)
        self._grouped = Derived(self.derivation, self._groups_of)

    def get(self, name: str) -> AccessList | None:
        """The list with a name or number, or None. A line's Ace is the same object for as long as the line stands."""
        built = self._lists.get(name)
        return None if built is None else built.acl

    def revision(self, name: str) -> int:
        """How often the lines of a list have become others; 0 if there is none."""
        built = self._lists.get(name)
        return 0 if built is None else built.revision

    def reconcile(self) -> None:
        self._log.threshold = self.router.config[AccessListSettings].log_threshold or 0
        resolver = Resolver(self.router.config[ObjectGroups])
        groups = resolver.snapshot()
        names = Names(resolver.networks, resolver.services, partial(is_active, self.router))
        configured = self.router.config[AccessListSettings].named
        for name in [name for name in self._lists if name not in configured]:
            del self._lists[name]
        for name, config in configured.items():
            built, entries = self._lists.get(name), entries_of(config)
            if built is None or built.mode != config.mode or built.entries != entries or self._groups != groups:
                self._build(name, config, names, self._groups != groups)
        self._groups = groups
        self._filter()

    def stop(self) -> None:
        self._log.stop()

    def _build(self, name: str, config: Config, names: Names, groups_changed: bool) -> None:
        """Make the list what the configuration says, with the lines that it had already."""
        built = self._lists.get(name)
        if built is None or built.mode != config.mode:
            acl = AccessList(name) if built is None else built.acl
            built = self._lists[name] = Built(acl, config.mode, revision=built.revision if built else 0)
            built.acl.on_log = partial(self._log.packet, config.mode == STANDARD)
        built.entries = list(entries_of(config))
        built.revision += 1
        before, built.aces = built.aces, {}
        for entry in built.entries:
            if entry.sequence:
                known = before.get(entry.line)
                grouped = entry.line.service_group or entry.line.source_group or entry.line.destination_group
                if known is None or (grouped and groups_changed):
                    built.aces[entry.line] = _compiled(entry, names, known or [])
                else:
                    built.aces[entry.line] = known
        built.acl.entries = [ace for aces in built.aces.values() for ace in aces]

    def _filter(self) -> None:
        """Put the lists where `ip access-group` says; one that does not exist filters nothing."""
        interfaces = self.router.config[Interfaces].interfaces
        grouped = self._grouped.each(interfaces)
        for name, groups in grouped.items():
            if groups or name in self._grouped.changed:
                interface = self.router.stack.interfaces[name]
                interface.acl_in, interface.acl_out = (self.get(groups.get(way, "")) for way in ("in", "out"))

    def _groups_of(self, config: Config) -> dict[str, str]:
        """The names of the lists of an interface, by direction."""
        return {direction: group.acl for (direction,), group in config[AccessGroups].groups.items()}

    def shown(self, name: str) -> list[tuple[Entry, list[Ace]]]:
        """The lines of a list with what counts their matches, without remarks."""
        built = self._lists[name]
        return [(entry, built.aces[entry.line]) for entry in built.entries if entry.sequence]

    def clear_counters(self, name: str | None = None) -> None:
        """Count the matches of one list, or of all, from 0, also those of each interface."""
        for known, built in self._lists.items():
            if name in (None, known):
                for ace in built.acl.entries:
                    ace.matches = 0
                    for interface in self.router.stack.interfaces.values():
                        interface.filtered.pop(("in", ace), None)
                        interface.filtered.pop(("out", ace), None)


def _compiled(entry: Entry, names: Names, before: list[Ace]) -> list[Ace]:
    """A line's rows; what those before them have counted goes to the first."""
    aces = aces_of(entry.sequence, entry.line, names)
    if aces:
        aces[0].matches = sum(ace.matches for ace in before)
    return aces

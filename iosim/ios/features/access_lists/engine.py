"""Access lists as the stack has them: they follow the configuration, and lines that stay keep their matches."""

from __future__ import annotations

from iosim.ios.config import Config
from iosim.ios.features.access_lists.config import AccessGroups, AccessListSettings, Entry, entries_of
from iosim.ios.features.access_lists.line import ace_of
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.stack.acl import AccessList, Ace


@feature
class AccessLists(Feature):
    """The access lists of a router, by name."""

    order = 20

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._lists: dict[str, AccessList] = {}
        self._built: dict[str, tuple[str, list[Entry]]] = {}

    def get(self, name: str) -> AccessList | None:
        """The list with a name or number, or None. A line's Ace is the same object for as long as the line stands."""
        return self._lists.get(name)

    def reconcile(self) -> None:
        configured = self.router.config[AccessListSettings].named
        for name in [name for name in self._lists if name not in configured]:
            del self._lists[name], self._built[name]
        for name, config in configured.items():
            wanted = config.mode, entries_of(config)
            if self._built.get(name) != wanted:
                self._build(name, config)
        self._filter()

    def _build(self, name: str, config: Config) -> None:
        """Make the list what the configuration says, with the lines that it had already."""
        acl = self._lists.setdefault(name, AccessList(name))
        mode, entries = self._built.get(name, (config.mode, []))
        before = dict(zip((entry for entry in entries if entry.sequence), acl.entries, strict=True))
        if mode != config.mode:
            before = {}
        self._built[name] = config.mode, list(entries_of(config))
        lines = (entry for entry in entries_of(config) if entry.sequence)
        acl.entries = [before.get(entry) or ace_of(entry.sequence, entry.line) for entry in lines]

    def _filter(self) -> None:
        """Put the lists where `ip access-group` says; one that does not exist filters nothing."""
        for name, config in self.router.config[Interfaces].interfaces.items():
            interface = self.router.stack.interfaces[name]
            filters = {direction: self.get(group.acl) for (direction,), group in config[AccessGroups].groups.items()}
            interface.acl_in, interface.acl_out = filters.get("in"), filters.get("out")

    def shown(self, name: str) -> list[tuple[Entry, Ace]]:
        """The lines of a list with their matches, without remarks."""
        _, entries = self._built[name]
        return list(zip((entry for entry in entries if entry.sequence), self._lists[name].entries, strict=True))

    def clear_counters(self, name: str | None = None) -> None:
        """Count the matches of one list, or of all, from 0."""
        for known, acl in self._lists.items():
            if name in (None, known):
                for ace in acl.entries:
                    ace.matches = 0

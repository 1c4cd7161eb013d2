"""The crypto maps on interfaces, as the data plane is told of them; what has not changed is the same object again."""

from __future__ import annotations

from iosim.ios.config import Config
from iosim.ios.derive import Derivation, Derived
from iosim.ios.features.access_lists import AccessLists
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.config import InterfaceCrypto, MapEntries, MapEntry
from iosim.ios.features.ipsec.manual import is_manual, with_manual_keys
from iosim.ios.features.ipsec.maps import CryptoMaps, MapEntryLevel, map_sequences, profile_of_entry
from iosim.ios.features.ipsec.replay import replay_window
from iosim.ios.features.ipsec.size import size_policy
from iosim.ios.features.ipsec.terms import sa_policy, sa_upkeep, waits_for_ikev2
from iosim.ios.router import Router
from iosim.ipsec.attachment import Attachment
from iosim.ipsec.flow import Template
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.stack.acl import AccessList
from iosim.stack.interface import Interface

Place = tuple[str, int, Template | None]
"""An entry: map, sequence number, and the entry of the dynamic map that it has there."""


class InterfaceMaps:
    """What is derived of the crypto maps of one router, entry by entry."""

    def __init__(self, router: Router, within: Derivation) -> None:
        self._router = router
        self._named = Derived(within, lambda interface: interface[InterfaceCrypto].map)
        self._places = Derived(within, self._places_of)
        self._lists = Derived(within, lambda entry: entry[MapEntry].acl)
        self._entries = Derived(within, self._entry)
        self._maps = Derived(within, lambda name, *entries: CryptoMap(name, list(entries)))
        self._attached = Derived(within, Attachment)

    def attachments(self) -> list[Attachment]:
        """The crypto maps on interfaces that have an address."""
        router = self._router
        config, stack = router.config[Interfaces].interfaces, router.stack.interfaces
        named = self._named.each(config)
        worn = {name: map_name for name, map_name in named.items() if map_name is not None}
        maps = self._crypto_maps(dict.fromkeys(worn.values()))
        starts = {name: self._local_address(map_name, stack[name]) for name, map_name in worn.items()}
        attached = self._attached.of(
            (name, (stack[name], maps[map_name], starts[name], size_policy(router.config, config[name])))
            for name, map_name in worn.items()
            if starts[name] is not None
        )
        return list(attached.values())

    def _local_address(self, map_name: str, interface: Interface) -> int | None:
        """Where the tunnels of a map start: at its interface, or at the one that its `local-address` names."""
        said = self._router.config[CryptoMaps].addresses.get((map_name,))
        other = interface if said is None else self._router.stack.interfaces.get(said.interface)
        return None if other is None else other.address

    def _crypto_maps(self, names: dict[str, None]) -> dict[str, CryptoMap]:
        found = self._places.of((name, (name,)) for name in names)
        places = {place: entry for each in found.values() for place, entry in each.items()}
        said = self._lists.each(places)
        lists = self._router[AccessLists]
        entries = self._entries.of(
            (place, (*place, entry, lists.get(said[place] or ""), lists.revision(said[place] or "")))
            for place, entry in places.items()
        )
        of: dict[str, list[CryptoMapEntry]] = {name: [] for name in names}
        for (name, _, _), made in entries.items():
            of[name].append(made)
        return self._maps.of((name, (name, *made)) for name, made in of.items())

    def _places_of(self, name: str) -> dict[Place, Config]:
        """The entries of a map in their order, with what is configured for them."""
        config = self._router.config
        places: dict[Place, Config] = {}
        for number in map_sequences(config, name):
            static, dynamic = (
                config[MapEntries].maps.get((name, number)),
                config[CryptoMaps].dynamic.get((name, number)),
            )
            if static is not None:
                places[name, number, None] = static
            elif dynamic is not None:
                for at, each in config[CryptoMaps].template_entries(dynamic.dynamic):
                    places[name, number, (dynamic.dynamic, at)] = each
        return places

    def _entry(
        self, name: str, number: int, template: Template | None, config: Config, acl: AccessList | None, revision: int
    ) -> CryptoMapEntry:
        """An entry, static or of a dynamic map: that may do without peers and access list, unless it names one."""
        entry, common = config[MapEntry], self._router.config
        policy = sa_policy(common, config, profile_of_entry(common, name, config))
        peers, upkeep = entry.addresses, sa_upkeep(common, config, entry.default_peer)
        ready = (acl is not None or entry.acl is None) if template else bool(peers) and acl is not None
        ready = ready and bool(policy.transforms) and not waits_for_ikev2(config)
        level, window = config[MapEntryLevel], replay_window(common, config)
        more = level.per_host, None, window, revision
        made = CryptoMapEntry(number, acl, peers, policy, ready, template, upkeep, *more)
        return with_manual_keys(made, config, policy.transforms) if ready and is_manual(config) else made

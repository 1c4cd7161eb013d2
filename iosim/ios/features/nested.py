"""Kept modes within a kept mode: address families and their like, which end with a word of their own, and keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iosim.grammar import Statement
from iosim.ios.config import Binding, Config, write_lines
from iosim.ios.features.kept import KeptLines, KeptSection, Key
from iosim.ios.registry import bind


class Nested(KeptSection):
    """A line that opens a mode within another; `closing` is the word that ends it."""

    def __init__(self, command: str, order: int, mode: str, closing: str) -> None:
        super().__init__(command, order, mode)
        self.closing = closing

    def lines(self, mode: str, value: dict[str, dict[Key, Config]]) -> Iterator[str]:
        for config in value.get(self.commands[0], {}).values():
            yield "!"
            yield self.say(mode, config.args)
            yield from (f" {line}" for line in write_lines(config))
            yield self.closing


@dataclass(slots=True)
class Beside:
    """What a key of a key chain knows: the chain that it is in."""

    chain: KeptLines = field(default_factory=KeptLines)


class ChainedKey(KeptSection):
    """`key 1` in a key chain."""

    def apply(self, part: KeptLines, name: str, statement: Statement) -> Config | None:
        opened = super().apply(part, name, statement)
        if opened is not None:
            opened[Beside].chain = part
        return opened


class NextKey(Binding):
    """`key 2` behind the lines of `key 1`: another key of the same chain."""

    def apply(self, part: Beside, name: str, statement: Statement) -> Config | None:
        return KEY.apply(part.chain, "sections", statement)

    def lines(self, mode: str, value: Any) -> Iterator[str]:
        return iter(())


KEY = ChainedKey("planned_keychain_key", 10, "config_keychain_key")
FAMILY, AF_INTERFACE, AF_TOPOLOGY = "exit-address-family", "exit-af-interface", "exit-af-topology"
NESTED = (
    ("config_eigrp", Nested("planned_eigrp_af_vrf", 95, "config_eigrp_af", FAMILY)),
    ("config_eigrp_named", Nested("planned_eigrp_af", 95, "config_eigrp_af", FAMILY)),
    ("config_eigrp_af", Nested("planned_eigrp_af_interface", 5, "config_eigrp_af_if", AF_INTERFACE)),
    ("config_eigrp_af", Nested("planned_eigrp_topology", 6, "config_eigrp_topology", AF_TOPOLOGY)),
    ("config_bgp", Nested("planned_bgp_af", 95, "config_bgp_af", FAMILY)),
    ("config_bgp", Nested("planned_bgp_af6", 96, "config_bgp_af6", FAMILY)),
    ("config_bgp", Nested("planned_bgp_af_vpn", 97, "config_bgp_af_vpn", FAMILY)),
    ("config_vrf", Nested("planned_vrf_af", 95, "config_vrf_af", FAMILY)),
    ("config_ospfv3", Nested("planned_ospfv3_af", 95, "config_ospfv3_af", FAMILY)),
)

for _mode, _binding in NESTED:
    bind(_mode, KeptLines, "sections", _binding)
bind("config_keychain", KeptLines, "sections", KEY)
bind("config_keychain_key", Beside, "chain", NextKey("planned_keychain_next_key", order=99))

"""Which interface has an address: what a stack knows of its own addresses, kept up to date one interface at a time."""

from __future__ import annotations

from collections.abc import Iterable

from iosim.stack.interface import Interface


class Holders(dict[int, Interface | None]):
    """Addresses, and the interface that has each; of several, the one that came last. None stands for all of them."""

    def __init__(self, *of_all: int) -> None:
        super().__init__(dict.fromkeys(of_all))
        self._held: dict[Interface, dict[int, Interface]] = {}

    def follow(self, interface: Interface, addresses: Iterable[int]) -> None:
        """An interface has these addresses now, and no others."""
        before, now = self._held.pop(interface, {}), dict.fromkeys(addresses, interface)
        if now:
            self._held[interface] = now
        for address in before:
            if address not in now and self[address] is interface:
                self._hand_on(address)
        self.update(now)

    def _hand_on(self, address: int) -> None:
        """An address has lost its holder: the latest of those who also have it takes it over."""
        del self[address]
        for held in self._held.values():
            if address in held:
                self[address] = held[address]

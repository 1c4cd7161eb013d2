"""Pre-shared keys as type 6: `password encryption aes` encrypts all of them, and a new master key all of them anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from iosim.ios.features.isakmp.keys import Secret, all_rings
from iosim.ios.features.isakmp.peers import Peers, PeerSettings
from iosim.ios.features.master_key import encrypted
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router

S = TypeVar("S", bound=Secret)


@feature
class KeyEncryption(Feature):
    """Keeps the keys in the configuration encrypted, as soon as that is wanted and there is a master key."""

    order = 0

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._master = router.master_key

    def reconcile(self) -> None:
        before, self._master = self._master, self.router.master_key
        tables: list[dict[Any, Any]] = [
            table for _, ring in all_rings(self.router) for table in (ring.keys, ring.hosts)
        ]
        for table in tables:
            for place, entry in table.items():
                table[place] = self._hide(entry, before)
        for config in self.router.config[Peers].peers.values():
            peer = config[PeerSettings]
            peer.password = None if peer.password is None else self._hide(peer.password, before)

    def _hide(self, secret: S, before: str | None) -> S:
        """A key as it is to be kept, if the master key was this one before."""
        if secret.encoding is not None and before == self._master:
            return secret
        clear = secret.clear(before)
        hidden = None if clear is None else encrypted(self.router, clear)
        return secret if hidden is None else replace(secret, encoding=6, key=hidden)

"""Pre-shared keys as type 6: `password encryption aes` encrypts all of them, and a new master key all of them anew."""

from __future__ import annotations

from dataclasses import replace

from iosim.ios.features.isakmp.config import Isakmp
from iosim.ios.features.master_key import encrypted
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router


@feature
class KeyEncryption(Feature):
    """Keeps the keys in the configuration encrypted, as soon as that is wanted and there is a master key."""

    order = 0

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._master = router.master_key

    def reconcile(self) -> None:
        before, self._master = self._master, self.router.master_key
        keys = self.router.config[Isakmp].keys
        for place, entry in keys.items():
            if entry.encoding is not None and before == self._master:
                continue
            clear = entry.clear(before)
            hidden = None if clear is None else encrypted(self.router, clear)
            if hidden is not None:
                keys[place] = replace(entry, encoding=6, key=hidden)

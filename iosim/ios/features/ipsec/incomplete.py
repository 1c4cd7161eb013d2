"""What the written configuration remarks on a crypto map entry that cannot work yet, as captures of IOS 15 show it."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.data import dataclass
from iosim.ios.bindings import Binding, bound
from iosim.ios.blocks import Block
from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.ipsec.config import MapEntries, MapEntry
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature, Router


class Remark(Binding):
    """A comment that is written while something is so; no command says it."""

    default = False

    def __init__(self, text: str, order: float) -> None:
        super().__init__(order=order)
        self.text = text

    def blocks(self, mode: str, value: bool) -> Iterator[Block]:
        if value:
            yield Block((f"! {self.text}",), self.order)


@part("config_crypto_map")
@dataclass(slots=True)
class Remarks:
    """What there is to remark on an entry."""

    incomplete: bool = bound(Remark("Incomplete", order=1))
    without_list: bool = bound(Remark("access-list has not been configured yet", order=15))


@feature
class RemarksFeature(Feature):
    """Looks at the entries; templates of dynamic maps need neither peers nor lists."""

    order = 65

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._lists = Derived(self.derivation, lambda entry: entry[MapEntry].acl)
        self._remarked = Derived(self.derivation, self._remark)

    def reconcile(self) -> None:
        lists, maps = self.router[AccessLists], self.router.config[MapEntries].maps
        named = self._lists.each(maps)
        self._remarked.of((place, (config, lists.get(named[place] or "") is None)) for place, config in maps.items())

    def _remark(self, config: Config, without_list: bool) -> None:
        remarks = config[Remarks]
        remarks.without_list = without_list
        remarks.incomplete = without_list or not config[MapEntry].peers

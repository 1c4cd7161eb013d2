"""What the written configuration remarks on a crypto map entry that cannot work yet, as captures of IOS 15 show it."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.data import dataclass
from iosim.ios.blocks import Block
from iosim.ios.config import Binding, bound
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.ipsec.config import Ipsec, MapEntry
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature


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

    def reconcile(self) -> None:
        lists = self.router[AccessLists]
        for config in self.router.config[Ipsec].maps.values():
            entry, remarks = config[MapEntry], config[Remarks]
            remarks.without_list = entry.acl is None or lists.get(entry.acl) is None
            remarks.incomplete = remarks.without_list or not entry.peers

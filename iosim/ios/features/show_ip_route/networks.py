"""The entries of a routing table by classful networks."""

from __future__ import annotations

from dataclasses import field

from iosim.data import dataclass
from iosim.routing.table import Entry
from iosim.wire.address import netmask


@dataclass(slots=True)
class Network:
    """A classful network (or a route shorter than one), and the routes in it."""

    prefix: int
    length: int
    entries: list[Entry] = field(default_factory=list)

    @property
    def lengths(self) -> list[int]:
        """The different prefix lengths, in ascending order."""
        return sorted({entry.length for entry in self.entries})

    @property
    def is_subnetted(self) -> bool:
        """Whether there is more to it than one route to the whole of it."""
        return self.lengths != [self.length]


def networks(entries: list[Entry]) -> list[Network]:
    """The entries of a table grouped by classful network, in the order of their addresses."""
    groups: dict[tuple[int, int], Network] = {}
    for entry in entries:
        length = min(entry.length, classful_length(entry.prefix))
        key = entry.prefix & netmask(length), length
        groups.setdefault(key, Network(*key)).entries.append(entry)
    return list(groups.values())


def classful_length(address: int) -> int:
    """The prefix length of the address's class: 8, 16 or 24; classes D and E have none (32)."""
    octet = address >> 24
    return next((length for bound, length in ((128, 8), (192, 16), (224, 24)) if octet < bound), 32)

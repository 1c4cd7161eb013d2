"""The security association database (RFC 4301 section 4.4.2): pairs by SPI, their lifetimes in seconds and kilobytes.

A pair has two ends: at the soft one a successor is wanted, at the hard one it goes. Old and new pair are alive together
between the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count

from iosim.ipsec.bundle import inbound_sas, outbound_sas
from iosim.ipsec.events import Cause
from iosim.ipsec.flow import KILOBYTE, Flow, InstalledPair
from iosim.ipsec.model import SaPair
from iosim.ipsec.sa import MAX_SEQUENCE
from iosim.sim.clock import SECOND, Simulator

SECONDS_BEFORE_END = (20, 30)
"""When a successor is wanted, for the responder and the initiator: the latter comes first, so they do not collide."""

KILOBYTES_BEFORE_END = (128, 256)
"""The same for the volume."""

SECONDS_WITH_SUCCESSOR = 30
"""How long a pair that is worn out lives beside its successor: packets of the old one may be on their way."""


class Sad:
    """All pairs of one router in the order of their installation; `made` counts the SAs that there ever were."""

    def __init__(
        self,
        sim: Simulator,
        on_soft_end: Callable[[InstalledPair], None],
        on_hard_end: Callable[[InstalledPair, Cause], None],
    ) -> None:
        self._sim = sim
        self._on_soft_end = on_soft_end
        self._on_hard_end = on_hard_end
        self._by_spi: dict[tuple[int, int], InstalledPair] = {}
        self._sending: dict[tuple[int, int, int], InstalledPair] = {}
        self._by_peer: dict[int, dict[InstalledPair, None]] = {}
        self._connection_ids = count(1)
        self.made = 0

    def __iter__(self) -> Iterator[InstalledPair]:
        return iter(list(dict.fromkeys(self._by_spi.values())))

    def find(self, local: int, spi: int) -> InstalledPair | None:
        """The pair of which an inbound SA has this SPI at a local address; a bundle may have it for both protocols."""
        return self._by_spi.get((local, spi))

    def at(self, spi: int) -> InstalledPair | None:
        """The pair that has this SPI at any local address; what is negotiated has one of its own."""
        return next((installed for (_, known), installed in self._by_spi.items() if known == spi), None)

    def with_peer(self, remote: int) -> list[InstalledPair]:
        """The pairs with a peer; a hub has thousands with others."""
        return list(self._by_peer.get(remote, ()))

    def sending(self, remote: int, protocol: int, spi: int) -> InstalledPair | None:
        """The pair whose packets to a peer show this protocol and SPI on the way."""
        return self._sending.get((remote, protocol, spi))

    def add(self, pair: SaPair, flow: Flow, random_bytes: Callable[[int], bytes]) -> InstalledPair:
        """Receive by a pair and start its lifetimes; `enable` lets it send.

        Raises CryptoError when its keys do not fit its transform.
        """
        window = 0 if pair.manual else flow.replay_window  # numbers by hand start anew as a router does: RFC 4303 3.3.3
        installed = InstalledPair(
            pair,
            flow,
            inbound_sas(pair, window),
            outbound_sas(pair, random_bytes),
            next(self._connection_ids),
            next(self._connection_ids),
            self._sim.now,
        )
        self.made += len(installed.inbound) + len(installed.outbound)
        self._by_spi.update(((pair.local, sa.spi), installed) for sa in installed.inbound)
        self._sending[_shown(installed)] = installed
        self._by_peer.setdefault(pair.remote, {})[installed] = None
        if pair.lifesize:
            installed.octet_limit = _soft(pair.lifesize, KILOBYTES_BEFORE_END[pair.initiator]) * KILOBYTE
        if pair.manual:
            return installed
        soft = _soft(pair.lifetime, SECONDS_BEFORE_END[pair.initiator])
        installed.timers = [
            self._sim.call_later(soft * SECOND, lambda: self._on_soft_end(installed)),
            self._sim.call_later(pair.lifetime * SECOND, lambda: self._on_hard_end(installed, Cause.LIFETIME)),
        ]
        self._watch_idleness(installed)
        return installed

    def enable(self, installed: InstalledPair) -> None:
        """What is sent goes through this pair from now on; what volume or numbers have worn out goes soon."""
        for worn in installed.flow.pairs:
            if worn.worn:
                hard_end = partial(self._on_hard_end, worn, Cause.VOLUME)
                worn.timers.append(self._sim.call_later(SECONDS_WITH_SUCCESSOR * SECOND, hard_end))
        installed.flow.pairs.append(installed)

    def remove(self, installed: InstalledPair) -> bool:
        """Take a pair out of work; returns False if it was not there any more."""
        local = installed.pair.local
        if self.find(local, installed.inbound[0].spi) is not installed:
            return False
        for sa in installed.inbound:
            self._by_spi.pop((local, sa.spi), None)  # by hand, both SAs of a bundle may have the same
        if self._sending.get(_shown(installed)) is installed:
            del self._sending[_shown(installed)]
        with_peer = self._by_peer[installed.pair.remote]
        del with_peer[installed]
        if not with_peer:
            del self._by_peer[installed.pair.remote]
        installed.forget_path()
        if installed in installed.flow.pairs:
            installed.flow.pairs.remove(installed)
        for timer in installed.timers:
            timer.cancel()
        return True

    def _watch_idleness(self, installed: InstalledPair) -> None:
        """Look at a pair when it may be idle for long enough, if that is of interest."""
        limit = installed.flow.upkeep.idle_time * SECOND
        if limit:
            used = max(installed.sent_at, installed.heard_at)
            installed.timers.append(self._sim.call_at(used + limit, lambda: self._look_at_idleness(installed, limit)))

    def _look_at_idleness(self, installed: InstalledPair, limit: int) -> None:
        installed.timers = [timer for timer in installed.timers if timer.active]
        if self._sim.now >= max(installed.sent_at, installed.heard_at) + limit:
            self._on_hard_end(installed, Cause.IDLE)
        else:
            self._watch_idleness(installed)

    def limit_reached(self, installed: InstalledPair) -> None:
        """One of the two SAs has carried `octet_limit`: the soft end comes first, the hard one when that is behind."""
        hard = installed.pair.lifesize * KILOBYTE
        if installed.octets >= hard:
            self._on_hard_end(installed, Cause.VOLUME)
        else:
            installed.octet_limit, installed.worn = hard, True
            self._on_soft_end(installed)

    def out_of_numbers(self, installed: InstalledPair) -> bool:
        """The numbers of a pair are used up; False if there are some left, as the soft end comes before them."""
        if installed.outbound[0].last == MAX_SEQUENCE:
            return True
        for sa in installed.outbound:
            sa.last = MAX_SEQUENCE
        installed.worn = True
        if not installed.pair.manual:
            self._on_soft_end(installed)
        return False


def _shown(installed: InstalledPair) -> tuple[int, int, int]:
    """What its outbound packets show: the peer, the outermost protocol, and its SPI."""
    outermost = installed.outbound[-1]
    return installed.pair.remote, outermost.protocol, outermost.spi


def _soft(whole: int, margin: int) -> int:
    """Where a life of `whole` has its soft end: half-way at the earliest."""
    return max(whole - margin, whole // 2)

"""Makes policies of route maps and puts them where the configuration says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from iosim.ios.config import Config
from iosim.ios.derive import Derived
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.discovery.cdp import CdpFeature
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.policy_routing.config import InterfacePolicy, LocalPolicy
from iosim.ios.features.route_maps import MATCHES, MODE, Args, RouteMapClauses, RouteMapTallies, entries_of
from iosim.ios.features.tracking.engine import Tracking
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.stack.fib import Hop
from iosim.stack.mark import PRECEDENCE_BITS, PRECEDENCE_SHIFT, TOS_BITS, TOS_SHIFT, Mark
from iosim.stack.policy import Policy, PolicyEntry, Watcher, Way


@feature
class PolicyRouting(Feature):
    """The policies of a router. `watcher`, when set, hears of each decision."""

    order = 66

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._watcher: Watcher | None = None
        self._maps = Derived(self.derivation, lambda config: config[InterfacePolicy].route_map)

    def watch(self, watcher: Watcher | None) -> None:
        """Tell somebody of each decision, or nobody any more."""
        if watcher is not self._watcher:
            self._watcher = watcher
            self.derive()
            self.router.stack.generation.begin()

    def reconcile(self) -> None:
        interfaces = self.router.config[Interfaces].interfaces
        for name, route_map in self._maps.each(interfaces).items():
            interface = self.router.stack.interfaces.get(name)
            if interface is not None and (route_map or name in self._maps.changed):
                interface.policy = self._policy(route_map)
        self.router.stack.policy = self._policy(self.router.config[LocalPolicy].route_map)

    def _policy(self, name: str | None) -> Policy | None:
        """The policy of a route map; none routes by one that does not exist."""
        entries = entries_of(self.router.config, name) if name is not None else []
        if name is None or not entries:
            return None
        steps = [self._entry(name, sequence, config) for _, sequence, config in entries]
        return Policy(name, steps, self.router.stack.fib, self._watcher)

    def _entry(self, name: str, sequence: int, config: Config) -> PolicyEntry:
        clauses = config[RouteMapClauses]
        tally = self.router[RouteMapTallies].tally(name, sequence)
        entry = PolicyEntry(name, sequence, config.get("action") == "permit", tally=tally)
        for args in clauses.match.values():
            if args["of"][-1] == "length":
                low, high = args["length"]
                entry.length = low, high
            elif MATCHES.works(MODE, args):
                entry.lists = tuple(self.router[AccessLists].get(str(acl)) for acl in args["list"])
            else:
                entry.blind = True
        sets = sorted(clauses.set.values(), key=_rank)
        entry.fickle = any(args.get("hop") == ["verify-availability"] and "next_hop" not in args for args in sets)
        entry.ways = [way for args in sets if not _is_default(args) for way in self._ways(args, entry.fickle)]
        entry.default_ways = [way for args in sets if _is_default(args) for way in self._ways(args, False)]
        entry.mark = mark_of(sets)
        return entry

    def _ways(self, args: Args, by_cdp: bool) -> Iterator[Way]:
        """The ways that a `set` clause names. `by_cdp`, plain next hops are open while CDP hears of them."""
        hop, track = args.get("hop", [None])[-1], args.get("track", [None])[-1]
        adjacent = self._heard if by_cdp and hop is None else self._adjacent
        for address in args.get("next_hop", []):
            yield partial(self._recursive if hop == "recursive" else adjacent, address, track)
        for interface in args.get("interface", []):
            yield partial(self._out_of, interface)

    def _heard(self, address: int, track: int | None) -> Hop | None:
        """To a neighbour that is known by CDP."""
        neighbours = self.router[CdpFeature].engine.neighbours()
        return self._adjacent(address, track) if any(address in each.message.addresses for each in neighbours) else None

    def _adjacent(self, address: int, track: int | None) -> Hop | None:
        """To a neighbour: an address that needs no other one to be reached."""
        if track is not None and not self.router[Tracking].is_up(track):
            return None
        stack = self.router.stack
        _, hops = stack.fib.match(address)
        if not hops or hops[0].next_hop is not None or stack.has_address(address):
            return None
        return Hop(hops[0].interface, address)

    def _recursive(self, address: int, track: int | None) -> Hop | None:
        """To whichever neighbour leads to an address."""
        hop = self.router.stack.fib.lookup(address)
        return None if hop is None else Hop(hop.interface, hop.next_hop if hop.next_hop is not None else address)

    def _out_of(self, name: str) -> Hop | None:
        interface = self.router.stack.interfaces.get(name)
        return Hop(interface) if interface is not None and interface.line_up else None


def _is_default(args: Args) -> bool:
    """Whether a clause names ways for want of a route."""
    return "default" in (args["of"][-1], *args.get("ip", []))


def mark_of(sets: list[Args]) -> Mark | None:
    """What `set ip precedence`, `set ip tos` and `set ip df` write."""
    said = {name: args[name][-1] for args in sets for name in ("precedence", "tos", "df") if name in args}
    if not said:
        return None
    bits = PRECEDENCE_BITS * ("precedence" in said) | TOS_BITS * ("tos" in said)
    service = said.get("precedence", 0) << PRECEDENCE_SHIFT | said.get("tos", 0) << TOS_SHIFT
    return Mark(bits, service, bool(said["df"]) if "df" in said else None)


def _rank(args: Args) -> tuple[bool, int]:
    """Next hops come before interfaces, those with a number in its order before others."""
    number = args.get("sequence", [])
    return args["of"][-1] != "ip", number[-1] if number else 1 << 16

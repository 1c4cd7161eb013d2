"""The routing table: selection, recursion, and what interfaces contribute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from iosim.routing.connected import connect
from iosim.routing.rib import Rib
from iosim.routing.table import Entry, Route
from iosim.sim.clock import Simulator
from iosim.stack.fib import Fib, Hop
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.wire.address import address_text, netmask, parse_address


def router(**interfaces: str) -> tuple[Stack, Rib]:
    """A router whose interfaces (all of them loopbacks, so they are up) have the given "address/length"."""
    stack = Stack(Simulator(), "R1")
    rib = connect(stack)
    for name, text in interfaces.items():
        interface = Interface(name)
        address, length = text.split("/")
        interface.set_addresses([(parse_address(address), int(length))])
        stack.add_interface(interface)
    return stack, rib


def static(prefix: str, next_hop: str | None = None, interface: str | None = None, distance: int = 1) -> Route:
    address, length = prefix.split("/")
    neighbour = None if next_hop is None else parse_address(next_hop)
    return Route(parse_address(address), int(length), "S", distance, next_hop=neighbour, interface=interface)


def shown(rib: Rib) -> list[str]:
    return [f"{entry.best.source} {address_text(entry.prefix)}/{entry.length}" for entry in rib.entries()]


def way(stack: Stack, destination: str) -> str:
    """The interface and the neighbour on the way to a destination."""
    hop = stack.fib.lookup(parse_address(destination))
    return "nowhere" if hop is None else f"{hop.interface.name} {address_text(hop.next_hop or 0)}"


def test_interfaces_give_connected_and_local_routes() -> None:
    _, rib = router(Gi0="10.0.0.1/24", Lo0="1.1.1.1/32")
    assert shown(rib) == ["C 1.1.1.1/32", "C 10.0.0.0/24", "L 10.0.0.1/32"]


def test_an_interface_that_goes_down_takes_its_routes_and_those_through_it() -> None:
    stack, rib = router(Gi0="10.0.0.1/24", Gi1="10.0.1.1/24")
    rib.add("static", static("0.0.0.0/0", "10.0.0.254"))
    assert way(stack, "8.8.8.8") == "Gi0 10.0.0.254"
    stack.interfaces["Gi0"].set_admin(False)
    assert shown(rib) == ["C 10.0.1.0/24", "L 10.0.1.1/32"]
    assert way(stack, "8.8.8.8") == "nowhere"
    stack.interfaces["Gi0"].set_admin(True)
    assert way(stack, "8.8.8.8") == "Gi0 10.0.0.254"


def test_a_new_address_and_a_removed_interface_change_the_table() -> None:
    stack, rib = router(Gi0="10.0.0.1/24", Lo0="1.1.1.1/32")
    stack.interfaces["Gi0"].set_addresses([(0x0A000201, 24), (0x0A000301, 24)])
    stack.remove_interface("Lo0")
    assert shown(rib) == ["C 10.0.2.0/24", "L 10.0.2.1/32", "C 10.0.3.0/24", "L 10.0.3.1/32"]


def test_the_lowest_distance_wins_and_the_floating_route_takes_over() -> None:
    stack, rib = router(Gi0="10.0.0.1/24", Gi1="10.0.1.1/24")
    rib.add("static", static("192.168.0.0/16", "10.0.1.2", distance=200))
    rib.add("static", static("192.168.0.0/16", "10.0.0.2"))
    assert way(stack, "192.168.5.5") == "Gi0 10.0.0.2"
    stack.interfaces["Gi0"].set_admin(False)
    assert way(stack, "192.168.5.5") == "Gi1 10.0.1.2"
    rib.withdraw("static", static("192.168.0.0/16", "10.0.1.2", distance=200))
    assert way(stack, "192.168.5.5") == "nowhere"


def test_distance_comes_before_metric_and_metric_decides_within_a_protocol() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    for client, distance, metric, last in (("rip", 120, 1, 2), ("ospf 1", 110, 30, 3), ("ospf 1", 110, 20, 4)):
        rib.add(client, Route(0xC0A80000, 16, "X", distance, metric, next_hop=0x0A000000 + last))
    assert way(stack, "192.168.1.1") == "Gi0 10.0.0.4"


def test_distance_255_is_never_used() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    rib.add("static", static("0.0.0.0/0", "10.0.0.2", distance=255))
    assert way(stack, "8.8.8.8") == "nowhere"


def test_equal_routes_share_by_addresses() -> None:
    stack, rib = router(Gi0="10.0.0.1/24", Gi1="10.0.1.1/24")
    rib.add("static", static("0.0.0.0/0", "10.0.0.2"))
    rib.add("static", static("0.0.0.0/0", "10.0.1.2"))
    (entry,) = (entry for entry in rib.entries() if entry.length == 0)
    assert len(entry.routes) == len(rib.hops(entry)) == 2
    hops = [stack.fib.lookup(0x08080808, source) for source in range(10)]
    assert {hop.interface.name for hop in hops if hop} == {"Gi0", "Gi1"}
    assert stack.fib.lookup(0x08080808, 3) is stack.fib.lookup(0x08080808, 3)


def test_a_next_hop_is_resolved_through_other_routes() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    rib.add("bgp 1", Route(0xC0A80000, 16, "B", 200, next_hop=parse_address("172.16.0.9")))
    assert way(stack, "192.168.1.1") == "nowhere"
    rib.add("static", static("172.16.0.0/24", "10.0.0.7"))
    assert way(stack, "192.168.1.1") == "Gi0 10.0.0.7"


def test_routes_that_only_lead_to_each_other_are_not_used() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    rib.add("static", static("10.1.0.0/16", "10.2.0.1"))
    rib.add("static", static("10.2.0.0/16", "10.1.0.1"))
    rib.add("static", static("10.3.0.0/16", "10.3.0.1"))
    assert shown(rib) == ["C 10.0.0.0/24", "L 10.0.0.1/32"]
    assert way(stack, "10.1.0.1") == "nowhere"


def test_a_default_route_does_not_lead_through_itself() -> None:
    stack, rib = router(Gi0="10.0.0.1/24", Gi1="10.0.1.1/24")
    rib.add("static", static("0.0.0.0/0", "10.0.0.2"))
    stack.interfaces["Gi0"].set_admin(False)
    assert way(stack, "10.0.0.2") == "nowhere"


def test_a_route_inside_the_subnet_of_its_next_hop() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    rib.add("static", static("10.0.0.128/25", "10.0.0.130"))
    assert way(stack, "10.0.0.200") == "Gi0 10.0.0.130"


def test_interface_routes_and_missing_interfaces() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    rib.add("static", static("192.168.0.0/16", interface="Gi0"))
    rib.add("static", static("192.168.7.0/24", "10.9.9.9", "Gi0"))
    rib.add("static", static("172.16.0.0/12", interface="Gi9"))
    assert way(stack, "192.168.1.1") == "Gi0 0.0.0.0"
    assert way(stack, "192.168.7.1") == "Gi0 10.9.9.9"
    assert way(stack, "172.16.0.1") == "nowhere"


def test_a_permanent_route_stays_in_the_table_without_a_way() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    rib.add("static", Route(0xC0A80000, 16, "S", 1, next_hop=0x0A000002, permanent=True))
    stack.interfaces["Gi0"].set_admin(False)
    assert shown(rib) == ["S 192.168.0.0/16"]
    assert way(stack, "192.168.0.1") == "nowhere"


def test_replace_withdraws_what_is_no_longer_offered() -> None:
    _, rib = router(Gi0="10.0.0.1/24")
    kept, gone = static("10.1.0.0/16", "10.0.0.2"), static("10.2.0.0/16", "10.0.0.2")
    rib.replace("static", [kept, gone])
    rib.replace("static", [kept])
    assert rib.offered("static") == [kept]
    assert "S 10.2.0.0/16" not in shown(rib)


def test_lookup_answers_the_longest_match() -> None:
    _, rib = router(Gi0="10.0.0.1/24")
    rib.add("static", static("0.0.0.0/0", "10.0.0.2"))
    assert [entry.length for entry in map(rib.lookup, (0x0A000001, 0x0A000002, 0x08080808)) if entry] == [32, 24, 0]


PREFIXES = st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 32)).map(
    lambda pair: (pair[0] & netmask(pair[1]), pair[1])
)


@given(st.lists(PREFIXES, max_size=20, unique=True), st.lists(st.integers(0, 0xFFFFFFFF), max_size=10))
def test_longest_match_agrees_with_trying_every_prefix(prefixes: list[tuple[int, int]], random: list[int]) -> None:
    fib = Fib()
    hops = {prefix: Hop(Interface(str(prefix))) for prefix in prefixes}
    fib.replace({prefix: (hop,) for prefix, hop in hops.items()})
    for destination in random + [prefix | 1 for prefix, _ in prefixes]:
        covering = [prefix for prefix in prefixes if destination & netmask(prefix[1]) == prefix[0]]
        best = max(covering, key=lambda prefix: prefix[1], default=None)
        assert fib.lookup(destination) is (None if best is None else hops[best])


PREFIXES = ("10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "20.0.0.0/8", "20.1.1.0/24", "0.0.0.0/0")
NEXT_HOPS = ("192.0.2.1", "10.1.1.1", "20.1.1.1", "10.2.0.1", "172.16.0.1")
CHANGES = st.lists(
    st.tuples(st.booleans(), st.sampled_from(PREFIXES), st.sampled_from(NEXT_HOPS), st.sampled_from([1, 5, 255])),
    max_size=12,
)


@given(CHANGES)
def test_changes_one_by_one_lead_to_the_same_table_as_all_at_once(changes: list[tuple[bool, str, str, int]]) -> None:
    stack, rib = router(Gi0="192.0.2.2/24", Gi1="172.16.0.2/24")
    fresh, other = router(Gi0="192.0.2.2/24", Gi1="172.16.0.2/24")
    for coming, prefix, next_hop, distance in changes:
        route = static(prefix, next_hop, distance=distance)
        for table in (rib, other):
            (table.add if coming else table.withdraw)("static", route)
        assert rib.entries(), "each change is looked at before the next one"
    assert rib.entries() == other.entries()
    for destination in ("10.1.1.9", "10.1.9.9", "10.9.9.9", "20.1.1.9", "20.9.9.9", "9.9.9.9"):
        assert way(stack, destination) == way(fresh, destination)


class Ripple:
    """A protocol in the small: it speaks on each interface that is up, learns one route there, and redistributes the
    static routes of the table to a neighbour, who is a list."""

    NAME = "ripple 1"

    def __init__(self, rib: Rib) -> None:
        self.rib = rib
        self.learned: dict[str, Route] = {}
        self.announced: list[str] = []
        rib.join(self)

    def interface_changed(self, interface: Interface) -> None:
        route = self.learned.pop(interface.name, None)
        if route is not None:
            self.rib.withdraw(self.NAME, route)
        if interface.name in self.rib.interfaces and interface.line_up and interface.addresses:
            neighbour = interface.addresses[0][0] + 1
            route = Route(parse_address("172.16.0.0") or 0, 16, "R", 120, 3, neighbour, interface.name)
            self.learned[interface.name] = route
            self.rib.add(self.NAME, route)

    def route_changed(self, before: Entry | None, after: Entry | None) -> None:
        for sign, entry in (("-", before), ("+", after)):
            if entry is not None and entry.client == "static":
                self.announced.append(f"{sign}{address_text(entry.prefix)}/{entry.length}")


def test_a_protocol_is_a_client_that_listens() -> None:
    stack, rib = router(Gi0="10.0.0.1/24", Gi1="10.0.1.1/24")
    rib.add("static", static("192.168.0.0/16", "10.0.0.9"))
    protocol = Ripple(rib)
    assert protocol.announced == ["+192.168.0.0/16"]
    assert [route.interface for entry in rib.entries() if entry.client == "ripple 1" for route in entry.routes] == [
        "Gi0",
        "Gi1",
    ]
    stack.interfaces["Gi0"].set_admin(False)
    stack.sim.run()
    assert way(stack, "172.16.5.5") == "Gi1 10.0.1.2"
    assert protocol.announced == ["+192.168.0.0/16", "-192.168.0.0/16"]
    rib.add("static", static("172.16.0.0/16", "10.0.1.77"))
    stack.sim.run()
    assert way(stack, "172.16.5.5") == "Gi1 10.0.1.77"
    assert protocol.announced[2:] == ["+172.16.0.0/16"]
    stack.remove_interface("Gi1")
    stack.sim.run()
    assert protocol.learned == {}
    assert protocol.announced[3:] == ["-172.16.0.0/16"]
    rib.leave(protocol)
    stack.interfaces["Gi0"].set_admin(True)
    stack.sim.run()
    assert protocol.announced[4:] == []


def test_an_entry_is_as_old_as_its_last_change() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    stack.sim.run(until=5_000_000)
    rib.add("static", static("192.168.0.0/16", "10.0.0.9"))
    entry = rib.lookup(parse_address("192.168.1.1") or 0)
    assert entry is not None
    assert rib.since(entry) == 5_000_000
    stack.sim.run(until=9_000_000)
    rib.add("static", static("172.16.0.0/16", "192.168.3.3"))
    assert rib.since(entry) == 5_000_000


def test_what_comes_and_goes_in_one_event_is_not_told() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    protocol = Ripple(rib)
    stack.sim.run()
    for _ in range(3):
        rib.add("static", static("192.168.0.0/16", "10.0.0.9"))
        rib.withdraw("static", static("192.168.0.0/16", "10.0.0.9"))
    stack.sim.run()
    assert protocol.announced == []
    rib.add("static", static("192.168.0.0/16", "10.0.0.9"))
    rib.add("static", static("192.168.0.0/16", "10.0.0.8"))
    stack.sim.run()
    assert protocol.announced == ["+192.168.0.0/16"]


def test_a_second_listener_is_told_what_the_first_one_knows_already() -> None:
    stack, rib = router(Gi0="10.0.0.1/24")
    first = Ripple(rib)
    rib.add("static", static("192.168.0.0/16", "10.0.0.9"))
    second = Ripple(rib)
    stack.sim.run()
    assert first.announced == second.announced == ["+192.168.0.0/16"]

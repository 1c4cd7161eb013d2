"""A written configuration, read again, is the same configuration: `load(write(c)) == c`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ios.features.access_lists.config import AccessListSettings
from iosim.ios.features.access_lists.entries import entries_of
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator
from iosim.wire.address import address_text, netmask
from tests.ios.snapshot import snapshot

addresses = st.integers(1 << 24, (224 << 24) - 1).map(address_text)
wildcards = st.sampled_from(("0.0.0.0", "0.0.0.255", "0.255.255.255", "255.255.255.255", "0.0.255.0"))
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,12}", fullmatch=True)
remarks = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ,.:]{0,30}[A-Za-z0-9]", fullmatch=True)
interfaces = st.sampled_from(("Loopback0", "Loopback10", "GigabitEthernet0/0", "GigabitEthernet0/1", "FastEthernet1/0"))
numbers = st.one_of(st.integers(1, 199), st.integers(1300, 2699)).map(str)


def one_of(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


def words(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    """A line of words; an empty word is left out."""
    strategies = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*strategies).map(lambda drawn: " ".join(word for word in drawn if word))


def maybe(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | part


def ports(names: str) -> st.SearchStrategy[str]:
    port = st.integers(0, 65535).map(str) | st.sampled_from(names.split())
    return maybe(words(one_of("eq", "neq", "gt", "lt"), port) | words("range", port, port))


networks = one_of("any") | words("host", addresses) | words(addresses, wildcards)
actions = one_of("permit", "deny")
extended = st.one_of(
    words(actions, one_of("ip", "esp", "ahp", "gre", "47", "132", "0"), networks, networks, maybe(one_of("log"))),
    words(actions, "icmp", networks, networks, maybe(one_of("echo", "8", "3 4", "unreachable", "3 200", "40"))),
    words(actions, "tcp", networks, ports("telnet www"), networks, ports("bgp"), maybe(one_of("established"))),
    words(actions, "udp", networks, ports("isakmp"), networks, ports("ntp syslog"), maybe(one_of("log"))),
    words("remark", remarks),
)
standard = st.one_of(
    words(actions, one_of("any") | addresses | words(addresses, wildcards), maybe(one_of("log"))),
    words(actions, "host", addresses),
    words("remark", remarks),
)


def section(head: st.SearchStrategy[str], *lines: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.tuples(head, st.lists(st.one_of(*lines), max_size=6)).map(lambda drawn: [drawn[0], *drawn[1]])


@st.composite
def routes(draw: st.DrawFn) -> list[str]:
    length = draw(st.integers(0, 32))
    prefix = draw(st.integers(0, 0xFFFFFFFF)) & netmask(length)
    way = draw(addresses | interfaces | words(interfaces, addresses))
    distance, name = maybe(st.integers(1, 255).map(str)), maybe(words("name", names))
    options = draw(words(distance, maybe(one_of("tag 7")), maybe(one_of("permanent")), name))
    return [f"ip route {address_text(prefix)} {address_text(netmask(length))} {way} {options}"]


lines = st.one_of(
    routes(),
    section(words("ip access-list extended", names | one_of("101", "2000")), extended),
    section(words("ip access-list standard", names | one_of("10", "1999")), standard),
    words("access-list", st.integers(100, 199).map(str), extended).map(lambda line: [line]),
    words("access-list", st.integers(1, 99).map(str), standard).map(lambda line: [line]),
    section(
        words("interface", interfaces),
        words("ip access-group", names | numbers, one_of("in", "out")),
        words(one_of("no ", ""), one_of("ip proxy-arp", "ip unreachables", "ip redirects", "shutdown")),
        words("description", remarks),
        words("mtu", st.integers(64, 9216).map(str)),
        words("ip address", st.integers(1 << 24, (100 << 24)).map(lambda n: address_text(n | 1)), "255.255.255.252"),
    ),
    one_of("no ip routing", "ip routing", "hostname R9", "no ip domain-lookup").map(lambda line: [line]),
)
configurations = st.lists(lines, max_size=12).map(lambda sections: [line for section in sections for line in section])


def load(text: list[str]) -> Router:
    """A router with these lines; those that it refuses (a name that is taken, …) are left out."""
    router = Router(Simulator(), "R1")
    load_text(router, "\n".join(text))
    return router


@settings(max_examples=150, deadline=None)
@given(configurations)
def test_written_and_read_again_it_is_the_same(text: list[str]) -> None:
    router = load(text)
    written = router.running_lines()
    again = Router(Simulator(), "R1")
    assert load_text(again, "\n".join(written)) == []
    assert again.running_lines() == written
    assert snapshot(again.config) == snapshot(router.config)


def test_numbers_of_lines_are_not_kept() -> None:
    """IOS 15 writes no sequence numbers: after a reload the lines count by tens again, in the same order."""
    router = load(["ip access-list extended X", "7 permit ip any any", "5 deny esp any any", "remark end"])
    written = router.running_lines()
    again = load(written)
    assert again.running_lines() == written
    entries = entries_of(again.config[AccessListSettings].named["X"])
    assert [entry.sequence for entry in entries] == [10, 20, 0]

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
groups = networks | one_of("object-group N", "object-group M")
actions = one_of("permit", "deny")
options = words(
    maybe(one_of("precedence critical", "precedence 3", "tos 8")),
    maybe(one_of("dscp ef", "dscp 10", "dscp 7")),
    maybe(one_of("fragments", "ttl lt 5", "ttl range 3 9", "option record-route", "option 99")),
    maybe(one_of("log", "log-input", "log COOKIE")),
    maybe(one_of("time-range T")),
)
flags = maybe(one_of("established", "match-all +syn -ack", "match-any +fin +rst", "syn"))
extended = st.one_of(
    words(actions, one_of("ip", "esp", "ahp", "gre", "47", "132", "0"), networks, networks, maybe(one_of("log"))),
    words(actions, "icmp", networks, networks, maybe(one_of("echo", "8", "3 4", "unreachable", "3 200", "40"))),
    words(actions, "tcp", networks, ports("telnet www"), networks, ports("bgp"), maybe(one_of("established"))),
    words(actions, "udp", networks, ports("isakmp"), networks, ports("ntp syslog"), maybe(one_of("log"))),
    words(actions, one_of("ip", "gre", "object-group S", "sctp"), groups, groups, options),
    words(actions, "tcp", groups, maybe(one_of("eq 22 www 8080", "neq 9 7")), groups, flags, options),
    words(actions, "igmp", groups, groups, maybe(one_of("host-report", "9")), options),
    words(actions, "udp", networks, networks, options, "reflect R", maybe(one_of("timeout 60"))),
    one_of("evaluate R", "dynamic D permit ip any any", "dynamic E timeout 3 deny tcp any any eq 23"),
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


lengths = st.integers(1, 32).map(str)
clauses = st.one_of(
    words(one_of("match ip address", "match ip next-hop"), one_of("10", "prefix-list A", "prefix-list A B", "X 12")),
    words(
        one_of(
            "match tag 5", "match metric 9", "match length 3 9", "set metric 3", "set tag 4", "set metric-type type-1"
        )
    ),
    words("set ip next-hop", addresses, maybe(addresses)),
    one_of("set as-path prepend 1 1", "set community 65000:1 additive", "continue 30", "description of it"),
)
lines = st.one_of(
    routes(),
    words(
        "ip prefix-list",
        names,
        maybe(words("seq", lengths)),
        actions,
        words(addresses).map(lambda a: a + "/9"),
        maybe(words("ge", lengths)),
        maybe(words("le", lengths)),
    ).map(lambda line: [line]),
    words(one_of("ip prefix-list A description", "ipv6 prefix-list A description"), remarks).map(lambda line: [line]),
    section(words("route-map", names, maybe(actions), maybe(lengths)), clauses),
    section(
        one_of("object-group network N", "object-group network M"),
        words("host", addresses)
        | words("range", addresses, addresses)
        | words("group-object", names | one_of("M", "N")),
        words(addresses, one_of("255.255.255.0", "/13", "255.255.255.255"))
        | one_of("any", "no any")
        | words("description", remarks),
    ),
    section(
        one_of("object-group service S"),
        words(
            one_of("tcp", "udp", "tcp-udp"),
            maybe(one_of("source gt 1023", "source range 1 9")),
            maybe(one_of("eq 80", "9", "lt 99")),
        ),
        one_of("icmp", "icmp 8", "icmp 3 1", "ospf", "99", "group-object T", "igmp"),
    ),
    section(
        one_of("time-range T"),
        words("periodic", one_of("daily", "weekend", "monday friday", "sunday"), "08:05 to 9:15"),
        one_of("absolute start 8:00 1 jan 2026 end 9:00 3 march 2027", "absolute end 7:00 31 dec 2030", "no absolute"),
    ),
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

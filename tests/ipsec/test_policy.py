"""Crypto map evaluation: order of entries, the meaning of deny, proxies of a line, the five-tuple of a packet."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iosim.ipsec.model import Proxy
from iosim.ipsec.policy import BoundMap, CryptoMap, CryptoMapEntry, bind
from iosim.ipsec.selectors import inside, proxies, reverse
from iosim.stack.acl import AccessList, Ace, PortMatch

from .helpers import LAN1, LAN2, LAN3, PC1, PC2, PC3, R1, R2, R3, access_list, line, subnet


def bound(*entries: CryptoMapEntry) -> BoundMap:
    return bind(CryptoMap("VPN", list(entries)), R1, {})


def entry(sequence: int, acl: AccessList | None, peer: int = R2, complete: bool = True) -> CryptoMapEntry:
    return CryptoMapEntry(sequence, acl, [peer], "policy", complete)


def chosen(policy: BoundMap, source: int, destination: int, counting: bool = True) -> int | None:
    flow, lines = policy.select((source, destination, 17, 1, 2))
    for decisive in lines:
        decisive.matches += counting
    return flow.sequence if flow else None


def test_the_first_entry_that_permits_is_chosen() -> None:
    policy = bound(
        entry(10, access_list(line(True, LAN1, LAN2))),
        entry(20, access_list(line(True, LAN1, LAN2), line(True, LAN1, LAN3))),
    )
    assert chosen(policy, PC1, PC2) == 10
    assert chosen(policy, PC1, PC3) == 20
    assert chosen(policy, PC2, PC1) is None


def test_deny_goes_on_with_the_next_entry() -> None:
    policy = bound(
        entry(10, access_list(line(False, LAN1, LAN2), line(True, 0, 0, 0xFFFFFFFF))),
        entry(20, access_list(line(True, LAN1, LAN2))),
    )
    assert chosen(policy, PC1, PC2) == 20
    assert chosen(policy, PC1, PC3) == 10


def test_deny_in_every_entry_is_clear() -> None:
    policy = bound(
        entry(10, access_list(line(False, LAN1, LAN2), line(True, LAN1, 0, 0xFFFFFF00))),
        entry(20, access_list(line(False, LAN1, LAN2))),
    )
    assert chosen(policy, PC1, PC2) is None


def test_lines_that_decided_are_counted() -> None:
    deny, wide, last = line(False, LAN1, LAN2), line(True, LAN1, LAN3), line(True, LAN1, LAN2)
    policy = bound(entry(10, access_list(deny, wide)), entry(20, access_list(last)))
    chosen(policy, PC1, PC2)
    chosen(policy, PC1, PC2)
    chosen(policy, PC1, PC3)
    chosen(policy, PC2, PC3)
    chosen(policy, PC1, PC3, counting=False)
    assert (deny.matches, wide.matches, last.matches) == (2, 1, 2)


def test_incomplete_entries_are_passed_over() -> None:
    acl = access_list(line(True, LAN1, LAN2))
    incomplete = [entry(10, acl, complete=False), entry(20, None), CryptoMapEntry(30, acl, [], "policy", True)]
    assert bound(*incomplete).flows == []
    assert chosen(bound(*incomplete, entry(40, acl, R3)), PC1, PC2) == 40


def test_each_permit_line_is_a_flow() -> None:
    policy = bound(entry(10, access_list(line(True, LAN1, LAN2), line(False, PC1, PC3, 0), line(True, LAN1, LAN3))))
    assert [(flow.local_proxy, flow.remote_proxy) for flow in policy.flows] == [
        (subnet(LAN1), subnet(LAN2)),
        (subnet(LAN1), subnet(LAN3)),
    ]
    assert {(flow.map_name, flow.sequence, flow.local, flow.peer) for flow in policy.flows} == {("VPN", 10, R1, R2)}


def test_two_equal_lines_are_one_flow() -> None:
    policy = bound(entry(10, access_list(line(True, LAN1, LAN2), line(True, LAN1, LAN2))))
    assert len(policy.flows) == 1


@pytest.mark.parametrize(
    ("ace", "local", "remote"),
    [
        (Ace(10, True, 0, PC1, 0, PC2, 0), Proxy(PC1), Proxy(PC2)),
        (Ace(10, True), Proxy(0, 0), Proxy(0, 0)),
        (Ace(10, True, 0, PC1, 0xFF, PC2, 0xF), subnet(LAN1), Proxy(PC2 & ~0xF, 0xFFFFFFF0)),
        (
            Ace(10, True, 6, PC1, 0, PC2, 0, None, PortMatch(80, 80)),
            Proxy(PC1, protocol=6),
            Proxy(PC2, protocol=6, port=80),
        ),
        (
            Ace(10, True, 17, PC1, 0, PC2, 0, PortMatch(53, 53), PortMatch(1, 99)),
            Proxy(PC1, protocol=17, port=53),
            Proxy(PC2, protocol=17),
        ),
        (
            Ace(10, True, 17, PC1, 0, PC2, 0, None, PortMatch(53, 53, True)),
            Proxy(PC1, protocol=17),
            Proxy(PC2, protocol=17),
        ),
        (
            Ace(10, True, 1, PC1, 0, PC2, 0, None, PortMatch(0x800, 0x800)),
            Proxy(PC1, protocol=1),
            Proxy(PC2, protocol=1),
        ),
    ],
)
def test_proxies_of_a_line(ace: Ace, local: Proxy, remote: Proxy) -> None:
    assert proxies(ace) == (local, remote)


def test_the_opposite_direction() -> None:
    assert reverse((PC1, PC2, 6, 1000, 80)) == (PC2, PC1, 6, 80, 1000)
    assert reverse((PC1, PC2, 1, 0, 0x0800)) == (PC2, PC1, 1, 0, 0x0800)


@pytest.mark.parametrize(
    ("selector", "belongs"),
    [
        ((PC2, PC1, 6, 80, 1000), True),
        ((PC2, PC1, 6, 81, 1000), False),
        ((PC2, PC1, 17, 80, 1000), False),
        ((PC2, PC3, 6, 80, 1000), False),
        ((PC3, PC1, 6, 80, 1000), False),
        ((PC2, PC1, 6, 0, 0), False),
        ((PC2, PC1, 6, -1, -1), True),  # a later fragment
    ],
)
def test_what_belongs_to_an_sa(selector: tuple[int, int, int, int, int], belongs: bool) -> None:
    local, remote = Proxy(LAN1, 0xFFFFFF00, 6), Proxy(LAN2, 0xFFFFFF00, 6, 80)
    assert inside(selector, local, remote) is belongs
    assert inside(selector, Proxy(0, 0), Proxy(0, 0))


addresses = st.sampled_from([0x0A000001, 0x0A000101, 0x0A010001, 0xC0A80001])
wildcards = st.sampled_from([0, 0xFF, 0xFFFF, 0xFF00, 0xFFFFFFFF])
lists = st.lists(st.builds(Ace, st.just(10), st.booleans(), st.just(0), addresses, wildcards, addresses, wildcards))


@given(st.lists(lists, max_size=6), addresses, addresses)
def test_any_map_selects_what_its_lists_say_one_after_the_other(
    entries: list[list[Ace]], source: int, destination: int
) -> None:
    acls = [AccessList("L", lines) for lines in entries]
    asked: list[Ace] = []
    wanted = None
    for number, acl in enumerate(acls):
        decisive = acl.lookup(source, destination, 17)
        asked += [decisive] if decisive else []
        if decisive is not None and decisive.permit:
            wanted = number
            break
    flow, lines = bound(*map(entry, count(), acls)).select((source, destination, 17, 1, 2))
    assert (flow.sequence if flow else None, lines) == (wanted, asked)

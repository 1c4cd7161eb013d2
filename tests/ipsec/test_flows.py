"""IPsec of a router, its flows: what a peer is offered, and what a change of the configuration leaves alone."""

from collections.abc import Callable

from iosim.ipsec.attachment import Attachment
from iosim.ipsec.events import (
    Acquire,
    Cause,
    Rekey,
    SasDeleted,
)
from iosim.ipsec.model import ManualKeys, Proxy, Transform
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.ipsec.sa import MAX_SEQUENCE, RENEWAL_SEQUENCE
from iosim.stack.interface import Interface

from .helpers import (
    LAN1,
    LAN2,
    LAN3,
    PC1,
    PC2,
    PC3,
    R1,
    R2,
    R3,
    Router,
    access_list,
    configure,
    keys,
    line,
    packet,
    pair_for,
    router_with_flow,
    subnet,
)


def test_a_responder_finds_the_flow_by_exact_proxies_and_peer() -> None:
    router, flow = router_with_flow()
    find = router.ipsec.find_policy
    assert find(R1, R2, subnet(LAN1), subnet(LAN2)) is flow
    assert find(R1, R3, subnet(LAN1), subnet(LAN2)) is None
    assert find(R3, R2, subnet(LAN1), subnet(LAN2)) is None
    assert find(R1, R2, subnet(LAN2), subnet(LAN1)) is None
    assert find(R1, R2, subnet(LAN1), subnet(LAN3)) is None


def test_a_responder_takes_what_is_a_part_of_a_line() -> None:
    router, flow = router_with_flow()
    host = Proxy(PC1)
    part = router.ipsec.find_policy(R1, R2, host, subnet(LAN2))
    assert part is not None and part is not flow and part.policy == flow.policy
    assert router.ipsec.find_policy(R1, R2, Proxy(LAN1, 0xFFFF0000), subnet(LAN2)) is None
    assert router.ipsec.find_policy(R1, R3, host, subnet(LAN2)) is None
    installed = router.ipsec.install(pair_for(part), part)
    assert installed is not None
    assert router.ipsec.find_policy(R1, R2, host, subnet(LAN2)) is part
    router.ipsec.clear(lambda _: True, Cause.PEER)
    assert part.key not in router.ipsec.flows and flow.key in router.ipsec.flows


def test_the_responders_peer_is_the_one_that_came() -> None:
    router, flow = router_with_flow(peers=(R2, R3))
    flow.peer = R3
    pair = pair_for(flow)
    flow.peer = R2
    router.ipsec.install(pair, flow)
    assert flow.peer == R3


def test_what_is_found_for_a_peer_follows_the_configuration() -> None:
    router, flow = router_with_flow()
    ends = subnet(LAN1), subnet(LAN2)
    assert router.ipsec.find_policy(R1, R2, *ends) is flow
    configure(router, line(True, LAN1, LAN3))
    assert router.ipsec.find_policy(R1, R2, subnet(LAN1), subnet(LAN3)) is not None
    gone = router.ipsec.find_policy(R1, R2, *ends)
    assert gone is None or gone.brought


def test_clearing_counters() -> None:
    router, flow = router_with_flow()
    router.outbound(packet())
    router.ipsec.clear_counters()
    assert flow.counters.send_errors == 0


def test_what_has_not_changed_keeps_sas_and_counters() -> None:
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    router.outbound(packet())
    configure(router, line(False, PC3, PC2, 0), line(True, LAN1, LAN2), line(True, LAN1, LAN3))
    kept, added = router.ipsec.flows.values()
    assert kept is flow and kept.current is installed and kept.counters.encaps == 1
    assert added.remote_proxy == subnet(LAN3)
    assert not router.taken(SasDeleted)
    router.outbound(packet())
    assert len(router.stack.sent) == 2


def test_what_has_changed_loses_its_sas() -> None:
    changes: list[Callable[[Router], None]] = [
        lambda router: configure(router, line(True, LAN1, LAN3)),
        lambda router: configure(router, line(True, LAN1, LAN2), peers=(R3,)),
        lambda router: router.ipsec.reconcile([]),
    ]
    for change in changes:
        router, flow = router_with_flow()
        installed = router.ipsec.install(pair_for(flow), flow)
        assert installed
        change(router)
        assert router.taken(SasDeleted) == [SasDeleted((installed,), Cause.CONFIG)]
        assert router.ipsec.flows.get(flow.key) is not flow


def test_another_policy_counts_for_the_next_sas() -> None:
    """As IOS says of transform sets (Security Command Reference, `crypto ipsec transform-set`)."""
    router, flow = router_with_flow()
    installed = router.ipsec.install(pair_for(flow), flow)
    configure(router, line(True, LAN1, LAN2), policy="another")
    assert router.ipsec.flows[flow.key] is flow and flow.current is installed and not router.taken(SasDeleted)
    assert flow.policy == "another"


def test_a_map_that_is_taken_off_leaves_no_hook() -> None:
    router, _ = router_with_flow()
    router.ipsec.reconcile([])
    assert router.interface.crypto is None and not router.ipsec.hooks


def test_sas_for_a_flow_that_is_gone_are_not_installed() -> None:
    router, flow = router_with_flow()
    configure(router, line(True, LAN1, LAN3))
    assert router.ipsec.install(pair_for(flow), flow) is None
    assert list(router.ipsec.sad) == []


def test_one_map_and_address_on_two_interfaces_share_their_flows() -> None:
    router = Router(R1)
    second = Interface("GigabitEthernet0/1")
    entry = CryptoMapEntry(10, access_list(line(True, LAN1, LAN2)), [R2], "policy", True)
    crypto_map = CryptoMap("VPN", [entry])
    router.ipsec.reconcile([Attachment(i, crypto_map, R1) for i in (router.interface, second)])
    assert second.crypto
    assert len(router.ipsec.flows) == 1
    assert router.ipsec.hooks["GigabitEthernet0/0"].bound.flows == router.ipsec.hooks["GigabitEthernet0/1"].bound.flows
    assert second.crypto.outbound(packet(), second) is None
    assert len(router.taken(Acquire)) == 1


def test_a_new_spi_is_neither_reserved_nor_in_use() -> None:
    router, flow = router_with_flow()
    router.ipsec.install(pair_for(flow, inbound=0x01010101), flow)
    answers = iter([0, 255, 0x01010101, 0x02020202])
    router.ipsec._random_bytes = lambda n: next(answers).to_bytes(n)
    assert router.ipsec.new_spi() == 0x02020202


def test_keys_by_hand_begin_their_numbers_anew_without_a_word() -> None:
    router, transform = Router(R1), Transform("aes-128", "sha")
    manual = ManualKeys(transform, (keys(transform, 300),), (keys(transform, 400),))
    entry = CryptoMapEntry(10, access_list(line(True, LAN1, LAN2)), [R2], "policy", True, manual=manual)
    router.ipsec.reconcile([Attachment(router.interface, CryptoMap("VPN", [entry]), R1)])
    (flow,) = router.ipsec.flows.values()
    for sequence in (RENEWAL_SEQUENCE - 1, MAX_SEQUENCE - 1):
        flow.pairs[-1].outbound[0].sequence = sequence
        for _ in range(4):
            router.outbound(packet())
    assert router.taken(Rekey) == router.taken(Acquire) == []
    assert flow.pairs[-1].outbound[0].sequence < 4 and len(router.stack.sent) >= 7

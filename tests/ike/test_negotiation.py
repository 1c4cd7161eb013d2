"""Main mode and quick mode between two engines: what comes up, and what the two ends agree on."""

import pytest

from iosim.ike.v1 import Policy, SaState, State
from iosim.ike.v1.events import InboundReady, Phase1Keys, Phase1Up, QuickModeFinished
from iosim.ike.v1.trace.offers import LifetimeChosen, Mismatch, PolicyCompared
from iosim.ike.v1.trace.packets import PacketSent
from iosim.ike.v1.trace.sas import StateChange
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.ipv4 import AH, ESP

from .harness import AES_SHA, LAN_A, LAN_B, Accept, Config, Lab, assert_same_sas

POLICIES = [
    Policy(10, encryption, hash_, "pre-share", group, 86400)
    for encryption, hash_, group in [
        ("des", "md5", 1),
        ("3des", "sha", 2),
        ("aes-128", "sha256", 5),
        ("aes-192", "md5", 14),
        ("aes-256", "sha", 2),
        ("3des", "sha512", 15),
        ("aes-192", "sha384", 16),
        ("aes-128", "sha256", 19),
        ("aes-256", "sha384", 20),
        ("aes-256", "sha512", 21),
        ("des", "sha", 24),
    ]
]
TRANSFORMS = [
    Transform("des", "md5"),
    Transform("3des", "sha", "transport"),
    Transform("aes-128", "sha256"),
    Transform("aes-192", None),
    Transform("aes-256", "sha512"),
    Transform("null", "sha384"),
    Transform("gcm-192", None),
    Transform("gmac-256", None, "transport"),
    Transform(None, None, "tunnel", "sha256"),
    Transform("3des", "md5", "tunnel", "sha"),
    Transform("gcm-128", None, "transport", "sha512"),
]
KEY_LENGTHS = {"md5": 16, "sha": 20, "sha256": 32, "sha384": 48, "sha512": 64, None: 0}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.encryption} {policy.hash} {policy.group}")
def test_phase_1_comes_up_with_every_policy(policy: Policy) -> None:
    lab = Lab(Config(isakmp=(policy,)), Config(isakmp=(policy,), proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run()
    for node in (lab.a, lab.b):
        assert node.sa.shown is SaState.QM_IDLE
        assert node.sa.policy == policy
        assert node.sa.conn_id == 1001
        assert len(node.seen(Phase1Up)) == 1
    assert lab.a.sa.secrets == lab.b.sa.secrets
    assert lab.a.seen(Phase1Keys) == lab.b.seen(Phase1Keys)
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


@pytest.mark.parametrize("pfs", [None, 1, 14, 20, 24])
@pytest.mark.parametrize("transform", TRANSFORMS, ids=str)
def test_phase_2_comes_up_with_every_transform(transform: Transform, pfs: int | None) -> None:
    lab = Lab()
    lab.b.config.accept = Accept((transform,), pfs_group=pfs)
    lab.request(transforms=(transform,), pfs_group=pfs)
    lab.run()
    pair = lab.a.pairs[0]
    assert_same_sas(pair, lab.b.pairs[0])
    assert (pair.transform, pair.pfs_group) == (transform, pfs)
    assert [sa.protocol for sa in pair.inbound] == [sa.protocol for sa in pair.outbound] == list(transform.protocols)
    sas = {sa.protocol: sa for sa in pair.inbound}
    if transform.cipher:
        assert len(sas[ESP].integrity_key) == KEY_LENGTHS[transform.integrity]
    if transform.ah:
        assert (len(sas[AH].integrity_key), sas[AH].cipher_key) == (KEY_LENGTHS[transform.ah], b"")
    everything = [*pair.inbound, *pair.outbound]
    assert len({(sa.cipher_key, sa.integrity_key) for sa in everything}) == len({sa.spi for sa in everything})
    assert len({sa.spi for sa in everything}) == len(everything)


def test_a_set_of_a_list_is_chosen_whatever_its_protocols_are() -> None:
    wanted = Transform("aes-256", "sha", "tunnel", "sha256")
    lab = Lab()
    lab.b.config.accept = Accept((wanted, AES_SHA))
    lab.request(transforms=(Transform(None, None, "tunnel", "md5"), Transform("gcm-256", None), wanted, AES_SHA))
    lab.run()
    assert lab.a.pairs[0].transform == wanted
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


@pytest.mark.parametrize(
    "offered", [AES_SHA, Transform(None, None, "tunnel", "sha"), Transform("aes-128", "sha", "tunnel", "md5")], ids=str
)
def test_a_part_of_a_bundle_is_not_the_bundle(offered: Transform) -> None:
    lab = Lab()
    lab.b.config.accept = Accept((Transform("aes-128", "sha", "tunnel", "sha"),))
    lab.request(transforms=(offered,))
    lab.run()
    assert lab.a.pairs == lab.b.pairs == []


def test_the_events_carry_what_the_request_and_the_configuration_brought() -> None:
    lab = Lab()
    request = lab.request(policy="map 20")
    lab.run()
    finished = lab.a.seen(QuickModeFinished)[0]
    assert (finished.policy, finished.request) == ("map 20", request)
    answered = lab.b.seen(QuickModeFinished)[0]
    assert answered.policy is lab.b.config.accept
    assert answered.request is None
    ready = lab.b.seen(InboundReady)[0]
    assert ready.pair == answered.pair
    assert lab.b.events.index(ready) < lab.b.events.index(answered)


def test_nine_messages_bring_up_a_tunnel() -> None:
    lab = Lab()
    lab.request()
    lab.run()
    assert len(lab.wire) == 9
    assert lab.a.engine.counters == lab.b.engine.counters == type(lab.a.engine.counters)()


def test_the_states_are_those_of_ios() -> None:
    """The sequence of public captures, `debug crypto isakmp` of both ends."""
    lab = Lab()
    lab.request()
    lab.run()

    def path(steps: list[StateChange], phase_1: bool) -> str:
        return " ".join(step.new.removeprefix("IKE_") for step in steps if bool(step.message_id) is not phase_1)

    changes_a, changes_b = lab.a.seen(StateChange), lab.b.seen(StateChange)
    assert path(changes_a, True) == "I_MM1 I_MM2 I_MM2 I_MM3 I_MM4 I_MM4 I_MM5 I_MM6 I_MM6 P1_COMPLETE P1_COMPLETE"
    assert path(changes_b, True) == "R_MM1 R_MM1 R_MM2 R_MM3 R_MM3 R_MM4 R_MM5 R_MM5 P1_COMPLETE P1_COMPLETE"
    assert path(changes_a, False) == "QM_I_QM1 QM_IPSEC_INSTALL_AWAIT QM_PHASE2_COMPLETE"
    assert path(changes_b, False) == "QM_SPI_STARVE QM_IPSEC_INSTALL_AWAIT QM_R_QM2 QM_PHASE2_COMPLETE"
    assert [(step.initiator, step.state.value) for step in lab.a.seen(PacketSent)] == [
        (True, "MM_NO_STATE"),
        (True, "MM_SA_SETUP"),
        (True, "MM_KEY_EXCH"),
        (True, "QM_IDLE"),
        (True, "QM_IDLE"),
    ]
    assert [step.state.value for step in lab.b.seen(PacketSent)] == [
        "MM_SA_SETUP",
        "MM_KEY_EXCH",
        "MM_KEY_EXCH",
        "QM_IDLE",
    ]


def test_the_highest_policy_of_the_responder_that_is_offered_is_taken() -> None:
    """The policies of the responder lead; each is compared with all offers (Cisco's IPv6 Configuration Guide for IOS
    15.2S, "IPsec": the remote peer checks each of its policies in order of its priority until a match is found)."""
    des = Policy(5, "des", "sha", "pre-share", 2, 86400)
    aes, triple = POLICIES[4], POLICIES[1]
    lab = Lab(Config(isakmp=(des, aes, triple)), Config(isakmp=(triple, aes), proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run()
    assert lab.a.sa.policy == lab.b.sa.policy == triple
    compared = [(step.transform, step.priority, step.mismatch, step.more) for step in lab.b.seen(PolicyCompared)]
    assert compared == [
        (1, triple.priority, Mismatch.ENCRYPTION, True),
        (2, triple.priority, Mismatch.ENCRYPTION, True),
        (3, triple.priority, None, False),
    ]


def test_the_first_proposal_that_the_policy_accepts_is_taken() -> None:
    lab = Lab()
    lab.b.config.accept = Accept((TRANSFORMS[4], TRANSFORMS[2]))
    lab.request(transforms=(AES_SHA, TRANSFORMS[2], TRANSFORMS[4]))
    lab.run()
    assert lab.a.pairs[0].transform == lab.b.pairs[0].transform == TRANSFORMS[2]


@pytest.mark.parametrize(("own", "peer"), [(1200, 600), (600, 1200), (86400, 600)])
def test_the_lower_phase_1_lifetime_wins_at_both_ends(own: int, peer: int) -> None:
    policies = [Policy(10, "aes-128", "sha", "pre-share", 2, lifetime) for lifetime in (own, peer)]
    lab = Lab(Config(isakmp=(policies[0],)), Config(isakmp=(policies[1],), proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run()
    assert lab.a.sa.lifetime == lab.b.sa.lifetime == min(own, peer)
    assert lab.a.sa.remaining(lab.now) == lab.b.sa.remaining(lab.now) == min(own, peer) - 1
    chosen = lab.b.seen(LifetimeChosen)[0]
    assert (chosen.offered, chosen.own, chosen.chosen) == (own, peer, min(own, peer))


@pytest.mark.parametrize(
    ("own", "peer", "agreed"),
    [
        ((3600, 4608000), (1800, 9999999), (1800, 4608000)),
        ((1800, 0), (3600, 1000000), (1800, 1000000)),
        ((86400, 2560), (3600, 0), (3600, 2560)),
    ],
)
def test_the_lower_ipsec_lifetimes_win_at_both_ends(
    own: tuple[int, int], peer: tuple[int, int], agreed: tuple[int, int]
) -> None:
    lab = Lab()
    lab.b.config.accept = Accept(lifetime=peer[0], lifesize=peer[1])
    lab.request(lifetime=own[0], lifesize=own[1])
    lab.run()
    for node in (lab.a, lab.b):
        assert (node.pairs[0].lifetime, node.pairs[0].lifesize) == agreed


def test_pfs_is_welcome_where_it_is_not_required() -> None:
    lab = Lab()
    lab.request(pfs_group=5)
    lab.run()
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])
    assert lab.b.pairs[0].pfs_group == 5


def test_host_proxies_ports_and_protocols_arrive() -> None:
    host, subnet = Proxy(0xC0A80105, 0xFFFFFFFF, 6, 80), Proxy(0, 0, 6, 0)
    lab = Lab(b=Config(proxies=(subnet, host)))
    lab.request(local_proxy=host, remote_proxy=subnet)
    lab.run()
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])
    assert lab.b.pairs[0].remote_proxy == host


def test_several_quick_modes_run_at_once_under_one_phase_1() -> None:
    lab = Lab()
    lab.b.config.quick_mode_policy = lambda *_: Accept()  # type: ignore[method-assign]
    proxies = [Proxy(0xC0A80000 + 256 * index, 0xFFFFFF00) for index in range(8)]
    for proxy in proxies:
        lab.request(local_proxy=proxy)
    lab.run()
    assert len(lab.a.engine.sas) == 1
    assert [pair.local_proxy for pair in lab.a.pairs] == proxies
    for one, other in zip(lab.a.pairs, lab.b.pairs, strict=True):
        assert_same_sas(one, other)
    spis = [pair.inbound[0].spi for pair in lab.a.pairs + lab.b.pairs]
    assert len(set(spis)) == len(spis)


def test_asking_again_while_it_runs_changes_nothing() -> None:
    lab = Lab()
    for _ in range(5):
        lab.request()
    lab.run(0.021)  # main mode is half way
    lab.request()
    lab.run(0.015)  # quick mode is under way
    lab.request()
    lab.run()
    assert len(lab.wire) == 9
    assert len(lab.a.pairs) == 1


def test_a_rekey_is_another_quick_mode() -> None:
    lab = Lab()
    lab.request()
    lab.run()
    lab.request()
    lab.run()
    lab.request(lab.b)
    lab.run()
    assert len(lab.wire) == 9 + 3 + 3
    assert len({pair.inbound[0].spi for pair in lab.a.pairs}) == 3
    assert [pair.initiator for pair in lab.a.pairs] == [True, True, False]


@pytest.mark.parametrize("start", [0, 0.003, 0.004, 0.009, 0.011, 0.016, 0.021, 0.026, 0.031])
def test_both_sides_may_begin_at_once(start: float) -> None:
    lab = Lab()
    lab.request()
    lab.run(start)
    lab.request(lab.b)
    lab.run(5)
    for node, other in ((lab.a, lab.b), (lab.b, lab.a)):
        assert all(sa.shown is SaState.QM_IDLE for sa in node.engine.sas)
        assert any(pair.initiator for pair in node.pairs)
        assert sorted(pair.inbound[0].spi for pair in node.pairs) == sorted(
            pair.outbound[0].spi for pair in other.pairs
        )


def test_an_spi_in_use_is_not_chosen() -> None:
    lab = Lab()
    twin = Lab()
    twin.request()
    twin.run()
    lab.a.config.spis.add(twin.a.pairs[0].inbound[0].spi)
    lab.request()
    lab.run()
    assert lab.a.pairs[0].inbound[0].spi != twin.a.pairs[0].inbound[0].spi
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])


def test_the_same_seed_gives_the_same_bytes() -> None:
    labs = [Lab(seed=7), Lab(seed=7), Lab(seed=8)]
    for lab in labs:
        lab.request()
        lab.run()
    first, second, other = ([datagram.data for datagram in lab.wire] for lab in labs)
    assert first == second
    assert first != other


def test_nothing_is_traced_when_nobody_listens() -> None:
    lab = Lab()
    lab.a.engine.trace = None
    lab.request()
    lab.run()
    assert lab.a.steps == []
    assert lab.a.sa.state is State.P1_COMPLETE

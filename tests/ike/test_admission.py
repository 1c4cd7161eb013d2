"""Call admission: how many SAs there may be, and why a flood of forged offers shuts nobody out for ever."""

from iosim.ike.v1 import Reason
from iosim.ike.v1.admission import USUAL_NEGOTIATIONS, Admission, Limit
from iosim.ike.v1.events import RequestFailed, SaDenied

from .harness import LAN_A, LAN_B, POLICY, SECOND, A, B, Config, Lab, assert_same_sas, replace


def flood(lab: Lab, count: int, start: int = 0) -> None:
    """B gets so many offers from addresses that are nobody's."""
    if not lab.wire:
        lab.request()
    first = lab.wire[0].data
    for index in range(start, start + count):
        cookie = (index + 1).to_bytes(8, "big")
        lab.b.engine.receive_datagram(cookie + first[8:], B, 0x0B000000 + index, 500, 500, lab.now)
    lab.collect()


def test_half_open_sas_are_bounded() -> None:
    lab = Lab()
    flood(lab, USUAL_NEGOTIATIONS + 10)
    assert len(lab.b.engine.sas) == USUAL_NEGOTIATIONS
    incoming, _ = lab.b.engine.requests
    assert (incoming.accepted, incoming.rejected) == (USUAL_NEGOTIATIONS, 10)
    denied = lab.b.seen(SaDenied)
    assert len(denied) == 10
    assert (denied[0].incoming, denied[0].limit) == (True, Limit.NEGOTIATIONS)
    lab.run(130)
    assert lab.b.engine.counters.abandoned == 1  # for A, who came last
    assert all(sa.remote == A for sa in lab.b.engine.sas)


def test_a_flood_does_not_shut_out_a_peer_that_answers() -> None:
    """The flood goes on all the time; the honest offers replace its oldest ones."""
    lab = Lab(b=Config(admission=Admission(negotiations=50), proxies=(LAN_B, LAN_A)), fault=lambda *_: [])
    lab.request()
    lab.fault = lambda index, datagram: [(0, datagram.data)] if datagram.remote in (A, B) else []
    for second in range(60):
        flood(lab, 20, start=20 * second)
        lab.run(1)
    assert_same_sas(lab.a.pairs[0], lab.b.pairs[0])
    assert len([sa for sa in lab.b.engine.sas if sa.negotiating]) <= 50


def test_the_limit_of_all_sas_denies_new_ones_and_leaves_those_that_are_up() -> None:
    lab = Lab(b=Config(admission=Admission(sas=1), proxies=(LAN_B, LAN_A)))
    lab.request()
    lab.run()
    flood(lab, 5)
    assert [event.limit for event in lab.b.seen(SaDenied)] == [Limit.SAS] * 5
    assert len(lab.b.engine.sas) == 1
    assert lab.b.sa.usable
    lab.b.engine.delete_isakmp(lab.now)
    flood(lab, 5, start=10)
    assert len([sa for sa in lab.b.engine.sas if sa.deleted is None]) == 1, "there is room for one again"


def test_the_limit_does_not_end_the_life_of_an_sa_by_denying_its_successor() -> None:
    policy = replace(POLICY, lifetime=120)
    limit = Admission(sas=1)
    lab = Lab(
        Config(isakmp=(policy,), admission=limit), Config(isakmp=(policy,), admission=limit, proxies=(LAN_B, LAN_A))
    )
    lab.request()
    lab.run(300)
    assert lab.a.sa.usable and lab.b.sa.usable
    assert lab.a.sa.conn_id > 1001
    assert not lab.a.seen(SaDenied) + lab.b.seen(SaDenied)


def test_our_own_requests_are_admitted_likewise() -> None:
    lab = Lab(Config(admission=Admission(negotiations=1)))
    lab.request()
    other = lab.request(remote=B + 1)
    assert [(event.incoming, event.remote) for event in lab.a.seen(SaDenied)] == [(False, B + 1)]
    assert lab.a.seen(RequestFailed) == [RequestFailed(other, Reason.LIMIT_REACHED)]
    _, outgoing = lab.a.engine.requests
    assert (outgoing.accepted, outgoing.no_more_negotiations) == (1, 1)
    lab.run(3 * SECOND // SECOND)
    assert len(lab.a.pairs) == 1
    lab.a.engine.clear_requests()
    assert lab.a.engine.requests[1].accepted == 0

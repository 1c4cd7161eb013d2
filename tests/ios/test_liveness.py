"""Peers that go away and come back, as the consoles show it: DPD, recovery, idle time, rekeying, limits, clearing."""

from __future__ import annotations

import re

import pytest

from ios.crypto_pair import GIGABIT, Pair, in_order
from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.sim.link import Way

PERIODIC = "crypto isakmp keepalive 10 periodic"


def up(change: dict[int, str] | None = None) -> Pair:
    pair = Pair(change)
    assert "80 percent (4/5)" in pair.ping()
    return pair


def isakmp(pair: Pair, number: int = 1) -> str:
    return pair.type(number, "show crypto isakmp sa")


def sas(pair: Pair, number: int = 1) -> int:
    """How many IPsec SAs are active at a router."""
    shown = re.search(r"Active SAs: (\d+)", pair.type(number, "show crypto session"))
    assert shown is not None
    return int(shown[1])


def reload(pair: Pair, number: int) -> None:
    """The router comes up again as it was saved: without any SA."""
    pair.type(number, "write memory")
    pair.type(number, "reload")
    pair.type(number, "")
    pair.pass_time(60)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("crypto isakmp keepalive 10", "crypto isakmp keepalive 10"),
        ("crypto isakmp keepalive 10 2 on-demand", "crypto isakmp keepalive 10"),
        ("crypto isakmp keepalive 10 5 periodic", "crypto isakmp keepalive 10 5 periodic"),
        ("crypto isakmp keepalive 10 2 periodic", PERIODIC),
        ("crypto isakmp invalid-spi-recovery", "crypto isakmp invalid-spi-recovery"),
        ("crypto call admission limit ike sa 25", "crypto call admission limit ike sa 25"),
        ("crypto call admission limit ike in-negotiation-sa 20",) * 2,
        ("crypto ipsec security-association idle-time 600",) * 2,
        ("crypto ipsec security-association lifetime kilobytes disable",) * 2,
        ("crypto map VPN 10\n set peer 203.0.113.9 default", " set peer 203.0.113.9 default"),
        ("crypto map VPN 10\n set security-association idle-time 60 default",) * 2,
        ("crypto map VPN 10\n set security-association lifetime kilobytes disable",) * 2,
    ],
)
def test_configuration_is_written_as_it_holds(typed: str, written: str) -> None:
    pair = Pair({1: typed})
    written = written.splitlines()[-1]
    assert f"\n{written}\n" in pair.type(1, "show running-config")
    *mode, line = typed.splitlines()
    pair.configure(1, "\n".join([*mode, f"no {line}"]))
    assert written not in pair.type(1, "show running-config")


def test_one_peer_is_the_default_at_most() -> None:
    pair = Pair({1: "crypto map VPN 10\n set peer 203.0.113.8 default\n set peer 203.0.113.9 default"})
    text = pair.type(1, "show running-config | include set peer")
    assert text.count("default") == 1
    in_order(text, " set peer 203.0.113.2\n", " set peer 203.0.113.8\n", " set peer 203.0.113.9 default\n")


def test_capabilities_tell_of_dpd_where_it_is_configured() -> None:
    pair = up({1: PERIODIC})
    assert re.search(r"^1001 .* D   $", pair.type(1, "show crypto isakmp sa detail"), re.M)
    assert re.search(r"^1001 .*:\d\d     $", pair.type(2, "show crypto isakmp sa detail"), re.M)
    assert "Capabilities:D connid:1001" in pair.type(1, "show crypto session detail")
    assert "Capabilities:(none) connid:1001" in pair.type(2, "show crypto session detail")


def test_the_lifetime_counts_down() -> None:
    pair = up({1: "crypto isakmp policy 10\n lifetime 600"})
    pair.pass_time(100)
    shown = re.search(r"14 (\d\d):(\d\d):(\d\d)", pair.type(2, "show crypto isakmp sa detail"))
    assert shown is not None, "the lower lifetime has won at both ends"
    assert int(shown[2]) * 60 + int(shown[3]) in range(480, 501)


def test_debug_of_a_question_and_its_answer() -> None:
    pair = up({1: PERIODIC})
    pair.debug(1)
    pair.debug(2)
    pair.pass_time(11)
    number = re.search(r"seq\. no (0x[0-9A-F]+)", pair.shown(1))
    assert number is not None
    in_order(
        pair.shown(1),
        "ISAKMP:(1001):Sending NOTIFY DPD/R_U_THERE protocol 1\n\tspi 0, message ID = ",
        f"ISAKMP:(1001): seq. no {number[1]}",
        "ISAKMP:(1001): sending packet to 203.0.113.2 my_port 500 peer_port 500 (I) QM_IDLE",
        "ISAKMP:(1001):Input = IKE_MESG_FROM_TIMER, IKE_TIMER_PEERS_ALIVE",
        "ISAKMP:(1001): processing NOTIFY DPD/R_U_THERE_ACK protocol 1",
        f"ISAKMP:(1001): DPD/R_U_THERE_ACK received from peer 203.0.113.2, sequence {number[1]}",
        "ISAKMP:(1001):Input = IKE_MESG_FROM_PEER, IKE_INFO_NOTIFY",
    )
    in_order(
        pair.shown(2),
        f"ISAKMP:(1001): DPD/R_U_THERE received from peer 203.0.113.1, sequence {number[1]}",
        "ISAKMP:(1001):Sending NOTIFY DPD/R_U_THERE_ACK protocol 1",
        f"ISAKMP:(1001): seq. no {number[1]}",
    )


def test_a_dead_peer_takes_phase_1_and_phase_2_with_it() -> None:
    pair = up({1: PERIODIC})
    pair.link.loss = 1
    pair.debug(1)
    pair.pass_time(18)
    assert sas(pair) == 2
    pair.pass_time(8)
    in_order(
        pair.shown(1),
        "ISAKMP:(1001):DPD incrementing error counter (1/5)",
        "ISAKMP:(1001):DPD incrementing error counter (5/5)",
        "ISAKMP:(1001):peer 203.0.113.2 not responding!",
        "ISAKMP:(1001):peer does not do paranoid keepalives.",
        'deleting SA reason "P1 errcounter exceeded (PEERS_ALIVE_TIMER)" state (I) QM_IDLE',
        "IPSEC(delete_sa): deleting SA",
    )
    assert sas(pair) == 0
    assert re.search(r"MM_NO_STATE +1001 ACTIVE \(deleted\)", isakmp(pair))
    pair.link.loss = 0
    assert "percent (4/5)" in pair.ping()


def test_without_keepalives_nobody_notices() -> None:
    pair = up()
    pair.link.loss = 1
    pair.pass_time(600)
    assert sas(pair) == 2
    assert "QM_IDLE" in isakmp(pair)


def test_on_demand_asks_once_there_is_something_to_send_and_no_answer() -> None:
    pair = up({1: "crypto isakmp keepalive 10"})
    pair.debug(1)
    pair.pass_time(300)
    assert "R_U_THERE" not in pair.shown(1)
    assert "100 percent" in pair.ping()
    assert pair.shown(1).count("R_U_THERE_ACK received") == 1
    pair.link.loss = 1
    pair.pass_time(300)
    assert sas(pair) == 2, "nobody has asked"
    pair.ping()
    pair.pass_time(10)
    assert sas(pair) == 0
    assert "peer 203.0.113.2 not responding!" in pair.shown(1)


def test_on_demand_stays_silent_while_answers_come() -> None:
    pair = up({1: "crypto isakmp keepalive 10"})
    pair.debug(1)
    for _ in range(20):
        pair.ping()
        pair.pass_time(5)
    assert "R_U_THERE" not in pair.shown(1)


def test_a_reloaded_peer_is_found_out_by_dpd() -> None:
    pair = up({1: PERIODIC})
    reload(pair, 2)
    assert sas(pair) == 0
    assert "percent (4/5)" in pair.ping()
    assert sas(pair) == sas(pair, 2) == 2


def test_without_dpd_the_reloaded_peer_complains_of_packets_that_it_cannot_read() -> None:
    pair = up()
    reload(pair, 2)
    assert "0 percent (0/5)" in pair.ping()
    message = (
        "%CRYPTO-4-RECVD_PKT_INV_SPI: decaps: rec'd IPSEC packet has invalid spi for destaddr=203.0.113.2, prot=50"
    )
    assert pair.shown(2).count(message) == 1, "at most once a minute"
    assert "0 percent (0/5)" in pair.ping()


def test_invalid_spi_recovery_heals_it() -> None:
    pair = up({2: "crypto isakmp invalid-spi-recovery"})
    pair.debug(1)
    reload(pair, 2)
    pair.ping()
    in_order(
        pair.shown(1),
        "ISAKMP:(1002):Process initial contact",
        "ISAKMP:(1002): processing NOTIFY INVALID_SPI protocol 3",
    )
    assert "100 percent" in pair.ping()


def test_a_reloaded_router_that_begins_says_that_it_is_new() -> None:
    pair = up()
    reload(pair, 2)
    assert "80 percent (4/5)" in pair.ping(2)
    assert sas(pair) == sas(pair, 2) == 2
    assert isakmp(pair).count("QM_IDLE") == 1


def test_a_reloaded_router_does_not_make_the_same_keys_and_spis_again() -> None:
    pair = up()
    spi = pair.type(1, "show crypto ipsec sa | include current outbound spi")
    reload(pair, 2)
    pair.type(1, "clear crypto session")
    assert "80 percent (4/5)" in pair.ping()
    assert pair.type(1, "show crypto ipsec sa | include current outbound spi") != spi


def test_a_profile_has_keepalives_of_its_own() -> None:
    profile = (
        "crypto isakmp profile WATCHED\n match identity address 203.0.113.2 255.255.255.255\n"
        " keepalive 30 retry 5\ncrypto map VPN 10\n set isakmp-profile WATCHED"
    )
    pair = up({1: profile})
    pair.debug(1)
    assert "Capabilities:D" in pair.type(1, "show crypto session detail")
    pair.pass_time(25)
    pair.ping()
    assert "R_U_THERE" not in pair.shown(1), "not before 30 seconds of silence"
    pair.pass_time(31)
    pair.ping()
    assert "R_U_THERE_ACK received" in pair.shown(1)


def test_a_peer_that_does_not_answer_main_mode_is_followed_by_the_next_one_in_the_list() -> None:
    key = "crypto isakmp key Kopernikus1543 address 203.0.113.9"
    pair = Pair({1: f"{key}\ncrypto map VPN 10\n set peer 203.0.113.9 default"})
    assert "Current peer: 203.0.113.9" in pair.type(1, "show crypto map")
    assert "0 percent (0/5)" in pair.ping()
    pair.pass_time(60)
    assert "Current peer: 203.0.113.2" in pair.type(1, "show crypto map")
    assert "80 percent (4/5)" in pair.ping()


def test_a_dead_peer_is_no_longer_the_current_one_of_any_line() -> None:
    """Also of the line of the access list that has no SAs, and would have had to find out by itself."""
    other = "crypto map VPN 10\n set peer 203.0.113.9"
    pair = up({1: f"{PERIODIC}\n{other}\nip access-list extended TUNNEL\n permit ip host 10.1.1.1 host 10.2.2.2"})
    pair.link.loss = 1
    pair.pass_time(30)
    current = pair.routers[1][IpsecFeature].ipsec.flows.values()
    assert [format_address(flow.peer) for flow in current] == ["203.0.113.9", "203.0.113.9"]


def test_idle_default_leads_back_to_the_default_peer_and_plain_idleness_does_not() -> None:
    key = "crypto isakmp key Kopernikus1543 address 203.0.113.9"
    for idle, peer in (("60 default", "203.0.113.9"), ("60", "203.0.113.2")):
        entry = f"crypto map VPN 10\n set peer 203.0.113.9 default\n set security-association idle-time {idle}"
        pair = Pair({1: f"{key}\n{entry}"})
        pair.ping()
        pair.pass_time(60)
        assert "80 percent (4/5)" in pair.ping()
        pair.pass_time(62)
        assert sas(pair) == 0
        assert f"Current peer: {peer}" in pair.type(1, "show crypto map")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_rekey_survives_the_loss_of_each_message_without_the_loss_of_a_packet(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lifetime = "crypto ipsec security-association lifetime seconds 120"
    pair = up({1: lifetime, 2: lifetime})
    carry, seen = Way.carry, 0

    def lossy(way: Way, frame: bytes) -> bool:
        nonlocal seen
        seen += frame[23:24] == b"\x11" and frame[36:38] == b"\x01\xf4"
        if seen == number:
            seen += 1000
            return True
        return carry(way, frame)

    monkeypatch.setattr(Way, "carry", lossy)
    for _ in range(110):
        assert "100 percent" in pair.ping()
        pair.pass_time(1)
    assert seen > 1000


def test_phase_1_goes_and_phase_2_stays() -> None:
    pair = up()
    pair.type(1, "clear crypto isakmp")
    assert "QM_IDLE" not in isakmp(pair)
    assert "100 percent" in pair.ping()
    assert "UP-NO-IKE" in pair.type(1, "show crypto session")


def test_phase_2_goes_and_phase_1_stays() -> None:
    pair = up()
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    assert sas(pair) == sas(pair, 2) == 0
    assert "Session status: UP-IDLE" in pair.type(2, "show crypto session")
    assert "80 percent (4/5)" in pair.ping()
    assert isakmp(pair).count("QM_IDLE") == 1


def test_clear_crypto_session_ends_both() -> None:
    pair = up()
    pair.type(1, "clear crypto session remote 203.0.113.9")
    assert sas(pair) == 2
    pair.type(1, "clear crypto session remote 203.0.113.2")
    pair.pass_time(1)
    for number in (1, 2):
        assert sas(pair, number) == 0
        assert "QM_IDLE" not in isakmp(pair, number)
    assert "80 percent (4/5)" in pair.ping()
    pair.type(2, "clear crypto session")
    pair.pass_time(1)
    assert sas(pair, 1) == 0


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("clear crypto sa peer 203.0.113.9", 2),
        ("clear crypto sa peer 203.0.113.2", 0),
        ("clear crypto sa map OTHER", 2),
        ("clear crypto sa map VPN", 0),
        ("clear crypto sa counters", 2),
        ("clear crypto sa peer 203.0.113.2 counters", 2),
    ],
)
def test_clear_crypto_sa_may_be_choosy(command: str, left: int) -> None:
    pair = up()
    pair.type(1, command)
    assert sas(pair) == left
    encaps = re.search(r"#pkts encaps: (\d+)", pair.type(1, "show crypto ipsec sa"))
    assert encaps is not None
    assert int(encaps[1]) == (0 if "counters" in command else 4)


def test_clear_crypto_sa_by_spi() -> None:
    pair = up()
    spi = re.search(r"outbound spi: 0x[0-9A-F]+\((\d+)\)", pair.type(1, "show crypto ipsec sa"))
    assert spi is not None
    pair.type(1, f"clear crypto sa spi 203.0.113.2 ah {spi[1]}")
    pair.type(1, f"clear crypto sa spi 203.0.113.1 esp {spi[1]}")
    assert sas(pair) == 2
    pair.type(1, f"clear crypto sa spi 203.0.113.2 esp {spi[1]}")
    assert sas(pair) == 0


def test_clear_crypto_isakmp_by_connection() -> None:
    pair = up()
    pair.type(1, "clear crypto isakmp 1002")
    assert "QM_IDLE" in isakmp(pair)
    pair.type(1, "clear crypto isakmp 1001")
    assert "QM_IDLE" not in isakmp(pair)


@pytest.mark.parametrize("where", ["crypto ipsec", "crypto map VPN 10\n set"])
def test_idle_sas_go_and_used_ones_stay(where: str) -> None:
    pair = up({1: f"{where} security-association idle-time 60"})
    for _ in range(6):
        pair.pass_time(40)
        assert "100 percent" in pair.ping()
    pair.pass_time(62)
    assert sas(pair) == sas(pair, 2) == 0
    assert "QM_IDLE" in isakmp(pair), "phase 1 knows nothing of idleness"


def test_the_rekey_by_time_loses_nothing_and_keeps_both_pairs_for_a_while() -> None:
    lifetime = "crypto ipsec security-association lifetime seconds 120"
    pair = up({1: lifetime, 2: lifetime})
    counts = set()
    for _ in range(150):
        assert "100 percent" in pair.ping()
        pair.pass_time(2)
        counts.add(sas(pair))
    assert counts == {2, 4}


def test_the_rekey_by_volume_loses_nothing_unless_it_is_disabled() -> None:
    volume = "crypto ipsec security-association lifetime kilobytes 2560"
    big = "ping 192.168.2.1 source 192.168.1.1 size 1400 repeat 500"
    pair = up({1: volume, 2: volume})
    first = pair.type(1, "show crypto ipsec sa | include outbound spi")
    for _ in range(6):
        assert "100 percent (500/500)" in pair.type(1, big)
    assert pair.type(1, "show crypto ipsec sa | include outbound spi") != first
    pair.pass_time(31)  # the old pair is kept for what is on its way, and then goes
    assert (sas(pair, 1), sas(pair, 2)) == (2, 2)
    off = "crypto ipsec security-association lifetime kilobytes disable"
    pair = up({1: off, 2: off})
    first = pair.type(1, "show crypto ipsec sa | include outbound spi")
    for _ in range(6):
        assert "100 percent (500/500)" in pair.type(1, big)
    assert pair.type(1, "show crypto ipsec sa | include outbound spi") == first
    assert "KB Vol Rekey Disabled" in pair.type(1, "show crypto session detail")


def test_phase_1_is_renewed_while_there_is_a_tunnel() -> None:
    pair = up({1: "crypto isakmp policy 10\n lifetime 300", 2: PERIODIC})
    for _ in range(60):
        pair.pass_time(10)
        assert "QM_IDLE" in isakmp(pair)
        assert "100 percent" in pair.ping()
    assert "not responding" not in pair.shown(2)


def test_both_ends_may_begin_at_once() -> None:
    pair = Pair()
    sessions = [pair.routers[number].console() for number in (1, 2)]
    for number, session in enumerate(sessions, 1):
        session.submit(f"ping 192.168.{3 - number}.1 source 192.168.{number}.1")
    pair.sim.run(stop=lambda: not any(session.busy for session in sessions))
    for number in (1, 2):
        assert "80 percent (4/5)" in pair.shown(number)
        assert sas(pair, number) in (2, 4)
        assert isakmp(pair, number).count("QM_IDLE") <= 2


def test_admission_denies_and_counts() -> None:
    pair = up({2: "crypto call admission limit ike sa 1"})
    shown = pair.type(2, "show crypto call admission statistics")
    assert "Max IKE SAs:     1 Max in nego:  1000\n" in shown
    assert "Total IKE SA Count:           1 active:          1 negotiating:     0\n" in shown
    assert "Incoming IKE Requests:        1 accepted:        1 rejected:        0\n" in shown
    assert "Total IPSEC SA Count:           1 active:          1 negotiating:     0\n" in shown
    assert "Incoming IPSEC Requests:        1 accepted:        1 rejected:        0\n" in shown
    assert "Outgoing IPSEC Requests:        1 accepted:        1" in pair.type(
        1, "show crypto call admission statistics"
    )
    pair.type(1, "clear crypto isakmp")  # R2 is told, so there is room again
    pair.pass_time(1)
    pair.type(1, "clear crypto sa")
    assert "80 percent" in pair.ping()
    pair.configure(2, "crypto call admission limit ike sa 0")
    assert "Max IKE SAs:     0" in pair.type(2, "show crypto call admission statistics")
    pair.type(2, "clear crypto call admission statistics")
    assert "Incoming IKE Requests:        0 accepted:        0" in pair.type(2, "show crypto call admission statistics")


def test_an_admission_that_is_denied_is_logged() -> None:
    """R1 comes again under another address, and is another peer therefore."""
    pair = up({2: "crypto call admission limit ike sa 1"})
    pair.configure(1, f"interface {GIGABIT}\n ip address 203.0.113.7 255.255.255.0")
    pair.ping()
    assert (
        "%CRYPTO-4-IKE_DENY_SA_REQ: IKE denied an INCOMING SA request from 203.0.113.7 to 203.0.113.2 "
        "due to IKE SA LIMIT REACHED"
    ) in pair.shown(2)
    assert "rejected:        1" in pair.type(2, "show crypto call admission statistics | include Incoming IKE")
    assert isakmp(pair, 2).count("QM_IDLE") == 1


def test_a_flood_of_nonsense_is_logged_once_a_second() -> None:
    pair = Pair()
    for _ in range(300):
        pair.routers[1].stack.udp.send(b"nonsense", 0xCB007102, 500, 500)
        pair.sim.run(until=pair.sim.now + 10_000)
    assert pair.shown(2).count("%CRYPTO-4-IKMP_BAD_MESSAGE") in range(3, 5)

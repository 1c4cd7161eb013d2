"""What the crypto engine works for, and sessions in a line or chosen: true before, during and after negotiations."""

from __future__ import annotations

from ios.crypto_pair import Pair

PFS = "crypto map VPN 10 ipsec-isakmp\n set pfs group14"
BRIEF_HEADING = (
    "Status: A- Active, U - Up, D - Down, I - Idle, S - Standby, N - Negotiating \n"
    "        K - No IKE\n"
    "ivrf = (none)\n"
    "Peer            I/F          Username        Group/Phase1_id          Uptime   Status\n"
)


def engine_rows(pair: Pair) -> dict[str, str]:
    """The rows of `show crypto eli all` by their names."""
    lines = pair.type(1, "show crypto eli all").splitlines()
    return {name.strip(): " ".join(row.split()) for name, _, row in (line.partition(":") for line in lines) if row}


def test_the_engine_counts_what_it_has_negotiated() -> None:
    pair = Pair({1: PFS, 2: PFS})
    assert engine_rows(pair)["IPSec-Session"] == "0 active, 40958 max, 0 failed, 0 created"
    pair.ping()
    rows = engine_rows(pair)
    assert rows["IKE-Session"] == "1 active, 41058 max, 0 failed, 1 created"
    assert rows["DH"] == "0 active(0/0), 41008 max, 0 failed, 4 created"
    assert rows["IPSec-Session"] == "2 active, 40958 max, 0 failed, 2 created"
    assert rows["DH calculations"] == "P1 2, SS 2"
    pair.type(1, "clear crypto sa")
    pair.type(1, "clear crypto isakmp")
    rows = engine_rows(pair)
    assert rows["IKE-Session"].startswith("0 active") and rows["IKE-Session"].endswith("1 created")
    assert rows["IPSec-Session"].startswith("0 active") and rows["IPSec-Session"].endswith("2 created")


def test_a_key_pair_is_in_use_while_phase_1_hangs() -> None:
    pair = Pair(
        {2: "no crypto isakmp key Kopernikus1543 address 203.0.113.1\ncrypto isakmp key other address 203.0.113.1"}
    )
    pair.ping()
    count = pair.type(1, "show crypto isakmp sa count")
    assert count.startswith("Active ISAKMP SA's: 0\n") and "negotiated ISAKMP SA's: 1\n" in count
    assert " DH in use/freeing/free - 1/0/41007\n" in pair.type(1, "show crypto eli")
    pair.pass_time(120)
    assert " DH in use/freeing/free - 0/0/41008\n" in pair.type(1, "show crypto eli")


def test_without_all_only_hardware_is_listed() -> None:
    assert Pair().type(1, "show crypto eli") == (
        "Hardware Encryption : INACTIVE\n"
        " Number of hardware crypto engines = 0\n"
        "\n"
        " DH calculations: P1 0, SS 0\n"
        "\n"
        "crypto engine 1:Software Crypto Engine\n"
        " DH in use/freeing/free - 0/0/41008\n"
    )


def test_the_engine_says_what_it_is() -> None:
    pair = Pair()
    brief, configuration = pair.type(1, "show crypto engine brief"), pair.type(1, "show crypto engine configuration")
    assert "crypto engine type:  software\n" in brief
    assert configuration.startswith(brief.rstrip("\n"))


def test_sessions_in_a_line_follow_their_state() -> None:
    pair = Pair()
    down = "203.0.113.2     Gi0/0" + " " * 58 + "D\n"
    assert pair.type(1, "show crypto session brief") == BRIEF_HEADING + down
    pair.ping()
    pair.pass_time(60)
    up = "203.0.113.2     Gi0/0                        203.0.113.2              00:01:02 UA\n"
    assert pair.type(1, "show crypto session brief") == BRIEF_HEADING + up
    pair.type(1, "clear crypto isakmp")
    assert pair.type(1, "show crypto session brief").endswith(" UK\n")


def test_sessions_are_chosen_by_their_ends_and_interface() -> None:
    pair = Pair()
    whole, none = pair.type(1, "show crypto session"), "Crypto session current status\n\n"
    assert "Peer: 203.0.113.2" in whole
    for choice in ("local 203.0.113.1", "remote 203.0.113.2", "interface GigabitEthernet0/0"):
        assert pair.type(1, f"show crypto session {choice}") == whole
    for choice in ("local 203.0.113.2", "remote 203.0.113.1", "interface Loopback0"):
        assert pair.type(1, f"show crypto session {choice}") == none


def test_dead_phase_1_sas_are_counted_until_they_are_gone() -> None:
    pair = Pair()
    pair.ping()
    assert pair.type(1, "show crypto isakmp peers 203.0.113.2").startswith("Peer: 203.0.113.2 Port: 500")
    assert pair.type(1, "show crypto isakmp peers 203.0.113.3") == ""
    pair.type(1, "clear crypto isakmp")
    assert pair.type(1, "show crypto isakmp sa count").endswith("Dead ISAKMP SA's: 1\n")
    pair.pass_time(120)
    assert pair.type(1, "show crypto isakmp sa count").endswith("Dead ISAKMP SA's: 0\n")

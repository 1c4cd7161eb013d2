"""Key rings, profiles, identities and peers of ISAKMP, typed at two routers; what they negotiate by them."""

from __future__ import annotations

import pytest

from tests.ios.crypto_pair import Pair, in_order

RING = """\
no crypto isakmp key Kopernikus1543 address 203.0.113.{other}
crypto keyring RA
 pre-shared-key address 203.0.113.{other} key Kopernikus1543
crypto isakmp profile VPN
 keyring RA
 match identity address 203.0.113.{other}
"""
AGGRESSIVE = """\
no crypto isakmp key Kopernikus1543 address 203.0.113.2
crypto isakmp peer address 203.0.113.2
 set aggressive-mode password Kopernikus1543
 set aggressive-mode client-endpoint fqdn spoke.example
"""
KEY_BY_NAME = """\
no crypto isakmp key Kopernikus1543 address 203.0.113.1
crypto isakmp key Kopernikus1543 hostname spoke.example
"""


def ring(mine: int) -> str:
    """A router that has its key in a key ring of a profile."""
    return RING.format(other=3 - mine)


def test_the_configuration_is_written_as_ios_writes_it() -> None:
    pair = Pair({1: f"crypto isakmp identity hostname\ncrypto isakmp aggressive-mode disable\n{ring(1)}{AGGRESSIVE}"})
    text = pair.type(1, "show running-config | section crypto")
    assert (
        "crypto keyring RA  \n  pre-shared-key address 203.0.113.2 key Kopernikus1543\ncrypto isakmp policy 10\n"
        in text
    )
    assert (
        "crypto isakmp identity hostname\ncrypto isakmp aggressive-mode disable\n"
        "crypto isakmp peer address 203.0.113.2\n set aggressive-mode password Kopernikus1543\n"
        " set aggressive-mode client-endpoint fqdn spoke.example \n".replace("example \n", "example\n")
    ) in text.replace("!\n", "")
    assert (
        "crypto isakmp profile VPN\n   keyring RA\n   match identity address 203.0.113.2 255.255.255.255 \n"
    ) in text


def test_a_key_ring_serves_flows_without_a_profile() -> None:
    pair = Pair({1: ring(1), 2: ring(2)})
    pair.debug(2)
    assert "!!!!" in pair.ping()
    log = pair.shown(2)
    assert "ISAKMP:(0):found peer pre-shared key matching 203.0.113.1" in log
    assert "ISAKMP : Scanning profiles for xauth ... VPN" in log
    assert log.index(":: peer matches VPN profile") < log.index(":Found ADDRESS key in keyring RA")


def test_the_longest_mask_of_all_rings_chooses_the_key() -> None:
    other = "crypto keyring WIDE\n pre-shared-key address 203.0.113.0 255.255.255.0 key wrong\n"
    pair = Pair({2: other})
    assert "!!!!" in pair.ping()


def test_a_ring_for_another_local_address_is_not_asked() -> None:
    pair = Pair({2: ring(2) + "crypto keyring RA\n local-address 198.51.100.99\n"})
    pair.debug(2)
    assert "!" not in pair.ping()
    assert "No pre-shared key with 203.0.113.1!" in pair.shown(2)
    pair.configure(2, "crypto keyring RA\n no local-address 198.51.100.99\n local-address GigabitEthernet0/0")
    pair.pass_time(80)
    assert "!!!!" in pair.ping()


def test_a_ring_of_a_vrf_is_not_for_peers_outside_of_it() -> None:
    pair = Pair({2: ring(2).replace("keyring RA\n pre", "keyring RA vrf OUTSIDE\n pre")})
    assert "!" not in pair.ping()


def test_a_key_of_another_ring_than_the_profile_names_fails_although_it_is_the_same() -> None:
    pair = Pair({2: ring(2) + "crypto keyring FIRST\n pre-shared-key address 203.0.113.1 key Kopernikus1543\n"})
    pair.configure(2, "crypto isakmp profile VPN\n no keyring RA\n keyring FIRST")
    pair.debug(2)
    assert "!" not in pair.ping()
    log = pair.shown(2)
    assert "Key not found in keyrings of profile , aborting exchange" in log
    assert "FSM action returned error: 2" in log
    assert "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of Main mode failed with peer at 203.0.113.1" in log


def test_a_profile_may_name_the_ring_of_the_global_keys() -> None:
    pair = Pair({2: ring(2)})
    pair.configure(2, "crypto isakmp profile VPN\n no keyring RA\n keyring default")
    pair.debug(2)
    assert "!" not in pair.ping(), "the key of its own ring comes first, and is of no ring that the profile names"
    pair.configure(2, "no crypto keyring RA\ncrypto isakmp key Kopernikus1543 address 203.0.113.1")
    pair.pass_time(80)
    assert "!!!!" in pair.ping()


def test_aggressive_mode_finds_the_key_by_the_name_of_the_peer() -> None:
    pair = Pair({1: AGGRESSIVE, 2: KEY_BY_NAME})
    pair.debug(1)
    pair.debug(2)
    assert "!!!!" in pair.ping()
    first, second = pair.shown(1), pair.shown(2)
    assert "ISAKMP:(0):SA has tunnel attributes set." in first
    assert "using id type ID_FQDN" in first
    assert "beginning Aggressive Mode exchange" in first
    assert "SA using tunnel password as pre-shared key." in first
    assert "ISAKMP:(0):Looking for a matching key for spoke.example in default : success" in second
    assert "FQDN name    : spoke.example" in second
    assert " Phase1 id: spoke.example\n" in pair.type(2, "show crypto isakmp peers")


def test_main_mode_cannot_find_a_key_by_name() -> None:
    pair = Pair({1: "crypto isakmp identity hostname", 2: KEY_BY_NAME})
    pair.debug(2)
    assert "!" not in pair.ping()
    assert "No pre-shared key with 203.0.113.1!" in pair.shown(2)


def test_a_name_that_the_host_table_has_will_do_in_main_mode() -> None:
    pair = Pair({1: "crypto isakmp identity hostname", 2: KEY_BY_NAME + "ip host spoke.example 203.0.113.1\n"})
    assert "!!!!" in pair.ping()


def test_aggressive_mode_of_a_profile_with_a_key_by_name_in_its_ring() -> None:
    first = ring(1) + (
        "crypto isakmp profile VPN\n self-identity fqdn\n initiate mode aggressive\nip domain name example\n"
        "crypto map VPN isakmp-profile VPN\n"
    )
    second = ring(2).replace("address 203.0.113.1 key", "hostname R1.example key")
    second = second.replace("match identity address 203.0.113.1", "match identity host domain example")
    pair = Pair({1: first, 2: second})
    pair.debug(1)
    pair.debug(2)
    assert "!!!!" in pair.ping()
    assert "SA request profile is VPN" in pair.shown(1)
    log = pair.shown(2)
    assert ":: peer matches VPN profile" in log
    assert "Found HOST key in keyring RA" in log
    assert "in default : success" not in log


@pytest.mark.parametrize("disabled", [1, 2])
def test_no_aggressive_mode_where_it_is_disabled(disabled: int) -> None:
    pair = Pair({1: AGGRESSIVE, 2: KEY_BY_NAME})
    pair.configure(disabled, "crypto isakmp aggressive-mode disable")
    assert "!" not in pair.ping()
    message = "%CRYPTO-5-IKMP_AG_MODE_DISABLED: Unable to initiate or respond to Aggressive Mode while disabled"
    assert message in pair.shown(disabled)


def test_sas_of_one_profile_are_not_for_a_flow_that_names_another() -> None:
    profile = "crypto isakmp profile OTHER\n match identity address 198.51.100.1\n"
    pair = Pair({1: ring(1), 2: ring(2) + profile + "crypto map VPN 10 ipsec-isakmp\n set isakmp-profile OTHER\n"})
    pair.debug(2)
    assert "!" not in pair.ping()
    log = pair.shown(2)
    assert ":: peer matches VPN profile" in log
    assert "phase 2 SA policy not acceptable! (local 203.0.113.2 remote 203.0.113.1)" in log
    pair.configure(2, "crypto map VPN 10 ipsec-isakmp\n set isakmp-profile VPN")
    assert "!!!!" in pair.ping()


def test_who_begins_under_a_profile_expects_a_peer_that_it_matches() -> None:
    profile = "crypto isakmp profile OTHER\n match identity address 198.51.100.1\n"
    pair = Pair({1: profile + "crypto map VPN isakmp-profile OTHER\n"})
    pair.debug(1)
    assert "!!" not in pair.ping()
    assert "peer matches *none* of the profiles" in pair.shown(1)
    pair.configure(1, "crypto isakmp profile OTHER\n match identity address 203.0.113.0 255.255.255.0")
    pair.pass_time(80)
    assert "!!!!" in pair.ping()


def test_a_new_profile_says_what_it_lacks() -> None:
    pair = Pair()
    pair.type(1, "configure terminal")
    remark = "crypto isakmp profile NEW\n ! This profile is incomplete (no match identity statement)\n"
    note = "% A profile is deemed incomplete until it has match identity statements\n"
    assert pair.type(1, "crypto isakmp profile NEW").endswith(note)
    assert remark in pair.type(1, "do show running-config")
    pair.type(1, "match identity group clients")
    assert remark not in pair.type(1, "do show running-config")
    assert note not in pair.type(1, "crypto isakmp profile NEW")


def test_addresses_of_keys_are_written_as_ios_writes_them() -> None:
    text = "crypto isakmp key a address 10.0.0.0 255.255.0.0\ncrypto isakmp key b address 0.0.0.0 0.0.0.0\n"
    pair = Pair({1: text + "crypto keyring ALL\n pre-shared-key address 0.0.0.0 key c"})
    shown = pair.type(1, "show running-config")
    assert "crypto isakmp key a address 10.0.0.0        255.255.0.0\n" in shown
    assert "crypto isakmp key b address 0.0.0.0        \n" in shown
    assert "  pre-shared-key address 0.0.0.0 0.0.0.0 key c\n" in shown


def test_keys_are_shown_by_ring() -> None:
    pair = Pair({1: ring(1) + "crypto isakmp key one address 0.0.0.0\ncrypto isakmp key two hostname R9"})
    rows = [line.split() for line in pair.type(1, "show crypto isakmp key").splitlines()[2:]]
    assert rows == [
        ["default", "0.0.0.0", "[0.0.0.0", "]", "one"],
        ["default", "R9", "two"],
        ["RA", "203.0.113.2", "Kopernikus1543"],
    ]


def test_a_second_key_for_the_same_peers_is_refused() -> None:
    pair = Pair({1: ring(1)})
    pair.type(1, "configure terminal")
    pair.type(1, "crypto keyring RA")
    answer = pair.type(1, "pre-shared-key address 203.0.113.2 key other")
    assert "A pre-shared key for address mask 203.0.113.2 255.255.255.255 already exists!" in answer


def test_the_master_key_encrypts_all_keys() -> None:
    pair = Pair({1: ring(1) + AGGRESSIVE, 2: KEY_BY_NAME})
    pair.configure(1, "key config-key password-encrypt masterkey1\npassword encryption aes")
    text = pair.type(1, "show running-config")
    assert "Kopernikus1543" not in text
    assert " pre-shared-key address 203.0.113.2 key 6 " in text
    assert " set aggressive-mode password 6 " in text
    assert "!!!!" in pair.ping()


@pytest.mark.parametrize(
    ("endpoint", "match", "matches"),
    [
        ("fqdn spoke.example", "host spoke.example", True),
        ("fqdn SPOKE.example", "host spoke.EXAMPLE", True),
        ("fqdn spoke.example", "host example", False),
        ("fqdn spoke.example", "host domain example", True),
        ("fqdn spoke.counterexample", "host domain example", False),
        ("fqdn spoke.example", "user spoke.example", False),
        ("user-fqdn joe@spoke.example", "user joe@spoke.example", True),
        ("user-fqdn joe@spoke.example", "user domain spoke.example", True),
        ("user-fqdn joe@spoke.example", "user domain example", False),
        ("ipv4-address 192.0.2.7", "address 192.0.2.0 255.255.255.0", True),
        ("ipv4-address 192.0.2.7", "address 192.0.2.8", False),
        ("ipv4-address 192.0.2.7", "address 0.0.0.0", True),
        ("ipv4-address 192.0.2.7", "address 192.0.2.7 255.255.255.255 INSIDE", False),
    ],
)
def test_a_profile_matches_peers_by_what_they_say(endpoint: str, match: str, matches: bool) -> None:
    second = f"crypto isakmp key Kopernikus1543 address 0.0.0.0\ncrypto isakmp profile P\n match identity {match}\n"
    pair = Pair({1: AGGRESSIVE.replace("fqdn spoke.example", endpoint), 2: second})
    pair.debug(2)
    assert "!!!!" in pair.ping()
    assert (":: peer matches P profile" in pair.shown(2)) is matches
    assert ("ISAKMP : Looking for xauth in profile P" in pair.shown(2)) is matches
    if not endpoint.startswith("ipv4"):
        name = endpoint.split()[1]
        in_order(pair.shown(2), f"ISAKMP: no pre-shared key based on hostname {name}!", "local preshared key found")


def test_a_peer_may_be_named_by_the_host_table() -> None:
    first = AGGRESSIVE.replace("peer address 203.0.113.2", "peer hostname HUB") + "ip host HUB 203.0.113.2\n"
    pair = Pair({1: first, 2: KEY_BY_NAME})
    assert "!!!!" in pair.ping()


def test_flows_of_two_profiles_have_a_phase_1_each() -> None:
    first = """\
interface Loopback1
 ip address 192.168.11.1 255.255.255.0
ip access-list extended OTHER
 permit ip 192.168.11.0 0.0.0.255 192.168.2.0 0.0.0.255
crypto isakmp profile A
 match identity address 203.0.113.2
crypto isakmp profile B
 match identity address 203.0.113.2
crypto map VPN 10 ipsec-isakmp
 set isakmp-profile A
crypto map VPN 20 ipsec-isakmp
 set isakmp-profile B
 set transform-set STRONG
"""
    second = "ip access-list extended TUNNEL\n permit ip 192.168.2.0 0.0.0.255 192.168.11.0 0.0.0.255\n"
    pair = Pair({2: second})
    pair.type(1, "configure terminal")
    for line in [*first.splitlines(), "set peer 203.0.113.2", "match address OTHER", "end"]:
        pair.type(1, line)
    assert "!!!!" in pair.ping()
    assert "!!!!" in pair.type(1, "ping 192.168.2.1 source 192.168.11.1")
    assert pair.type(1, "show crypto isakmp sa").count("QM_IDLE") == 2
    pair.configure(1, "crypto map VPN 20 ipsec-isakmp\n no set isakmp-profile B")
    pair.ping()
    pair.type(1, "clear crypto isakmp 1002")
    assert "!!!!" in pair.type(1, "ping 192.168.2.1 source 192.168.11.1")
    assert pair.type(1, "show crypto isakmp sa").count("QM_IDLE") == 1, "a flow that names none takes any"


def test_lines_are_taken_away_again() -> None:
    pair = Pair()
    before = pair.type(1, "show running-config | section crypto")
    pair.configure(1, "crypto isakmp identity hostname\ncrypto isakmp nat keepalive 20\n" + ring(1) + AGGRESSIVE)
    undo = """\
no crypto isakmp identity
no crypto isakmp nat keepalive
crypto isakmp profile VPN
 no match identity address 203.0.113.2 255.255.255.255
 no keyring RA
 exit
no crypto isakmp profile VPN
crypto keyring RA
 no pre-shared-key address 203.0.113.2 key Kopernikus1543
 exit
no crypto keyring RA
no crypto isakmp peer address 203.0.113.2
crypto isakmp key Kopernikus1543 address 203.0.113.2
"""
    pair.configure(1, undo)
    assert pair.type(1, "show running-config | section crypto") == before

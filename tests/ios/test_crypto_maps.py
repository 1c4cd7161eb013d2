"""Dynamic maps, maps that start at another interface, and profiles of whole maps, typed at two routers."""

from __future__ import annotations

import pytest

from tests.ios.crypto_pair import Pair

DYNAMIC = """\
no crypto isakmp key Kopernikus1543 address 203.0.113.1
crypto isakmp key Kopernikus1543 address 0.0.0.0
crypto dynamic-map SPOKES 10
 set transform-set STRONG
interface GigabitEthernet0/0
 no crypto map
 exit
no crypto map VPN
crypto map VPN 100 ipsec-isakmp dynamic SPOKES
interface GigabitEthernet0/0
 crypto map VPN
"""
LOOPBACK = """\
interface Loopback1
 ip address 198.51.100.{mine} 255.255.255.255
no crypto isakmp key Kopernikus1543 address 203.0.113.{other}
crypto isakmp key Kopernikus1543 address 198.51.100.{other}
crypto map VPN 10 ipsec-isakmp
 no set peer 203.0.113.{other}
 set peer 198.51.100.{other}
crypto map VPN local-address Loopback1
"""


def test_a_peer_of_any_address_brings_its_flow_and_takes_it_along() -> None:
    pair = Pair({2: DYNAMIC})
    assert "." * 5 in pair.ping(2), "a dynamic map begins nothing"
    assert ".!!!!" in pair.ping(1)
    assert "!!!!!" in pair.ping(2)
    shown = pair.type(2, "show crypto map")
    assert 'Crypto Map IPv4 "VPN" 100 ipsec-isakmp\n\tDynamic map template tag: SPOKES\n' in shown
    assert (
        'Crypto Map IPv4 "VPN" 65536 ipsec-isakmp\n\tPeer = 203.0.113.1\n\tExtended IP access list \n'
        "\t    access-list  permit ip 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255\n"
        "\t    dynamic (created from dynamic map SPOKES/10)\n\tCurrent peer: 203.0.113.1\n"
    ) in shown
    assert "local  ident (addr/mask/prot/port): (192.168.2.0/255.255.255.0/0/0)" in pair.type(2, "show crypto ipsec sa")
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    assert "65536" not in pair.type(2, "show crypto map")
    assert "ident" not in pair.type(2, "show crypto ipsec sa")


def test_sas_of_a_dynamic_map_outlive_changes_elsewhere_and_rekey() -> None:
    pair = Pair({2: DYNAMIC})
    pair.ping()
    pair.configure(
        2,
        "crypto dynamic-map OTHERS 5\n set transform-set STRONG\n exit\ncrypto map VPN 200 ipsec-isakmp dynamic OTHERS",
    )
    assert "!!!!!" in pair.ping()
    pair.pass_time(3590)
    assert "!!!!!" in pair.ping()
    pair.pass_time(60)
    assert "!!!!!" in pair.ping()
    pair.configure(2, "no crypto dynamic-map SPOKES 10\nno crypto map VPN 200")
    assert "!" not in pair.ping()


def test_the_access_list_and_the_peers_of_a_template_limit_it() -> None:
    pair = Pair({2: DYNAMIC + "crypto dynamic-map SPOKES 10\n match address TUNNEL\n set peer 203.0.113.1\n"})
    assert "!!!!" in pair.ping()
    pair.configure(2, "crypto dynamic-map SPOKES 10\n no set peer 203.0.113.1\n set peer 203.0.113.77")
    assert "!" not in pair.ping()


def test_what_the_access_list_of_a_template_permits_does_not_go_in_the_clear() -> None:
    pair = Pair({2: DYNAMIC, 1: "interface GigabitEthernet0/0\n no crypto map"})
    assert "!!!!!" in pair.ping(2), "without an access list nothing is held back"
    pair.configure(2, "crypto dynamic-map SPOKES 10\n match address TUNNEL")
    assert "." * 5 in pair.ping(2)
    assert "." * 5 in pair.ping(1)
    assert "%CRYPTO-4-RECVD_PKT_NOT_IPSEC" in pair.shown(2)
    pair.configure(1, "interface GigabitEthernet0/0\n crypto map VPN")
    assert "!!!!" in pair.ping(1)
    assert "!!!!!" in pair.ping(2)
    assert pair.type(2, "show crypto ipsec sa").count("local  ident") == 1


def test_proxies_outside_of_the_access_list_are_refused() -> None:
    narrow = "ip access-list extended NARROW\n permit ip host 192.168.2.1 host 192.168.1.1\n"
    pair = Pair({2: DYNAMIC + narrow + "crypto dynamic-map SPOKES 10\n match address NARROW\n"})
    assert "!" not in pair.ping()
    pair.configure(2, "ip access-list extended NARROW\n permit ip 192.168.0.0 0.0.255.255 any")
    assert "!!!!" in pair.ping()


@pytest.mark.parametrize("place", ["crypto map VPN 10 ipsec-isakmp", "crypto dynamic-map SPOKES 10"])
def test_other_terms_count_for_the_next_sas(place: str) -> None:
    pair = Pair({2: DYNAMIC})
    pair.ping()
    number = 2 if "dynamic" in place else 1
    lifetime = "show crypto ipsec sa | include key lifetime"
    spi = pair.type(1, "show crypto ipsec sa | include current outbound")
    pair.configure(number, f"{place}\n set security-association lifetime seconds 600\n set pfs group14")
    assert pair.type(1, "show crypto ipsec sa | include current outbound") == spi
    assert "!!!!!" in pair.ping()
    assert "/35" in pair.type(1, lifetime)
    pair.type(1, "clear crypto sa")
    pair.pass_time(1)
    assert ("!!!!" in pair.ping()) == (number == 1), "R2 insists on PFS, R1 offers none"
    if number == 1:
        assert "/599)" in pair.type(1, lifetime).replace("/598)", "/599)")


def test_dynamic_maps_are_shown() -> None:
    pair = Pair({2: DYNAMIC + "crypto dynamic-map SPOKES 10\n set pfs group14\n set isakmp-profile ANY\n"})
    shown = pair.type(2, "show crypto dynamic-map")
    assert 'Crypto Map Template"SPOKES" 10\n\tISAKMP Profile: ANY\n\tNo matching address list set.\n' in shown
    assert "\tPFS (Y/N): Y\n\tDH group:  group14\n" in shown
    assert "WARNING" not in shown
    assert pair.type(2, "show crypto dynamic-map tag NONE").strip() == ""


def test_maps_are_shown_by_name_and_by_interface() -> None:
    pair = Pair({1: "crypto map SPARE 10 ipsec-isakmp\n set peer 203.0.113.9\n"})
    everything = pair.type(1, "show crypto map")
    assert everything == pair.type(1, "show crypto map tag SPARE") + pair.type(1, "show crypto map tag VPN")
    assert pair.type(1, "show crypto map interface gi0/0") == pair.type(1, "show crypto map tag VPN")
    assert pair.type(1, "show crypto map interface gi0/1") == pair.type(1, "show crypto map tag NONE")
    assert pair.type(1, "show crypto map tag NONE") == "No crypto maps found.\n"


def test_maps_are_written_in_the_order_of_ios() -> None:
    pair = Pair({2: DYNAMIC + "crypto map VPN local-address GigabitEthernet0/0\ncrypto map VPN isakmp-profile ANY\n"})
    text = pair.type(2, "show running-config")
    assert (
        "!\ncrypto dynamic-map SPOKES 10\n set transform-set STRONG \n!\n"
        "crypto map VPN local-address GigabitEthernet0/0\ncrypto map VPN isakmp-profile ANY\n"
        "crypto map VPN 100 ipsec-isakmp dynamic SPOKES \n!\n"
    ) in text.replace("!\n!\n!\n", "!\n").replace("!\n!\n", "!\n")
    pair.configure(2, "no crypto map VPN local-address")
    assert "local-address" not in pair.type(2, "show running-config")
    pair.configure(2, "interface GigabitEthernet0/0\n no crypto map\n exit\nno crypto map VPN")
    assert "crypto map VPN" not in pair.type(2, "show running-config")


def test_an_entry_is_static_or_dynamic() -> None:
    pair = Pair({2: DYNAMIC})
    pair.type(2, "configure terminal")
    pair.type(2, "crypto map VPN 100 ipsec-isakmp")
    pair.type(2, "end")
    assert "dynamic SPOKES" not in pair.type(2, "show running-config")


def test_tunnels_start_at_the_interface_that_the_map_names() -> None:
    pair = Pair({number: LOOPBACK.format(mine=number, other=3 - number) for number in (1, 2)})
    assert "!!!!" in pair.ping()
    assert "198.51.100.2    198.51.100.1    QM_IDLE" in pair.type(1, "show crypto isakmp sa")
    shown = pair.type(1, "show crypto ipsec sa")
    assert "Crypto map tag: VPN, local addr 198.51.100.1" in shown
    assert "local crypto endpt.: 198.51.100.1, remote crypto endpt.: 198.51.100.2" in shown


def test_without_udp_encapsulation_nothing_of_it_is_said() -> None:
    pair = Pair({1: "no crypto ipsec nat-transparency udp-encapsulation"})
    pair.debug(1)
    assert "!!!!" in pair.ping()
    assert "NAT-T" not in pair.shown(1)
    assert "no crypto ipsec nat-transparency udp-encapsulation" in pair.type(1, "show running-config")

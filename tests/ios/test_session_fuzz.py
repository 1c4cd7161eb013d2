"""Whatever the grammar lets through can be executed or is rejected, and what is configured can be written and read."""

from __future__ import annotations

from grammar.lines import commands
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.grammar import CliError
from iosim.grammar.grammar import ios_grammar
from iosim.ios import registry
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import SECOND, Simulator

from .network import pair

registry.load_features()

OPENINGS = {
    "config": "",
    "config_if": "interface Loopback1",
    "config_isakmp": "crypto isakmp policy 10",
    "config_crypto_map": "crypto map M 10 ipsec-isakmp",
    "cfg_crypto_trans": "crypto ipsec transform-set T esp-aes esp-sha-hmac",
    "config_ext_nacl": "ip access-list extended E",
    "config_std_nacl": "ip access-list standard S",
    "config_ext_macl": "mac access-list extended M",
    "config_network_group": "object-group network N",
    "config_service_group": "object-group service V",
    "config_time_range": "time-range T",
    "config_line": "line vty 0 4",
    "config_ospf": "router ospf 1",
    "config_eigrp": "router eigrp 1",
    "config_eigrp_named": "router eigrp E",
    "config_eigrp_af": "router eigrp E\naddress-family ipv4 autonomous-system 1",
    "config_eigrp_af_if": "router eigrp E\naddress-family ipv4 autonomous-system 1\naf-interface Loopback0",
    "config_eigrp_topology": "router eigrp E\naddress-family ipv4 autonomous-system 1\ntopology base",
    "config_bgp": "router bgp 1",
    "config_bgp_af": "router bgp 1\naddress-family ipv4",
    "config_bgp_af6": "router bgp 1\naddress-family ipv6",
    "config_bgp_af_vpn": "router bgp 1\naddress-family vpnv4",
    "config_rip": "router rip",
    "config_isis": "router isis",
    "config_route_map": "route-map M permit 10",
    "config_bfd": "bfd-template single-hop B",
    "config_keychain": "key chain K",
    "config_keychain_key": "key chain K\nkey 1",
    "config_vrf": "vrf definition V",
    "config_vrf_af": "vrf definition V\naddress-family ipv4",
    "config_ip_vrf": "ip vrf W",
    "config_ospfv3": "router ospfv3 1",
    "config_ospfv3_af": "router ospfv3 1\naddress-family ipv6 unicast",
    "config_rtr_ospf": "ipv6 router ospf 1",
    "config_rtr_eigrp": "ipv6 router eigrp 1",
    "config_rtr_rip": "ipv6 router rip R",
    "config_ipv6_acl": "ipv6 access-list A",
    "config_dhcpv6": "ipv6 dhcp pool P",
    "config_ikev2_proposal": "crypto ikev2 proposal P",
    "config_ikev2_policy": "crypto ikev2 policy P",
    "config_ikev2_keyring": "crypto ikev2 keyring K",
    "config_ikev2_keyring_peer": "crypto ikev2 keyring K\npeer P",
    "config_ikev2_profile": "crypto ikev2 profile P",
    "config_if_range": "interface range Loopback1 - 3",
    "config_ikev2_author_policy": "crypto ikev2 authorization policy P",
    "config_ikev2_name_mangler": "crypto ikev2 name-mangler N",
    "config_ikev2_flexvpn": "crypto ikev2 client flexvpn F",
    "ipsec_profile": "crypto ipsec profile P",
    "conf_keyring": "crypto keyring K",
    "conf_isa_prof": "crypto isakmp profile P",
    "config_isakmp_group": "crypto isakmp client configuration group G",
    "config_isakmp_peer": "crypto isakmp peer address 10.0.0.1",
    "config_crypto_ezvpn": "crypto ipsec client ezvpn E",
    "ca_trustpoint": "crypto pki trustpoint T",
    "config_cert_chain": "crypto pki certificate chain T",
    "config_pubkey": "crypto pki certificate chain T\ncertificate self-signed 01",
    "ca_certificate_map": "crypto pki certificate map M 10",
    "ca_trustpool": "crypto pki trustpool policy",
    "cs_server": "crypto pki server S",
    "config_gdoi_group": "crypto gdoi group G",
    "gdoi_local_server": "crypto gdoi group G\nserver local",
    "gdoi_sa_ipsec": "crypto gdoi group G\nserver local\nsa ipsec 1",
    "gdoi_coop_ks_config": "crypto gdoi group G\nserver local\nredundancy",
    "config_sg_radius": "aaa group server radius G",
    "config_sg_tacacs": "aaa group server tacacs+ G",
    "config_radius_server": "radius server S",
    "config_server_tacacs": "tacacs server S",
    "dhcp_config": "ip dhcp pool P",
    "config_archive": "archive",
    "config_archive_log_cfg": "archive\nlog config",
    "config_applet": "event manager applet A",
    "config_ip_sla": "ip sla 1",
    "config_ip_sla_probe": "ip sla 1\nicmp-echo 10.0.0.1",
    "config_track": "track 1 interface Loopback1 line-protocol",
    "config_cmap": "class-map match-any C",
    "config_pmap": "policy-map P",
    "config_pmap_c": "policy-map P\nclass C",
    "config_pmap_c_police": "policy-map P\nclass C\npolice 8000",
    "config_sec_zone": "zone security Z",
    "config_sec_zone_pair": "zone-pair security P source Y destination Z",
    "config_vlan": "vlan 10",
    "config_mst": "spanning-tree mst configuration",
    "config_gk": "gatekeeper",
    "config_mgcp_profile": "mgcp profile default",
    "config_dial_peer": "dial-peer voice 1 voip",
    "config_voi_serv": "voice service voip",
    "config_voicecard": "voice-card 0",
    "config_voiceport": "voice-port 0/0/0",
    "cfg_call_home": "call-home",
    "cfg_call_home_profile": "call-home\nprofile P",
    "config_virt_serv": "virtual-service V",
    "config_pmap_inspect": "policy-map type inspect P",
    "config_pmap_c_inspect": "policy-map type inspect P\nclass class-default",
    "ca_profile_enroll": "crypto pki profile enrollment P",
    "conf_ssh_pubkey": "ip ssh pubkey-chain",
    "conf_ssh_pubkey_user": "ip ssh pubkey-chain\nusername U",
    "config_aaa_account": "aaa accounting exec default",
    "config_attr_list": "aaa attribute list L",
    "config_bba_group": "bba-group pppoe global",
    "config_bgp_policy": "router bgp 1\ntemplate peer-policy P",
    "config_bgp_session": "router bgp 1\ntemplate peer-session S",
    "config_browser_proxy": "crypto isakmp client configuration browser-proxy B",
    "config_cc_policy": "aaa common-criteria policy P",
    "config_controller": "controller T1 0/0",
    "config_crypto_identity": "crypto identity I",
    "config_ddns_http": "ip ddns update method M\nhttp",
    "config_ddns_update_method": "ip ddns update method M",
    "config_dhcp_class": "ip dhcp class C",
    "config_dns_view": "ip dns view VIEW",
    "config_flow_exporter": "flow exporter E",
    "config_flow_monitor": "flow monitor M",
    "config_flow_record": "flow record R",
    "config_if_efp": "interface GigabitEthernet0/1\nservice instance 1 ethernet",
    "config_if_pvc": "interface ATM0/0\npvc 0/33",
    "config_if_xconnect": "interface GigabitEthernet0/1\nxconnect 10.0.0.9 1 encapsulation mpls",
    "config_igmp_profile": "ip igmp profile 1",
    "config_ikev2_cluster": "crypto ikev2 cluster",
    "config_ip_expl_path": "ip explicit-path name E",
    "config_isis_af": "router isis\naddress-family ipv6",
    "config_kron_occur": "kron occurrence O at 1:00 recurring",
    "config_kron_policy": "kron policy-list P",
    "config_l2tp_class": "l2tp-class L",
    "config_locsvr_da_radius": "aaa server radius dynamic-author",
    "config_odr": "router odr",
    "config_pseudowire": "pseudowire-class P",
    "config_pubkey_chain": "crypto key pubkey-chain rsa",
    "config_rip_af": "router rip\naddress-family ipv4 vrf V",
    "config_sampler": "sampler S",
    "config_sla_monitor": "ip sla monitor 1",
    "config_sla_monitor_echo": "ip sla monitor 1\ntype echo protocol ipIcmpEcho 10.0.0.1",
    "config_view": "parser view V",
    "config_vpdn": "vpdn-group G",
    "config_vpdn_acc": "vpdn-group G\naccept-dialin",
    "config_vrrp_af": "interface GigabitEthernet0/1\nvrrp 1 address-family ipv4",
    "gdoi_identifier": "crypto gdoi group G\nserver local\nidentifier",
    "config_mdt_subs": "telemetry ietf subscription 1",
}
"""How each mode of configuration is entered, in lines."""


def test_every_mode_can_be_entered() -> None:
    assert set(OPENINGS) == set(ios_grammar().prompts)


lines = st.lists(commands(modes=tuple(OPENINGS)), max_size=8).map(
    lambda drawn: [
        line for mode, words in drawn if words[0] != "do" for line in (*OPENINGS[mode].splitlines(), " ".join(words))
    ]
)


@settings(max_examples=100, deadline=None)
@given(lines)
def test_any_configuration_can_be_typed_written_and_read(text: list[str]) -> None:
    router = Router(Simulator(), "R1")
    router.boot("interface GigabitEthernet0/0\n ip address 10.9.9.9 255.255.255.0\n")
    session = router.console()
    for line in ("configure terminal", *text):
        if session.configurator is None:  # a line has left the configuration
            session.enter_configuration()
        session.submit(line)
        if session.asking:
            session.submit("yes")
    router.sim.run(until=SECOND)
    written = router.running_lines()
    again = Router(Simulator(), "R1")
    refused = load_text(again, "\n".join(written))
    again.reconcile()
    assert [refusal.text for refusal in refused] == []
    again.reconcile()
    assert again.running_lines() == written


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30) | st.sampled_from(sorted(OPENINGS.values())), max_size=10))
def test_any_text_can_be_loaded(text: list[str]) -> None:
    try:
        load_text(Router(Simulator(), "R1"), "\n".join(text))
    except CliError as error:
        raise AssertionError("a refusal is reported, not raised") from error


@settings(max_examples=100, deadline=None)
@given(commands(modes=("user", "privileged", "host")))
def test_any_command_can_be_executed_and_broken_off(command: tuple[str, list[str]]) -> None:
    mode, words = command
    network = pair(first="access-list 10 permit any\n")
    terminal = network.console("PC1" if mode == "host" else "R1")
    if mode == "user":
        terminal.submit("disable")
    terminal.submit(" ".join(words))
    network.wait(1)
    terminal.submit("")
    network.wait(1)
    terminal.interrupt()
    assert not terminal.busy
    assert not terminal.asking

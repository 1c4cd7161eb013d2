"""Tunnel interfaces by the command line: what travels, what is shown, and why a line protocol is down."""

from __future__ import annotations

import pytest

from .network import Network
from .tunnels import shown, sites, watched

LOOP = "%ADJ-5-PARENT: Midchain parent maintenance for IP midchain out of Tunnel0 - looped chain attempting to stack"
RECURSION = "%TUN-5-RECURDOWN: Tunnel0 temporarily disabled due to recursive routing"


def test_packets_travel_in_gre() -> None:
    network = sites()
    frames = watched(network)
    assert "(5/5)" in network.type("R1", "ping 172.16.2.1 source Loopback0")
    assert [frame[23] for frame in frames if frame[12:14] == b"\x08\x00"] == [47] * 5
    text = shown(network)
    assert "5 packets input, 620 bytes" in text
    assert "5 packets output, 620 bytes" in text


def test_it_is_shown_in_full() -> None:
    text = shown(sites())
    assert text.startswith(
        """\
Tunnel0 is up, line protocol is up\x20
  Hardware is Tunnel
  Internet address is 10.0.0.1/30
  MTU 17916 bytes, BW 100 Kbit/sec, DLY 50000 usec,\x20
     reliability 255/255, txload 1/255, rxload 1/255
  Encapsulation TUNNEL, loopback not set
  Keepalive not set
  Tunnel linestate evaluation up
  Tunnel source 203.0.113.2 (GigabitEthernet0/0), destination 198.51.100.2
"""
    )
    assert (
        """\
  Tunnel protocol/transport GRE/IP
    Key disabled, sequencing disabled
    Checksumming of packets disabled
  Tunnel TTL 255, Fast tunneling enabled
  Tunnel transport MTU 1476 bytes
  Tunnel transmit bandwidth 8000 (kbps)
  Tunnel receive bandwidth 8000 (kbps)
  Last input never, output never, output hang never
"""
        in text
    )


@pytest.mark.parametrize(
    ("lines", "overhead"),
    [
        ("", 24),
        (" tunnel key 42", 28),
        (" tunnel checksum", 28),
        (" tunnel sequence-datagrams", 28),
        (" tunnel key 42\n tunnel checksum\n tunnel sequence-datagrams", 36),
        (" tunnel mode ipip", 20),
    ],
)
def test_each_header_takes_its_bytes(lines: str, overhead: int) -> None:
    network = sites(lines)
    text, fits = shown(network), 1500 - overhead
    assert f"Tunnel transport MTU {fits} bytes" in text
    assert f"MTU {17940 - overhead} bytes, BW" in text
    assert f"MTU is {fits} bytes" in network.type("R1", "show ip interface Tunnel0")
    assert "(1/1)" in network.type("R1", f"ping 10.0.0.2 size {fits} df-bit repeat 1")
    assert "(0/1)" in network.type("R1", f"ping 10.0.0.2 size {fits + 1} df-bit repeat 1")
    assert "(1/1)" in network.type("R1", f"ping 10.0.0.2 size {fits + 1} repeat 1")


def test_an_ip_mtu_counts_instead_and_long_outer_packets_are_cut() -> None:
    network = sites(" ip mtu 1500")
    assert "(2/2)" in network.type("R1", "ping 10.0.0.2 size 1500 df-bit repeat 2")
    assert "2 reassembled" in network.type("R2", "show ip traffic")


def test_configuration_is_written_back() -> None:
    network = sites()
    lines = (
        "ip mtu 1400",
        "ip tcp adjust-mss 1360",
        "keepalive 5 4",
        "tunnel source Loopback0",
        "tunnel mode ipip",
        "tunnel destination 192.0.2.1",
        "tunnel key 7",
        "tunnel sequence-datagrams",
        "tunnel checksum",
        "tunnel path-mtu-discovery age-timer 15 min-mtu 1000",
        "tunnel ttl 64",
        "tunnel tos 184",
    )
    network.configure("R1", "interface Tunnel0", *lines)
    running = network.running("R1")
    assert [line for line in lines if f" {line}" not in running] == []
    network.configure("R1", "interface Tunnel0", "tunnel mode gre ip", "no keepalive", *(f"no {x}" for x in lines[6:]))
    running = network.running("R1")
    assert not any(word in line for line in running for word in ("tunnel mode", "keepalive", "tunnel key", "ttl"))


def test_a_tunnel_as_it_is_made() -> None:
    network = sites()
    network.configure("R1", "interface Tunnel9")
    text = network.type("R1", "show interfaces Tunnel9")
    assert text.startswith("Tunnel9 is up, line protocol is down")
    assert "Tunnel source UNKNOWN, destination UNKNOWN" in text
    assert "Tunnel transport MTU 1476 bytes" in text
    assert " no ip address" in network.running("R1")


def test_a_destination_may_be_a_name() -> None:
    network = sites()
    network.configure("R1", "ip host FAR 198.51.100.2", "interface Tunnel0", "tunnel destination FAR")
    assert " tunnel destination 198.51.100.2" in network.running("R1")
    assert "% Unrecognized host" in network.configure("R1", "interface Tunnel0", "tunnel destination NOBODY")
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")


def test_a_tunnel_has_no_mtu_of_its_own() -> None:
    text = sites().configure("R1", "interface Tunnel0", "mtu 1400")
    assert "% Interface Tunnel0 does not support user settable mtu." in text


def test_an_address_can_be_borrowed() -> None:
    network = sites(" ip unnumbered Loopback0")
    assert "Interface is unnumbered. Using address of Loopback0 (172.16.1.1)" in shown(network)
    assert "(5/5)" in network.type("R1", "ping 172.16.2.1")


WHY = [
    ("no tunnel source", "no tunnel source"),
    ("no tunnel destination", "no tunnel destination"),
    ("tunnel source Loopback9\nno interface Loopback9", "tunnel source interface down"),
    ("tunnel source 9.9.9.9", "tunnel source not a local address"),
    ("tunnel mode gre multipoint", "mode not supported"),
    ("tunnel mode ipv6ip", "mode not supported"),
]


@pytest.mark.parametrize(("line", "reason"), WHY)
def test_the_line_protocol_is_down_for_a_reason(line: str, reason: str) -> None:
    network = sites()
    network.configure("R1", "interface Loopback9", "interface Tunnel0", *line.splitlines())
    network.wait(2)
    text = shown(network)
    assert text.startswith("Tunnel0 is up, line protocol is down")
    assert f"Tunnel linestate evaluation down - {reason}\n" in text
    assert "Tunnel0                    10.0.0.1        YES NVRAM  up                    down" in network.type(
        "R1", "show ip interface brief"
    )
    assert "changed state to down" in network.type("R1", "show logging | include Tunnel0")


def test_a_mode_that_works_takes_the_place_of_one_that_does_not() -> None:
    network = sites()
    for mode in ("gre ipv6", "gre multipoint", "ipv6ip"):
        network.configure("R1", "interface Tunnel0", f"tunnel mode {mode}")
        assert f" tunnel mode {mode}" in network.running("R1")
        network.configure("R1", "interface Tunnel0", "tunnel mode gre ip")
        assert not [line for line in network.running("R1") if "tunnel mode" in line]
    network.wait(2)
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")


def test_what_is_not_supported_is_said_when_typed() -> None:
    text = sites().configure("R1", "interface Tunnel0", "tunnel mode gre ipv6")
    assert "% Not supported here: the line is kept, and the line protocol of Tunnel0 stays down" in text


def test_a_way_that_goes_takes_the_line_along_and_brings_it_back() -> None:
    network = sites()
    network.configure("R1", "no ip route 0.0.0.0 0.0.0.0 203.0.113.1")
    assert "down - no route to tunnel destination" in shown(network)
    network.configure("R1", "ip route 0.0.0.0 0.0.0.0 203.0.113.1")
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")
    network.configure("R1", "interface gi0/0", "shutdown")
    network.wait(1)
    assert "down - tunnel source interface down" in shown(network)
    network.configure("R1", "interface gi0/0", "no shutdown")
    network.wait(1)
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")


def test_a_source_interface_that_vanishes() -> None:
    network = sites()
    network.configure("R1", "interface Loopback1", "ip address 192.0.2.9 255.255.255.255")
    network.configure("R1", "interface Tunnel0", "tunnel source Loopback1")
    assert "Tunnel source 192.0.2.9 (Loopback1)" in shown(network)
    network.configure("R1", "no interface Loopback1")
    assert "Tunnel source UNKNOWN (Loopback1), destination" in shown(network)
    network.configure("R1", "no interface Tunnel0")
    assert "Tunnel0" not in network.type("R1", "show ip interface brief")
    assert "(0/5)" in network.type("R2", "ping 10.0.0.1")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(" tunnel key 1", " tunnel key 2"), (" tunnel key 1", ""), ("", " tunnel mode ipip"), ("", " shutdown")],
)
def test_ends_that_differ_lose_packets_quietly(ours: str, theirs: str) -> None:
    network = sites(ours, theirs)
    assert "(0/5)" in network.type("R1", "ping 10.0.0.2")
    assert shown(network).startswith("Tunnel0 is up, line protocol is up")  # it cannot know
    assert "0 packets input" in shown(network, "R2")


@pytest.mark.parametrize("line", [" tunnel checksum", " tunnel sequence-datagrams", " tunnel tos 184", " tunnel ttl 9"])
def test_what_one_end_adds_the_other_takes(line: str) -> None:
    network = sites(line, "")
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")
    assert "0 input errors" in shown(network, "R2")


def test_a_stray_packet_is_shown_and_counted() -> None:
    network = sites(" tunnel key 1", " tunnel key 2")
    network.type("R2", "debug tunnel")
    network.type("R1", "ping 10.0.0.2 repeat 1")
    said = network.type("R2", "show logging | include Tunnel:")
    assert "Tunnel: GRE/IP to decaps 203.0.113.2->198.51.100.2 (len=128 ttl=254), no tunnel with these ends" in said
    assert network["R2"].stack.drops["no such tunnel"] == 1


class TestKeepalives:
    def test_they_come_back_through_the_other_end(self) -> None:
        network = sites(" keepalive 5 3", "")
        network.wait(60)
        assert "Keepalive set (5 sec), retries 3" in shown(network)
        assert "Last input 00:00:0" in shown(network)
        network.type("R1", "debug tunnel keepalive")
        network.wait(5)
        said = network.type("R1", "show logging | include Tunnel0:")
        way = "198.51.100.2->203.0.113.2 (len=24 ttl="
        assert f"Tunnel0: sending keepalive, {way}255), counter=1" in said
        assert f"Tunnel0: keepalive received, {way}253), resetting counter" in said

    @pytest.mark.parametrize("both", [True, False])
    def test_an_end_that_is_gone_takes_the_line_down_until_it_returns(self, both: bool) -> None:
        network = sites(" keepalive 5 3", " keepalive 5 3" if both else "")
        network.configure("ISP", "interface gi0/1", "shutdown")
        network.wait(14)
        assert "line protocol is up" in shown(network)
        network.wait(10)
        text = shown(network)
        assert "line protocol is down" in text
        assert "evaluation down - keepalive down" in text
        assert "172.16.2.0" not in network.type("R1", "show ip route")
        network.configure("ISP", "interface gi0/1", "no shutdown")
        network.wait(12)
        assert "(5/5)" in network.type("R1", "ping 172.16.2.1 source Loopback0")

    @pytest.mark.parametrize("line", ["ip verify unicast source reachable-via rx", "ip access-group ICMP in"])
    def test_the_other_end_can_defeat_them(self, line: str) -> None:
        network = sites(" keepalive 5 3", "")
        network.configure("R2", "ip access-list extended ICMP", "permit icmp any any", "interface Tunnel0", line)
        network.wait(30)
        assert "evaluation down - keepalive down" in shown(network)

    def test_numbers_are_written_and_none_are_the_default(self) -> None:
        network = sites(" keepalive")
        assert " keepalive 10 3" in network.running("R1")
        network.configure("R1", "interface Tunnel0", "no keepalive")
        assert not any("keepalive" in line for line in network.running("R1"))
        assert "Keepalive not set" in shown(network)

    def test_they_carry_the_key(self) -> None:
        network = sites(" keepalive 2 3\n tunnel key 9", " tunnel key 9")
        network.wait(30)
        assert "line protocol is up" in shown(network)


class TestPathMtu:
    PROVIDER = "interface GigabitEthernet0/1\n ip mtu 1400"

    def test_what_a_router_on_the_way_says_is_kept_for_a_while(self) -> None:
        network = sites(" tunnel path-mtu-discovery", provider=self.PROVIDER)
        assert "Path MTU Discovery, ager 10 mins, min MTU 92, MTU 0, expires never" in shown(network)
        network.type("R1", "ping 10.0.0.2 size 1476 df-bit repeat 1")
        text = shown(network)
        assert "ager 10 mins, min MTU 92, MTU 1400, expires 00:09:5" in text
        assert "Tunnel transport MTU 1376 bytes" in text
        assert "(1/1)" in network.type("R1", "ping 10.0.0.2 size 1376 df-bit repeat 1")
        network.wait(601)
        assert "Tunnel transport MTU 1476 bytes" in shown(network)

    def test_a_path_that_is_too_short_to_be_true_is_not_believed(self) -> None:
        network = sites(" tunnel path-mtu-discovery min-mtu 1450", provider=self.PROVIDER)
        network.type("R1", "ping 10.0.0.2 size 1476 df-bit repeat 1")
        assert "MTU 0, expires never" in shown(network)

    def test_without_it_outer_packets_may_be_cut(self) -> None:
        network = sites(provider=self.PROVIDER)
        assert "(2/2)" in network.type("R1", "ping 10.0.0.2 size 1476 df-bit repeat 2")
        assert "2 reassembled" in network.type("R2", "show ip traffic")


HOSTLESS = ("0.0.0.0", "127.0.0.1", "224.1.1.1", "240.0.0.1", "255.255.255.255")


@pytest.mark.parametrize("address", HOSTLESS)
def test_both_ends_are_hosts(address: str) -> None:
    network = sites()
    text = network.configure("R1", "interface Tunnel0", f"tunnel destination {address}", f"tunnel source {address}")
    assert text.count(f"Not a valid host address - {address}\n") == 2
    network.wait(2)
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")


def test_the_source_is_an_interface_that_is_there() -> None:
    network = sites()
    text = network.configure("R1", "interface Tunnel0", "tunnel source Loopback77", "tunnel source gi 7/7")
    assert text.count("% Invalid input detected") == 2
    assert " tunnel source GigabitEthernet0/0" in network.running("R1")
    assert "Invalid" not in network.configure("R1", "interface Tunnel0", "tunnel source gi0/0.10")


@pytest.mark.parametrize(("mode", "octets"), [("gre ip", 124), ("ipip", 120)])
def test_packets_are_accounted_with_what_is_put_around_them(mode: str, octets: int) -> None:
    network = sites(f"tunnel mode {mode}")
    network.type("R1", "ping 10.0.0.2")
    total = 5 * octets
    said = network.type("R1", "show interfaces Tunnel0 accounting").splitlines()[-1]
    assert said.split() == ["IP", "5", str(total), "5", str(total)]
    assert f"5 packets output, {total} bytes" in shown(network)


def test_the_bandwidths_of_a_tunnel_are_what_was_said() -> None:
    network = sites()
    network.configure("R1", "interface Tunnel0", "tunnel bandwidth transmit 20000", "tunnel bandwidth receive 30000")
    assert "  Tunnel transmit bandwidth 20000 (kbps)\n  Tunnel receive bandwidth 30000 (kbps)\n" in shown(network)
    assert " tunnel bandwidth transmit 20000" in network.running("R1")
    network.configure("R1", "interface Tunnel0", "no tunnel bandwidth transmit")
    assert "  Tunnel transmit bandwidth 8000 (kbps)\n  Tunnel receive bandwidth 30000 (kbps)\n" in shown(network)


class TestLoops:
    def test_a_destination_routed_through_the_tunnel_disables_it_for_a_while(self) -> None:
        network = sites()
        frames = watched(network)
        network.configure("R1", "ip route 198.51.100.2 255.255.255.255 Tunnel0")
        assert "evaluation down - recursive routing" in shown(network)
        network.wait(2)
        said = network.type("R1", "show logging")
        assert f"{LOOP}\n" in said and RECURSION in said and said.index(LOOP) < said.index(RECURSION)
        assert "%LINEPROTO-5-UPDOWN: Line protocol on Interface Tunnel0, changed state to down" in said
        network.type("R1", "ping 10.0.0.2", "ping 172.16.2.1")
        network.wait(600)
        assert network.type("R1", "show logging").count(RECURSION) <= 12
        assert [frame for frame in frames if frame[12:14] == b"\x08\x00" and frame[23] == 47] == []
        network.configure("R1", "no ip route 198.51.100.2 255.255.255.255 Tunnel0")
        network.wait(61)
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")

    def test_without_cef_there_is_no_chain_that_loops(self) -> None:
        network = sites()
        network.configure("R1", "no ip cef", "ip route 198.51.100.2 255.255.255.255 Tunnel0")
        network.wait(5)
        said = network.type("R1", "show logging")
        assert RECURSION in said and LOOP not in said

    def test_tunnels_that_lead_into_each_other(self) -> None:
        network = sites()
        lines = "interface Tunnel1", "ip address 10.9.0.1 255.255.255.252", "tunnel source gi0/0"
        network.configure("R1", *lines, "tunnel destination 198.18.0.1")
        frames = watched(network)
        network.configure(
            "R1",
            "ip route 198.18.0.1 255.255.255.255 Tunnel0",
            "ip route 198.51.100.2 255.255.255.255 Tunnel1",
        )
        network.type("R1", "ping 10.0.0.2", "ping 10.9.0.2")
        network.wait(300)
        shown_both = shown(network) + network.type("R1", "show interfaces Tunnel1")
        assert "recursive routing" in shown_both
        assert 1 <= network.type("R1", "show logging").count("%TUN-5-RECURDOWN") < 15
        assert len(frames) < 50

    def test_a_tunnel_to_itself(self) -> None:
        network = sites()
        network.configure("R1", "interface Tunnel0", "tunnel destination 203.0.113.2")
        network.type("R1", "ping 10.0.0.2")
        network.wait(300)
        assert "down - recursive routing" in shown(network)

    def test_a_tunnel_whose_own_ends_are_at_one_router(self) -> None:
        """Nothing forbids it; what is sent in circles ends with its TTL."""
        network = sites()
        network.configure("R1", "interface Loopback1", "ip address 192.0.2.1 255.255.255.255")
        for number, source, destination in ((5, "Loopback0", "192.0.2.1"), (6, "Loopback1", "172.16.1.1")):
            network.configure(
                "R1",
                f"interface Tunnel{number}",
                f"ip address 172.20.{number}.1 255.255.255.0",
                f"tunnel source {source}",
                f"tunnel destination {destination}",
            )
        network.configure("R1", "ip route 198.18.0.0 255.255.0.0 Tunnel5")
        network.type("R1", "ping 198.18.0.1 repeat 1")
        sent = network["R1"].stack.interfaces["Tunnel5"].counters.packets_out
        assert 0 < sent < 600

    def test_a_crypto_peer_that_is_reached_through_the_tunnel(self) -> None:
        """The GRE packet is sealed towards a peer that the tunnel itself leads to."""
        network = sites()
        network.configure(
            "R1",
            "crypto ipsec transform-set T esp-aes esp-sha-hmac",
            "access-list 101 permit gre any any",
            "crypto map M 10 ipsec-manual",
            "set peer 10.0.0.2",
            "set transform-set T",
            "match address 101",
            f"set session-key inbound esp 256 cipher {'1' * 32} authenticator {'2' * 40}",
            f"set session-key outbound esp 257 cipher {'1' * 32} authenticator {'2' * 40}",
            "interface gi0/0",
            "crypto map M",
        )
        frames = watched(network)
        network.type("R1", "ping 10.0.0.2")
        network.wait(300)
        assert "recursive routing" in network.type("R1", "show logging")
        assert len(frames) < 20

    def test_tunnels_within_tunnels_work_to_a_depth(self) -> None:
        network = sites()
        inner = "interface Tunnel1", "tunnel source Tunnel0"
        network.configure("R1", *inner, "ip address 10.1.0.1 255.255.255.252", "tunnel destination 10.0.0.2")
        network.configure("R2", *inner, "ip address 10.1.0.2 255.255.255.252", "tunnel destination 10.0.0.1")
        assert "(5/5)" in network.type("R1", "ping 10.1.0.2")
        assert "Tunnel transport MTU 1452 bytes" in network.type("R1", "show interfaces Tunnel1")


def test_two_tunnels_with_the_same_ends_need_keys() -> None:
    network = sites()
    lines = "interface Tunnel1", "ip address 10.9.0.1 255.255.255.252", "tunnel source gi0/0"
    network.configure("R1", *lines, "tunnel destination 198.51.100.2")
    assert "in use by another tunnel" in network.type("R1", "show interfaces Tunnel1")
    network.configure("R1", "interface Tunnel1", "tunnel key 1")
    network.configure(
        "R2", *lines, "tunnel destination 203.0.113.2", "tunnel key 1", "ip address 10.9.0.2 255.255.255.252"
    )
    assert "(5/5)" in network.type("R1", "ping 10.9.0.2")
    assert "(5/5)" in network.type("R1", "ping 10.0.0.2")


def test_switches_of_debugging_are_told() -> None:
    network: Network = sites()
    assert network.type("R1", "debug tunnel") == "Tunnel Interface debugging is on\n"
    network.type("R1", "ping 10.0.0.2 repeat 1")
    said = network.type("R1", "show logging | include Tunnel0:")
    assert "Tunnel0: GRE/IP encapsulated 203.0.113.2->198.51.100.2 (linktype=7, len=124)" in said
    assert "Tunnel0: GRE decapsulated IP 10.0.0.2->10.0.0.1 (len=100, ttl=255)" in said
    assert "Tunnel Interface debugging is on" in network.type("R1", "show debugging")

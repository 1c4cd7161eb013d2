"""Sub-interfaces with VLANs, and serial links, by the command line."""

from __future__ import annotations

import pytest

from iosim.sim.link import Link, Port
from iosim.stack.switch import Access, Switch, Trunk

from .network import Network


def on_a_stick(configuration: str) -> Network:
    """A router on the trunk of a switch, with hosts in VLAN 10 and 20."""
    network = Network()
    network.router("R1", configuration)
    network.host("PC1", "10.0.10.9/24", "10.0.10.1")
    network.host("PC2", "10.0.20.9/24", "10.0.20.1")
    switch = Switch(network.sim, "SW1", {"R1": Trunk(99), "PC1": Access(10), "PC2": Access(20)})
    for name, interface in (("R1", "GigabitEthernet0/0"), ("PC1", "eth0"), ("PC2", "eth0")):
        near, far = Port(f"{name}:{interface}"), Port(f"SW1:{name}")
        Link(network.sim, near, far)
        network.nodes[name].attach(interface, near)
        switch.add_port(far, name)
    return network.start()


STICK = """\
interface GigabitEthernet0/0
 no shutdown
interface GigabitEthernet0/0.10
 encapsulation dot1Q 10
 ip address 10.0.10.1 255.255.255.0
interface GigabitEthernet0/0.20
 description servers
 encapsulation dot1Q 20
 ip address 10.0.20.1 255.255.255.0
"""


class TestVlans:
    @pytest.fixture
    def network(self) -> Network:
        return on_a_stick(STICK)

    def test_they_are_routed(self, network: Network) -> None:
        assert "(5/5)" in network.type("PC1", "ping 10.0.20.9")
        assert "C        10.0.20.0/24 is directly connected, GigabitEthernet0/0.20" in network.type(
            "R1", "show ip route"
        )

    def test_they_are_shown(self, network: Network) -> None:
        network.type("PC1", "ping 10.0.20.9")
        assert "  Encapsulation 802.1Q Virtual LAN, Vlan ID  20.\n" in network.type("R1", "show interfaces gi0/0.20")
        text = network.type("R1", "show vlans")
        assert "Virtual LAN ID:  10 (IEEE 802.1Q Encapsulation)" in text
        assert "           IP              10.0.20.1                    5                   5\n" in text
        assert "10.0.10.1" not in network.type("R1", "show vlans 20")
        assert network.type("R1", "show vlans 30") == "No Virtual LANs configured.\n"

    def test_they_are_written(self, network: Network) -> None:
        lines = network.running("R1")
        place = lines.index("interface GigabitEthernet0/0.20")
        assert lines[place + 1 : place + 4] == [
            " description servers",
            " encapsulation dot1Q 20",
            " ip address 10.0.20.1 255.255.255.0",
        ]

    def test_they_go_down_with_their_interface(self, network: Network) -> None:
        network.configure("R1", "interface gi0/0", "shutdown")
        rows = network.type("R1", "show ip interface brief").splitlines()
        assert rows[2] == "GigabitEthernet0/0.10      10.0.10.1       YES NVRAM  administratively down down"
        network.configure("R1", "interface gi0/0", "no shutdown")
        assert "(5/5)" in network.type("PC1", "ping 10.0.20.9")

    def test_an_address_needs_a_vlan(self, network: Network) -> None:
        said = network.configure("R1", "interface gi0/0.30", "ip address 10.0.30.1 255.255.255.0")
        assert said.startswith("% Configuring IP routing on a LAN subinterface is only allowed if that\nsubinterface")

    def test_a_vlan_belongs_to_one_sub_interface(self, network: Network) -> None:
        said = network.configure("R1", "interface gi0/0.30", "encapsulation dot1Q 10")
        assert said.endswith("This VID is already configured on GigabitEthernet0/0.10.\n")
        assert network.configure("R1", "interface gi0/0.30", "encapsulation dot1Q 30") == ""

    def test_the_native_vlan(self, network: Network) -> None:
        network.configure(
            "R1", "interface gi0/0.99", "encapsulation dot1Q 99 native", "ip address 10.0.99.1 255.255.255.0"
        )
        assert " encapsulation dot1Q 99 native" in network.running("R1")
        assert " This is configured as native Vlan for the following interface(s) :" in network.type(
            "R1", "show vlans 99"
        )

    def test_one_that_is_removed(self, network: Network) -> None:
        said = network.configure("R1", "no interface gi0/0.20")
        assert said == "% Not all config may be removed and may reappear after reactivating the sub-interface\n"
        assert "(0/2)" in network.type("PC1", "ping 10.0.20.9 repeat 2")
        network.configure("R1", *STICK.splitlines())
        assert "(5/5)" in network.type("PC1", "ping 10.0.20.9")


def serial(first: str = "", second: str = "") -> Network:
    """R1 and R2 on a serial cable."""
    network = Network()
    network.router("R1", f"interface Serial0/0/0\n ip address 10.0.0.1 255.255.255.252\n{first}")
    network.router("R2", f"interface Serial0/0/0\n ip address 10.0.0.2 255.255.255.252\n{second}")
    network.link("R1:Serial0/0/0", "R2:Serial0/0/0")
    return network.start()


class TestSerial:
    def test_it_carries_packets(self) -> None:
        network = serial(" clock rate 64000\n bandwidth 64\n")
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")
        text = network.type("R1", "show interfaces")
        assert text.startswith("Serial0/0/0 is up, line protocol is up \n  Hardware is GT96K Serial\n")
        assert "  MTU 1500 bytes, BW 64 Kbit/sec, DLY 20000 usec, \n" in text
        assert "  Encapsulation HDLC, loopback not set\n  Keepalive set (10 sec)\n" in text
        assert text.endswith("carrier transitions\n     DCD=up  DSR=up  DTR=up  RTS=up  CTS=up\n\n")
        assert "Serial" not in network.type("R1", "show arp")
        assert "DCE V.35, clock rate 64000" in network.type("R1", "show controllers se0/0/0")
        assert "DTE V.35 TX and RX clocks detected." in network.type("R2", "show controllers")

    def test_its_line_protocol_goes_down_without_keepalives(self) -> None:
        network = serial()
        network.configure("R2", "interface se0/0/0", "no keepalive")
        network.wait(60)
        row = network.type("R1", "show ip interface brief").splitlines()[1]
        assert row == "Serial0/0/0                10.0.0.1        YES NVRAM  up                    down"
        assert "%LINEPROTO-5-UPDOWN: Line protocol on Interface Serial0/0/0, changed state to down" in network.type(
            "R1", "show logging"
        )
        network.configure("R1", "interface se0/0/0", "no keepalive")
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")

    def test_it_can_borrow_an_address(self) -> None:
        loopback = " ip unnumbered Loopback0\ninterface Loopback0\n ip address {0}.{0}.{0}.{0} 255.255.255.255\n"
        route = "ip route 0.0.0.0 0.0.0.0 Serial0/0/0\n"
        network = serial(loopback.format(1) + route, loopback.format(2) + route)
        assert "(5/5)" in network.type("R1", "ping 2.2.2.2")
        assert "  Interface is unnumbered. Using address of Loopback0 (1.1.1.1)\n" in network.type(
            "R1", "show interfaces se0/0/0"
        )
        assert " ip unnumbered Loopback0" in network.running("R1")
        assert " no ip address" not in network.running("R1")
        network.configure("R1", "interface se0/0/0", "no ip unnumbered")
        assert " no ip address" in network.running("R1")


class TestPpp:
    def test_it_carries_packets_and_knows_the_neighbour(self) -> None:
        network = serial(" encapsulation ppp\n", " encapsulation ppp\n")
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")
        text = network.type("R1", "show interfaces")
        assert "  Encapsulation PPP, LCP Open\n  Open: IPCP, loopback not set\n  Keepalive set (10 sec)\n" in text
        assert "C        10.0.0.2/32 is directly connected, Serial0/0/0" in network.type("R1", "show ip route")
        assert " encapsulation ppp" in network.running("R1")
        assert "encapsulation" not in network.type("R1", "show iosim unsupported")

    def test_the_other_end_must_speak_it_too(self) -> None:
        network = serial(" encapsulation ppp\n")
        network.wait(60)
        for name in ("R1", "R2"):
            row = network.type(name, "show ip interface brief").splitlines()[1]
            assert row.endswith("up                    down")
        assert "Encapsulation PPP, LCP REQsent, loopback not set" in network.type("R1", "show interfaces")
        network.configure("R2", "interface se0/0/0", "encapsulation ppp")
        network.wait(5)
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")
        for name in ("R1", "R2"):
            network.configure(name, "interface se0/0/0", "no encapsulation")
        network.wait(20)
        assert "(5/5)" in network.type("R1", "ping 10.0.0.2")

    def test_frame_relay_is_kept_and_the_line_is_down(self) -> None:
        network = serial(" encapsulation frame-relay\n")
        assert "Serial0/0/0 is up, line protocol is down" in network.type("R1", "show interfaces")
        assert "encapsulation frame-relay" in network.type("R1", "show iosim unsupported")

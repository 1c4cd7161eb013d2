"""CDP and LLDP between routers: what is told, when, and for how long it is believed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from iosim.sim.link import Link, Port
from iosim.stack.switch import Switch
from iosim.wire.cdp import Cdp

from .network import Network, pair

HEADING = """\
Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge
                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n\
                  D - Remote, C - CVTA, M - Two-port Mac Relay \n
Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
"""


@pytest.fixture
def network() -> Network:
    return pair()


def holdtime(network: Network, node: str) -> int:
    """The seconds that R1 or R2 gives its one neighbour."""
    line = next(line for line in network.type(node, "show cdp neighbors").splitlines() if line.startswith("R"))
    return int(line[35:46])


def frames(network: Network) -> list[tuple[int, Cdp]]:
    """What R2 receives from now on: the CDP messages with their times in seconds."""
    heard: list[tuple[int, Cdp]] = []

    def tap(outbound: bool, frame: bytes) -> None:
        if not outbound and frame[:6] == bytes.fromhex("01000ccccccc"):
            heard.append((network.sim.now // 1_000_000, Cdp.from_frame(frame)))

    network["R2"].ports["GigabitEthernet0/0"].taps.append(tap)
    return heard


def test_neighbours_know_each_other(network: Network) -> None:
    printed = network.type("R1", "show cdp neighbors")
    left = holdtime(network, "R1")
    row = f"R2               Gig 0/0           {left:<11}       R    iosim     Gig 0/0\n"
    assert printed == HEADING + row + "\nTotal cdp entries displayed : 1\n"
    assert 180 - 30 <= left <= 180


def test_the_details(network: Network) -> None:
    network.configure("R2", "ip domain name lab.example", "interface gi0/0", "duplex half")
    network.wait(60)
    left = int(network.type("R1", "show cdp neighbors").splitlines()[-3].split()[3])
    version = "".join(network.type("R2", "show version").splitlines(keepends=True)[:3])
    assert network.type("R1", "show cdp neighbors gi0/0 detail").split("Total")[0].split("---\n")[-1] == (
        "Device ID: R2.lab.example\n"
        "Entry address(es): \n"
        "  IP address: 10.0.0.2\n"
        "Platform: Cisco iosim,  Capabilities: Router \n"
        "Interface: GigabitEthernet0/0,  Port ID (outgoing port): GigabitEthernet0/0\n"
        f"Holdtime : {left} sec\n\n"
        f"Version :\n{version}\n"
        "advertisement version: 2\n"
        "Duplex: half\n"
        "Management address(es): \n"
        "  IP address: 10.0.0.2\n\n\n"
    )


def test_a_long_name_has_a_line_of_its_own(network: Network) -> None:
    network.configure("R2", "hostname the-second-router")
    network.wait(60)
    assert "\nthe-second-router\n                 Gig 0/0 " in network.type("R1", "show cdp neighbors")


def test_messages_go_out_at_their_interval(network: Network) -> None:
    heard = frames(network)
    network.wait(180)
    assert [later - earlier for (earlier, _), (later, _) in pairwise(heard)] == [60, 60]
    network.configure("R1", "cdp timer 10", "cdp holdtime 25")
    network.wait(60)
    del heard[:]
    network.wait(40)
    assert len(heard) == 4
    assert {message.holdtime for _, message in heard} == {25}
    assert {"cdp timer 10", "cdp holdtime 25"} <= set(network.running("R1"))
    assert "every 10 seconds\n\tSending a holdtime value of 25" in network.type("R1", "show cdp")


def test_what_is_not_said_again_is_forgotten(network: Network) -> None:
    network.configure("R2", "no cdp run")
    assert "% CDP is not enabled\n" == network.type("R2", "show cdp neighbors") == network.type("R2", "show cdp")
    left = holdtime(network, "R1")
    network.wait(left - 1)
    assert holdtime(network, "R1") <= 1
    network.wait(2)
    assert "entries displayed : 0" in network.type("R1", "show cdp neighbors")
    network.configure("R2", "cdp run")
    network.wait(3)
    assert "entries displayed : 1" in network.type("R1", "show cdp neighbors")


def test_a_line_that_goes_down_takes_its_neighbours(network: Network) -> None:
    network.configure("R2", "interface gi0/0", "shutdown")
    assert "entries displayed : 0" in network.type("R1", "show cdp neighbors")
    assert "interfaces up          : 1\n interfaces down        : 1\n" in network.type("R1", "show cdp interface")
    network.configure("R2", "interface gi0/0", "no shutdown")
    network.wait(3)
    assert "entries displayed : 1" in network.type("R1", "show cdp neighbors")


def test_an_interface_can_be_left_out(network: Network) -> None:
    heard = frames(network)
    network.configure("R1", "interface gi0/0", "no cdp enable")
    network.wait(120)
    assert heard == []
    assert "entries displayed : 0" in network.type("R1", "show cdp neighbors")
    assert "GigabitEthernet0/0" not in network.type("R1", "show cdp interface")
    assert " no cdp enable" in network.running("R1")


def test_the_source_interface_gives_the_address(network: Network) -> None:
    network.configure("R2", "cdp source-interface Loopback0")
    network.wait(60)
    assert "IP address: 2.2.2.2" in network.type("R1", "show cdp entry R2 protocol")


def test_entries_by_name(network: Network) -> None:
    assert "Device ID: R2" in network.type("R1", "show cdp entry *")
    assert network.type("R1", "show cdp entry R2 protocol") == (
        "Protocol information for R2 :\n  IP address: 10.0.0.2\n"
    )
    assert network.type("R1", "show cdp entry R2 version").startswith("\nVersion information for R2 :\n  Cisco IOS")
    assert "displayed : 0" in network.type("R1", "show cdp entry R7")


def test_counters_and_clear(network: Network) -> None:
    network.wait(120)
    assert "Total packets output: 6, Input: 3\n" in network.type("R1", "show cdp traffic")
    network.type("R1", "clear cdp counters")
    assert "Total packets output: 0, Input: 0\n" in network.type("R1", "show cdp traffic")
    network.type("R1", "clear cdp table")
    assert "displayed : 0" in network.type("R1", "show cdp neighbors")


def test_damaged_and_foreign_messages_are_counted(network: Network) -> None:
    port = network["R2"].ports["GigabitEthernet0/0"]
    frame = bytearray(Cdp(180, "R9").frame(bytes.fromhex("aabbcc000900")))
    frame[-1] ^= 1
    network["R1"].stack.receive(network["R1"].stack.interfaces["GigabitEthernet0/0"], bytes(frame[:14]) + bytes(40))
    port.transmit(bytes(Cdp(180, "R9").frame(bytes(6))[:26]) + b"\xff" * 34)
    network.wait(1)
    assert "Hdr syntax: 1, Chksum error: 1" in network.type("R1", "show cdp traffic")
    assert "displayed : 1" in network.type("R1", "show cdp neighbors")


def test_debugging_tells_of_each_packet(network: Network) -> None:
    assert network.type("R1", "debug cdp packets") == "CDP packet info debugging is on\n"
    assert network.type("R1", "show debugging") == "\nCDP protocol:\n  CDP packet info debugging is on\n"
    printed: list[str] = []
    network.console("R1").output = printed.append
    network.wait(60)
    assert sorted(line.split(": ", 1)[1] for line in printed) == [
        "CDP-PA: Packet received from R2 on interface GigabitEthernet0/0\n",
        "CDP-PA: version 2 packet sent out on GigabitEthernet0/0\n",
        "CDP-PA: version 2 packet sent out on GigabitEthernet0/1\n",
    ]


def test_hosts_neither_speak_nor_mind(network: Network) -> None:
    network.wait(120)
    assert "PC1" not in network.type("R1", "show cdp neighbors")
    assert "(5/5)" in network.type("PC1", "ping 2.2.2.2")


def test_a_reload_is_noticed(network: Network) -> None:
    network.type("R2", "write memory", "reload", "")
    network.wait(1)
    assert "displayed : 0" in network.type("R1", "show cdp neighbors")
    network.wait(34)
    assert "displayed : 1" in network.type("R1", "show cdp neighbors")
    assert "displayed : 1" in network.type("R2", "show cdp neighbors")


class TestLldp:
    @pytest.fixture
    def network(self) -> Network:
        return pair("lldp run\n", "lldp run\n")

    def test_it_is_off_from_the_start(self) -> None:
        off = pair()
        for command in ("show lldp", "show lldp neighbors", "show lldp neighbors detail", "show lldp interface"):
            assert off.type("R1", command) == "% LLDP is not enabled\n"

    def test_neighbours_know_each_other(self, network: Network) -> None:
        assert network.type("R1", "show lldp neighbors") == (
            "Capability codes:\n"
            "    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device\n"
            "    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other\n\n"
            "Device ID           Local Intf     Hold-time  Capability      Port ID\n"
            "R2                  Gi0/0          120        R               Gi0/0\n\n"
            "Total entries displayed: 1\n\n"
        )
        detail = network.type("R1", "show lldp neighbors detail")
        assert "\nSystem Name: R2\n" in detail
        assert "\nManagement Addresses:\n    IP: 10.0.0.2\n" in detail

    def test_silence_and_deafness(self, network: Network) -> None:
        network.configure("R1", "interface gi0/0", "no lldp transmit")
        network.wait(121)
        assert "displayed: 0" in network.type("R2", "show lldp neighbors")
        assert "displayed: 1" in network.type("R1", "show lldp neighbors")
        network.configure("R1", "interface gi0/0", "no lldp receive")
        assert "displayed: 0" in network.type("R1", "show lldp neighbors")
        assert network.running("R1").count(" no lldp transmit") == 1

    def test_timers(self, network: Network) -> None:
        network.configure("R2", "lldp timer 5", "lldp holdtime 20")
        network.wait(60)
        assert "R2                  Gi0/0          20 " in network.type("R1", "show lldp neighbors")
        network.configure("R2", "no lldp run")
        network.wait(21)
        assert "displayed: 0" in network.type("R1", "show lldp neighbors")
        assert "Total entries aged: 1\n" in network.type("R1", "show lldp traffic")


def test_cdp_over_a_serial_link() -> None:
    network = Network()
    for name in ("R1", "R2"):
        network.router(name, f"hostname {name}\nlldp run\ninterface Serial0/0/0\n no shutdown\n")
    network.link("R1:Serial0/0/0", "R2:Serial0/0/0")
    network.start()
    assert "R2               Ser 0/0/0 " in network.type("R1", "show cdp neighbors")
    assert "entries displayed: 0" in network.type("R1", "show lldp neighbors")
    assert "  Encapsulation HDLC\n" in network.type("R1", "show cdp interface")
    network.configure("R2", "no cdp run")
    network.wait(181)
    assert "entries displayed : 0" in network.type("R1", "show cdp neighbors")
    before = network["R2"].stack.interfaces["Serial0/0/0"].counters.unknown_protocol
    network.wait(60)
    assert network["R2"].stack.interfaces["Serial0/0/0"].counters.unknown_protocol == before + 1


def test_a_native_vlan_is_told(network: Network) -> None:
    network.configure("R2", "interface gi0/0.7", "encapsulation dot1Q 7 native")
    network.wait(60)
    assert "Native VLAN: 7\n" in network.type("R1", "show cdp neighbors detail")


def test_a_switch_passes_cdp_on_and_keeps_lldp() -> None:
    network = Network()
    switch = Switch(network.sim, "SW1")
    for number in (1, 2):
        network.router(f"R{number}", f"hostname R{number}\nlldp run\ninterface Gi0/0\n no shutdown\n")
        ports = Port(f"R{number}"), Port(f"SW1 {number}")
        Link(network.sim, *ports)
        network[f"R{number}"].attach("GigabitEthernet0/0", ports[0])
        switch.add_port(ports[1])
    network.start()
    assert "entries displayed : 1" in network.type("R1", "show cdp neighbors")
    assert "entries displayed: 0" in network.type("R1", "show lldp neighbors")

"""Serial links: Cisco HDLC, its line protocol, and packets that need no ARP."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from network import Network

from iosim.routing.connected import connect
from iosim.routing.table import Route
from iosim.sim.capture import OUTBOUND, Capture
from iosim.sim.clock import SECOND
from iosim.sim.link import Link, Port
from iosim.stack.hdlc import Hdlc
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.wire import WireError
from iosim.wire.address import parse_address
from iosim.wire.hdlc import Keepalive, pack, unpack

PERIOD = 10 * SECOND


def serial(first: int = 10, second: int = 10) -> tuple[Network, Link]:
    """R1 and R2 on a serial cable, with keepalives every so many seconds."""
    network, ports = Network(), []
    for number, period in ((1, first), (2, second)):
        stack = network.stacks[f"R{number}"] = Stack(network.sim, f"R{number}")
        network.ribs[f"R{number}"] = connect(stack)
        ports.append(Port(f"R{number} Serial0/0", serial=True))
        interface = Interface("Se0", port=ports[-1])
        interface.set_framing(Hdlc(network.sim, interface, stack.transmit, period))
        stack.add_interface(interface)
        interface.set_addresses([(parse_address(f"10.0.0.{number}"), 30)])
    return network, Link(network.sim, *ports)


def line(network: Network, name: str) -> tuple[bool, bool]:
    interface = network[name].interfaces["Se0"]
    return interface.carrier, interface.line_up


def test_packets_go_to_the_one_neighbour_without_arp() -> None:
    network, _ = serial()
    assert network.ping("R1", "10.0.0.2", size=100).kind == "reply"
    counters = network["R1"].interfaces["Se0"].counters
    assert (counters.ip_out, counters.arp_out) == (1, 0)
    assert counters.bytes_out == 104 + 22  # the echo, and a first keepalive


def test_the_line_goes_down_without_answers_and_comes_up_with_them() -> None:
    network, link = serial()
    network.sim.run(until=5 * PERIOD)
    assert line(network, "R1") == (True, True)
    link.loss = 1.0
    network.sim.run(until=9 * PERIOD)
    assert line(network, "R1") == line(network, "R2") == (True, False)
    assert network.ping("R1", "10.0.0.2").kind == "no-route"
    link.loss = 0.0
    network.sim.run(until=12 * PERIOD)
    assert line(network, "R1") == line(network, "R2") == (True, True)


def test_three_keepalives_may_be_lost_and_no_fourth() -> None:
    network, link = serial()
    link.loss = 1.0
    network.sim.run(until=3 * PERIOD - 1)
    assert line(network, "R1") == (True, True)
    network.sim.run(until=3 * PERIOD)
    assert line(network, "R1") == (True, False)


def test_a_neighbour_without_keepalives_takes_down_the_end_that_has_them() -> None:
    network, _ = serial(10, 0)
    network.sim.run(until=5 * PERIOD)
    assert line(network, "R1") == (True, False)
    assert line(network, "R2") == (True, True)


def test_without_carrier_there_are_no_keepalives() -> None:
    network, link = serial()
    network.sim.run(until=PERIOD)
    link.connect(False)
    before = network["R1"].interfaces["Se0"].counters.packets_out
    network.sim.run(until=10 * PERIOD)
    assert line(network, "R1") == (False, False)
    assert network["R1"].interfaces["Se0"].counters.packets_out == before


def test_addresses_can_be_those_of_another_interface() -> None:
    network, _ = serial()
    for name, number in (("R1", 1), ("R2", 2)):
        stack = network[name]
        loopback = Interface("Lo0")
        loopback.set_addresses([(parse_address(f"{number}.{number}.{number}.{number}"), 32)])
        stack.add_interface(loopback)
        stack.interfaces["Se0"].set_addresses([])
        stack.interfaces["Se0"].set_lender(loopback)
        network.ribs[name].add("static", Route(0, 0, "S", 1, interface="Se0"))
    result = network.ping("R1", "2.2.2.2")
    assert (result.kind, result.source) == ("reply", parse_address("2.2.2.2"))
    assert network["R2"].interfaces["Se0"].counters.ip_in == 1


@pytest.mark.parametrize(
    "frame", [b"", b"\x0f", b"\x0f\0\x08\0", b"\x8f\0\x80\x35\0\0", b"\xff\x03\0\x21", b"\x0f\0\x20\0x"]
)
def test_strange_frames_are_counted_and_dropped(frame: bytes) -> None:
    network, _ = serial()
    stack = network["R1"]
    stack.receive(stack.interfaces["Se0"], frame)
    counters = stack.interfaces["Se0"].counters
    assert counters.packets_in == 1
    assert counters.input_errors + counters.unknown_protocol == 1


def test_a_keepalive_is_what_was_packed() -> None:
    protocol, payload = unpack(Keepalive(7, 6, 1234).pack())
    assert (protocol, Keepalive.unpack(payload)) == (0x8035, Keepalive(7, 6, 1234))
    with pytest.raises(WireError):
        Keepalive.unpack(payload[:-1])
    assert unpack(pack(b"packet")) == (0x0800, b"packet")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_a_capture(tmp_path: Path) -> None:
    network, link = serial()
    capture = Capture(network.sim, directions=OUTBOUND)
    capture.attach(link.a)
    network.ping("R1", "10.0.0.2", size=100)
    network.sim.run(until=PERIOD)
    capture.write(tmp_path / "serial.pcapng")
    command = ["tshark", "-r", str(tmp_path / "serial.pcapng"), "-T", "fields", "-e", "frame.protocols"]
    read = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    assert read == ["ppp:chdlc:ip:icmp:data", "ppp:chdlc:slarp", "ppp:chdlc:slarp"]

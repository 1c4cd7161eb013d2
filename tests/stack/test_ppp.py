"""PPP on serial links: how it opens, what it tells of the neighbour, how it notices that nobody is there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from network import Network
from scapy.layers.ppp import PPP_IPCP, PPP_LCP_Configure

from iosim.routing.connected import connect
from iosim.sim.capture import OUTBOUND, Capture
from iosim.sim.clock import SECOND
from iosim.sim.link import Link, Port
from iosim.stack.hdlc import Hdlc
from iosim.stack.interface import Interface
from iosim.stack.ppp import Ppp
from iosim.stack.stack import Stack
from iosim.wire import WireError, ppp
from iosim.wire.address import parse_address


def serial(first: type[Ppp | Hdlc] = Ppp, second: type[Ppp | Hdlc] = Ppp) -> tuple[Network, Link]:
    """R1 and R2 on a serial cable, each with an encapsulation; their addresses are not in one subnet."""
    network, ports = Network(), []
    for number, kind in ((1, first), (2, second)):
        stack = network.stacks[f"R{number}"] = Stack(network.sim, f"R{number}")
        network.ribs[f"R{number}"] = connect(stack)
        ports.append(Port(f"R{number} Serial0/0", serial=True))
        interface = Interface("Se0", bytes((2, 0, 0, 0, 0, number)), port=ports[-1])
        interface.set_framing(kind(network.sim, interface, stack.transmit))
        stack.add_interface(interface)
        interface.set_addresses([(parse_address(f"10.{number}.0.1"), 24)])
    return network, Link(network.sim, *ports)


def framing(network: Network, name: str) -> Ppp:
    found = network[name].interfaces["Se0"].framing
    assert isinstance(found, Ppp)
    return found


def is_up(network: Network) -> list[bool]:
    return [network[name].interfaces["Se0"].line_up for name in ("R1", "R2")]


def test_it_opens_and_tells_the_address_of_the_neighbour() -> None:
    network, _ = serial()
    network.sim.run(until=SECOND)
    assert is_up(network) == [True, True]
    assert framing(network, "R1").peer == parse_address("10.2.0.1")
    assert network.ping("R1", "10.2.0.1").kind == "reply"


def test_it_opens_when_messages_are_lost() -> None:
    network, link = serial()
    link.loss = 0.4
    network.sim.run(until=60 * SECOND)
    link.loss = 0.0
    network.sim.run(until=80 * SECOND)
    assert is_up(network) == [True, True]
    assert network.ping("R1", "10.2.0.1").kind == "reply"


def test_it_notices_that_nobody_is_there_and_opens_again() -> None:
    network, link = serial()
    network.sim.run(until=SECOND)
    link.loss = 1.0
    network.sim.run(until=59 * SECOND)
    assert is_up(network) == [True, True]
    network.sim.run(until=62 * SECOND)
    assert is_up(network) == [False, False]
    assert network.ping("R1", "10.2.0.1").kind == "no-route"
    link.loss = 0.0
    network.sim.run(until=90 * SECOND)
    assert is_up(network) == [True, True]


def test_it_opens_anew_when_the_neighbour_begins_anew() -> None:
    network, _ = serial()
    network.sim.run(until=SECOND)
    interface = network["R2"].interfaces["Se0"]
    interface.set_framing(Ppp(network.sim, interface, network["R2"].transmit))
    assert not interface.line_up
    network.sim.run(until=2 * SECOND)
    assert is_up(network) == [True, True]
    assert network.ping("R2", "10.1.0.1").kind == "reply"


def test_two_encapsulations_do_not_understand_each_other() -> None:
    network, _ = serial(Ppp, Hdlc)
    network.sim.run(until=60 * SECOND)
    assert is_up(network) == [False, False]
    assert network["R1"].interfaces["Se0"].counters.input_errors > 0


def test_options_that_are_not_known_are_rejected() -> None:
    """A neighbour that wants authentication (option 3, CHAP) is told that there is none."""
    network, link = serial()
    sent: list[bytes] = []
    link.a.taps.append(lambda outbound, frame: sent.append(frame) if outbound else None)
    request = ppp.Message(ppp.REQUEST, 9, ppp.pack_options(((3, b"\xc2\x23\x05"), (5, b"abcd"))))
    network["R1"].receive(network["R1"].interfaces["Se0"], ppp.pack(ppp.LCP, request.pack()))
    protocol, payload = ppp.unpack(sent[-1])
    assert (protocol, ppp.Message.unpack(payload)) == (ppp.LCP, ppp.Message(ppp.REJECT, 9, b"\x03\x05\xc2\x23\x05"))


def test_scapy_reads_the_requests() -> None:
    network, link = serial()
    sent: list[bytes] = []
    link.a.taps.append(lambda outbound, frame: sent.append(frame) if outbound else None)
    network.sim.run(until=SECOND)
    lcp = PPP_LCP_Configure(ppp.unpack(sent[0])[1])
    assert [type(option).__name__ for option in lcp.options] == ["PPP_LCP_Magic_Number_Option"]
    ipcp = PPP_IPCP(next(ppp.unpack(frame)[1] for frame in sent if ppp.unpack(frame)[0] == ppp.IPCP))
    assert ipcp.options[0].data == "10.1.0.1"


@given(st.binary(max_size=40))
def test_any_bytes_are_taken(data: bytes) -> None:
    network, _ = serial()
    network.sim.run(until=SECOND)
    stack, interface = network["R1"], network["R1"].interfaces["Se0"]
    for frame in (data, ppp.pack(ppp.LCP, data), ppp.pack(ppp.IPCP, data), ppp.pack(0x1234, data)):
        stack.receive(interface, frame)
    assert interface.counters.packets_in >= 4


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\1", b"\1\4a", b"\1\2\7"])
def test_options_of_wrong_lengths_are_errors(data: bytes) -> None:
    if data:
        with pytest.raises(WireError):
            ppp.unpack_options(data)
    with pytest.raises(WireError):
        ppp.Message.unpack(data)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_tshark_reads_a_capture(tmp_path: Path) -> None:
    network, link = serial()
    capture = Capture(network.sim, directions=OUTBOUND)
    capture.attach(link.a)
    network.sim.run(until=SECOND)
    network.ping("R1", "10.2.0.1")
    capture.write(tmp_path / "serial.pcapng")
    command = ["tshark", "-r", str(tmp_path / "serial.pcapng"), "-T", "fields", "-e", "_ws.col.Info"]
    read = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    assert [line.split(" id=")[0].strip() for line in read] == [
        *("Configuration Request", "Configuration Ack") * 2,
        "Echo (ping) request",
    ]

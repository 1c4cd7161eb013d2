"""`ping` on routers and hosts; the layout is that of IOS 15."""

from __future__ import annotations

import pytest

from iosim.sim.clock import SECOND
from iosim.wire import icmp
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ICMP, Ipv4

from .network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def test_success(network: Network) -> None:
    assert network.type("R1", "ping 2.2.2.2") == (
        "Type escape sequence to abort.\n"
        "Sending 5, 100-byte ICMP Echos to 2.2.2.2, timeout is 2 seconds:\n"
        "!!!!!\n"
        "Success rate is 100 percent (5/5), round-trip min/avg/max = 1/1/2 ms\n"
    )


def test_all_options(network: Network) -> None:
    network.type("R1", "ping 2.2.2.2 repeat 1")
    printed = network.type("R1", "ping ip 2.2.2.2 source lo0 repeat 3 size 1500 timeout 1 df-bit")
    assert printed == (
        "Type escape sequence to abort.\n"
        "Sending 3, 1500-byte ICMP Echos to 2.2.2.2, timeout is 1 seconds:\n"
        "Packet sent with a source address of 1.1.1.1 \n"
        "Packet sent with the DF bit set\n"
        "!!!\n"
        "Success rate is 100 percent (3/3), round-trip min/avg/max = 1/1/1 ms\n"
    )


def test_the_source_is_what_the_target_sees(network: Network) -> None:
    network.configure("R2", "access-list 10 permit 192.168.1.1", "interface gi0/0", "ip access-group 10 in")
    assert "(1/1)" in network.type("R1", "ping 2.2.2.2 repeat 1 source 192.168.1.1")
    assert "(0/1)" in network.type("R1", "ping 2.2.2.2 repeat 1")


def test_times_are_those_of_the_link() -> None:
    network = pair(delay=20_000)
    printed = network.type("R1", "ping 2.2.2.2 repeat 2")  # the first waits for ARP
    assert printed.endswith("min/avg/max = 40/60/80 ms\n")


def test_silence_takes_the_whole_timeout(network: Network) -> None:
    begin = network.sim.now
    printed = network.type("R1", "ping 10.0.0.77 timeout 3")
    assert printed.endswith("\n.....\nSuccess rate is 0 percent (0/5)\n")
    assert network.sim.now - begin == 15 * SECOND


def test_without_a_route_nothing_comes(network: Network) -> None:
    assert "\n.....\nSuccess rate is 0 percent (0/5)\n" in network.type("R1", "ping 9.9.9.9")


def test_unreachable_is_a_u_and_is_limited_in_rate(network: Network) -> None:
    """R2 tells once in 500 ms that it has no host 3.3.3.3; what it does not tell is waited for."""
    network.configure("R1", "ip route 3.3.3.0 255.255.255.0 10.0.0.2")
    network.configure("R2", "interface Loopback3", "ip address 3.3.3.1 255.255.255.0")
    assert "\nU.U.U\nSuccess rate is 0 percent (0/5)\n" in network.type("R1", "ping 3.3.3.3")


def test_a_loop_is_an_ampersand(network: Network) -> None:
    network.configure("R1", "ip route 9.0.0.0 255.0.0.0 10.0.0.2")
    assert "\n&&\n" in network.type("R1", "ping 9.9.9.9 repeat 2")


def test_too_big_for_another_router_is_an_m_and_for_ourselves_a_dot(network: Network) -> None:
    network.configure("R1", "interface gi0/0", "ip mtu 1000")
    assert "\nM.\n" in network.type("PC1", "ping 2.2.2.2 size 1200 df-bit repeat 2")
    assert "\n..\n" in network.type("R1", "ping 2.2.2.2 size 1200 df-bit repeat 2")
    assert "\n!!\n" in network.type("PC1", "ping 2.2.2.2 size 1200 repeat 2")


def test_signs_come_one_by_one_seventy_to_a_line(network: Network) -> None:
    terminal = network.console("R1")
    printed: list[str] = []
    terminal.output = printed.append
    terminal.submit("ping 2.2.2.2 repeat 75")
    assert "!" not in "".join(printed)
    network.sim.run(stop=lambda: "".join(printed).endswith("!!!"))
    assert terminal.busy
    network.sim.run(stop=lambda: not terminal.busy)
    assert "".join(printed).splitlines()[2:4] == ["!" * 70, "!" * 5]


def test_an_interrupt_ends_it_with_the_summary(network: Network) -> None:
    terminal = network.console("R1")
    printed: list[str] = []
    terminal.output = printed.append
    terminal.submit("ping 10.0.0.77 repeat 1000")
    terminal.submit("show clock")
    network.wait(5)
    terminal.interrupt()
    assert "".join(printed).endswith(":\n..\nSuccess rate is 0 percent (0/3)\n")
    assert terminal.prompt == "R1#"


def test_lines_typed_ahead_wait(network: Network) -> None:
    terminal = network.console("R1")
    printed: list[str] = []
    terminal.output = printed.append
    terminal.submit("ping 2.2.2.2")
    terminal.submit("show privilege")
    network.wait(1)
    assert "".join(printed).endswith("ms\nCurrent privilege level is 15\n")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("ping nowhere", 'Translating "nowhere"...domain server (255.255.255.255)\n'
                         "% Unrecognized host or address, or protocol not running.\n"),
        ("ping 300.1.1.1", "% Unrecognized host or address, or protocol not running.\n"),
        ("ping 2.2.2.2 source 9.9.9.9", "% Invalid source address- IP address not on any of our up interfaces\n"),
        ("ping 2.2.2.2 source lo5", "% Invalid source interface - IP not enabled or interface is down\n"),
        ("traceroute nowhere", 'Translating "nowhere"...domain server (255.255.255.255)\n'
                               "% Unrecognized host or address, or protocol not running.\n"),
    ],
)  # fmt: skip
def test_refusals(network: Network, line: str, answer: str) -> None:
    assert network.type("R1", line) == answer


def test_names_without_lookup(network: Network) -> None:
    network.configure("R1", "no ip domain-lookup")
    assert network.type("R1", "ping nowhere") == "% Unrecognized host or address, or protocol not running.\n"


def test_data_validated_and_verbose(network: Network) -> None:
    network.type("R1", "ping 2.2.2.2 repeat 1")
    assert network.type("R1", "ping 2.2.2.2 data 0aff validate verbose repeat 2 size 101") == (
        "Type escape sequence to abort.\n"
        "Sending 2, 101-byte ICMP Echos to 2.2.2.2, timeout is 2 seconds:\n"
        "Reply data will be validated\n"
        "Packet has data pattern 0x0AFF\n"
        "Reply to request 0 (1 ms)\n"
        "Reply to request 1 (1 ms)\n"
        "Success rate is 100 percent (2/2), round-trip min/avg/max = 1/1/1 ms\n"
    )
    assert "hexadecimal" in network.type("R1", "ping 2.2.2.2 data 12345")


def answered(network: Network, answer: Icmp) -> str:
    """The signs of a ping whose first echo is answered by this message, of R2's."""
    printed: list[str] = []
    terminal = network.console("R1")
    terminal.output = printed.append
    terminal.submit("ping 10.0.0.77 validate repeat 1")
    stack = network["R2"].stack
    stack.send(stack.build(0x0A000002, 0x0A000001, ICMP, answer.pack()))
    network.sim.run(stop=lambda: not terminal.busy)
    return "".join(printed).splitlines()[3]


def test_signs_of_rare_answers(network: Network) -> None:
    echo = Ipv4(0x0A000001, 0x0A00004D, ICMP, icmp.echo(icmp.ECHO, 0, 0, b"").pack()).pack()
    assert answered(network, Icmp(icmp.SOURCE_QUENCH, data=echo)) == "Q"
    echo = Ipv4(0x0A000001, 0x0A00004D, ICMP, icmp.echo(icmp.ECHO, 0, 1, b"").pack()).pack()
    assert answered(network, Icmp(icmp.PARAMETER_PROBLEM, data=echo)) == "?"
    assert answered(network, icmp.echo(icmp.ECHO_REPLY, 0, 2, b"other data")) == "?"


class TestDialogue:
    def questions(self, network: Network, *answers: str) -> tuple[list[str], str]:
        """The prompts before each answer, and what was printed."""
        terminal = network.console("R1")
        printed: list[str] = []
        terminal.output = printed.append
        asked = []
        for answer in ("ping", *answers):
            asked.append(terminal.prompt)
            terminal.submit(answer)
        network.sim.run(stop=lambda: not terminal.busy)
        assert terminal.prompt == "R1#"
        return asked[1:], "".join(printed)

    def test_short(self, network: Network) -> None:
        asked, printed = self.questions(network, "", "2.2.2.2", "", "", "", "")
        assert asked == [
            "Protocol [ip]: ",
            "Target IP address: ",
            "Repeat count [5]: ",
            "Datagram size [100]: ",
            "Timeout in seconds [2]: ",
            "Extended commands [n]: ",
        ]
        assert "(5/5)" in printed

    def test_extended(self, network: Network) -> None:
        answers = "ip 2.2.2.2 1 100 1 y Loopback0 184 y no 0xABBA none y 1499 1501 1"
        asked, printed = self.questions(network, *answers.split())
        assert asked[6:] == [
            "Source address or interface: ",
            "Type of service [0]: ",
            "Set DF bit in IP header? [no]: ",
            "Validate reply data? [no]: ",
            "Data pattern [0xABCD]: ",
            "Loose, Strict, Record, Timestamp, Verbose[none]: ",
            "Sweep range of sizes [n]: ",
            "Sweep min size [36]: ",
            "Sweep max size [18024]: ",
            "Sweep interval [1]: ",
        ]
        assert printed == (
            "Type escape sequence to abort.\n"
            "Sending 3, [1499..1501]-byte ICMP Echos to 2.2.2.2, timeout is 1 seconds:\n"
            "Packet sent with a source address of 1.1.1.1 \n"
            "Packet sent with the DF bit set\n"
            "Packet has data pattern 0xABBA\n"
            "!!.\n"
            "Success rate is 66 percent (2/3), round-trip min/avg/max = 1/1/2 ms\n"
        )

    def test_verbose(self, network: Network) -> None:
        _, printed = self.questions(
            network, "", "2.2.2.2", "2", "", "", "y", "", "", "", "", "", "v", "", ""
        )  # fmt: skip
        assert printed.splitlines()[2:4] == ["Reply to request 0 (2 ms)", "Reply to request 1 (1 ms)"]

    def test_wrong_answers_are_asked_again(self, network: Network) -> None:
        asked, printed = self.questions(
            network, "", "2.2.2.2", "0", "1", "35", "36", "x", "1", "y", "9.9.9.9", "gi9/9", "", *[""] * 6
        )  # fmt: skip
        assert asked.count("Repeat count [5]: ") == asked.count("Datagram size [100]: ") == 2
        assert asked.count("Source address or interface: ") == 3
        assert "% A decimal number between 36 and 18024.\n" in printed
        assert "% Invalid source. Must use same-VRF IP address or full interface name" in printed
        assert "(1/1)" in printed

    @pytest.mark.parametrize(
        ("answers", "end"),
        [
            (("ipx",), '% Unknown protocol - "ipx", type "ping ?" for help\n'),
            (("", ""), "% Bad IP address\n"),
            (("", "1.2.3"), "% Bad IP address\n"),
        ],
    )
    def test_answers_that_end_it(self, network: Network, answers: tuple[str, ...], end: str) -> None:
        assert self.questions(network, *answers)[1] == end

    def test_it_can_be_broken_off(self, network: Network) -> None:
        terminal = network.console("R1")
        terminal.submit("ping")
        terminal.submit("")
        terminal.interrupt()
        assert terminal.prompt == "R1#"
        assert "(1/1)" in network.type("R1", "ping 2.2.2.2 repeat 1")

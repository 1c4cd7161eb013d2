"""`ip tcp …`, `show tcp`, `clear tcp`, `debug ip tcp transactions`, and `tcp …` at hosts."""

from __future__ import annotations

import re

import pytest

from tests.ios.network import Network, pair

OPEN = "line vty 0 4\n no login\nenable secret lab\n"
LINES = [
    "service nagle",
    "service tcp-keepalives-in",
    "service tcp-keepalives-out",
    "service tcp-small-servers",
    "ip tcp mss 1300",
    "ip tcp path-mtu-discovery",
    "ip tcp synwait-time 10",
    "ip tcp window-size 8192",
]


def connected(first: str = "", second: str = OPEN) -> Network:
    network = pair(first, second)
    network.type("R1", "telnet 10.0.0.2", "^^x")
    return network


@pytest.mark.parametrize("line", [*LINES, "ip tcp path-mtu-discovery age-timer infinite"])
def test_settings_survive_a_round_trip(line: str) -> None:
    network = pair(line + "\n")
    assert line in network.running("R1")
    network.configure("R1", f"no {line}")
    assert line not in network.running("R1")


def test_defaults_are_not_written() -> None:
    network = pair()
    assert not [line for line in network.running("R1") if "tcp" in line or "keepalive" in line]
    network.configure("R1", "ip tcp synwait-time 30", "ip tcp window-size 4128")
    assert not [line for line in network.running("R1") if "ip tcp" in line]


def test_show_tcp_brief() -> None:
    network = connected()
    header, row = network.type("R1", "show tcp brief").splitlines()
    assert header == "TCB       Local Address               Foreign Address             (state)"
    assert re.fullmatch(r"[0-9A-F]{8}  10\.0\.0\.1\.\d{5} {14}10\.0\.0\.2\.23 {17}ESTAB", row)
    assert "*.23" not in network.type("R2", "show tcp brief")
    listening = network.type("R2", "show tcp brief all").splitlines()[-1].split()
    assert listening[1:] == ["*.23", "*.*", "LISTEN"]
    assert network.type("R1", "show tcp brief numeric").splitlines() == [header, row]


def test_show_tcp_of_a_line_and_of_a_control_block() -> None:
    network = connected()
    text = network.type("R1", "show tcp")
    assert "tty0, connection 1 to host 10.0.0.2" in text
    assert "Connection state is ESTAB, I/O status: 1, unread input bytes: 0" in text
    assert "Foreign host: 10.0.0.2, Foreign port: 23" in text
    assert "Datagrams (max data segment is 1460 bytes):" in text
    block = network.type("R1", "show tcp brief").splitlines()[1].split()[0]
    assert "Connection state is ESTAB" in network.type("R1", f"show tcp tcb 0x{block}")
    assert network.type("R1", "show tcp tcb 1234") == "% Invalid TCB\n"
    assert network.type("R1", "show tcp 5") == ""


def test_the_counters_of_both_ends_agree() -> None:
    network = connected()
    network.type("R1", "resume", "show version", " ", "^^x")
    counted = {}
    for name in ("R1", "R2"):
        text = network.type(name, "show tcp statistics")
        counted[name] = [int(number) for number in re.findall(r"(?:Rcvd|Sent): (\d+) Total", text)]
    assert counted["R1"] == counted["R2"][::-1]
    assert counted["R1"][0] > 5
    traffic = network.type("R1", "show ip traffic")
    rcvd, sent = counted["R1"]
    assert f"TCP statistics:\n  Rcvd: {rcvd} total, 0 checksum errors, 0 no port\n  Sent: {sent} total\n" in traffic


def test_clear_tcp_breaks_a_connection_off() -> None:
    network = connected()
    block = network.type("R2", "show tcp brief").splitlines()[1].split()[0]
    assert network.type("R2", f"clear tcp tcb {block}", "") == " [OK]\n"
    network.wait(1)
    assert network.type("R2", "show tcp brief") == ""
    assert network.type("R1", "show tcp brief") == ""
    assert "vty" not in network.type("R2", "show users")


def test_clear_tcp_by_line_and_by_addresses() -> None:
    network = connected()
    network.type("R2", "clear tcp line vty 0", "")
    network.wait(1)
    assert network.type("R2", "show tcp brief") == ""
    network.type("R1", "telnet 10.0.0.2", "^^x")
    port = network.type("R1", "show tcp brief").split()[7].rpartition(".")[2]
    network.type("R1", f"clear tcp local 10.0.0.1 {port} remote 10.0.0.2 23", "")
    network.wait(1)
    assert network.type("R1", "show tcp brief") == ""


def test_debug_ip_tcp_transactions() -> None:
    network = pair("", OPEN)
    assert network.type("R1", "debug ip tcp transactions") == "TCP special event debugging is on\n"
    text = network.type("R1", "telnet 10.0.0.2", "exit")
    said = [re.sub(r"^.*?: ", "", line) for line in text.splitlines() if "TCP" in line]
    port = re.search(r"\[(\d+) ->", text)
    assert port is not None
    place = f"[{port.group(1)} -> 10.0.0.2(23)]"
    assert f"TCP0: state was CLOSED -> SYNSENT {place}" in said
    assert f"TCP0: state was SYNSENT -> ESTAB {place}" in said
    assert "TCP0: Connection to 10.0.0.2:23, advertising MSS 1460" in said
    assert any(re.fullmatch(r"TCP: sending SYN, seq \d+, ack 0", line) for line in said)
    assert any("peer MSS 1460, MSS is 1460" in line for line in said)
    assert f"TCP0: state was ESTAB -> CLOSEWAIT {place}" in said
    assert "TCP:\n  TCP special event debugging is on" in network.type("R1", "show debugging")


def test_the_sizes_that_routers_offer() -> None:
    """536 for somebody behind a gateway, what the interface has for a neighbour, unless `ip tcp` says otherwise."""
    network = pair("", OPEN)
    assert "Connected to 10.0.0.2:23" in network.type("PC1", "tcp connect 10.0.0.2 23")
    assert "MSS 536 (ours 1460, theirs 536)" in network.type("PC1", "tcp connect 10.0.0.2 telnet")
    assert "MSS 1460 (ours 1460, theirs 1460)" in network.type("PC1", "tcp connect 192.168.1.1 23")
    network.configure("R2", "ip tcp path-mtu-discovery")
    assert "theirs 1460" in network.type("PC1", "tcp connect 10.0.0.2 23")
    network.configure("R2", "ip tcp mss 900")
    assert "MSS 900 (ours 1460, theirs 900)" in network.type("PC1", "tcp connect 10.0.0.2 23")


def two_hosts(configuration: str = "", **conditions: float) -> Network:
    """PC1 - R - PC2"""
    network = Network()
    network.router("R", _R + configuration)
    network.host("PC1", "10.1.0.10/24", "10.1.0.1")
    network.host("PC2", "10.2.0.10/24", "10.2.0.1")
    network.link("R:GigabitEthernet0/0", "PC1:eth0")
    network.link("R:GigabitEthernet0/1", "PC2:eth0", **conditions)
    return network.start()


_R = """\
interface GigabitEthernet0/0
 ip address 10.1.0.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 10.2.0.1 255.255.255.0
"""


class TestHosts:
    def test_bytes_arrive(self) -> None:
        network = two_hosts()
        assert network.type("PC2", "tcp listen 5001") == "Listening on port 5001\n"
        text = network.type("PC1", "tcp send 10.2.0.10 5001 100000")
        assert "Connected to 10.2.0.10:5001 in " in text
        assert re.search(r"100000 bytes in .* s: \d+ segments of at most 1460 bytes, 0 sent again", text)
        assert text.endswith("Closed\n")
        assert "port 5001 listens: 1 connections, 100000 bytes received" in network.type("PC2", "tcp show")

    def test_a_loss_is_seen(self) -> None:
        network = two_hosts(loss=0.05)
        network.type("PC2", "tcp listen 5001")
        text = network.type("PC1", "tcp send 10.2.0.10 5001 200000")
        again = re.search(r"(\d+) sent again", text)
        assert again is not None
        assert int(again.group(1)) > 0
        assert "200000 bytes received" in network.type("PC2", "tcp show")

    def test_nobody_listens(self) -> None:
        assert two_hosts().type("PC1", "tcp connect 10.2.0.10 81") == "10.2.0.10:81: connection refused\n"

    def test_a_port_is_closed_again(self) -> None:
        network = two_hosts()
        network.type("PC2", "tcp listen 81", "tcp close 81")
        assert "refused" in network.type("PC1", "tcp connect 10.2.0.10 81")
        assert network.type("PC2", "tcp close 81") == "nobody listens on port 81\n"

    def test_established_lets_answers_in_and_no_questions(self) -> None:
        network = two_hosts(
            "access-list 101 permit tcp any any established\ninterface GigabitEthernet0/1\n ip access-group 101 in\n"
        )
        network.type("PC2", "tcp listen 80")
        network.type("PC1", "tcp listen 80")
        assert "Closed" in network.type("PC1", "tcp send 10.2.0.10 80 1000")
        assert "no route to host" in network.type("PC2", "tcp connect 10.1.0.10 80")

    def test_a_narrow_path_makes_segments_small(self) -> None:
        network = two_hosts("interface GigabitEthernet0/1\n ip mtu 1400\n")
        network.type("PC2", "tcp listen 80")
        text = network.type("PC1", "tcp send 10.2.0.10 80 50000")
        assert "segments of at most 1360 bytes" in text
        assert "50000 bytes received" in network.type("PC2", "tcp show")


class TestSmallServers:
    def test_echo(self) -> None:
        network = pair("", "service tcp-small-servers\n")
        text = network.type("R1", "telnet 10.0.0.2 echo", "hello")
        assert text.startswith("Trying 10.0.0.2, 7 ... Open\n")
        assert text.count("hello") == 2  # once by us, as nobody said they would echo, and once from there

    def test_daytime(self) -> None:
        text = pair("", "service tcp-small-servers\n").type("R1", "telnet 10.0.0.2 daytime")
        assert re.search(r"\d\d:\d\d:\d\d.* UTC .*\n\n\[Connection to 10.0.0.2 closed by foreign host\]", text)

    def test_chargen_stops_when_nobody_reads(self) -> None:
        network = pair("", "service tcp-small-servers\n")
        terminal = network.console("R1")
        terminal.output = lambda text: None
        terminal.submit("telnet 10.0.0.2 chargen")
        network.wait(2)
        terminal.submit("^^x")
        network.wait(30)
        before = network["R2"].stack.tcp.counts["data bytes sent"]
        network.wait(30)
        assert network["R2"].stack.tcp.counts["data bytes sent"] == before

    def test_not_without_being_asked_for(self) -> None:
        assert "refused" in pair().type("R1", "telnet 10.0.0.2 echo")

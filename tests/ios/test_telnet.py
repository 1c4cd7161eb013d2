"""Telnet between routers and from hosts, vty lines, and what a console sees of them."""

from __future__ import annotations

import pytest

from iosim.ios.tty import Tty
from iosim.sim.clock import SECOND
from tests.ios.network import Network, pair

VTY = """
enable secret lab
line vty 0 4
 password knock
 login
"""


def lab(second: str = VTY, first: str = "") -> Network:
    return pair(first, second)


def dial(network: Network, *lines: str, node: str = "R1", to: str = "10.0.0.2") -> str:
    """What R1 sees when it telnets to R2 and types lines there."""
    return network.type(node, f"telnet {to}", *lines)


def test_a_router_is_reached_by_its_vty_password() -> None:
    assert dial(lab(), "knock", "exit") == (
        "Trying 10.0.0.2 ... Open\n\n\nUser Access Verification\n\nPassword: \nR2>exit\n"
        "\n[Connection to 10.0.0.2 closed by foreign host]\n"
    )


def test_three_wrong_passwords() -> None:
    text = dial(lab(), "a", "b", "c")
    assert text.endswith("% Bad passwords\n\n[Connection to 10.0.0.2 closed by foreign host]\n")
    assert text.count("Password: ") == 3
    assert "a\n" not in text.split("Open")[1], "passwords are not echoed"


def test_without_a_password_nobody_comes_in() -> None:
    assert "\n\nPassword required, but none set\n\n[Connection to 10.0.0.2 closed" in dial(lab("line vty 0 4\n login"))


def test_no_login_asks_nothing() -> None:
    assert dial(lab("line vty 0 4\n no login")) == "Trying 10.0.0.2 ... Open\nR2>"


def test_login_local_and_privilege() -> None:
    network = lab("username ann privilege 15 password 0 bee\nline vty 0 4\n login local")
    text = dial(network, "ann", "bee", "show users")
    assert "Username: ann\nPassword: \nR2#show users" in text
    row = next(line for line in text.splitlines() if line.startswith("*"))
    assert row.split() == ["*", "2", "vty", "0", "ann", "idle", "00:00:00", "10.0.0.1"]


def test_enable_without_a_secret_is_refused_at_a_vty() -> None:
    assert "% No password set" in dial(lab("line vty 0 4\n no login"), "enable")


def test_configuring_from_afar_is_logged_with_the_line() -> None:
    network = lab()
    dial(network, "knock", "enable", "lab", "configure terminal", "hostname FAR", "end")
    assert "%SYS-5-CONFIG_I: Configured from console by vty0 (10.0.0.1)" in network.type("R2", "show logging")
    assert network["R2"].hostname == "FAR"


def test_log_lines_are_for_terminals_that_monitor() -> None:
    network = lab()
    dial(network, "knock", "enable", "lab")
    network.configure("R2", "hostname QUIET")
    assert "CONFIG_I" not in network.type("R1", "show clock")
    network.type("R1", "terminal monitor")
    network.configure("R2", "hostname LOUD")
    assert "%SYS-5-CONFIG_I: Configured from console by console" in network.type("R1", "show clock")


def test_long_output_waits_for_a_key() -> None:
    network = lab()
    text = dial(network, "knock", "enable", "lab", "show running-config")
    assert text.endswith(" --More-- ")


def test_show_terminal_says_which_protocols_may_be_used() -> None:
    network = lab(VTY + " transport input telnet")
    assert "Allowed input transports are telnet.\n" in dial(network, "knock", "terminal length 0", "show terminal")
    assert "Allowed input transports are none.\n" in network.type("R2", "show terminal")


def test_the_port_is_among_the_open_ones() -> None:
    text = lab().type("R2", "show control-plane host open-ports")
    assert [line.split() for line in text.splitlines() if "tcp" in line] == [["tcp", "*:23", "*:0", "Telnet", "LISTEN"]]


class TestRefusals:
    def test_nobody_listens(self) -> None:
        assert dial(lab(), to="10.0.0.2 80") == ("Trying 10.0.0.2, 80 ... \n% Connection refused by remote host\n\n")

    def test_nobody_is_there(self) -> None:
        network = lab()
        begun = network.sim.now
        assert "% Connection timed out; remote host not responding\n" in dial(network, to="10.0.0.77")
        assert network.sim.now - begun == 30 * SECOND

    def test_synwait_time(self) -> None:
        network = lab(first="ip tcp synwait-time 5\n")
        begun = network.sim.now
        dial(network, to="10.0.0.77")
        assert network.sim.now - begun == 5 * SECOND

    def test_no_route(self) -> None:
        assert "% Destination unreachable; gateway or host down\n" in dial(lab(), to="8.8.8.8")

    def test_a_filter_says_no(self) -> None:
        network = lab(VTY + "access-list 101 deny tcp any any eq telnet\naccess-list 101 permit ip any any\n"
                      "interface GigabitEthernet0/0\n ip access-group 101 in")  # fmt: skip
        assert "% Destination unreachable; gateway or host down\n" in dial(network)

    def test_a_name_that_nobody_knows(self) -> None:
        assert "unable to find computer address" in dial(lab(), to="nowhere")

    @pytest.mark.parametrize("said", ["transport input none", "transport input ssh", "no transport input"])
    def test_a_line_that_takes_no_telnet(self, said: str) -> None:
        assert "% Connection refused by remote host" in dial(lab(VTY + f" {said}"))

    @pytest.mark.parametrize("said", ["transport input telnet", "transport input ssh telnet", "transport input all"])
    def test_a_line_that_takes_telnet(self, said: str) -> None:
        network = lab(VTY + f" {said}")
        assert "Open" in dial(network)
        assert f" {said}" in network.running("R2")

    def test_an_access_class_lets_some_in(self) -> None:
        network = lab(VTY + " access-class 10 in\naccess-list 10 permit host 192.168.1.10")
        assert "% Connection refused by remote host" in dial(network)
        assert "Open" in dial(network, node="PC1")
        assert "(1 match)" in network.type("R2", "show access-lists 10")

    def test_an_access_class_keeps_calls_in(self) -> None:
        network = lab(first="access-list 10 permit host 2.2.2.2\nline con 0\n access-class 10 out\n")
        assert "% Connections to that host not permitted from this terminal" in dial(network)
        assert "Open" in dial(network, to="2.2.2.2")

    def test_all_lines_are_taken(self) -> None:
        network = lab(VTY)
        for _ in range(5):
            assert "Open" in dial(network)
            network.type("R1", "^^x")
        assert "% Connection refused by remote host" in dial(network)


class TestConnections:
    def test_the_escape_sequence_leads_back_and_resume_there_again(self) -> None:
        network = lab()
        dial(network, "knock")
        assert network.type("R1", "^^x") == ""
        assert network.console("R1").prompt == "R1#"
        sessions = network.type("R1", "show sessions").splitlines()
        assert sessions[1].split() == ["*", "1", "10.0.0.2", "10.0.0.2", "0", "0", "10.0.0.2"]
        assert network.type("R1", "resume").startswith("[Resuming connection 1 to 10.0.0.2 ... ]\n")
        assert "R2>" in network.type("R1", "show clock")
        network.type("R1", "^^x")
        assert "[Resuming connection 1 to 10.0.0.2 ... ]" in network.type("R1", "")
        assert "closed by foreign host" in network.type("R1", "exit")
        assert network.type("R1", "where") == "% No connections open\n"

    def test_a_number_leads_to_that_connection(self) -> None:
        network = lab()
        dial(network, "knock", "^^x")
        assert network.type("R1", "7") == "% Not an open connection\n"
        assert network.type("R1", "1").startswith("[Resuming connection 1 to 10.0.0.2 ... ]\n")

    def test_disconnect(self) -> None:
        network = lab()
        dial(network, "knock", "^^x")
        network.type("R1", "disconnect 1", "")
        network.wait(1)
        assert network.type("R1", "show sessions") == "% No connections open\n"
        assert "vty" not in network.type("R2", "show users")

    def test_a_word_that_is_no_command_is_a_host(self) -> None:
        network = lab(first="ip host far 10.0.0.2\n")
        assert network.type("R1", "far").startswith("Trying far (10.0.0.2) ... Open\n")
        network.type("R1", "^^x")
        assert network.type("R1", "10.0.0.2").startswith("Trying 10.0.0.2 ... Open\n")

    def test_nor_is_it_one_after_transport_preferred_none(self) -> None:
        network = lab(first="ip host far 10.0.0.2\nline con 0\n transport preferred none\n")
        assert " transport preferred none" in network.running("R1")
        for word in ("far", "nowhere"):
            assert network.type("R1", word).endswith("% Invalid input detected at '^' marker.\n\n")

    def test_the_source_of_a_call(self) -> None:
        network = lab(VTY + "ip route 1.1.1.1 255.255.255.255 10.0.0.1")
        text = dial(network, "knock", "show users", to="10.0.0.2 /source-interface Loopback0")
        assert "1.1.1.1" in text
        network.type("R1", "exit")
        network.configure("R1", "ip telnet source-interface Loopback0")
        assert "1.1.1.1" in dial(network, "knock", "show users")

    def test_through_one_router_to_the_next(self) -> None:
        network = lab(first="line vty 0 4\n no login\n")
        dial(network, "knock", "telnet 10.0.0.1")
        assert "vty 0" in network.type("R1", "show users")
        users = network.type("R2", "show users")
        assert next(line for line in users.splitlines() if "vty 0" in line).split()[3] == "10.0.0.1"

    def test_an_idle_line_hangs_up(self) -> None:
        network = lab(VTY + " exec-timeout 1 0")
        dial(network, "knock")
        network.wait(40)
        assert "vty 0" in network.type("R2", "show users")
        network.wait(61)
        assert "vty 0" not in network.type("R2", "show users")

    def test_a_login_has_thirty_seconds(self) -> None:
        network = lab()
        dial(network)
        printed: list[str] = []
        network.console("R1").output = printed.append
        network.wait(40)
        assert "% Password: timeout expired!" in "".join(printed)
        assert "closed by foreign host" in "".join(printed)

    def test_clear_line(self) -> None:
        network = lab()
        dial(network, "knock")
        assert network.type("R2", "clear line vty 0", "").endswith(" [OK]\n")
        network.wait(1)
        assert "vty" not in network.type("R2", "show users")
        assert network.console("R1").prompt == "R1#"

    def test_uses_of_a_line_are_counted(self) -> None:
        network = lab()
        dial(network, "knock", "exit")
        dial(network, "knock")
        row = next(line for line in network.type("R2", "show line").splitlines() if line.startswith("*    2"))
        assert row.split()[-4] == "2"

    def test_a_reload_hangs_up(self) -> None:
        network = lab()
        dial(network, "knock")
        network["R2"].reload()
        network.wait(40)
        assert network["R2"].sessions == []

    def test_a_host_breaks_off_an_attempt(self) -> None:
        network = lab()
        terminal = network.console("R1")
        terminal.submit("telnet 10.0.0.77")
        network.wait(1)
        terminal.interrupt()
        assert terminal.prompt == "R1#"
        assert network["R1"].stack.tcp.connections == {}


class TestKeys:
    """At the console itself, key by key."""

    def _screen(self, network: Network) -> tuple[Tty, list[str]]:
        shown: list[str] = []
        tty = Tty(network.console("R1"), shown.append)
        shown.clear()
        return tty, shown

    def _type(self, network: Network, tty: Tty, keys: str) -> None:
        for key in keys:
            tty.type(key)
            network.wait(0.05)
            tty.update()
        network.wait(1)
        tty.update()

    def test_the_far_end_edits_the_line(self) -> None:
        network = lab()
        tty, shown = self._screen(network)
        self._type(network, tty, "telnet 10.0.0.2\rknock\rshow clokc\b\bck\r")
        text = "".join(shown)
        assert "UTC" in text
        assert text.endswith("R2>")

    def test_question_marks_and_tabs_travel(self) -> None:
        network = lab()
        tty, shown = self._screen(network)
        self._type(network, tty, "telnet 10.0.0.2\rknock\rshow clo?")
        assert "clock" in "".join(shown)
        shown.clear()
        self._type(network, tty, "\tx")
        assert "R2>show clock" in "".join(shown)

    def test_control_c_goes_to_the_far_end(self) -> None:
        network = lab()
        tty, shown = self._screen(network)
        self._type(network, tty, "telnet 10.0.0.2\rknock\rping 9.9.9.9\r\x03")
        network.wait(1)
        assert "".join(shown).endswith("R2>")

    def test_the_escape_sequence(self) -> None:
        network = lab()
        tty, shown = self._screen(network)
        self._type(network, tty, "telnet 10.0.0.2\rknock\r\x1ex")
        assert "".join(shown).endswith("R1#")
        self._type(network, tty, "show sess\r")
        assert "10.0.0.2" in "".join(shown)
        self._type(network, tty, "resume\rexit\r")
        assert "[Connection to 10.0.0.2 closed by foreign host]\r\nR1#" in "".join(shown)


def test_who_leaves_with_open_connections_is_asked() -> None:
    network = lab()
    dial(network, "knock", "^^x")
    assert network.type("R1", "exit") == "" and network.console("R1").prompt == " (You have open connections) [confirm]"
    network.type("R1", "n")
    assert "*  1 10.0.0.2" in network.type("R1", "show sessions")
    network.type("R1", "logout")
    assert network.type("R1", "").startswith("Closing: 10.0.0.2 !\n\n\n\nR1 con0 is now available")
    network.sim.run(until=network.sim.now + SECOND)
    assert "vty" not in network.type("R2", "show users")


def test_a_vty_that_is_left_closes_the_connections_of_its_own() -> None:
    network = lab(VTY, VTY)
    dial(network, "knock", "telnet 10.0.0.1", "knock")
    remote = network.console("R1").remote
    assert remote is not None
    remote.type("\x1e\x1ex")  # the second Ctrl-^ is for R2
    network.sim.run(until=network.sim.now + SECOND)
    text = network.type("R1", "exit", "")
    assert "\n (You have open connections) [confirm]\nClosing: 10.0.0.1 !\n" in text
    assert text.endswith("[Connection to 10.0.0.2 closed by foreign host]\n")
    network.sim.run(until=network.sim.now + SECOND)
    assert "vty" not in network.type("R1", "show users") + network.type("R2", "show users")

"""`?` and Tab."""

from __future__ import annotations

import pytest

from iosim.grammar.assist import complete, help_lines
from iosim.grammar.grammar import ios_grammar


def ask(line: str, mode: str = "privileged") -> list[str]:
    return help_lines(ios_grammar(), mode, line).splitlines()


class TestHelp:
    def test_what_may_come_next_with_its_help(self) -> None:
        lines = ask("show ip ")
        assert "  route                IP routing table" in lines
        assert lines == sorted(lines, key=str.lower)

    def test_the_end_of_the_line_comes_last(self) -> None:
        assert ask("show privilege ") == ["  |     Output modifiers", "  <cr>"]
        assert "  <cr>" not in ask("show ")

    def test_words_that_begin_so(self) -> None:
        assert ask("show int") == ["interfaces"]
        assert ask("show ip interfa") == ["interface"]
        assert [word.strip() for line in ask("show ip a") for word in line.split()] == [
            "access-lists",
            "arp",
            "as-path-access-list",
        ]

    def test_the_type_of_a_value(self) -> None:
        assert ask("ping 1.1.1.1 repeat ") == ["  <1-2147483647>  Repeat count"]

    @pytest.mark.parametrize("half", ["1", "10.", "10.1", "10.1.1.", "10.1.1.1"])
    def test_half_an_address(self, half: str) -> None:
        assert ask(f"ping 1.1.1.1 source {half}") == ["  A.B.C.D  Source address"]

    @pytest.mark.parametrize("wrong", ["256", "10..", "10.1.1.1.", "10.1.1.1.1", ".", "1a"])
    def test_no_address_begins_so(self, wrong: str) -> None:
        assert ask(f"ping 1.1.1.1 source {wrong}") == ["% Unrecognized command"]

    @pytest.mark.parametrize("half", ["1", "12", "999"])
    def test_half_a_number(self, half: str) -> None:
        assert ask(f"set security-association lifetime seconds {half}", "config_crypto_map") == [
            "  <120-2592000>  Security association duration in seconds"
        ]

    def test_interfaces_by_type_and_then_their_number(self) -> None:
        assert "  Loopback                 Loopback interface" in ask("interface ", "config")
        assert ask("interface Loopback ", "config") == ["  <0-2147483647>  Loopback interface number"]
        assert ask("interface Tun ", "config") == ["  <0-2147483647>  Tunnel interface number"]
        assert ask("interface Serial ", "config") == ["  <0-99>  Serial interface number"]

    def test_no_offers_an_early_end(self) -> None:
        ways = [
            "  A.B.C.D     IP address",
            "  dhcp        IP Address negotiated via DHCP",
            "  negotiated  IP Address negotiated over PPP",
            "  pool        IP Address autoconfigured from a local DHCP pool",
        ]
        assert ask("no ip address ", "config_if") == [*ways, "  <cr>"]
        assert ask("ip address ", "config_if") == ways

    def test_inside_the_rest_of_a_line(self) -> None:
        assert ask("description to the wo", "config_if") == ["  LINE  Up to 200 characters describing this"]
        assert ask("description to the ", "config_if") == ["  <cr>"]

    @pytest.mark.parametrize("line", ["foo", "foo ", "show foo "])
    def test_nothing_fits(self, line: str) -> None:
        assert ask(line) == ["% Unrecognized command"]

    def test_ambiguous(self) -> None:
        assert ask("c t ") == ['% Ambiguous command:  "c t"']

    def test_lines_keep_to_the_width(self) -> None:
        lines = help_lines(ios_grammar(), "config_ext_nacl", "permit tcp any any eq t", width=20).splitlines()
        assert [line.split() for line in lines] == [["tacacs", "talk"], ["telnet", "time"]]


class TestTab:
    @pytest.mark.parametrize(
        ("line", "completed"),
        [
            ("sh", "show "),
            ("show ip rou", "show ip route "),
            ("sh", "show "),
            ("show ", "show "),
            ("show i", "show i"),
            ("", ""),
            ("foo ba", "foo ba"),
            ("show interfaces lo", "show interfaces Loopback "),
            ("ping 1.1.1.1", "ping 1.1.1.1"),
        ],
    )
    def test_a_word_is_finished_when_it_is_clear(self, line: str, completed: str) -> None:
        assert complete(ios_grammar(), "privileged", line) == completed


def test_an_endless_line_gets_a_short_answer() -> None:
    line = "show " + "x" * 10_000_000
    assert help_lines(ios_grammar(), "privileged", line) == "% Unrecognized command\n"
    assert complete(ios_grammar(), "privileged", line) == line

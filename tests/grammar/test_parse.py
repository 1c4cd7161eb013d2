"""A line becomes a statement, or is refused as IOS refuses it."""

from __future__ import annotations

import pytest

from iosim.grammar import Ambiguous, CliError, Incomplete, Invalid, Statement
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.names import parse_interface
from iosim.grammar.parse import parse
from iosim.grammar.unparse import unparse
from iosim.wire.address import parse_address


def read(line: str, mode: str = "config") -> Statement:
    return parse(ios_grammar(), mode, line)


class TestWords:
    @pytest.mark.parametrize("line", ["interface GigabitEthernet0/1", "int gi0/1", "INT GI 0/1", "  inter  Gig0/1  "])
    def test_abbreviations_case_and_spaces(self, line: str) -> None:
        assert read(line) == Statement("interface", {"interface": ["GigabitEthernet0/1"]})

    def test_an_exact_word_wins_over_longer_ones(self) -> None:
        assert read("no ip access-list extended x").command == "ip_access_list_extended"
        assert read("show ip interface", "user").command == "show_ip_interface"

    def test_a_value_wins_over_a_word(self) -> None:
        assert read("access-list 10 permit any").get("number") == 10
        assert read("ping 1.1.1.1 size 100", "user").get("size") == 100

    def test_a_unique_beginning_wins_over_any_word(self) -> None:
        assert read("ping i 1.1.1.1", "user").get("target") == "1.1.1.1"

    def test_the_rest_of_a_line_keeps_its_spaces(self) -> None:
        assert read("description  to  the | world ", "config_if").get("description") == "to  the | world"

    def test_several_values(self) -> None:
        statement = read("set transform-set A B C", "config_crypto_map")
        assert statement.all("transform_set") == ["A", "B", "C"]
        assert statement.get("transform_set") == "C"


class TestFrame:
    def test_no_and_default(self) -> None:
        assert read("no hostname").no
        assert read("default hostname").default
        assert read("no ip address", "config_if") == Statement("if_ip_address", {}, no=True)

    def test_a_line_must_not_end_early_without_no(self) -> None:
        with pytest.raises(Incomplete):
            read("hostname")

    def test_do(self) -> None:
        statement = read("do show clock", "config_if")
        assert (statement.do, statement.command) == (True, "show_clock")

    def test_filters(self) -> None:
        statement = read("show running-config |inc ip route|ip nat", "privileged")
        assert statement.filter == Statement("filter_include", {"pattern": ["ip route|ip nat"]})


class TestRefusals:
    @pytest.mark.parametrize(
        ("line", "mode", "column"),
        [
            ("yoo", "config", 0),
            ("ip zoo", "config", 3),
            ("ip domainx", "config", 9),
            ("ip routx 1.1.1.1", "config", 7),
            ("interface foo0/0", "config", 10),
            ("ip address 1.1.1.1 255.255.255.256", "config_if", 19),
            ("  encryption foo", "config_isakmp", 13),
            ("show clock foo", "user", 11),
            ("show running-config", "user", 6),
        ],
    )
    def test_the_caret_stands_under_the_first_wrong_letter(self, line: str, mode: str, column: int) -> None:
        with pytest.raises(Invalid) as caught:
            read(line, mode)
        assert caught.value.column == column
        assert caught.value.message(3) == f"{' ' * (column + 3)}^\n% Invalid input detected at '^' marker.\n\n"

    def test_ambiguous(self) -> None:
        with pytest.raises(Ambiguous) as caught:
            read("e secret x")
        assert caught.value.message() == '% Ambiguous command:  "e secret x"\n'

    def test_incomplete(self) -> None:
        with pytest.raises(Incomplete) as caught:
            read("ip route 1.0.0.0 255.0.0.0")
        assert caught.value.message() == "% Incomplete command.\n\n"

    def test_numbers_out_of_range(self) -> None:
        with pytest.raises(Invalid):
            read("mtu 63", "config_if")
        assert read("mtu 64", "config_if").get("mtu") == 64


class TestPorts:
    @pytest.mark.parametrize(
        ("protocol", "word", "port"),
        [
            ("tcp", "telnet", 23),
            ("tcp", "teln", 23),
            ("tcp", "www", 80),
            ("udp", "isakmp", 500),
            ("udp", "65535", 65535),
        ],
    )
    def test_names_and_numbers(self, protocol: str, word: str, port: int) -> None:
        assert read(f"access-list 101 permit {protocol} any any eq {word}").get("destination_port") == port

    @pytest.mark.parametrize(("protocol", "word"), [("tcp", "isakmp"), ("udp", "www"), ("tcp", "t"), ("udp", "65536")])
    def test_names_of_another_protocol(self, protocol: str, word: str) -> None:
        with pytest.raises(Invalid):
            read(f"access-list 101 permit {protocol} any any eq {word}")


class TestUnparse:
    @pytest.mark.parametrize(
        ("mode", "line"),
        [
            ("config", "hostname R1"),
            ("config", "ip route 10.0.0.0 255.0.0.0 GigabitEthernet0/0 10.0.0.1 200 tag 5 permanent name WAN"),
            ("config", "access-list 101 permit tcp host 1.2.3.4 eq telnet any range 1 4 established log"),
            ("config", "crypto isakmp key secret address 1.2.3.4 255.255.255.0"),
            ("config_if", "ip address 10.0.0.1 255.255.255.0"),
            ("config_crypto_map", "set transform-set A B C"),
            ("config_ext_nacl", "remark a  b"),
            ("config_line", "transport input ssh telnet"),
        ],
    )
    def test_a_line_read_and_written_is_the_same(self, mode: str, line: str) -> None:
        statement = read(line, mode)
        assert unparse(ios_grammar(), mode, statement.command, statement.args) == line

    def test_arguments_that_do_not_fit(self) -> None:
        with pytest.raises(ValueError, match="no line for hostname"):
            unparse(ios_grammar(), "config", "hostname", {"name": ["R1"], "colour": ["red"]})

    def test_a_value_out_of_its_range_is_not_written(self) -> None:
        with pytest.raises(ValueError, match="no line for if_mtu"):
            unparse(ios_grammar(), "config_if", "if_mtu", {"mtu": [1]})


def test_addresses_are_numbers() -> None:
    assert read("ip address 10.0.0.1 255.255.255.0", "config_if").get("address") == parse_address("10.0.0.1")


@pytest.mark.parametrize(
    ("mode", "line", "taken"),
    [
        ("config_if", "ipv6 address 2001:DB8::1/64", True),
        ("config_if", "ipv6 address 2001:DB8::1/129", False),
        ("config_if", "ipv6 address FE80::1 link-local", True),
        ("config_if", "ipv6 address FE80::G link-local", False),
        ("config_if", "ipv6 address foo", False),
        ("config", "ip prefix-list X permit 10.0.0.0/8", True),
        ("config", "ip prefix-list X permit 10.0.0.0/33", False),
        ("config_vrf", "rd 65000:1", True),
        ("config_vrf", "rd 10.0.0.1:7", True),
        ("config_vrf", "rd one:two", False),
    ],
)
def test_addresses_and_prefixes_are_checked(mode: str, line: str, taken: bool) -> None:
    try:
        parse(ios_grammar(), mode, line)
    except CliError:
        assert not taken
    else:
        assert taken


@pytest.mark.parametrize(("text", "name"), [("tu2147483647", "Tunnel2147483647"), ("tu2147483648", None)])
def test_interfaces_have_numbers_of_31_bits(text: str, name: str | None) -> None:
    assert parse_interface(text) == name

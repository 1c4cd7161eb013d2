"""Levels of commands, aliases, and who is there."""

from __future__ import annotations

from ntc_templates.parse import parse_output

from .network import Network, pair

INVALID = "% Invalid input detected at '^' marker.\n"
LEVELS = """\
privilege exec level 5 sh run
privilege exec level 5 configure terminal
privilege exec level 3 clear counters
privilege exec level 1 show
privilege exec all level 4 debug crypto
privilege configure level 5 interface
privilege interface level 5 shutdown
"""


def refused(network: Network, *lines: str) -> bool:
    return INVALID in network.type("R1", *lines)


def at_level(level: int, configuration: str = LEVELS) -> Network:
    network = pair(configuration)
    network.type("R1", f"enable {level}")
    return network


def test_levels_are_written_with_their_beginnings() -> None:
    lines = [line for line in pair(LEVELS).running("R1") if line.startswith("privilege")]
    assert sorted(lines) == [
        "privilege configure level 5 interface",
        "privilege exec all level 4 debug crypto",
        "privilege exec level 1 show",
        "privilege exec level 3 clear",
        "privilege exec level 3 clear counters",
        "privilege exec level 4 debug",
        "privilege exec level 5 configure",
        "privilege exec level 5 configure terminal",
        "privilege exec level 5 show running-config",
        "privilege interface level 5 shutdown",
    ]
    again = [line for line in pair("\n".join(lines) + "\n").running("R1") if line.startswith("privilege")]
    assert again == lines


def test_a_level_has_the_commands_of_lower_ones() -> None:
    network = at_level(4)
    assert not refused(network, "show clock")
    assert not refused(network, "clear counters", "")
    assert not refused(network, "debug crypto isakmp")
    assert refused(network, "show running-config")
    assert refused(network, "show startup-config")
    assert refused(network, "configure terminal")
    assert refused(network, "write memory")


def test_the_caret_stands_under_the_word_that_is_too_high() -> None:
    assert at_level(4).type("R1", "show running-config") == "        ^\n" + INVALID + "\n"


def test_configuring_at_a_level() -> None:
    network = at_level(5)
    network.type("R1", "configure terminal", "interface gi0/0")
    assert refused(network, "hostname X")
    assert refused(network, "ip address 1.1.1.1 255.0.0.0")
    assert refused(network, "do write memory")
    assert not refused(network, "do show clock", "no shutdown", "shutdown", "exit", "end")
    assert network.console("R1").prompt == "R1#"


def test_raising_a_command_takes_it_from_users() -> None:
    network = at_level(1, "privilege exec level 7 ping\n")
    assert refused(network, "ping 1.1.1.1")
    network.type("R1", "enable")
    network.configure("R1", "privilege exec reset ping")
    network.type("R1", "disable")
    assert not refused(network, "ping 10.0.0.2")


def test_help_and_tab_show_what_is_there() -> None:
    network = at_level(5)
    console = network.console("R1")
    assert console.help("show ru") == "running-config\n"
    assert console.help("show star") == "% Unrecognized command\n"
    assert console.complete("conf") == "configure "
    assert console.complete("relo") == "relo"
    network.type("R1", "disable")
    assert console.complete("conf") == "conf"


def test_user_exec_without_levels() -> None:
    network = at_level(1, "")
    assert network.console("R1").prompt == "R1>"
    assert refused(network, "show running-config")
    assert network.type("R1", "show privilege") == "Current privilege level is 1\n"


def test_aliases() -> None:
    network = pair(
        "alias exec sib show ip interface brief\nalias configure ll line con 0\nalias interface sh shutdown\n"
    )
    assert network.type("R1", "sib | include Gi.*0/1") == network.type("R1", "show ip int br | include Gi.*0/1")
    assert network.type("R1", "s privilege") == "Current privilege level is 15\n"
    network.configure("R1", "ll", "exec-timeout 0 0", "interface gi0/1", "sh")
    assert " exec-timeout 0 0" in network.running("R1") and " shutdown" in network.running("R1")
    assert network.console("R1").help("sib ") == network.console("R1").help("show ip interface brief ")
    assert (
        network.type("R1", "show aliases interface")
        == "Interface configuration mode aliases:\n  sh                    shutdown\n"
    )


def test_aliases_are_listed_for_parsers_and_can_be_taken_away() -> None:
    network = pair("alias exec sib show ip interface brief\nno alias exec s\n")
    rows = parse_output("cisco_ios", "show aliases", network.type("R1", "show aliases"))
    found = {row["alias"]: row["command"] for row in rows if row["alias"]}
    assert found == {
        "h": "help",
        "lo": "logout",
        "p": "ping",
        "r": "resume",
        "u": "undebug",
        "un": "undebug",
        "w": "where",
        "sib": "show ip interface brief",
    }
    assert [line for line in network.running("R1") if "alias" in line] == [
        *["alias exec sib show ip interface brief", "no alias exec s"],
    ]
    network.configure("R1", "default alias exec s", "no alias exec sib")
    assert [line for line in network.running("R1") if "alias" in line] == []


def test_users_are_listed_for_parsers() -> None:
    network = pair("username bob password x\nline con 0\nlogin local\n")
    network.type("R1", "exit", "", "bob", "x")
    network.wait(30)
    for command in ("show users", "who", "systat"):
        (row,) = parse_output("cisco_ios", "show users", network.type("R1", command))
        assert (row["line"], row["user"], row["hosts"], row["idle"]) == ("*  0 con 0", "bob", "idle", "00:00:00")
    assert len(parse_output("cisco_ios", "show users", network.type("R1", "show users all"))) == 7
    rows = network.type("R1", "show line con 0").splitlines()
    assert rows[1].split() == ["*", "0", "0", "CTY", "-", "-", "-", "-", "-", "1", "0", "0/0", "-"]
    assert network.type("R1", "show line 99") == "% Invalid line number\n"
    assert network.type("R1", "show sessions") == network.type("R1", "where") == "% No connections open\n"

"""The configuration as a whole: shown, saved, compared, archived, replaced; what clients of network automation do."""

from __future__ import annotations

import pytest

from tests.ios.network import Network, pair


@pytest.fixture
def network() -> Network:
    return pair()


def typed(network: Network, *lines: str) -> str:
    return network.type("R1", *lines)


def write_file(network: Network, name: str, text: str) -> None:
    """Put a file into the flash of R1, as SCP does."""
    network["R1"].flash.write(name, text.encode(), network["R1"].clock_now())


def test_the_header_tells_of_changes_and_of_saving(network: Network) -> None:
    assert "!\n! No configuration change since last restart\n!\nversion" in typed(network, "show running-config")
    network.configure("R1", "hostname R1")
    typed(network, "write memory")
    header = (
        "!\n! Last configuration change at 00:00:30 UTC Fri Mar 1 2002\n"
        "! NVRAM config last updated at 00:00:30 UTC Fri Mar 1 2002\n!\nversion 15.7\n"
    )
    assert header in typed(network, "show running-config")
    assert header in typed(network, "show startup-config")


def test_the_size_is_that_of_what_follows(network: Network) -> None:
    head, _, text = typed(network, "show running-config").partition(" bytes\n")
    assert head == f"Building configuration...\n\nCurrent configuration : {len(text) - 1}"
    assert text.endswith("!\nend\n\n")


def test_forms_of_the_running_configuration(network: Network) -> None:
    everything = typed(network, "show running-config all")
    assert "Current configuration with default configurations exposed : " in everything
    assert "hdlc" not in everything
    assert "\n no shutdown\n" in everything and "\n no shutdown\n" not in typed(network, "show running-config")
    assert "\n     3 : !\n     4 : version 15.7\n" in typed(network, "show running-config linenum")
    shown = typed(network, "show running-config interface Loopback0")
    assert shown.endswith("bytes\n!\ninterface Loopback0\n ip address 1.1.1.1 255.255.255.255\nend\n\n")
    assert "% Invalid input" in typed(network, "show running-config interface Loopback99")
    assert typed(network, "show running-config full") == typed(network, "write terminal")
    network.configure("R1", "policy-map A", "policy-map B", "class class-default", "policy-map C")
    assert "!\npolicy-map B\n class class-default\nend\n" in typed(network, "show running-config policy-map B")


def test_brief_leaves_out_certificates(network: Network) -> None:
    lines = ("crypto pki certificate chain T", "certificate 01", "30820122", "quit", "exit", "hostname R1")
    network.configure("R1", *lines)
    assert " certificate 01\n  30820122\n  \tquit\n!" in typed(network, "show running-config")
    brief = typed(network, "show running-config brief")
    assert " certificate 01\n!" in brief and "30820122" not in brief


def test_configuring_from_memory_tells_what_is_refused(network: Network) -> None:
    typed(network, "write memory")
    network["R1"].startup += "frob 1\n"
    network.configure("R1", "hostname X")
    answer = typed(network, "copy startup-config running-config", "")
    assert answer.startswith("frob 1\n  ^\n% Invalid input detected at '^' marker.\n\n")
    assert "%SYS-5-CONFIG_I: Configured from memory by console\n" in answer
    assert " bytes copied in 0." in answer
    assert network["R1"].console().prompt == "R1#"


def test_differences(network: Network) -> None:
    typed(network, "write memory")
    network.configure("R1", "hostname X", "interface Loopback0", "description d", "interface Loopback1")
    command = "show archive config differences nvram:startup-config system:running-config"
    assert typed(network, command) == (
        "!Contextual Config Diffs:\n+hostname X\ninterface Loopback0\n +description d\n"
        "+interface Loopback1\n +no ip address\n-hostname R1\n\n"
    )
    typed(network, "write memory")
    assert typed(network, "show archive config differences") == "!Contextual Config Diffs:\n!No changes were found\n\n"


def test_incremental_differences(network: Network) -> None:
    write_file(network, "m", "interface Loopback0\n description d\n ip address 1.1.1.1 255.255.255.255\nHOSTNAME R1\n")
    assert typed(network, "show archive config incremental-diffs flash:m ignorecase") == (
        "!List of Commands:\ninterface Loopback0\n description d\nend\n\n"
    )
    write_file(network, "n", "hostname R1\n")
    assert typed(network, "show archive config incremental-diffs flash:n") == (
        "!List of Commands:\nend\n!No changes were found\n\n"
    )


def test_replacing_asks_and_leaves_engines_alone(network: Network) -> None:
    typed(network, "copy running-config flash:good", "")
    network.configure("R1", "interface GigabitEthernet0/0", "description other", "interface Loopback5")
    since = network["R1"].sim.now
    assert "Enter Y if you are sure you want to proceed. ? [no]: " in _question(network, "configure replace flash:good")
    assert typed(network, "n") == ""
    assert "interface Loopback5" in network.running("R1")
    answer = typed(network, "configure replace flash:good list", "y")
    assert "!List of Rollback Commands:\nno interface Loopback5\ninterface GigabitEthernet0/0\n no desc" in answer
    assert answer.endswith("\nTotal number of passes: 1\nRollback Done\n\n")
    assert "interface Loopback5" not in network.running("R1")
    assert typed(network, "configure replace flash:good force").endswith("passes: 0\nRollback Done\n\n")
    log = typed(network, "show logging")
    assert "Interface GigabitEthernet0/0, changed state to" not in log[log.index(_stamp(since)) :]
    assert "!!!!!" in typed(network, "ping 10.0.0.2")


def _question(network: Network, line: str) -> str:
    typed(network, line)
    return network["R1"].console().prompt


def _stamp(time: int) -> str:
    return f"00:00:{time // 1_000_000:02}"


def test_replacing_by_something_else_is_refused(network: Network) -> None:
    write_file(network, "x", "no configuration")
    answer = typed(network, "configure replace flash:x force")
    assert answer == "%The input file is not a valid config file.\n"


def test_an_error_reverts_when_it_is_to(network: Network) -> None:
    before = network.running("R1")
    write_file(network, "bad", "hostname X\nfrob\nend\n")
    answer = typed(network, "configure replace flash:bad force revert trigger error")
    assert "********\nfrob\n********\n" in answer
    assert "The original configuration has been successfully restored.\n" in answer
    assert network.running("R1") == before
    assert "Rollback failed" in typed(network, "configure replace flash:bad force")
    assert "hostname X" in network.running("R1")


def test_a_change_that_is_not_confirmed_goes_back(network: Network) -> None:
    network.configure("R1", "archive", "path flash:a")
    typed(network, "copy running-config flash:good", "")
    write_file(network, "new", network["R1"].flash.read("good").decode().replace("hostname R1", "hostname NEW"))
    typed(network, "configure replace flash:new force time 2")
    assert network["R1"].hostname == "NEW"
    network.wait(121)
    assert network["R1"].hostname == "R1"
    typed(network, "configure replace flash:new force revert timer 2", "configure confirm")
    network.wait(121)
    assert network["R1"].hostname == "NEW"
    assert typed(network, "configure confirm") == "%No Rollback Confirmed Change pending\n"


def test_the_archive(network: Network) -> None:
    assert typed(network, "show archive") == typed(network, "archive config") == " Archive feature not enabled\n"
    network.configure("R1", "archive", "path flash:$h", "maximum 2", "write-memory")
    typed(network, "archive config", "write memory", "write memory")
    assert typed(network, "show archive") == (
        "The maximum archive configurations allowed is 2.\n"
        "There are currently 2 archive configurations saved.\n"
        "The next archive file will be named flash:/R1-<timestamp>-3\n Archive #  Name\n"
        "   1        flash:/R1-Mar--1-00-00-30.000-1\n   2        flash:/R1-Mar--1-00-00-30.000-2 <- Most Recent\n"
    )
    lines = network.running("R1")
    place = lines.index("archive")
    assert lines[place : place + 4] == ["archive", " path flash:$h", " write-memory", " maximum 2"]


def test_what_napalm_does(network: Network) -> None:
    """Merge a file, compare, commit, roll back; the file itself comes by SCP."""
    network.configure("R1", "file prompt quiet")
    write_file(network, "merge_config.txt", "interface Loopback0\n description merged\n")
    assert "Error opening" in typed(network, "dir flash:/rollback_config.txt")
    assert "bytes copied" in typed(network, "copy running-config flash:/rollback_config.txt")
    assert "+ description merged" in _signed(
        typed(network, "show archive config incremental-diffs flash:/merge_config.txt ignorecase")
    )
    assert "bytes copied" in typed(network, "copy flash:/merge_config.txt running-config")
    assert " description merged" in network.running("R1")
    assert "[OK]" in typed(network, "write memory")
    assert "Rollback Done" in typed(network, "configure replace flash:/rollback_config.txt force")
    assert " description merged" not in network.running("R1")
    typed(network, "copy running-config flash:/candidate_config.txt")
    network.configure("R1", "hostname R9")
    answer = typed(network, "show archive config differences system:/running-config flash:/candidate_config.txt")
    assert answer == "!Contextual Config Diffs:\n+hostname R1\n-hostname R9\n\n"
    command = "configure replace flash:/candidate_config.txt force revert trigger error"
    assert "Rollback Done" in typed(network, command)
    assert network["R1"].hostname == "R1"


def _signed(text: str) -> str:
    return "\n".join(f"+{line}" for line in text.splitlines())

"""Kept lines of crypto and services: what they replace, how they are written, and what stays refused."""

from __future__ import annotations

import pytest

from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator


def load(text: str) -> tuple[list[str], list[str]]:
    """What is refused of a text, and the written configuration."""
    router = Router(Simulator(), "R1")
    refused = [refusal.text for refusal in load_text(router, text)]
    return refused, router.running_lines()


def section(lines: list[str], opening: str) -> list[str]:
    """The lines below one, as far as they are indented."""
    start = lines.index(opening) + 1
    length = next(n for n, line in enumerate(lines[start:]) if not line.startswith(" "))
    return lines[start : start + length]


CHAIN = """\
crypto pki certificate chain T
 certificate self-signed 01
  3082024B 308201B4 A0030201 02020101 300D0609 2A864886
  4D100000 FF
  \tquit
 certificate ca 02
  30820321
  \tquit
ip domain name example.net
"""


def test_certificates_are_written_as_they_were_read() -> None:
    refused, lines = load(CHAIN)
    assert refused == []
    written = [line.rstrip(" ") for line in section(lines, "crypto pki certificate chain T")]
    assert written == CHAIN.splitlines()[1:-1]
    assert "ip domain name example.net" in lines


def test_certificate_data_is_hexadecimal() -> None:
    refused, _ = load("crypto pki certificate chain T\n certificate 01\n  3082 024G\n  quit\n")
    assert refused == ["3082 024G"]


def test_a_sibling_follows_in_the_mode_around() -> None:
    refused, lines = load(
        "policy-map P\n class A\n  police 8000\n   conform-action transmit\n class B\n  priority percent 10\n"
    )
    assert refused == []
    assert section(lines, "policy-map P") == [
        " class A",
        "  police 8000",
        "   conform-action transmit",
        " class B",
        "  priority percent 10",
    ]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (
            "aaa authentication login default local\naaa authentication login CON none\n"
            "aaa authentication login default group radius local",
            ["aaa authentication login default group radius local", "aaa authentication login CON none"],
        ),
        ("ntp server 10.0.0.1\nntp server 10.0.0.1 prefer\nno ntp server 10.0.0.2", ["ntp server 10.0.0.1 prefer"]),
        ("clock timezone PST -8 0", ["clock timezone PST -8 0"]),
        ("crypto ca token default removal timeout 0", ["crypto pki token default removal timeout 0"]),
        ("ip nat inside source list 1 int Lo0 ov", ["ip nat inside source list 1 interface Loopback0 overload"]),
        ("no ip icmp rate-limit unreachable", ["no ip icmp rate-limit unreachable"]),
        ("no cdp log mismatch duplex\ncdp log mismatch duplex", ["cdp log mismatch duplex"]),
    ],
)  # fmt: skip
def test_lines_are_written(said: str, written: list[str]) -> None:
    refused, lines = load(said)
    assert refused == []
    first = written[0].split()[:2]
    assert [line for line in lines if line.removeprefix("no ").split()[:2] == first or line in written] == written


def test_a_command_that_acts_at_once_is_not_written() -> None:
    refused, lines = load("hostname R1\nip domain name example.net\ncrypto key generate rsa general-keys modulus 512\n")
    assert refused == []
    assert not [line for line in lines if "generate" in line]


@pytest.mark.parametrize(
    "text",
    [
        "crypto isakmp policy 10\n group 3",
        "crypto ipsec transform-set T comp-lzs",
        "vlan 4095",
        "class-map C\n match default-inspection-traffic",
    ],
)
def test_what_is_not_there_stays_refused(text: str) -> None:
    refused, _ = load(text)
    assert refused == [text.splitlines()[-1].strip()]

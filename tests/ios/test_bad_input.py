"""Whatever is loaded or pasted: a clear word about it, the rest goes on, and nothing that was configured is lost."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.ios.text import decode
from iosim.sim.clock import Simulator
from tests.fuzz_config import BEFORE, mutated, one, seeds

from .network import pair

STANDING = "interface Loopback77\n ip address 10.77.77.77 255.255.255.255"
FOREIGN = {
    "Cisco ASA": "interface Ethernet0/0\n nameif outside\n security-level 0\nobject network x\n",
    "NX-OS": "feature ospf\nvrf context x\nvdc n1 id 1\n  limit-resource vlan minimum 16 maximum 4094\n",
    "IOS XR": "RP/0/RP0/CPU0:r#\nroute-policy x\n  pass\nend-policy\n",
    "JunOS": "system {\n    host-name r1;\n    services { ssh; }\n}\n",
    "Arista EOS": "transceiver qsfp default-mode 4x10G\ninterface Ethernet1\n   mlag 1\n",
    "MikroTik RouterOS": "/ip address\nadd address=10.0.0.1/24 interface=ether1\n",
}


def configured() -> Router:
    """A router with something configured."""
    router = Router(Simulator(), "R1")
    assert load_text(router, BEFORE) == []
    return router


@pytest.mark.parametrize("system", FOREIGN)
def test_configurations_of_other_systems_are_named_and_lose_nothing(system: str) -> None:
    router = configured()
    refusals = load_text(router, FOREIGN[system] + "hostname After\n")
    assert [f"for {system}, not for IOS." in refusal.message for refusal in refusals].count(True) == 1
    written = "\n".join(router.running_lines())
    assert STANDING in written and "hostname After" in written


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"\x7fELF\x01\x02\x00" * 200, 1, "% This is binary data, not a configuration."),
        (b"hostname R1\n" + b"x" * 10_000_000 + b"\nip cef\n", 2, "% Line is too long: 10000000 characters"),
        (b"banner motd ^C\n" + b"text\n" * 1000, 1, "% The text that begins here has no end: no '^C' follows."),
        (b"hostname R1\ncrypto isakmp pol", 2, "% Incomplete command."),
        (b"interface Loopback1\n" + b" " * 2000 + b"frob\n", 2, "% Invalid input detected at '^' marker."),
        ("description straße\n".encode(), 1, "% Invalid input detected at '^' marker."),
    ],
    ids=["binary", "10 MB line", "endless banner", "truncated", "deep", "global description"],
)
def test_a_clear_word_where_it_is(data: bytes, line: int, message: str) -> None:
    router = configured()
    refusal = next(of for of in load_text(router, decode(data)) if message in of.message)
    assert refusal.line == line
    assert STANDING in "\n".join(router.running_lines())


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_texts_in_any_encoding_are_kept(encoding: str) -> None:
    router = configured()
    assert load_text(router, decode("interface Loopback1\n description Straße\n".encode(encoding))) == []
    assert " description Straße" in router.running_lines()


def test_a_session_goes_on_after_garbage() -> None:
    network = pair()
    console = network.console("R1")
    console.submit("configure terminal")
    for line in ("x" * 5000, "\x00\x01", "ip address " * 200, "(((((" * 100, "banner motd", "ÿþ", "no " * 50):
        console.submit(line)
    console.submit("hostname Still")
    console.submit("end")
    console.submit("show running-config | include hostname")
    assert "hostname Still" in "\n".join(network.nodes["R1"].running_lines())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_judged_and_loaded(data: bytes) -> None:
    one(data)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_any_mutation_of_configurations_is_judged_and_loaded(seed: int) -> None:
    one(mutated(random.Random(seed), seeds()))

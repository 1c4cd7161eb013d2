"""A right lab file becomes the topology that it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from iosim.lab import units
from iosim.lab.errors import LabError
from iosim.lab.find import bundled_labs, find_lab
from iosim.lab.load import load_lab
from iosim.lab.topology import CaptureCheck, Conditions, Endpoint, HostSpec, NatSpec, PingCheck, RouterSpec, SwitchSpec
from iosim.stack.switch import Access, Trunk
from iosim.wire.address import address_text
from lab.sample import LAB, write


def test_the_whole_file(tmp_path: Path) -> None:
    lab = load_lab(write(tmp_path, LAB))
    assert (lab.name, lab.seed, list(lab.nodes)) == ("small", 7, ["R1", "R2", "SW1", "PC1", "PC2"])
    assert lab.consoles() == ["R1", "R2", "PC1", "PC2"]
    router, blank = lab.nodes["R1"], lab.nodes["R2"]
    assert isinstance(router, RouterSpec) and router.text.startswith("hostname R1")
    assert isinstance(blank, RouterSpec) and blank.text == "" and blank.file is None
    assert lab.nodes["PC1"] == HostSpec("PC1", 0xC0A8010A, 24, 0xC0A80101)
    assert lab.nodes["PC2"] == HostSpec("PC2", 0xC0A8020A, 24, None)
    assert isinstance(lab.nodes["SW1"], SwitchSpec)


def test_links_have_canonical_ends_and_conditions(tmp_path: Path) -> None:
    first, second, *_ = load_lab(write(tmp_path, LAB)).links
    assert first.ends == (Endpoint("R1", "GigabitEthernet0/0"), Endpoint("R2", "GigabitEthernet0/0"))
    assert first.conditions == Conditions(delay=5_000, loss=0.01)
    assert second.conditions == Conditions()


def test_checks(tmp_path: Path) -> None:
    ping, capture, _ = load_lab(write(tmp_path, LAB)).checks
    assert isinstance(ping, PingCheck) and (ping.node, ping.to, ping.count) == ("PC1", "192.168.2.10", 5)
    assert ping.expect["received"].holds(4) and not ping.expect["received"].holds(3)
    assert isinstance(capture, CaptureCheck)
    assert (str(capture.link), capture.network, capture.mask) == ("R2:GigabitEthernet0/0", 0xC0A80100, 0xFFFFFF00)


@pytest.mark.parametrize("kind", ["cisco_iol", "cisco_vios", "cisco_csr1000v", "cisco_c8000v", "vr-csr"])
def test_the_kinds_of_containerlab(tmp_path: Path, kind: str) -> None:
    lab = load_lab(write(tmp_path, LAB.replace("{kind: ios}", f"{{kind: {kind}, image: vrnetlab/{kind}:17}}")))
    assert isinstance(lab.nodes["R1"], RouterSpec)


def test_words_that_yaml_would_take_for_something_else(tmp_path: Path) -> None:
    lab = load_lab(write(tmp_path, "name: 10\ntopology: {nodes: {no: {kind: ios}, 1: {kind: switch}}}\n"))
    assert (lab.name, list(lab.nodes)) == ("10", ["no", "1"])


@pytest.mark.parametrize("name", bundled_labs())
def test_bundled_labs(name: str) -> None:
    lab = load_lab(find_lab(name))
    assert lab.name == name.rpartition("/")[2]
    assert lab.checks
    assert (lab.file.parent / "README.md").is_file()


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [("5ms", 5_000), ("30s", 30_000_000), ("1.5h", 5_400_000_000), ("250us", 250), ("2 m", 120_000_000)],
)
def test_durations(text: str, microseconds: int) -> None:
    assert units.duration(text) == microseconds


@pytest.mark.parametrize("text", ["", "5", "ms", "-5ms", "5 parsecs", "1e3s", "٣s", "9" * 40 + "s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="should be a duration"):
        units.duration(text)


@pytest.mark.parametrize(
    ("text", "holds", "fails"),
    [(">=4", 4, 3), ("<=4", 4, 5), (">4", 5, 4), ("< 4", 3, 4), ("!=0", 1, 0), ("=2", 2, 3), ("2", 2, 1)],
)
def test_comparisons(text: str, holds: int, fails: int) -> None:
    comparison = units.comparison(text)
    assert comparison.holds(holds) and not comparison.holds(fails)


VLANS = """\
name: vlans
topology:
  nodes:
    R1: {kind: ios}
    SW1:
      kind: switch
      vlans: {Gi0/1: trunk native 99, "2": 10}
    PC1: {kind: host, address: 10.0.10.9/24}
  links:
    - endpoints: ["R1:Gi0/0", "SW1:gi0/1"]
    - endpoints: ["PC1:eth0", "SW1:2"]
"""


def test_a_switch_has_the_vlans_that_the_file_says(tmp_path: Path) -> None:
    spec = load_lab(write(tmp_path, VLANS)).nodes["SW1"]
    assert isinstance(spec, SwitchSpec)
    assert spec.vlans == {"GigabitEthernet0/1": Trunk(99), "2": Access(10)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("10}", "5000}", 'vlans: 2: "5000" should be a VLAN from 1 to 4094, "trunk" or "trunk native 99"'),
        ('"2": 10', '"3": 10', '"3"; its interfaces are GigabitEthernet0/1, 2'),
        ("R1:Gi0/0", "R1:Se0/0", "R1:Serial0/0 and SW1:GigabitEthernet0/1: a serial cable has a serial interface"),
    ],
)
def test_what_is_wrong_with_vlans_and_serial_cables(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(LabError) as error:
        load_lab(write(tmp_path, VLANS.replace(old, new)))
    assert said in str(error.value)


STATIC = """\
name: static
topology:
  nodes:
    NAT: {kind: nat, inside: 10.0.0.1/24, outside: 203.0.113.1/29, static: {10.0.0.2: 203.0.113.2}}
    PC1: {kind: host, address: 10.0.0.2/24, gateway: 10.0.0.1}
    PC2: {kind: host, address: 203.0.113.3/29}
  links:
    - endpoints: ["PC1:eth0", "NAT:inside"]
    - endpoints: ["NAT:outside", "PC2:eth0"]
"""


def test_a_translator_gives_hosts_addresses_of_their_own(tmp_path: Path) -> None:
    spec = load_lab(write(tmp_path, STATIC)).nodes["NAT"]
    assert isinstance(spec, NatSpec)
    assert [tuple(map(address_text, pair)) for pair in spec.static] == [("10.0.0.2", "203.0.113.2")]


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("10.0.0.2: 203.0.113.1", "203.0.113.1 is not a free address beside 203.0.113.1/29"),
        ("10.0.0.2: 203.0.113.9", "203.0.113.9 is not a free address beside 203.0.113.1/29"),
        ("10.0.1.2: 203.0.113.2", "10.0.1.2 is not a free address beside 10.0.0.1/24"),
        ("10.0.0.2: 203.0.113.2, 10.0.0.3: 203.0.113.2", "203.0.113.2 is not a free address"),
        ("10.0.0.2: 203.0.113.3", "203.0.113.3 is already an address of NAT"),
        ("10.0.0.2: x", '"x"'),
        ("x: 203.0.113.2", '"x"'),
    ],
)
def test_what_is_wrong_with_addresses_of_their_own(tmp_path: Path, new: str, said: str) -> None:
    with pytest.raises(LabError) as error:
        load_lab(write(tmp_path, STATIC.replace("10.0.0.2: 203.0.113.2", new)))
    assert said in str(error.value) and (":4:" in str(error.value) or ":6:" in str(error.value))

"""Tries folders of configurations as labs: `python tests/trial.py DIR [OUT]`.

Each folder below DIR that holds configurations (`*.cfg`) becomes a lab with the configurations as they are, and the
cables that their subnets tell (tests/trial_cabling.py). It is run, and a table says of each how many lines were
refused, which SAs came up (phase 1/phase 2, of both ends together), which pings went through, and what keeps the rest
from working. Where a router has no route to its peer, as the one that a routing protocol would bring is missing, a
second row says what becomes of the lab with that route typed. The lab files go to OUT, to be run by hand, or to a
temporary folder.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

import yaml

from iosim.lab.build import Network
from iosim.lab.checks import Checker
from iosim.lab.errors import LabError
from iosim.lab.load import load_lab
from iosim.lab.topology import RouterSpec
from tests.trial_cabling import Cabling, Device, cabling
from tests.trial_pings import pings

ROW = "{:40} {:>7} {:>6}  {}"
ANSWERED = "!!!"
PROTOCOLS = {
    "BGP": r"^router bgp", "EIGRP": r"^router eigrp", "OSPF": r"^router ospf", "RIP": r"^router rip",
    "NHRP": r"^ +ip nhrp", "IKEv2": r"^crypto ikev2", "Easy VPN": r"^crypto isakmp client", "NAT": r"^ip nat inside so",
    "IPv6": r"^ +ipv6 address",
}  # fmt: skip


@dataclass(slots=True)
class Result:
    """What came of a lab, or of its second try with the routes that were `typed`."""

    name: str
    refused: int = 0
    phase_1: int = 0
    pairs: int = 0
    through: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)


def main(folder: Path, out: Path) -> int:
    """Try all labs, print the table."""
    print(ROW.format("lab", "refused", "SAs", "pings through"))
    for lab in sorted({file.parent for file in folder.rglob("*.cfg")}):
        for result in trials(lab, out / lab.name):
            print_result(result)
    return 0


def print_result(result: Result) -> None:
    """One row, and below it what there is to say."""
    name = "  with routes typed" if result.typed else result.name
    pings = f"{len(result.through)} of {len(result.through) + len(result.lost)}"
    if result.through:
        pings += f": {', '.join(result.through)}"
    print(ROW.format(name, result.refused, f"{result.phase_1}/{result.pairs}", pings))
    for remark in [*result.typed, *(f"not through: {each}" for each in result.lost), *result.reasons]:
        print(f"      {remark}", flush=True)


def trials(folder: Path, out: Path) -> Iterator[Result]:
    """A lab as it is and, where routes to peers are missing, with these."""
    found = cabling(folder)
    try:
        lab = write_lab(found, folder.name, out)
        network = Network(load_lab(lab))
        network.start()
        result = run(network, found, Result(folder.name, refused=len(network.refused)))
        yield result
        missing = list(missing_routes(network, found))
        if missing and not result.through:
            network = Network(load_lab(lab))
            network.start()
            for node, line in missing:
                for command in ("configure terminal", line, "end"):
                    network.execute(node, command)
            typed = [f"{node}: {line}" for node, line in missing]
            yield run(network, found, Result(folder.name, refused=len(network.refused), typed=typed))
    except LabError as error:
        yield Result(folder.name, reasons=[str(error).replace(f"{out}/", "")])


def run(network: Network, found: Cabling, result: Result) -> Result:
    """Send the pings, then look what there is. A ping is through when it was answered and SAs of both ends grew."""
    counts = decapsulated(network)
    for check in Checker(network).run():
        before, counts = counts, decapsulated(network)
        encrypted = sum(after > count for count, after in zip(before, counts, strict=True)) > 1
        if check.passed and encrypted:
            result.through.append(check.name)
        else:
            result.lost.append(check.name + (" (answered in the clear)" if check.passed else ""))
    for name in routers(network):
        result.phase_1 += len(re.findall(r"QM_IDLE .*ACTIVE", network.execute(name, "show crypto isakmp sa")))
        result.pairs += network.execute(name, "show crypto ipsec sa").count("Status: ACTIVE") // 2
    result.reasons += [*found.remarks, *reasons(network, found)]
    return result


def decapsulated(network: Network) -> list[int]:
    """How many packets have come out of SAs, of each router."""
    shown = (network.execute(name, "show crypto ipsec sa") for name in routers(network))
    return [sum(map(int, re.findall(r"#pkts decaps: (\d+)", text))) for text in shown]


def routers(network: Network) -> list[str]:
    """The names of the routers."""
    return [name for name, spec in network.lab.nodes.items() if isinstance(spec, RouterSpec)]


def reasons(network: Network, found: Cabling) -> Iterator[str]:
    """The peers and the routes to them that a lab lacks, and the protocols that its configurations count on."""
    for device in found.devices:
        for peer in device.peers:
            if not any(other.holds(peer) for other in found.devices):
                yield f"{device.name}'s peer {peer} is nobody's address"
            elif not has_route(network, device, peer):
                yield f"{device.name} has no route to its peer {peer}"
    text = "\n".join(device.text for device in found.devices)
    wanted = [name for name, pattern in PROTOCOLS.items() if re.search(pattern, text, re.MULTILINE)]
    if wanted:
        yield f"the configurations count on {', '.join(wanted)}"


def has_route(network: Network, device: Device, address: IPv4Address) -> bool:
    """Whether a router has a way to an address."""
    output = network.execute(device.name, f"show ip route {address}")
    return "not in table" not in output or "0.0.0.0/0" in network.execute(device.name, "show ip route static")


def missing_routes(network: Network, found: Cabling) -> Iterator[tuple[str, str]]:
    """The routes to peers that routers lack, each with its router: by the first router beside it."""
    for device in found.devices:
        for peer in device.peers:
            if has_route(network, device, peer) or not any(other.holds(peer) for other in found.devices):
                continue
            if (beside := next(neighbors(found, device), None)) is not None:
                yield device.name, f"ip route {peer} 255.255.255.255 {beside}"


def neighbors(found: Cabling, device: Device) -> Iterator[IPv4Address]:
    """The addresses of routers that a cable leads to."""
    subnets = [own.address.network for own in device.interfaces if not own.name.startswith("Tunnel")]
    for other in found.devices:
        if other is not device and other.gateway is None:
            yield from (end.address.ip for end in other.interfaces if end.address.network in subnets)


def write_lab(found: Cabling, name: str, out: Path) -> Path:
    """Write a lab file with the configurations beside it; returns its path."""
    out.mkdir(parents=True, exist_ok=True)
    nodes: dict[str, object] = {switch: {"kind": "switch"} for switch in found.switches}
    for device in found.devices:
        if device.gateway is None:
            (out / f"{device.name}.cfg").write_text(device.text)
            nodes[device.name] = {"kind": "ios", "startup-config": f"{device.name}.cfg"}
        else:
            address = str(device.interfaces[0].address)
            nodes[device.name] = {"kind": "host", "address": address, "gateway": str(device.gateway)}
    links = [{"endpoints": list(cable)} for cable in found.cables]
    checks = [
        {"name": title, "command": {"node": node, "run": line}, "expect": {"contains": ANSWERED}}
        for title, node, line in pings(found)
    ]
    lab = {"name": name, "topology": {"nodes": nodes, "links": links}, "checks": checks}
    (out / "lab.yaml").write_text(yaml.safe_dump(lab, sort_keys=False))
    return out / "lab.yaml"


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not Path(sys.argv[1]).is_dir():
        sys.exit(__doc__)
    if len(sys.argv) == 3:
        sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(sys.argv[1]), Path(temporary)))

"""Works out a lab from a folder of configurations: which files are nodes, and which interfaces a cable joins.

Two interfaces with addresses of one subnet are cabled to each other, three and more to a switch. A subnet of which
only one end is there gets the other one: a provider where a next hop, a neighbor or a /30 tells of a router, a PC
where not. Files of switches are left out, as they have no addresses: the cables go past them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

from iosim.grammar.names import interface_type
from iosim.ios.config import write_lines
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.kinds import file_kind
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.ios.text import decode
from iosim.sim.clock import Simulator

PROVIDER = "PROVIDER"
VIRTUAL_PC = re.compile(r"^ip (\d[\d.]+)[/ ]([\d.]+) (\d\S+)", re.MULTILINE)
PEER = re.compile(r"^ *(?:set peer|tunnel destination) (\d\S+)", re.MULTILINE)
NEXT_HOP = re.compile(r"^ *(?:ip route \S+ \S+ |neighbor )(\d+\.\d+\.\d+\.\d+)", re.MULTILINE)
PASTE = re.compile(r"^(?=conf\w* t\w*\s*$)", re.MULTILINE)
UNNAMED = "Router"
POINT_TO_POINT = 30
FIRST_PC = 10


@dataclass(slots=True)
class Interface:
    """An interface of a router that is not shut down, with its address and the lines that it was given."""

    name: str
    address: IPv4Interface
    lines: list[str]

    @property
    def port(self) -> str:
        """The interface that the cable goes into."""
        return self.name.partition(".")[0]


@dataclass(slots=True)
class Device:
    """A router or (with a gateway) a PC."""

    name: str
    text: str
    interfaces: list[Interface]
    gateway: IPv4Address | None = None

    @property
    def peers(self) -> list[IPv4Address]:
        """The other ends of its tunnels, as it names them."""
        return [IPv4Address(text) for text in dict.fromkeys(PEER.findall(self.text))]

    def holds(self, address: IPv4Address) -> bool:
        """Whether this is an address of its own."""
        return any(each.address.ip == address for each in self.interfaces)

    def inner(self) -> list[Interface]:
        """What lies behind its tunnels: interfaces that are none, carry none and have no crypto map."""
        text = self.text.lower()
        outer = [
            each
            for each in self.interfaces
            if each.name.startswith("Tunnel")
            or any(line.startswith("crypto map") for line in each.lines)
            or f"tunnel source {each.name.lower()}" in text
            or f"tunnel source {each.address.ip}\n" in text
        ]
        return [each for each in self.interfaces if each not in outer]


@dataclass(slots=True)
class Cabling:
    """Nodes, cables between `NODE:INTERFACE`s, and remarks on what was done to the files."""

    devices: list[Device] = field(default_factory=list)
    switches: list[str] = field(default_factory=list)
    cables: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def device(self, name: str) -> Device:
        """A node by its name."""
        return next(each for each in self.devices if each.name == name)


def cabling(folder: Path) -> Cabling:
    """The lab that the files of a folder make."""
    found = Cabling()
    texts = {file.stem: decode(file.read_bytes()) for file in sorted(folder.glob("*.cfg"))}
    for stem, text in hand_over(texts, found.remarks).items():
        device = read_device(stem, text, {each.name for each in found.devices})
        if device.interfaces:
            found.devices.append(device)
        else:
            found.remarks.append(f"{device.name} left out, it has no address")
    for subnet, ends in segments(found.devices).items():
        connect(found, subnet, ends)
    return found


def hand_over(texts: dict[str, str], remarks: list[str]) -> dict[str, str]:
    """Give a paste (from `configure terminal` on) whose peer is the router itself to the router it was meant for."""
    devices = {stem: read_device(stem, text, set()) for stem, text in texts.items()}
    given = dict(texts)
    for stem, device in devices.items():
        for paste in PASTE.split(texts[stem])[1:]:
            if not any(device.holds(IPv4Address(peer)) for peer in PEER.findall(paste)):
                continue
            other = next((o for o, d in devices.items() if not d.peers and any(map(d.holds, device.peers))), None)
            if other is not None:
                given[stem] = given[stem].replace(paste, "")
                given[other] += paste
                remarks.append(f"a paste in {stem} that names {stem} as its peer went to {other}")
    return given


def read_device(stem: str, text: str, taken: set[str]) -> Device:
    """A node as its file says; its name is the hostname, unless it has none or that is taken."""
    if file_kind(text) is not None:
        match = VIRTUAL_PC.search(text)
        interfaces = [Interface("eth0", IPv4Interface(f"{match[1]}/{match[2]}"), [])] if match else []
        return Device(stem, text, interfaces, IPv4Address(match[3]) if match else None)
    router = Router(Simulator(), stem)
    load_text(router, text)
    name = router.hostname
    return Device(stem if name in (UNNAMED, *taken) else name, text, list(_interfaces(router)))


def _interfaces(router: Router) -> Iterator[Interface]:
    for name, config in router.config[Interfaces].interfaces.items():
        settings = config[InterfaceSettings]
        if not settings.shutdown and settings.address is not None:
            own = settings.address
            address = IPv4Interface(f"{IPv4Address(own.address)}/{own.length}")
            yield Interface(name, address, list(write_lines(config)))


def segments(devices: Iterable[Device]) -> dict[IPv4Network, list[tuple[Device, Interface]]]:
    """The ends of each subnet that a cable can lead to."""
    found: dict[IPv4Network, list[tuple[Device, Interface]]] = defaultdict(list)
    for device in devices:
        for interface in device.interfaces:
            if interface.name == "eth0" or interface_type(interface.port).physical:
                found[interface.address.network].append((device, interface))
    return found


def connect(found: Cabling, subnet: IPv4Network, ends: list[tuple[Device, Interface]]) -> None:
    """Lay the cables of a subnet."""
    if len(ends) == 1:
        ends = [*ends, other_end(found, subnet, *ends[0])]
    ports = [f"{device.name}:{interface.port}" for device, interface in ends]
    used = {port for cable in found.cables for port in cable}
    ports = [port for port in ports if port not in used]
    if len(ports) == 2:
        found.cables.append((ports[0], ports[1]))
    elif len(ports) > 2:
        switch = f"LAN{len(found.switches) + 1}"
        found.switches.append(switch)
        found.cables += [(port, f"{switch}:{number}") for number, port in enumerate(ports, start=1)]


def other_end(found: Cabling, subnet: IPv4Network, device: Device, interface: Interface) -> tuple[Device, Interface]:
    """Make up what a lone interface is cabled to."""
    named = [IPv4Address(text) for text in NEXT_HOP.findall(device.text)]
    own = interface.address.ip
    routers = [each for each in named if each in subnet and each != own]
    if subnet.prefixlen >= POINT_TO_POINT:
        routers += [each for each in subnet.hosts() if each != own]
    if not routers:
        hosts = [each for each in list(subnet.hosts())[:254] if each != own]
        address = hosts[min(FIRST_PC, len(hosts)) - 1]
        name = f"PC-{device.name}-{len(found.cables)}"
        end = Interface("eth0", IPv4Interface(f"{address}/{subnet.prefixlen}"), [])
        found.devices.append(Device(name, "", [end], own))
        return found.devices[-1], end
    if not any(each.name == PROVIDER for each in found.devices):
        found.devices.append(Device(PROVIDER, f"hostname {PROVIDER}\n", []))
        found.remarks.append("a provider was added")
    provider = found.device(PROVIDER)
    end = Interface(
        f"GigabitEthernet0/{len(provider.interfaces)}", IPv4Interface(f"{routers[0]}/{subnet.prefixlen}"), []
    )
    provider.interfaces.append(end)
    provider.text += f"interface {end.name}\n ip address {end.address.ip} {subnet.netmask}\n no shutdown\n"
    return provider, end

"""Tables of interfaces: `show interfaces description | status | summary | accounting | stats`, `show vlans`."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar import Statement
from iosim.grammar.names import interface_type, short_name
from iosim.grammar.values import format_address
from iosim.ios.features.interface_counters import InterfaceMeters
from iosim.ios.features.interface_media import medium_of, speed_of
from iosim.ios.features.interfaces import InterfaceSettings
from iosim.ios.features.ip_interface import line_state, named_interfaces, protocol_state
from iosim.ios.features.show_interfaces import config_of
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.stack.interface import Interface
from iosim.stack.tunnel import Tunnel
from iosim.stack.vlan import VlanPort, VlanTrunk
from iosim.wire.ethernet import HEADER_LENGTH, MINIMUM_LENGTH
from iosim.wire.hdlc import HEADER as HDLC_HEADER


@handler("show_interfaces_description")
def show_interfaces_description(session: Session, statement: Statement) -> str:
    """`show interfaces [X] description`"""
    text = "Interface                      Status         Protocol Description\n"
    for interface in named_interfaces(session, statement):
        description = config_of(session.router, interface)[InterfaceSettings].description
        status = line_state(interface).replace("administratively", "admin")
        row = f"{short_name(interface.name):<30} {status:<14} {protocol_state(interface):<8} "
        text += (row + (description or "")).rstrip() + "\n"
    return text


@handler("show_interfaces_status")
def show_interfaces_status(session: Session, statement: Statement) -> str:
    """`show interfaces [X] status`: the ports; those of a router are all routed."""
    text = "\nPort      Name               Status       Vlan       Duplex  Speed Type\n"
    for interface in named_interfaces(session, statement):
        medium = medium_of(interface)
        if not medium.port or not interface_type(interface.name).physical:
            continue
        settings = config_of(session.router, interface)[InterfaceSettings]
        status = "disabled" if not interface.admin_up else "connected" if interface.carrier else "notconnect"
        speed = str(speed_of(medium, settings) // 1000)
        text += (
            f"{short_name(interface.name):<10}{(settings.description or '')[:18]:<19}{status:<13}{'routed':<11}"
            f"{_negotiated(settings.duplex, 'full', interface.carrier):>6}"
            f"{_negotiated(settings.speed, speed, interface.carrier):>7} {medium.port}\n"
        )
    return text


def _negotiated(configured: str | None, found: str, up: bool) -> str:
    if configured not in (None, "auto"):
        return str(configured)
    return f"a-{found}" if up else "auto"


@handler("show_interfaces_summary")
def show_interfaces_summary(session: Session, statement: Statement) -> str:
    """`show interfaces [X] summary`"""
    text = _SUMMARY
    for interface in named_interfaces(session, statement):
        meter, count = session.router[InterfaceMeters].read(interface), interface.counters
        columns = (
            *(0, count.input_drops, 0, count.output_drops),
            *(meter.input.bits_per_second, meter.input.packets_per_second),
            *(meter.output.bits_per_second, meter.output.packets_per_second, 0),
        )
        mark = "*" if interface.line_up else " "
        text += f"{mark} {interface.name:<24}" + "".join(f"{column:>10}" for column in columns) + "\n"
    return text


_SUMMARY = """

 *: interface is up
 IHQ: pkts in input hold queue     IQD: pkts dropped from input queue
 OHQ: pkts in output hold queue    OQD: pkts dropped from output queue
 RXBS: rx rate (bits/sec)          RXPS: rx rate (pkts/sec)
 TXBS: tx rate (bits/sec)          TXPS: tx rate (pkts/sec)
 TRTL: throttle count

  Interface                      IHQ       IQD       OHQ       OQD      RXBS      RXPS      TXBS      TXPS      TRTL
--------------------------------------------------------------------------------------------------------------------
"""


@handler("show_interfaces_accounting")
def show_interfaces_accounting(session: Session, statement: Statement) -> str:
    """`show interfaces [X] accounting`: packets and bytes by protocol."""
    return "".join(
        "".join(_accounting(session.router, interface)) for interface in named_interfaces(session, statement)
    )


def _accounting(router: Router, interface: Interface) -> Iterator[str]:
    description = config_of(router, interface)[InterfaceSettings].description
    count, header = interface.counters, _header(interface)
    yield f"{interface.name} {description or ''}".rstrip() + "\n"
    ip_in, ip_out = count.ip_bytes_in + count.ip_in * header, count.ip_bytes_out + count.ip_out * header
    rows = [
        ("IP", count.ip_in, ip_in, count.ip_out, ip_out),
        ("ARP", count.arp_in, count.arp_in * MINIMUM_LENGTH, count.arp_out, count.arp_out * MINIMUM_LENGTH),
    ]
    rows = [row for row in rows if any(row[1:])]
    if not rows:
        yield "No traffic sent or received on this interface.\n"
        return
    yield "                Protocol    Pkts In   Chars In   Pkts Out  Chars Out\n"
    for name, *numbers in rows:
        yield f"{name:>24}" + "".join(f"{number:>11}" for number in numbers) + "\n"


def _header(interface: Interface) -> int:
    """The bytes that an interface puts before each packet, and counts."""
    if isinstance(interface.framing, Tunnel):
        shape = interface.framing.shape
        return 0 if shape is None else shape.overhead
    return HEADER_LENGTH if interface.is_broadcast else HDLC_HEADER.size


@handler("show_interfaces_stats")
def show_interfaces_stats(session: Session, statement: Statement) -> str:
    """`show interfaces [X] stats`: by switching path; here there is only one, and no cache of routes."""
    return "".join(_stats(interface) for interface in named_interfaces(session, statement))


def _stats(interface: Interface) -> str:
    count = interface.counters
    all_of_it = (count.packets_in, count.bytes_in, count.packets_out, count.bytes_out)
    rows = (("Processor", all_of_it), ("Route cache", (0, 0, 0, 0)), ("Total", all_of_it))
    text = f"{interface.name}\n          Switching path    Pkts In   Chars In   Pkts Out  Chars Out\n"
    for path, numbers in rows:
        text += f"{path:>24}" + "".join(f"{number:>11}" for number in numbers) + "\n"
    return text


@handler("show_vlans")
def show_vlans(session: Session, statement: Statement) -> str:
    """`show vlans [N]`: the VLANs of sub-interfaces."""
    trunks = [each.trunk for each in session.stack.interfaces.values() if isinstance(each.trunk, VlanTrunk)]
    found = [(port.vlan, trunk) for trunk in trunks for vlan, port in trunk.ports.items() if port.vlan == vlan]
    wanted = statement.get("vlan")
    numbers = sorted({vlan for vlan, _ in found if vlan is not None and wanted in (None, vlan)})
    if not numbers:
        return "No Virtual LANs configured.\n"
    interfaces = session.stack.interfaces.values()
    return "".join("".join(_vlan_text(vlan, list(interfaces))) for vlan in numbers)


def _vlan_text(vlan: int, interfaces: list[Interface]) -> Iterator[str]:
    members = [(each, each.port) for each in interfaces if isinstance(each.port, VlanPort) and each.port.vlan == vlan]
    yield f"\nVirtual LAN ID:  {vlan} (IEEE 802.1Q Encapsulation)\n\n"
    for number, (interface, _) in enumerate(members):
        yield f"   {'vLAN Trunk Interface:' if not number else '':<22}  {interface.name}\n"
    yield "\n"
    native = [interface for interface, port in members if port.native]
    if native:
        yield " This is configured as native Vlan for the following interface(s) :\n"
        yield "".join(f"{interface.name}\n" for interface in native) + "\n"
    yield "   Protocols Configured:   Address:              Received:        Transmitted:\n"
    for interface, _ in members:
        count = interface.counters
        for address, _ in interface.addresses[:1]:
            yield f"           IP              {format_address(address):<16}{count.ip_in:>14}{count.ip_out:>20}\n"
        yield f"        Other                           {0:>17}{count.packets_out - count.ip_out:>20}\n"
    counters = [interface.counters for interface, _ in members]
    yield f"\n   {sum(c.packets_in for c in counters)} packets, {sum(c.bytes_in for c in counters)} bytes input\n"
    yield f"   {sum(c.packets_out for c in counters)} packets, {sum(c.bytes_out for c in counters)} bytes output\n"

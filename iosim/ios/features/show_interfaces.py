"""`show interfaces`: state, settings and counters. What this simulator cannot have (CRC errors, collisions) is 0."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.grammar import Statement
from iosim.grammar.names import interface_type, short_name
from iosim.grammar.values import format_address
from iosim.ios.clock import hms
from iosim.ios.features.arp import mac_text
from iosim.ios.features.interface_counters import Flow, InterfaceMeters
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.features.ip_interface import line_state, protocol_state, shown_interfaces, shown_mtu
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.stack.interface import Interface


@dataclass(frozen=True, slots=True)
class Medium:
    """What a type of interface is made of. Bandwidth is in kbit/s, delay in µs; `words` writes duplex and speed."""

    hardware: str
    bandwidth: int
    delay: int
    queue: int = 40
    words: str = ""
    unit: str = "bps"
    encapsulation: str = "ARPA"


_GIGABIT = """\
{duplex} Duplex, {speed}, media type is RJ45
  output flow-control is unsupported, input flow-control is unsupported"""
MEDIA = {
    "Ethernet": Medium("AmdP2", 10_000, 1000),
    "FastEthernet": Medium("i82543", 100_000, 100, words="{duplex}-duplex, {speed}, 100BaseTX/FX", unit="b/s"),
    "GigabitEthernet": Medium("iGbE", 1_000_000, 10, words=_GIGABIT),
    "TenGigabitEthernet": Medium("Ten GigE", 10_000_000, 10, words=_GIGABIT),
    "ATM": Medium("ATM", 149_760, 80, encapsulation="ATM"),
    "Async": Medium("Async Serial", 9, 100_000, queue=10, encapsulation="SLIP"),
    "BVI": Medium("BVI", 10_000, 5000, queue=0),
    "Dialer": Medium("Unknown", 56, 20_000, queue=0, encapsulation="PPP"),
    "Loopback": Medium("Loopback", 8_000_000, 5000, queue=0, encapsulation="LOOPBACK"),
    "Null": Medium("Unknown", 10_000_000, 0, queue=0),
    "Port-channel": Medium("GEChannel", 1_000_000, 10),
    "Serial": Medium("GT96K Serial", 1544, 20_000, encapsulation="HDLC"),
    "Tunnel": Medium("Tunnel", 100, 50_000, queue=0, encapsulation="TUNNEL"),
    "Virtual-Template": Medium("Virtual Template interface", 100_000, 100_000, encapsulation="PPP"),
    "Vlan": Medium("EtherSVI", 1_000_000, 10),
}
_SPEEDS = {10_000: "10M", 100_000: "100M", 1_000_000: "1G", 10_000_000: "10G"}


@handler("show_interfaces")
def show_interfaces(session: Session, statement: Statement) -> str:
    """`show interfaces [X]`"""
    interfaces = shown_interfaces(session.router, statement.get("interface"))
    return "".join(_interface_text(session.router, interface) for interface in interfaces)


@handler("show_interfaces_description")
def show_interfaces_description(session: Session, statement: Statement) -> str:
    """`show interfaces [X] description`"""
    text = "Interface                      Status         Protocol Description\n"
    for interface in shown_interfaces(session.router, statement.get("interface")):
        settings = _settings(session.router, interface)
        status = line_state(interface).replace("administratively", "admin")
        row = f"{short_name(interface.name):<30} {status:<14} {protocol_state(interface):<8} "
        text += (row + (settings.description or "")).rstrip() + "\n"
    return text


def _settings(router: Router, interface: Interface) -> InterfaceSettings:
    return router.config[Interfaces].interfaces[interface.name][InterfaceSettings]


def _interface_text(router: Router, interface: Interface) -> str:
    settings, now = _settings(router, interface), router.sim.now
    medium = MEDIA[interface_type(interface.name).name]
    bandwidth = _bandwidth(medium, settings)
    meter = router[InterfaceMeters].read(interface)
    layout = _ETHERNET if interface_type(interface.name).physical else _VIRTUAL
    return layout.format(
        name=interface.name,
        state=line_state(interface),
        protocol=protocol_state(interface),
        hardware=medium.hardware,
        mac=mac_text(interface.mac),
        description=f"  Description: {settings.description}\n" if settings.description else "",
        address=f"  Internet address is {_address(interface)}\n" if interface.address is not None else "",
        mtu=shown_mtu(interface),
        bandwidth=bandwidth,
        delay=medium.delay,
        encapsulation="802.1Q Virtual LAN" if "." in interface.name else medium.encapsulation,
        txload=_load(meter.output, bandwidth),
        rxload=_load(meter.input, bandwidth),
        words=_words(medium, settings, bandwidth, interface.line_up),
        last_input=_ago(interface.last_input, now),
        last_output=_ago(interface.last_output, now),
        cleared=_ago(meter.cleared, now),
        queue=medium.queue,
        input=meter.input,
        output=meter.output,
        count=interface.counters,
    )


def _address(interface: Interface) -> str:
    return f"{format_address(interface.address or 0)}/{interface.prefix_length}"


def _bandwidth(medium: Medium, settings: InterfaceSettings) -> int:
    speed = settings.speed
    return int(speed) * 1000 if speed is not None and speed.isdecimal() else medium.bandwidth


def _words(medium: Medium, settings: InterfaceSettings, bandwidth: int, up: bool) -> str:
    """Duplex and speed: as configured, or as negotiated with a cable that can do everything."""
    if not medium.words:
        return ""
    auto_duplex, auto_speed = settings.duplex in (None, "auto"), settings.speed in (None, "auto")
    duplex = settings.duplex if not auto_duplex else "full" if up else "auto"
    speed = _SPEEDS[bandwidth] + medium.unit if up or not auto_speed else "Auto Speed"
    return f"  {medium.words.format(duplex=str(duplex).capitalize(), speed=speed)}\n"


def _load(flow: Flow, bandwidth: int) -> int:
    """The load in 255ths, at least 1 as IOS has it."""
    return min(255, max(1, flow.bits_per_second * 255 // (bandwidth * 1000)))


def _ago(time: int | None, now: int) -> str:
    return "never" if time is None else hms((now - time) // SECOND)


_HEAD = """\
{name} is {state}, line protocol is {protocol}\x20
"""
_MIDDLE = """\
  Last input {last_input}, output {last_output}, output hang never
  Last clearing of "show interface" counters {cleared}
  Input queue: 0/75/{count.input_drops}/0 (size/max/drops/flushes); Total output drops: {count.output_drops}
  Queueing strategy: fifo
  Output queue: 0/{queue} (size/max)
  5 minute input rate {input.bits_per_second} bits/sec, {input.packets_per_second} packets/sec
  5 minute output rate {output.bits_per_second} bits/sec, {output.packets_per_second} packets/sec
     {count.packets_in} packets input, {count.bytes_in} bytes, 0 no buffer
     Received {count.broadcasts_in} broadcasts (0 IP multicasts)
     {count.runts} runts, 0 giants, 0 throttles\x20
"""
_ETHERNET = (
    _HEAD
    + """\
  Hardware is {hardware}, address is {mac} (bia {mac})
{description}{address}\
  MTU {mtu} bytes, BW {bandwidth} Kbit/sec, DLY {delay} usec,\x20
     reliability 255/255, txload {txload}/255, rxload {rxload}/255
  Encapsulation ARPA, loopback not set
  Keepalive set (10 sec)
{words}\
  ARP type: ARPA, ARP Timeout 04:00:00
"""
    + _MIDDLE
    + """\
     {count.input_errors} input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 watchdog, 0 multicast, 0 pause input
     {count.packets_out} packets output, {count.bytes_out} bytes, 0 underruns
     0 output errors, 0 collisions, 0 interface resets
     {count.unknown_protocol} unknown protocol drops
     0 babbles, 0 late collision, 0 deferred
     0 lost carrier, 0 no carrier, 0 pause output
     0 output buffer failures, 0 output buffers swapped out
"""
)
_VIRTUAL = (
    _HEAD
    + """\
  Hardware is {hardware}
{description}{address}\
  MTU {mtu} bytes, BW {bandwidth} Kbit/sec, DLY {delay} usec,\x20
     reliability 255/255, txload {txload}/255, rxload {rxload}/255
  Encapsulation {encapsulation}, loopback not set
  Keepalive set (10 sec)
"""
    + _MIDDLE
    + """\
     {count.input_errors} input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort
     {count.packets_out} packets output, {count.bytes_out} bytes, 0 underruns
     0 output errors, 0 collisions, 0 interface resets
     {count.unknown_protocol} unknown protocol drops
     0 output buffer failures, 0 output buffers swapped out
"""
)

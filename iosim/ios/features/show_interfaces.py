"""`show interfaces`: state, settings and counters. What this simulator cannot have (CRC errors, collisions) is 0."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.names import interface_type
from iosim.ios.clock import hms
from iosim.ios.config import Config
from iosim.ios.features.arp import mac_text
from iosim.ios.features.interface_counters import Flow, InterfaceMeters
from iosim.ios.features.interface_media import Medium, bandwidth_of, medium_of, speed_words
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings, mac_address
from iosim.ios.features.interfaces.config import NO_KEEPALIVE, Cloned, parent_name
from iosim.ios.features.interfaces.engine import encapsulation_of
from iosim.ios.features.ip_interface import line_state, named_interfaces, protocol_state, shown_mtu
from iosim.ios.features.show_ip_interface import address_line
from iosim.ios.features.tunnel.show import tunnel_text
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.stack.interface import Interface
from iosim.stack.ppp import Ppp
from iosim.stack.vlan import parent_of

DEFAULT_QUEUE = 75


@handler("show_interfaces")
def show_interfaces(session: Session, statement: Statement) -> str:
    """`show interfaces [X]`"""
    interfaces = named_interfaces(session, statement)
    return "".join(_interface_text(session.router, interface) for interface in interfaces)


def config_of(router: Router, interface: Interface) -> Config:
    """What is configured on an interface."""
    return router.config[Interfaces].interfaces[interface.name]


def _interface_text(router: Router, interface: Interface) -> str:
    """The head, how packets are carried, and the counters; sub-interfaces of Ethernet have no counters of their own."""
    config, medium = config_of(router, interface), medium_of(interface)
    text = _head(router, interface, config, medium) + _encapsulation(interface, config, medium)
    text += tunnel_text(router, interface, config)
    if parent_of(interface) is not None:
        return text + '  Last clearing of "show interface" counters never\n'
    return text + _counters(router, interface, config[InterfaceSettings], medium)


def _head(router: Router, interface: Interface, config: Config, medium: Medium) -> str:
    settings = config[InterfaceSettings]
    meter, bandwidth = router[InterfaceMeters].read(interface), bandwidth_of(medium, settings)
    hardware = medium.hardware
    if medium.lan:
        burnt_in = mac_address(router.name, parent_name(interface.name) or interface.name)
        hardware += f", address is {mac_text(interface.mac)} (bia {mac_text(burnt_in)})"
    spoofing = " (spoofing)" if interface_type(interface.name).name == "Dialer" and interface.line_up else ""
    return _HEAD.format(
        name=interface.name,
        state=line_state(interface),
        protocol=protocol_state(interface) + spoofing,
        hardware=hardware,
        description=f"  Description: {settings.description}\n" if settings.description else "",
        address=f"  {address_line(router, interface)}\n" if interface.address is not None else "",
        mtu=shown_mtu(interface),
        bandwidth=bandwidth,
        delay=medium.delay if settings.delay is None else settings.delay * 10,
        txload=_load(meter.output, bandwidth),
        rxload=_load(meter.input, bandwidth),
    )


def _encapsulation(interface: Interface, config: Config, medium: Medium) -> str:
    settings = config[InterfaceSettings]
    arp = f"  ARP type: ARPA, ARP Timeout {hms(settings.arp_timeout)}\n" if medium.lan else ""
    keepalive = f"  Keepalive {_keepalive(settings, medium)}\n"
    if parent_of(interface) is not None:
        vlan = 1 if settings.tag is None else settings.tag.vlan
        return f"  Encapsulation 802.1Q Virtual LAN, Vlan ID  {vlan}.\n{arp}{keepalive}"
    return f"  Encapsulation {_framing(interface, config, medium)}, loopback not set\n" + (
        keepalive + speed_words(medium, settings, interface.carrier) + arp
    )


def _framing(interface: Interface, config: Config, medium: Medium) -> str:
    template = config[Cloned].template
    if template:
        return f"{medium.encapsulation}\n  Tunnel vaccess, cloned from {template}\n  Vaccess status 0x4"
    if not interface_type(interface.name).serial:
        return medium.encapsulation
    if isinstance(interface.framing, Ppp):
        return _ppp(interface.framing, interface.carrier)
    return encapsulation_of(config).upper()


def _ppp(framing: Ppp, carrier: bool) -> str:
    """The states of the control protocols of PPP."""
    if not framing.lcp.open:
        return f"PPP, LCP {'REQsent' if carrier else 'Closed'}"
    return f"PPP, LCP Open\n  {'Open' if framing.ipcp.open else 'REQsent'}: IPCP"


def _keepalive(settings: InterfaceSettings, medium: Medium) -> str:
    keepalive = settings.keepalive
    if keepalive == NO_KEEPALIVE or (keepalive is None and not medium.keepalive):
        return "not set"
    retries = f", retries {keepalive.retries}" if keepalive is not None and keepalive.retries else ""
    return f"set ({10 if keepalive is None or keepalive.seconds is None else keepalive.seconds} sec){retries}"


def _counters(router: Router, interface: Interface, settings: InterfaceSettings, medium: Medium) -> str:
    meter, now = router[InterfaceMeters].read(interface), router.sim.now
    queues = {direction: queue.length for (direction,), queue in settings.hold_queues.items()}
    serial = interface_type(interface.name).serial
    tail = _LAN_TAIL if medium.words else _SERIAL_TAIL if serial else _TAIL
    return (_COUNTERS + tail).format(
        last_input=_ago(interface.last_input, now),
        last_output=_ago(interface.last_output, now),
        cleared=_ago(meter.cleared, now),
        input_queue=queues.get("in", DEFAULT_QUEUE),
        output_queue=queues.get("out", medium.queue),
        interval=_interval(meter.interval),
        input=meter.input,
        output=meter.output,
        count=interface.counters,
        signal="up" if interface.carrier else "down",
    )


def _interval(seconds: int) -> str:
    return f"{seconds} second" if seconds % 60 else f"{seconds // 60} minute"


def _load(flow: Flow, bandwidth: int) -> int:
    """The load in 255ths, at least 1 as IOS has it."""
    return min(255, max(1, flow.bits_per_second * 255 // (bandwidth * 1000)))


def _ago(time: int | None, now: int) -> str:
    return "never" if time is None else hms((now - time) // SECOND)


_HEAD = """\
{name} is {state}, line protocol is {protocol}\x20
  Hardware is {hardware}
{description}{address}\
  MTU {mtu} bytes, BW {bandwidth} Kbit/sec, DLY {delay} usec,\x20
     reliability 255/255, txload {txload}/255, rxload {rxload}/255
"""
_COUNTERS = """\
  Last input {last_input}, output {last_output}, output hang never
  Last clearing of "show interface" counters {cleared}
  Input queue: 0/{input_queue}/{count.input_drops}/0 (size/max/drops/flushes); Total output drops: {count.output_drops}
  Queueing strategy: fifo
  Output queue: 0/{output_queue} (size/max)
  {interval} input rate {input.bits_per_second} bits/sec, {input.packets_per_second} packets/sec
  {interval} output rate {output.bits_per_second} bits/sec, {output.packets_per_second} packets/sec
     {count.packets_in} packets input, {count.bytes_in} bytes, 0 no buffer
     Received {count.broadcasts_in} broadcasts (0 IP multicasts)
     {count.runts} runts, {count.giants} giants, 0 throttles\x20
"""
_LAN_TAIL = """\
     {count.input_errors} input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored
     0 watchdog, 0 multicast, 0 pause input
     {count.packets_out} packets output, {count.bytes_out} bytes, 0 underruns
     0 output errors, 0 collisions, {count.resets} interface resets
     {count.unknown_protocol} unknown protocol drops
     0 babbles, 0 late collision, 0 deferred
     0 lost carrier, 0 no carrier, 0 pause output
     0 output buffer failures, 0 output buffers swapped out
"""
_TAIL = """\
     {count.input_errors} input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort
     {count.packets_out} packets output, {count.bytes_out} bytes, 0 underruns
     0 output errors, 0 collisions, {count.resets} interface resets
     {count.unknown_protocol} unknown protocol drops
     0 output buffer failures, 0 output buffers swapped out
"""
_SERIAL_TAIL = (
    _TAIL
    + """\
     {count.carrier_transitions} carrier transitions
     DCD={signal}  DSR={signal}  DTR={signal}  RTS={signal}  CTS={signal}

"""
)

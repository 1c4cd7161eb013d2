"""`debug ip packet`, `debug ip icmp` and `debug arp`, in the words of IOS.

A router whose packets are switched by CEF shows few of those that pass through it; here all are shown.
"""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.arp import mac_text
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.stack.interface import Interface
from iosim.stack.traffic import Fate
from iosim.wire import WireError, icmp
from iosim.wire.arp import REQUEST, Arp
from iosim.wire.icmp import Icmp
from iosim.wire.ipv4 import ICMP, OFFSET_MASK, TCP, UDP, five_tuple

PACKET, MESSAGES, ARP = "debug_ip_packet", "debug_ip_icmp", "debug_arp"


def _packet_options(statement: Statement) -> str:
    acl = statement.get("acl")
    detail = " (detailed)" if "detail" in statement else ""
    return detail + (f" for access list {acl}" if acl is not None else "")


debug_switch(PACKET, Switch("Generic IP", "IP packet debugging", _packet_options))
debug_switch(MESSAGES, Switch("Generic IP", "ICMP packet debugging"))
debug_switch(ARP, Switch("ARP", "ARP packet debugging"))

UNREACHABLES = {
    icmp.NET: "net",
    icmp.HOST: "host",
    icmp.PROTOCOL: "protocol",
    icmp.PORT: "port",
    icmp.FRAGMENTATION_NEEDED: "frag. needed and DF set",
    icmp.PROHIBITED: "administratively prohibited",
}
EXPIRIES = {icmp.TTL_EXCEEDED: "time to live", icmp.REASSEMBLY_EXCEEDED: "reassembly"}


@feature
class IpDebug(Feature):
    """Watches the stack while somebody wants to see it."""

    order = 83

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        on, stack = self.router[Debugging].on, self.router.stack
        stack.on_packet = self._packet if PACKET in on else None
        stack.icmp.watcher = self._icmp if MESSAGES in on else None
        stack.arp.watcher = self._arp if ARP in on else None

    def _packet(
        self, fate: Fate, packet: bytes, arrived: Interface | None, leaves: Interface | None, next_hop: int | None
    ) -> None:
        if not self._wanted(packet):
            return
        for line in packet_lines(self.router, fate, packet, arrived, leaves, next_hop):
            self.router.syslog.debug(line)
        if "detail" in self.router[Debugging].on[PACKET]:
            self.router.syslog.debug(detail_line(packet))

    def _wanted(self, packet: bytes) -> bool:
        """Whether the access list of the command lets the packet be shown; it counts no match."""
        number = self.router[Debugging].on[PACKET].get("acl")
        acl = None if number is None else self.router[AccessLists].get(str(number))
        if acl is None:
            return True
        entry = acl.lookup(*five_tuple(packet))
        return entry is not None and entry.permit

    def _icmp(self, sent: bool, message: Icmp, source: int, destination: int, tos: int) -> None:
        text = icmp_line(sent, message, source, destination, tos)
        if text is not None:
            self.router.syslog.debug(f"ICMP: {text}")

    def _arp(self, what: str, interface: Interface, message: Arp) -> None:
        for line in arp_lines(what, interface, message):
            self.router.syslog.debug(line)


def packet_lines(
    router: Router,
    fate: Fate,
    packet: bytes,
    arrived: Interface | None,
    leaves: Interface | None,
    next_hop: int | None,
) -> list[str]:
    """A packet's lines: how it was routed, and what became of it."""
    source, destination, protocol, *_ = five_tuple(packet)
    ours = any(interface.owns(source) for interface in router.stack.interfaces.values())
    came = f" ({arrived.name})" if arrived is not None else " (local)" if ours else ""
    goes = arrived if fate == "rcvd" else leaves
    head = f"s={format_address(source)}{came}, d={format_address(destination)}{f' ({goes.name})' if goes else ''}"
    gateway = f", g={format_address(next_hop or destination)}" if leaves is not None and arrived is not None else ""
    number = "" if protocol in (ICMP, TCP, UDP) else f", proto={protocol}"
    lines = [f"IP: {head}{gateway}, len {len(packet)}, {_WORDS.get(fate, fate)}{number}"]
    if fate in ("sending", "forward", "rcvd"):
        lines.insert(0, f"IP: tableid=0, {head}, routed via {'RIB' if fate == 'rcvd' else 'FIB'}")
    return lines


_WORDS = {"rcvd": "rcvd 3", "rcvd broadcast": "rcvd 2", "fragment": "sending fragment"}


def detail_line(packet: bytes) -> str:
    """What `detail` says of the packet's payload."""
    start = (packet[0] & 15) << 2
    offset = int.from_bytes(packet[6:8], "big") & OFFSET_MASK
    if offset:
        return f"    IP Fragment, Ident = {int.from_bytes(packet[4:6], 'big')}, fragment offset = {offset * 8}"
    _, _, protocol, source_port, destination_port = five_tuple(packet)
    if protocol == ICMP:
        return f"    ICMP type={packet[start]}, code={packet[start + 1]}"
    if protocol == UDP:
        return f"    UDP src={source_port}, dst={destination_port}"
    if protocol == TCP and len(packet) >= start + 16:
        sequence, ack = (int.from_bytes(packet[start + at : start + at + 4], "big") for at in (4, 8))
        flags = "".join(f" {name}" for bit, name in enumerate(_TCP_FLAGS) if packet[start + 13] >> bit & 1)
        window = int.from_bytes(packet[start + 14 : start + 16], "big")
        return f"    TCP src={source_port}, dst={destination_port}, seq={sequence}, ack={ack}, win={window}{flags}"
    return f"    proto={protocol}"


_TCP_FLAGS = ("FIN", "SYN", "RST", "PSH", "ACK", "URG")


def icmp_line(sent: bool, message: Icmp, source: int, destination: int, tos: int) -> str | None:
    """What is said of an ICMP message behind `ICMP: `; None for one that IOS says nothing of (an echo)."""
    said, other = ("sent to", destination) if sent else ("rcv from", source)
    if message.type == icmp.ECHO_REPLY:
        way = f"src {format_address(source)}, dst {format_address(destination)}"
        return f"echo reply {'sent' if sent else 'rcvd'}, {way}, topology BASE, dscp {tos >> 2} topoid 0"
    if message.type == icmp.UNREACHABLE:
        target = _quoted_destination(message) if sent else destination
        what = UNREACHABLES.get(message.code, f"code {message.code}")
        return f"dst ({format_address(target)}) {what} unreachable {said} {format_address(other)}"
    if message.type == icmp.TIME_EXCEEDED:
        if not sent:
            return f"time exceeded rcvd from {format_address(source)}"
        what, about = EXPIRIES.get(message.code, ""), format_address(_quoted_destination(message))
        return f"time exceeded ({what}) sent to {format_address(destination)} (dest was {about})"
    if message.type == icmp.ECHO:
        return None
    return f"{'sent' if sent else 'rcvd'} type {message.type}, code {message.code}, {said} {format_address(other)}"


def _quoted_destination(message: Icmp) -> int:
    try:
        return five_tuple(message.data)[1]
    except WireError:
        return 0


def arp_lines(what: str, interface: Interface, message: Arp) -> list[str]:
    """An ARP message, or the beginning of a question."""
    sender, target = format_address(message.sender_address), format_address(message.target_address)
    if what == "incomplete":
        return [f"IP ARP: creating incomplete entry for IP address: {target} interface {interface.name}"]
    kind = "req" if message.operation == REQUEST else "rep"
    start = f"IP ARP: {what} {kind} src {sender} {mac_text(message.sender_mac)}"
    if what == "rcvd":
        return [f"{start}, dst {target} {interface.name}"]
    return [f"{start},\n                 dst {target} {mac_text(message.target_mac)} {interface.name}"]

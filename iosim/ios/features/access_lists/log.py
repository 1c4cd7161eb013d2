"""What lines with `log` say: a message at a flow's first packet, and from then on a count every five minutes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from iosim.data import dataclass
from iosim.grammar.values import format_address
from iosim.ios.features.access_lists.numbers import PROTOCOL_NAMES
from iosim.sim.clock import SECOND, Timer
from iosim.stack.acl import AccessList, Ace
from iosim.stack.interface import Interface
from iosim.wire.ipv4 import ICMP, TCP, UDP, five_tuple

if TYPE_CHECKING:
    from iosim.ios.router import Router

INTERVAL = 5 * 60 * SECOND
MOST_FLOWS = 1024
"""Flows that are known at once; who forges addresses has one more with each packet. How many IOS knows is not known."""
_IGMP = 2
_ROUTING = {number: PROTOCOL_NAMES[number] for number in (_IGMP, 88, 89, 103)}
"""Protocols that have a message of their own (IPACCESSLOGRP), in which they stand by name."""


@dataclass(slots=True)
class LoggedFlow:
    """A flow that a line with `log` has seen: its message without the number, and the packets since the last one."""

    mnemonic: str
    text: str
    cookie: str
    count: int
    timer: Timer


class AccessLog:
    """The flows of one router that are logged. A `threshold` above 0 logs a flow whenever it has so many packets."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.threshold = 0
        self._flows: dict[tuple[str, str], LoggedFlow] = {}
        self._missed = 0
        self._missed_timer: Timer | None = None

    def packet(self, standard: bool, acl: AccessList, ace: Ace, packet: bytes, arrived: Interface) -> None:
        """A filter has found a packet covered by a line with `log`."""
        key = mnemonic, text = message(standard, acl.name, ace, packet, arrived)
        flow = self._flows.get(key)
        if flow is None and len(self._flows) >= MOST_FLOWS:
            self._miss()
            return
        if flow is None:
            timer = self.router.sim.call_later(INTERVAL, partial(self._summarise, key))
            self._flows[key] = flow = LoggedFlow(mnemonic, text, f"  [{ace.cookie}]" if ace.cookie else "", 1, timer)
            self._say(flow)
            return
        flow.count += 1
        if self.threshold and flow.count >= self.threshold:
            self._say(flow)

    def _miss(self) -> None:
        """Count a packet of a flow for which there is no room, and say so once in an interval."""
        self._missed += 1
        if self._missed_timer is None:
            self._missed_timer = self.router.sim.call_later(INTERVAL, self._tell_missed)

    def _tell_missed(self) -> None:
        packets = f"{self._missed} packet{'' if self._missed == 1 else 's'}"
        self._missed, self._missed_timer = 0, None
        self.router.syslog.message("SEC-6-IPACCESSLOGRL", f"access-list logging rate-limited or missed {packets}")

    def _summarise(self, key: tuple[str, str]) -> None:
        """Five minutes have passed: tell what a flow has had, or forget one that has had nothing."""
        flow = self._flows[key]
        if not flow.count:
            del self._flows[key]
            return
        flow.timer = self.router.sim.call_later(INTERVAL, partial(self._summarise, key))
        self._say(flow)

    def _say(self, flow: LoggedFlow) -> None:
        text = f"{flow.text}, {flow.count} packet{'' if flow.count == 1 else 's'}{flow.cookie}"
        flow.count = 0
        self.router.syslog.message(f"SEC-6-{flow.mnemonic}", text)

    def stop(self) -> None:
        """Forget all flows."""
        for flow in self._flows.values():
            flow.timer.cancel()
        self._flows.clear()
        if self._missed_timer is not None:
            self._missed_timer.cancel()
        self._missed, self._missed_timer = 0, None


def message(standard: bool, name: str, ace: Ace, packet: bytes, arrived: Interface) -> tuple[str, str]:
    """The mnemonic of a packet's message and its text up to the number of packets.

    A standard list knows no protocol, and says 0.
    """
    source_address, destination_address, protocol, source_port, destination_port = five_tuple(packet)
    source, destination = format_address(source_address), format_address(destination_address)
    head = f"list {name} {'permitted' if ace.permit else 'denied'}"
    where = ""
    if ace.log == "log-input":
        mac = arrived.last_frame[6:12].hex()
        where = f" ({arrived.name} {mac[:4]}.{mac[4:8]}.{mac[8:]})"
    if standard:
        return "IPACCESSLOGNP", f"{head} 0 {source}{where} -> {destination}"
    if protocol in (TCP, UDP):
        ports = max(source_port, 0), max(destination_port, 0)
        return "IPACCESSLOGP", (
            f"{head} {PROTOCOL_NAMES[protocol]} {source}({ports[0]}){where} -> {destination}({ports[1]})"
        )
    if protocol == ICMP:
        kind, code = divmod(max(destination_port, 0), 256)
        return "IPACCESSLOGDP", f"{head} icmp {source}{where} -> {destination} ({kind}/{code})"
    if protocol in _ROUTING:
        return "IPACCESSLOGRP", f"{head} {_ROUTING[protocol]} {source}{where} -> {destination}"
    return "IPACCESSLOGNP", f"{head} {protocol} {source}{where} -> {destination}"

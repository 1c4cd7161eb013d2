"""`debug ip tcp transactions`, in the words of IOS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iosim.grammar.values import format_address
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.tcp.show import tcb
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.sim.clock import MILLISECOND
from iosim.stack.tcp.states import CLOSED, ESTAB
from iosim.wire.tcp import ACK, FIN, RST, SYN, Segment

if TYPE_CHECKING:
    from iosim.stack.tcp.machine import Machine

TRANSACTIONS = "debug_ip_tcp_transactions"
debug_switch(TRANSACTIONS, Switch("TCP", "TCP special event debugging"))


@feature
class TcpDebug(Feature):
    """Watches the stack's TCP while somebody wants to see it."""

    order = 83

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        on = TRANSACTIONS in self.router[Debugging].on
        self.router.stack.tcp.watcher = self._watch if on else None

    def _watch(self, what: str, connection: Machine | None, segment: Segment | None, *said: object) -> None:
        for line in event_lines(what, connection, segment, said):
            self.router.syslog.debug(line)


def event_lines(
    what: str, connection: Machine | None, segment: Segment | None, said: tuple[object, ...]
) -> Iterator[str]:
    """What is said of an event."""
    if what == "sending" and segment is not None:
        yield from _sending(connection, segment)
    if connection is None:
        return
    place = f"TCB{tcb(connection.number):08X}"
    _, local_port, address, port = connection.key
    peer = f"{format_address(address)}:{port}"
    if what == "created":
        yield f"{place} created"
    elif what == "destroyed":
        yield f"TCB 0x{tcb(connection.number):X} destroyed"
    elif what == "state":
        before, after = said
        yield f"TCP0: state was {_name(before)} -> {_name(after)} [{local_port} -> {format_address(address)}({port})]"
        if after == ESTAB:
            sizes = f"peer MSS {connection.peer_mss}, MSS is {connection.own_mss}"
            yield f"TCP: tcb {tcb(connection.number):08X} connection to {peer}, {sizes}"
        elif after == CLOSED and connection.ending is not None:
            yield f"{place} shutdown, reason: {connection.ending}"
    elif what == "timeout":
        number, wait = said
        assert isinstance(wait, int)
        yield f"TCP0: timeout #{number} - timeout is {wait // MILLISECOND} ms, seq {connection.sender.una}"
        yield f"TCP: ({local_port}) -> {format_address(address)}({port})"
    elif what == "retransmit":
        yield f"TCP0: restart retransmission in {connection.sender.round_trip.timeout // MILLISECOND}"


def _sending(connection: Machine | None, segment: Segment) -> Iterator[str]:
    flags = [name for bit, name in ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST")) if segment.flags & bit]
    if connection is None or not segment.flags & FIN:
        yield f"TCP: sending {','.join(flags)}, seq {segment.sequence}, ack {segment.ack if segment.flags & ACK else 0}"
    else:
        yield "TCP0: sending FIN"
    if connection is not None and segment.flags & SYN:
        _, _, address, port = connection.key
        yield f"TCP0: Connection to {format_address(address)}:{port}, advertising MSS {connection.advertised}"


def _name(state: object) -> str:
    return str(getattr(state, "value", state))

"""`show tcp`, `show tcp brief`, `show tcp statistics`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.sim.clock import MILLISECOND
from iosim.stack.tcp.options import ACK_HOLD
from iosim.stack.tcp.states import ESTAB

if TYPE_CHECKING:
    from iosim.stack.tcp.connection import Connection
    from iosim.stack.tcp.timer import EventTimer

_FIRST_TCB, _TCB_STEP = 0x65A10000, 0x2D8
"""Where the control blocks of a router lie in memory: an address that tells them apart, and nothing else."""


def tcb(number: int) -> int:
    """The address of the control block of a connection or a listener."""
    return _FIRST_TCB + number * _TCB_STEP


def find(session: Session, text: str) -> Connection:
    """The connection with a control block. Raises Rejected."""
    try:
        wanted = int(text, 16)
    except ValueError:
        wanted = -1
    for connection in session.stack.tcp.connections.values():
        if tcb(connection.number) == wanted:
            return connection
    raise Rejected("% Invalid TCB")


def line_of(session: Session, connection: Connection) -> Session | None:
    """The session of the line that a connection belongs to, be it from or to there."""
    for each in session.router.sessions:
        if each.dialled_in is connection or any(call.connection is connection for call in each.calls):
            return each
    return None


@handler("show_tcp_brief")
def show_tcp_brief(session: Session, statement: Statement) -> str:
    """`show tcp brief [all] [numeric]`: no address is shown by a name."""
    tcp = session.stack.tcp
    rows = [
        _row(connection.number, _place(*connection.key[:2]), _place(*connection.key[2:]), connection.state.value)
        for connection in tcp.connections.values()
    ]
    if "all" in statement:
        rows += [_row(each.number, f"*.{port}", "*.*", "LISTEN") for port, each in tcp.listeners.items()]
    return _BRIEF + "".join(rows) if rows else ""


def _row(number: int, local: str, foreign: str, state: str) -> str:
    return f"{tcb(number):08X}  {local:<26}  {foreign:<26}  {state}\n"


def _place(address: int, port: int) -> str:
    return f"{format_address(address)}.{port}"


_BRIEF = f"{'TCB':<8}  {'Local Address':<26}  {'Foreign Address':<26}  (state)\n"


@handler("show_tcp", "show_tcp_tcb")
def show_tcp(session: Session, statement: Statement) -> str:
    """`show tcp [LINE]`, `show tcp tcb ADDRESS`: connections of lines, one or all of them in full."""
    if statement.command == "show_tcp_tcb":
        return "\n" + _connection(find(session, statement.get("tcb")))
    text, wanted = "", statement.get("line_number")
    for connection in session.stack.tcp.connections.values():
        owner = line_of(session, connection)
        if wanted is not None and (owner is None or owner.line.absolute != wanted):
            continue
        text += f"\n{_title(connection, owner)} host {format_address(connection.key[2])}\n" + _connection(connection)
    return text


def _title(connection: Connection, owner: Session | None) -> str:
    """Whose connection it is: that of a line, with its number there, or of nobody at a line."""
    way = "from" if connection.passive else "to"
    if owner is None:
        return f"Stand-alone TCP connection {way}"
    number = next((call.number for call in owner.calls if call.connection is connection), 1)
    return (
        f"tty{owner.line.absolute}, virtual tty {way}"
        if connection.passive
        else (f"tty{owner.line.absolute}, connection {number} to")
    )


def _connection(connection: Connection) -> str:
    """A connection in full."""
    sender, receiver, trip = connection.sender, connection.receiver, connection.sender.round_trip
    local, local_port, foreign, foreign_port = connection.key
    pieces, piece_bytes = receiver.pieces
    return _CONNECTION.format(
        state=connection.state.value,
        status=int(connection.state == ESTAB),
        unread=receiver.unread,
        ttl=connection.options.ttl,
        local=format_address(local),
        local_port=local_port,
        foreign=format_address(foreign),
        foreign_port=foreign_port,
        enqueued=sender.under_way,
        pieces=pieces,
        piece_bytes=piece_bytes,
        now=connection.now // MILLISECOND,
        timers="".join(_timers(connection)),
        s=sender,
        r=receiver,
        maximum=receiver.size,
        held=receiver.size - receiver.unread - receiver.offered,
        srtt=(trip.smoothed or 0) // MILLISECOND,
        rto=trip.rto // MILLISECOND,
        rtv=trip.variation // MILLISECOND,
        lowest=(trip.lowest or 0) // MILLISECOND,
        highest=trip.highest // MILLISECOND,
        hold=ACK_HOLD // MILLISECOND,
        uptime=(connection.now - connection.opened_at) // MILLISECOND,
        flags=", ".join(_status(connection)) or "none",
        options=", ".join(_options(connection)) or "none",
        precedence=connection.options.tos >> 5,
        c=connection,
    )


def _timers(connection: Connection) -> Iterator[str]:
    for name in _TIMERS:
        timer: EventTimer | None = connection.timers.get(name)
        starts, wakeups, ends = (0, 0, None) if timer is None else (timer.starts, timer.wakeups, timer.next)
        yield f"{name:<12}{starts:>9}{wakeups:>11}{f'0x{(ends or 0) // MILLISECOND:X}':>16}\n"


_TIMERS = (
    "Retrans", "TimeWait", "AckHold", "SendWnd", "KeepAlive", "GiveUp", "PmtuAger", "DeadWait", "Linger", "ProcessQ",
)  # fmt: skip
"""Those of IOS; the last three have no use here."""


def _status(connection: Connection) -> Iterator[str]:
    yield "passive open" if connection.passive else "active open"
    if connection.sender.round_trip.backoff:
        yield "retransmission timeout"
    if connection.options.keepalive:
        yield "keepalive running"
    if connection.sender.ending:
        yield "app closed"


def _options(connection: Connection) -> Iterator[str]:
    if connection.options.nagle:
        yield "nagle"
    if connection.options.path_mtu_discovery:
        yield "path mtu capable"


_CONNECTION = """\
Connection state is {state}, I/O status: {status}, unread input bytes: {unread}
Connection is ECN Disabled, Mininum incoming TTL 0, Outgoing TTL {ttl}
Local host: {local}, Local port: {local_port}
Foreign host: {foreign}, Foreign port: {foreign_port}
Connection tableid (VRF): 0
Maximum output segment queue size: 20

Enqueued packets for retransmit: {enqueued}, input: 0  mis-ordered: {pieces} ({piece_bytes} bytes)

Event Timers (current time is 0x{now:X}):
Timer          Starts    Wakeups            Next
{timers}
iss: {s.isn:>10}  snduna: {s.una:>10}  sndnxt: {s.next:>10}
irs: {r.first:>10}  rcvnxt: {r.next:>10}

sndwnd: {s.window:>6}  scale:      0  maxrcvwnd: {maximum:>6}
rcvwnd: {r.offered:>6}  scale:      0  delrcvwnd: {held:>6}

SRTT: {srtt} ms, RTTO: {rto} ms, RTV: {rtv} ms, KRTT: 0 ms
minRTT: {lowest} ms, maxRTT: {highest} ms, ACK hold: {hold} ms
uptime: {uptime} ms
Status Flags: {flags}
Option Flags: {options}
IP Precedence value : {precedence}

Datagrams (max data segment is {s.mss} bytes):
Rcvd: {c.received} (out of order: {r.out_of_order}), with data: {r.with_data}, total data bytes: {r.total}
Sent: {c.sent} (retransmit: {c.resent}, fastretransmit: {c.fast_resent}, partialack: 0, Second Congestion: 0), with \
data: {c.sent_with_data}, total data bytes: {c.sent_bytes}

 Packets received in fast path: 0, fast processed: 0, slow path: 0
 fast lock acquisition failures: 0, slow path: 0
TCP Semaphore      0x00000000  FREE

"""


@handler("show_tcp_statistics")
def show_tcp_statistics(session: Session, statement: Statement) -> str:
    """`show tcp statistics`"""
    return _STATISTICS.format_map({name.replace(" ", "_"): session.stack.tcp.counts[name] for name in COUNTED})


_STATISTICS = """\
Rcvd: {received} Total, {no_port} no port
      {bad_TCP_checksum} checksum error, {bad_TCP} bad offset, 0 too short
      {in_sequence} packets ({in_sequence_bytes} bytes) in sequence
      {dup} dup packets ({dup_bytes} bytes)
      {partially_dup} partially dup packets ({partially_dup_bytes} bytes)
      {out-of-order} out-of-order packets ({out-of-order_bytes} bytes)
      {after_window} packets ({after_window_bytes} bytes) with data after window
      {after_close} packets after close
      {window_probes_received} window probe packets, {window_updates_received} window update packets
      {dup_acks_received} dup ack packets, {ack_unsent} ack packets with unsend data
      {acks_received} ack packets ({ack_bytes_received} bytes)
Sent: {sent} Total, 0 urgent packets
      {control_packets_sent} control packets (including {control_packets_resent} retransmitted)
      {data_packets_sent} data packets ({data_bytes_sent} bytes)
      {data_packets_resent} data packets ({data_bytes_resent} bytes) retransmitted
      {fast_resent} data packets ({fast_resent_bytes} bytes) fastretransmitted
      {ack_only_packets_sent} ack only packets ({delayed_acks_sent} delayed)
      {window_probes_sent} window probe packets, {window_updates_sent} window update packets
{initiated} Connections initiated, {accepted} connections accepted, {established} connections established
{closed} Connections closed (including {dropped} dropped, {embryonic_dropped} embryonic dropped)
{retransmission_timeouts} Total rxmt timeout, {dropped_in_timeout} connections dropped in rxmt timeout
{keepalive_timeouts} Keepalive timeout, {keepalive_probes_sent} keepalive probe, {dropped_in_keepalive} Connections \
dropped in keepalive
"""
COUNTED = (
    "received", "no port", "bad TCP checksum", "bad TCP", "in sequence", "in sequence bytes", "dup", "dup bytes",
    "partially dup", "partially dup bytes", "out-of-order", "out-of-order bytes", "after window", "after window bytes",
    "after close", "window probes received", "window updates received", "dup acks received", "ack unsent",
    "acks received", "ack bytes received", "sent", "control packets sent", "control packets resent",
    "data packets sent", "data bytes sent", "data packets resent", "data bytes resent", "fast resent",
    "fast resent bytes", "ack only packets sent", "delayed acks sent", "window probes sent", "window updates sent",
    "initiated", "accepted", "established", "closed", "dropped", "embryonic dropped", "retransmission timeouts",
    "dropped in timeout", "keepalive timeouts", "keepalive probes sent", "dropped in keepalive",
)  # fmt: skip
"""The counters of the stack that are shown."""

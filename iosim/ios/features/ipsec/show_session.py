"""`show crypto session`: each peer of each interface with its phase-1 SAs and its flows, or in a line."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.names import short_name
from iosim.grammar.values import format_address
from iosim.ike.v1 import IkeSa
from iosim.ios.clock import hms
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.features.isakmp.show import capabilities
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ipsec.flow import KEY_EXCHANGE_PORT, Flow
from iosim.ipsec.model import Proxy
from iosim.sim.clock import SECOND
from iosim.wire.isakmp import Identification, IdType

NO_IDENTITY = "(none)"


@dataclass(frozen=True, slots=True)
class IkeView:
    """A phase-1 SA of a session; `lifetime` is what is left of it, in seconds."""

    local: int
    local_port: int
    remote: int
    remote_port: int
    active: bool
    conn_id: int
    lifetime: int
    capabilities: str


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow of a session; `received` and `sent` are (packets, dropped), lives (kilobytes, seconds)."""

    local_proxy: Proxy
    remote_proxy: Proxy
    sas: int
    received: tuple[int, int]
    sent: tuple[int, int]
    inbound_life: tuple[int | None, int]
    outbound_life: tuple[int | None, int]


@dataclass(frozen=True, slots=True)
class SessionView:
    """Everything between an interface and a peer; `uptime` is in seconds, None while nothing is up."""

    interface: str
    local: int
    profile: str | None
    peer: int
    port: int
    phase1_id: str
    uptime: int | None
    ike: tuple[IkeView, ...]
    flows: tuple[FlowView, ...]

    @property
    def status(self) -> str:
        """The status, as the table of the IOS command reference derives it; IOS has blanks behind UP-ACTIVE."""
        active = any(sa.active for sa in self.ike)
        if any(flow.sas for flow in self.flows):
            return "UP-ACTIVE     " if active else "UP-NO-IKE"
        if active:
            return "UP-IDLE"
        return "DOWN-NEGOTIATING" if self.ike else "DOWN"


def collect(router: Router) -> list[SessionView]:
    """All sessions in the order of interfaces and crypto maps."""
    sessions, now = [], router.sim.now
    sas: dict[tuple[int, int], list[IkeSa]] = {}
    for sa in router[IsakmpFeature].engine.sas:
        sas.setdefault((sa.local, sa.remote), []).append(sa)
    for name, hook in router[IpsecFeature].ipsec.hooks.items():
        flows: dict[tuple[int, int | None], list[Flow]] = {}
        for flow in hook.bound.flows:
            flows.setdefault((flow.peer, flow.port), []).append(flow)
        local = hook.bound.local
        for (peer, port), ours in flows.items():
            theirs = [sa for sa in sas.get((local, peer), ()) if port is None or port == (sa.translated_port or 0)]
            sessions.append(_session(now, name, local, peer, ours, theirs))
    return sessions


def _session(now: int, interface: str, local: int, peer: int, flows: list[Flow], sas: list[IkeSa]) -> SessionView:
    begun = [sa.established for sa in sas if sa.usable and sa.established is not None]
    begun += [installed.installed_at for flow in flows for installed in flow.pairs]
    known = next((sa.peer_id for sa in reversed(sas) if sa.usable and sa.peer_id), None)
    return SessionView(
        interface,
        local,
        next((sa.profile for sa in reversed(sas) if sa.usable and sa.profile), None),
        peer,
        next((flow.peer_port for flow in flows if flow.pairs), sas[-1].remote_port if sas else KEY_EXCHANGE_PORT),
        _id_text(known) if known else NO_IDENTITY,
        (now - min(begun)) // SECOND if begun else None,
        tuple(_ike(sa, now) for sa in sas),
        tuple(_flow(flow, now) for flow in flows),
    )


def _id_text(identification: Identification) -> str:
    data = identification.data
    if identification.kind == IdType.IPV4_ADDR and len(data) == 4:
        return format_address(int.from_bytes(data, "big"))
    return identification.text


def _ike(sa: IkeSa, now: int) -> IkeView:
    lifetime = 0 if sa.deleted is not None else sa.remaining(now) or 0
    letters = capabilities(sa) or "(none)"
    return IkeView(sa.local, sa.local_port, sa.remote, sa.remote_port, sa.usable, sa.conn_id, lifetime, letters)


def _flow(flow: Flow, now: int) -> FlowView:
    current, counters = flow.current, flow.counters
    inbound_life: tuple[int | None, int] = (0, 0)
    outbound_life: tuple[int | None, int] = (0, 0)
    if current is not None:
        seconds = current.remaining_seconds(now)
        inbound_life = current.remaining_kilobytes(current.inbound[-1]), seconds
        outbound_life = current.remaining_kilobytes(current.outbound[-1]), seconds
    return FlowView(
        flow.local_proxy,
        flow.remote_proxy,
        sum(len(installed.inbound) + len(installed.outbound) for installed in flow.pairs),
        (counters.decaps, counters.recv_errors),
        (counters.encaps, counters.send_errors),
        inbound_life,
        outbound_life,
    )


@handler("show_crypto_session")
def show_session(session: Session, statement: Statement) -> str:
    """`show crypto session [local A.B.C.D | remote A.B.C.D | interface INTERFACE] [brief | detail]`"""
    views = [view for view in collect(session.router) if _wanted(view, statement)]
    if "brief" in statement:
        return _BRIEF + "".join(map(_brief, views))
    detail = "detail" in statement
    heading = "Crypto session current status\n\n" + (_CODES if detail else "")
    return heading + "".join(session_text(view, detail) + "\n" for view in views)


def _wanted(view: SessionView, statement: Statement) -> bool:
    """Whether a session is of the local or remote address or of the interface that is asked for."""
    return (
        statement.get("local") in (None, view.local)
        and statement.get("remote") in (None, view.peer)
        and statement.get("interface") in (None, view.interface)
    )


_BRIEF = (
    "Status: A- Active, U - Up, D - Down, I - Idle, S - Standby, N - Negotiating \n"
    "        K - No IKE\n"
    "ivrf = (none)\n"
    "Peer            I/F          Username        Group/Phase1_id          Uptime   Status\n"
)
_LETTERS = {"UP-ACTIVE": "UA", "UP-NO-IKE": "UK", "UP-IDLE": "UI", "DOWN-NEGOTIATING": "DN", "DOWN": "D"}
"""Captures have `UA`; the others are made of the letters that the heading explains."""


def _brief(view: SessionView) -> str:
    """A session in a line, without a user: nobody is asked for a name here."""
    phase_1 = "" if view.phase1_id == NO_IDENTITY else view.phase1_id
    uptime = "" if view.uptime is None else hms(view.uptime)
    place = f"{format_address(view.peer):<15} {short_name(view.interface):<12} {'':<15} {phase_1:<24}"
    return f"{place} {uptime:<8} {_LETTERS[view.status.rstrip()]}\n"


_CODES = (
    "Code: C - IKE Configuration mode, D - Dead Peer Detection     \n"
    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \n"
    "X - IKE Extended Authentication, F - IKE Fragmentation\n"
    "R - IKE Auto Reconnect, U - IKE Dynamic Route Update\n"
    "S - SIP VPN\n\n"
)


def session_text(view: SessionView, detail: bool) -> str:
    """A session, without the empty line behind it."""
    text = f"Interface: {view.interface}\n"
    text += f"Profile: {view.profile}\n" if view.profile else ""
    if detail and view.uptime is not None:
        text += f"Uptime: {hms(view.uptime)}\n"
    text += f"Session status: {view.status}\nPeer: {format_address(view.peer)} port {view.port} "
    text += f"fvrf: (none) ivrf: (none)\n      Phase1_id: {view.phase1_id}\n      Desc: (none)\n" if detail else "\n"
    for sa in view.ike:
        text += _ike_text(sa, detail)
    for flow in view.flows:
        text += _flow_text(flow, detail)
    return text


def _ike_text(sa: IkeView, detail: bool) -> str:
    ends = f"local {format_address(sa.local)}/{sa.local_port} remote {format_address(sa.remote)}/{sa.remote_port}"
    text = f"  Session ID: 0  \n  IKEv1 SA: {ends} {'Active' if sa.active else 'Inactive'} \n"
    if detail:
        lifetime = hms(sa.lifetime) if sa.lifetime else "0"
        text += f"          Capabilities:{sa.capabilities} connid:{sa.conn_id} lifetime:{lifetime}\n"
    return text


def _flow_text(flow: FlowView, detail: bool) -> str:
    protocol = flow.local_proxy.protocol or "ip"
    text = f"  IPSEC FLOW: permit {protocol} {_side(flow.local_proxy)} {_side(flow.remote_proxy)} \n"
    text += f"        Active SAs: {flow.sas}, origin: crypto map\n"
    if detail:
        text += f"        Inbound:  #pkts dec'ed {_counts(flow.received)} life (KB/Sec) {_life(flow.inbound_life)}\n"
        text += f"        Outbound: #pkts enc'ed {_counts(flow.sent)} life (KB/Sec) {_life(flow.outbound_life)}\n"
    return text


def _side(proxy: Proxy) -> str:
    """`192.168.1.0/255.255.255.0`, or `host 10.0.0.1`, with the port if there is one."""
    address = format_address(proxy.address)
    text = f"host {address}" if proxy.mask == 0xFFFFFFFF else f"{address}/{format_address(proxy.mask)}"
    return f"{text} port {proxy.port}" if proxy.port else text


def _counts(packets: tuple[int, int]) -> str:
    return f"{packets[0]} drop {packets[1]}"


def _life(life: tuple[int | None, int]) -> str:
    kilobytes, seconds = life
    return f"{'KB Vol Rekey Disabled' if kilobytes is None else kilobytes}/{seconds}"

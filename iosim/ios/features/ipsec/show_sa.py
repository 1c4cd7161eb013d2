"""`show crypto ipsec sa`: flows with their counters and their SAs."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.names import identity, spi_text
from iosim.ios.features.ipsec.transforms import shown_transform
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ipsec.flow import Counters, Flow, InstalledPair
from iosim.ipsec.model import Proxy
from iosim.ipsec.sa import InboundSa, OutboundSa, ReceiveError, SendError
from iosim.wire.ipv4 import AH, ESP

SIBLING_FLAGS = 0x80000040


@dataclass(frozen=True, slots=True)
class SaView:
    """One SA of ESP (50) or AH (51); `kilobytes` None: no limit of volume; `replay_window` None: no detection."""

    protocol: int
    spi: int
    transform: str
    mode: str
    connection: int
    map_name: str
    kilobytes: int | None
    seconds: int
    manual: bool
    iv_length: int
    replay_window: int | None


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow with its SAs, the oldest first."""

    local: int
    peer: int
    peer_port: int
    local_proxy: Proxy
    remote_proxy: Proxy
    counters: Counters
    plaintext_mtu: int
    path_mtu: int
    pfs_group: int | None
    inbound: tuple[SaView, ...]
    outbound: tuple[SaView, ...]
    current_spi: int
    flags: str


@dataclass(frozen=True, slots=True)
class InterfaceView:
    """An interface with a crypto map."""

    name: str
    map_name: str
    local: int
    mtu: int
    flows: tuple[FlowView, ...]


def collect(router: Router, peer: int | None = None) -> list[InterfaceView]:
    """The flows of all interfaces, or those towards one peer."""
    views = []
    for name, hook in router[IpsecFeature].ipsec.hooks.items():
        bound, mtu = hook.bound, router.stack.interfaces[name].mtu
        flows = tuple(_flow(flow, mtu, router.sim.now) for flow in bound.flows if peer in (None, flow.peer))
        if flows:
            views.append(InterfaceView(name, bound.name, bound.local, mtu, flows))
    return views


def _flow(flow: Flow, mtu: int, now: int) -> FlowView:
    current = flow.current
    return FlowView(
        flow.local,
        flow.peer,
        flow.peer_port,
        flow.local_proxy,
        flow.remote_proxy,
        flow.counters,
        flow.plaintext_mtu(mtu),
        flow.path_mtu(mtu),
        current.pair.pfs_group if current else None,
        tuple(_sa(pair, sa, pair.inbound_id, now) for pair in flow.pairs for sa in pair.inbound),
        tuple(_sa(pair, sa, pair.outbound_id, now) for pair in flow.pairs for sa in pair.outbound),
        current.outbound[0].spi if current else 0,
        "" if flow.brought else "origin_is_acl,",
    )


def _sa(installed: InstalledPair, sa: InboundSa | OutboundSa, connection: int, now: int) -> SaView:
    window = next(each.window for each in installed.inbound if each.protocol == sa.protocol)
    return SaView(
        sa.protocol,
        sa.spi,
        shown_transform(installed.pair.transform.part(sa.protocol)),
        installed.pair.transform.mode.capitalize() + (" UDP-Encaps" if installed.udp_ports else ""),
        connection,
        installed.flow.map_name,
        installed.remaining_kilobytes(sa),
        installed.remaining_seconds(now),
        installed.pair.manual,
        sa.iv_length,
        window.size if window else None,
    )


@handler("show_crypto_ipsec_sa")
def show_sa(session: Session, statement: Statement) -> str:
    """`show crypto ipsec sa [peer A.B.C.D] [detail]`"""
    views = collect(session.router, statement.get("peer"))
    detail = bool(statement.get("detail"))
    return "".join(interface_text(view, detail) for view in views) or "\nNo SAs found\n"


def interface_text(view: InterfaceView, detail: bool) -> str:
    """An interface with its flows."""
    heading = f"\ninterface: {view.name}\n"
    heading += f"    Crypto map tag: {view.map_name}, local addr {format_address(view.local)}\n"
    return heading + "".join(_flow_text(flow, view, detail) for flow in view.flows)


_FLOW = """
   protected vrf: (none)
   local  ident (addr/mask/prot/port): ({local_ident})
   remote ident (addr/mask/prot/port): ({remote_ident})
   current_peer {peer} port {port}
     PERMIT, flags={{{flags}}}
    #pkts encaps: {counters.encaps}, #pkts encrypt: {counters.encaps}, #pkts digest: {counters.encaps}
    #pkts decaps: {counters.decaps}, #pkts decrypt: {counters.decaps}, #pkts verify: {counters.decaps}
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
{errors}
     local crypto endpt.: {local}, remote crypto endpt.: {peer}
     plaintext mtu {plaintext_mtu}, path mtu {path_mtu}, ip mtu {mtu}, ip mtu idb {interface}
     current outbound spi: {spi}
     PFS (Y/N): {pfs}, DH group: {group}

     inbound esp sas:
{inbound_esp}
     inbound ah sas:
{inbound_ah}
     inbound pcp sas:

     outbound esp sas:
{outbound_esp}
     outbound ah sas:
{outbound_ah}
     outbound pcp sas:
"""


def _flow_text(flow: FlowView, interface: InterfaceView, detail: bool) -> str:
    return _FLOW.format(
        local_ident=identity(flow.local_proxy),
        remote_ident=identity(flow.remote_proxy),
        counters=flow.counters,
        errors=(_detailed_errors if detail else _errors)(flow.counters),
        local=format_address(flow.local),
        peer=format_address(flow.peer),
        plaintext_mtu=flow.plaintext_mtu,
        path_mtu=flow.path_mtu,
        mtu=interface.mtu,
        interface=interface.name,
        spi=spi_text(flow.current_spi),
        pfs="Y" if flow.pfs_group else "N",
        group=f"group{flow.pfs_group}" if flow.pfs_group else "none",
        inbound_esp=_sas_text(flow.inbound, ESP, detail),
        inbound_ah=_sas_text(flow.inbound, AH, detail),
        outbound_esp=_sas_text(flow.outbound, ESP, detail),
        port=flow.peer_port,
        flags=flow.flags,
        outbound_ah=_sas_text(flow.outbound, AH, detail),
    )


def _errors(counters: Counters) -> str:
    return f"    #send errors {counters.send_errors}, #recv errors {counters.recv_errors}\n"


_DETAILED_ERRORS = """\
    #pkts no sa (send) {no_sa}, #pkts invalid sa (rcv) 0
    #pkts encaps failed (send) {encaps}, #pkts decaps failed (rcv) {decaps}
    #pkts invalid prot (recv) {protocol}, #pkts verify failed: {verify}
    #pkts invalid identity (recv) {identity}, #pkts invalid len (rcv) {length}
    #pkts replay rollover (send): {rollover}, #pkts replay rollover (rcv) 0
    ##pkts replay failed (rcv): {replay}
    #pkts tagged (send): 0, #pkts untagged (rcv): 0
    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0
    #pkts internal err (send): 0, #pkts internal err (recv) 0
"""


def _detailed_errors(counters: Counters) -> str:
    """The errors by kind. A packet that came in the clear has the wrong protocol."""
    send, receive = counters.failed_sends, counters.failed_receives
    return _DETAILED_ERRORS.format(
        no_sa=send.get(SendError.NO_SA, 0),
        encaps=send.get(SendError.LENGTH, 0),
        rollover=send.get(SendError.SEQUENCE, 0),
        decaps=receive.get(ReceiveError.PADDING, 0),
        protocol=receive.get(ReceiveError.PROTOCOL, 0) + receive.get(ReceiveError.CLEAR, 0),
        verify=receive.get(ReceiveError.VERIFY, 0),
        identity=receive.get(ReceiveError.IDENTITY, 0),
        length=receive.get(ReceiveError.LENGTH, 0),
        replay=receive.get(ReceiveError.REPLAY, 0),
    )


def _sas_text(sas: tuple[SaView, ...], protocol: int, detail: bool) -> str:
    return "".join(_sa_text(sa, detail) for sa in sas if sa.protocol == protocol)


def _sa_text(sa: SaView, detail: bool) -> str:
    """One SA; AH has no IV to speak of."""
    window = f"  replay window size: {sa.replay_window}" if detail and sa.replay_window else ""
    return (
        f"      spi: {spi_text(sa.spi)}\n"
        f"        transform: {sa.transform} ,\n"
        f"        in use settings ={{{sa.mode}, }}\n"
        f"        conn id: {sa.connection}, flow_id: SW:{sa.connection}, sibling_flags {SIBLING_FLAGS:X}, "
        f"crypto map: {sa.map_name}\n"
        f"        {_timing(sa)}\n"
        + (f"        IV size: {sa.iv_length} bytes\n" if sa.protocol == ESP else "")
        + f"        replay detection support: {'N' if sa.replay_window is None else 'Y'}{window}\n"
        f"        Status: ACTIVE(ACTIVE)\n"
    )


def _timing(sa: SaView) -> str:
    """What is left of the life of an SA; those of manual keys have no end."""
    if sa.manual:
        return "no sa timing"
    left = f"(sec): ({sa.seconds})" if sa.kilobytes is None else f"(k/sec): ({sa.kilobytes}/{sa.seconds})"
    return f"sa timing: remaining key lifetime {left}"

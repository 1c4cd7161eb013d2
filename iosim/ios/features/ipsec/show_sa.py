"""`show crypto ipsec sa`: flows with their counters and their SAs."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.names import identity, spi_text
from iosim.ios.features.ipsec.sa_view import FlowView, InterfaceView, SaView, collect
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ipsec.flow import Counters, Flow
from iosim.ipsec.model import Proxy
from iosim.ipsec.sa import ReceiveError, SendError
from iosim.wire.ipv4 import AH, ESP

SIBLING_FLAGS = 0x80000040
NONE = "\nNo SAs found\n"
EVERYTHING = Proxy(0, 0)


@handler("show_crypto_ipsec_sa")
def show_sa(session: Session, statement: Statement) -> str:
    """`show crypto ipsec sa [peer A.B.C.D | interface I | map NAME | vrf NAME | active] [detail]`"""
    detail = bool(statement.get("detail"))
    views = collect(session.router, lambda interface, flow: _is_wanted(statement, interface, flow))
    return "".join(interface_text(view, detail) for view in views) or NONE


def _is_wanted(statement: Statement, interface: str, flow: Flow) -> bool:
    """Whether a flow is one of those that are asked for; none is in a VRF."""
    return (
        statement.get("peer") in (None, flow.peer)
        and statement.get("interface") in (None, interface)
        and statement.get("name") in (None, flow.map_name)
        and statement.get("vrf") is None
        and (statement.get("active") is None or bool(flow.pairs))
    )


def interface_text(view: InterfaceView, detail: bool) -> str:
    """An interface with its flows."""
    return _heading(view) + "".join(_flow_text(flow, view, detail) for flow in view.flows)


@handler("show_crypto_ipsec_sa_identity")
def show_identities(session: Session, statement: Statement) -> str:
    """`show crypto ipsec sa identity [detail]`: all flows without their SAs, below a root that permits nothing."""
    detail, text = bool(statement.get("detail")), ""
    for view in collect(session.router):
        text += _heading(view) + _identity_text(
            EVERYTHING, EVERYTHING, "(none)", 500, "DENY, flags={ident_is_root,}", Counters(), detail
        )
        text += "".join(_flow_identity(flow, detail) for flow in view.flows)
    return text or NONE


def _heading(view: InterfaceView) -> str:
    local = format_address(view.local)
    return f"\ninterface: {view.name}\n    Crypto map tag: {view.map_name}, local addr {local}\n"


_IDENTITY = """
   protected vrf: (none)
   local  ident (addr/mask/prot/port): ({local_ident})
   remote ident (addr/mask/prot/port): ({remote_ident})
   current_peer {peer} port {port}
     {verdict}
    #pkts encaps: {counters.encaps}, #pkts encrypt: {counters.encaps}, #pkts digest: {counters.encaps}
    #pkts decaps: {counters.decaps}, #pkts decrypt: {counters.decaps}, #pkts verify: {counters.decaps}
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
{errors}"""


def _identity_text(
    local: Proxy, remote: Proxy, peer: str, port: int, verdict: str, counters: Counters, detail: bool
) -> str:
    return _IDENTITY.format(
        local_ident=identity(local),
        remote_ident=identity(remote),
        peer=peer,
        port=port,
        verdict=verdict,
        counters=counters,
        errors=(_detailed_errors if detail else _errors)(counters),
    )


def _flow_identity(flow: FlowView, detail: bool) -> str:
    peer = format_address(flow.peer)
    return _identity_text(
        flow.local_proxy,
        flow.remote_proxy,
        peer,
        flow.peer_port,
        f"PERMIT, flags={{{flow.flags}}}",
        flow.counters,
        detail,
    )


_SAS = """
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
    return _flow_identity(flow, detail) + _SAS.format(
        local=format_address(flow.local),
        peer=format_address(flow.peer),
        plaintext_mtu=flow.plaintext_mtu,
        path_mtu=flow.path_mtu,
        mtu=interface.mtu,
        interface=interface.way,
        spi=spi_text(flow.current_spi),
        pfs="Y" if flow.pfs_group else "N",
        group=f"group{flow.pfs_group}" if flow.pfs_group else "none",
        inbound_esp=_sas_text(flow.inbound, ESP, detail),
        inbound_ah=_sas_text(flow.inbound, AH, detail),
        outbound_esp=_sas_text(flow.outbound, ESP, detail),
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
    """The errors by kind. A packet that came in the clear has the wrong protocol.

    What is always 0 cannot be: a packet for an SA that is not there is nobody's, numbers that start again are replays,
    and there are no tags.
    """
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
    return "".join(sa_text(sa, detail) for sa in sas if sa.protocol == protocol)


def sa_text(sa: SaView, detail: bool) -> str:
    """One SA; AH has no IV to speak of."""
    window = f"  replay window size: {sa.replay_window or 0}" if detail else ""
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
    if sa.kilobytes is None:
        return f"sa timing: remaining key lifetime (sec): {sa.seconds}\n        Kilobyte Volume Rekey has been disabled"
    return f"sa timing: remaining key lifetime (k/sec): ({sa.kilobytes}/{sa.seconds})"

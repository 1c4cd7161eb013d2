"""SAs and nodes in the words of `debug crypto isakmp`: how they begin, move from state to state and end."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.states import Input, Reason, State
from iosim.ike.v1.trace import sas as steps
from iosim.ios.features.isakmp.words.common import Table, new_node, peer_address, role, sa_address, state_name
from iosim.wire.isakmp import ExchangeType

SA_REASONS = {
    Reason.NO_POLICY_ACCEPTED: "Phase1 SA policy proposal not accepted",
    Reason.NOT_OFFERED: "Phase1 SA policy proposal not accepted",
    Reason.RETRANSMISSION_PHASE_1: "Death by retransmission P1",
    Reason.RETRANSMISSION_PHASE_2: "Death by retransmission P2",
    Reason.LIFETIME_EXPIRED: "IKE SA Lifetime Exceeded",
    Reason.CLEARED: "BY user command",
    Reason.PEER_RESTARTED: "Receive initial contact",
    Reason.PEER_DEAD: "P1 errcounter exceeded (PEERS_ALIVE_TIMER)",
}
NODE_REASONS = {
    Reason.RETRANSMISSION_PHASE_2: "Phase 2 err count exceeded",
    Reason.REJECTED_BY_PEER: "Delete Larval",
    Reason.PHASE_1_DELETED: "IKE deleted",
}
"""Why a node is deleted; for every other reason it was rejected."""


def sa_created(step: steps.SaCreated) -> list[str]:
    lines = [*_peer_locked(step), f"ISAKMP: local port {step.local_port}, remote port {step.remote_port}"]
    inserted = f"ISAKMP:({step.conn_id}):insert sa successfully sa = {sa_address(step.handles)}"
    if not step.initiator:
        return [*lines, inserted]
    return [
        f"ISAKMP:({step.conn_id}): SA request profile is {step.profile or '(NULL)'}",
        *lines,
        new_node(0),
        inserted,
        *([] if step.aggressive else [f"ISAKMP:({step.conn_id}):Can not start Aggressive mode, trying Main mode."]),
    ]


def _peer_locked(step: steps.SaCreated) -> list[str]:
    """The peer is known already while there is another SA with it."""
    handles, peer = step.handles, f"{format_address(step.remote)}, peer port {step.remote_port}"
    address = f"0x{peer_address(handles)}"
    by = "isakmp_initiator" if step.initiator else "crypto_isakmp_process_block"
    locked = f"ISAKMP: Locking peer struct {address}, refcount {handles.others + 1} for {by}"
    if handles.others:
        return [f"ISAKMP: Found a peer struct for {peer}", locked]
    created = f"ISAKMP: New peer created peer = {address} peer_handle = 0x{0x80000001 + handles.peer:X}"
    return [f"ISAKMP: Created a peer struct for {peer}", created, locked]


def _peer_unlocked(handles: steps.Handles, remote: int, by: str) -> list[str]:
    """The peer is forgotten with its last SA."""
    address = peer_address(handles)
    unlocked = f"ISAKMP: Unlocking peer struct 0x{address} for {by}(), count {handles.others}"
    reaped = f"ISAKMP: Deleting peer node by peer_reap for {format_address(remote)}: {address}"
    return [unlocked] if handles.others else [unlocked, reaped]


def cannot_start(step: steps.CannotStart) -> list[str]:
    mode = "Aggressive" if step.aggressive else "Main"
    before = ["No Cert or pre-shared address key."] if step.reason is Reason.NO_PRESHARED_KEY else []
    before.append(f"construct_initial_message: Can not start {mode} mode")
    after = [
        "Error while processing SA request: Failed to initialize SA",
        "Error while processing KMI message 0, error 2.",
    ]
    return [
        *(f"ISAKMP:({step.conn_id}): {line}" for line in before),
        *_peer_unlocked(step.handles, step.remote, "isadb_unlock_peer_delete_sa"),
        *sa_purged(steps.SaPurged(step.conn_id, step.handles)),
        *(f"ISAKMP:({step.conn_id}): {line}" for line in after),
    ]


def request_attached(step: steps.RequestAttached) -> list[str]:
    ends = f"(local {format_address(step.local)}, remote {format_address(step.remote)})"
    return [
        new_node(0),
        f"ISAKMP:({step.conn_id}):SA is still budding. Attached new ipsec request to it. {ends}",
        "ISAKMP: Error while processing SA request: Failed to initialize SA",
        "ISAKMP: Error while processing KMI message 0, error 2.",
    ]


def sa_deleted(step: steps.SaDeleted) -> list[str]:
    return [f"ISAKMP:({step.conn_id}):peer does not do paranoid keepalives.\n", _deleting(step)]


def sa_released(step: steps.SaReleased) -> list[str]:
    """IOS says a second time that it deletes the SA, with a blank at the end."""
    return [f"{_deleting(step)} ", *_peer_unlocked(step.handles, step.remote, "isadb_mark_sa_deleted")]


def _deleting(step: steps.SaDeleted | steps.SaReleased) -> str:
    reason, peer = SA_REASONS.get(step.reason, "No reason"), format_address(step.remote)
    return (
        f'ISAKMP:({step.conn_id}):deleting SA reason "{reason}" state ({role(step.initiator)}) '
        f"{state_name(step.state)} (peer {peer})"
    )


def sa_purged(step: steps.SaPurged) -> list[str]:
    address = sa_address(step.handles)
    return [f"ISAKMP:({step.conn_id}):purging SA., sa={address}, delme={address}"]


def initial_contact(step: steps.InitialContact) -> list[str]:
    if step.sent:
        return [f"ISAKMP:({step.conn_id}):Send initial contact"]
    ends = f"local {format_address(step.local)} remote {format_address(step.remote)}"
    return [
        f"ISAKMP:({step.conn_id}):SA authentication status:\n\tauthenticated",
        f"ISAKMP:({step.conn_id}):Process initial contact,\n"
        f"bring down existing phase 1 and 2 SA's with {ends} remote port 500",
    ]


def peer_inserted(step: steps.PeerInserted) -> list[str]:
    peer, sa = peer_address(step.handles), sa_address(step.handles)
    encapsulated = f"ISAKMP:({step.conn_id}):Setting UDP ENC peer struct 0x{peer} sa= 0x{sa}"
    inserted = f"ISAKMP: Trying to insert a peer {_ends(step)},  and inserted successfully {peer}."
    return [encapsulated, inserted] if step.floated else [inserted]


def ports_floated(step: steps.PortsFloated) -> list[str]:
    return [
        f"ISAKMP:({step.conn_id}):Detected port floating to port = {step.remote_port}",
        f"ISAKMP:({step.conn_id}):Trying to find existing peer {_ends(step)}",
    ]


def _ends(step: steps.PeerInserted | steps.PortsFloated) -> str:
    return f"{format_address(step.local)}/{format_address(step.remote)}/{step.remote_port}/"


def state_change(step: steps.StateChange) -> list[str]:
    origin, name = step.input.value
    unknown = step.input is Input.INFO_NOTIFY and step.old is not State.P1_COMPLETE
    node, end = (f"Node {step.message_id}, ", "") if step.message_id else ("", " \n")
    return [
        *([f"ISAKMP ({step.conn_id}): Unknown Input {origin}, {name}:  state = {step.old}"] if unknown else ()),
        f"ISAKMP:({step.conn_id}):{node}Input = {origin}, {name}",
        f"ISAKMP:({step.conn_id}):Old State = {step.old}  New State = {step.new}{end}",
    ]


def exchange_begun(step: steps.ExchangeBegun) -> list[str]:
    if step.exchange in (ExchangeType.MAIN_MODE, ExchangeType.AGGRESSIVE):
        mode = "Main" if step.exchange == ExchangeType.MAIN_MODE else "Aggressive"
        return [f"ISAKMP:({step.conn_id}): beginning {mode} Mode exchange"]
    return [f"ISAKMP:({step.conn_id}):beginning Quick Mode exchange, M-ID of {step.message_id}"]


def node_deleted(step: steps.NodeDeleted) -> list[str]:
    if step.exchange == ExchangeType.INFORMATIONAL:
        error, reason = "FALSE", "Informational (in) state 1"
    elif step.reason is None:
        error, reason = "FALSE", "No Error" if step.initiator else "QM done (await)"
    else:
        error = "FALSE" if step.reason is Reason.PHASE_1_DELETED else "TRUE"
        reason = NODE_REASONS.get(step.reason, "QM rejected")
    return [f'ISAKMP:({step.conn_id}):deleting node {step.message_id} error {error} reason "{reason}"']


WORDS: Table = {
    steps.SaCreated: sa_created,
    steps.CannotStart: cannot_start,
    steps.RequestAttached: request_attached,
    steps.StateChange: state_change,
    steps.ExchangeBegun: exchange_begun,
    steps.PortsFloated: ports_floated,
    steps.PeerInserted: peer_inserted,
    steps.InitialContact: initial_contact,
    steps.NodeCreated: lambda step: [new_node(step.message_id)],
    steps.NodeDeleted: node_deleted,
    steps.SaDeleted: sa_deleted,
    steps.SaReleased: sa_released,
    steps.SaPurged: sa_purged,
    steps.NodePurged: lambda step: [f"ISAKMP:({step.conn_id}):purging node {step.message_id}"],
}

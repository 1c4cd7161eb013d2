"""Who the peer is, and by which key, in the words of `debug crypto isakmp`."""

from __future__ import annotations

from iosim.grammar.values import format_address
from iosim.ike.v1.trace import identities as steps
from iosim.ios.features.isakmp.words.common import Table, name_text
from iosim.wire.isakmp import IdType


def identity(step: steps.Identity) -> list[str]:
    identification = step.identification
    address = identification.kind == IdType.IPV4_ADDR and len(identification.data) == 4
    if address:
        value = f"address      : {format_address(int.from_bytes(identification.data, 'big'))}"
    elif identification.kind == IdType.DER_ASN1_DN:
        value = f"Dist. name   : {name_text(identification.data)}"
    else:
        value = f"FQDN name    : {identification.text}"
    length = 8 + len(identification.data)
    payload = (
        f"ISAKMP ({step.conn_id}): ID payload \n\tnext-payload : {step.next_payload}\n"
        f"\ttype         : {identification.kind} \n\t{value} \n\tprotocol     : {identification.protocol} \n"
        f"\tport         : {identification.port} \n\tlength       : {length}"
    )
    if not step.sent:
        return [payload]
    kind = f"ID_{IdType(identification.kind).name}"
    method = "RSA signature" if step.signs else "pre-shared key"
    return [
        f"ISAKMP:({step.conn_id}):SA is doing {method} authentication using id type {kind}",
        payload,
        f"ISAKMP:({step.conn_id}):Total payload length: {length}",
    ]


def profile_matched(step: steps.ProfileMatched) -> list[str]:
    return [
        f"ISAKMP:(0):: peer matches {'*none* of the profiles' if step.profile is None else f'{step.profile} profile'}"
    ]


def profile_key(step: steps.ProfileKey) -> list[str]:
    if step.keyring is None:
        return [
            f"ISAKMP:({step.conn_id}):Key not found in keyrings of profile , aborting exchange",
            f"ISAKMP ({step.conn_id}): FSM action returned error: 2",
        ]
    return [f"ISAKMP:({step.conn_id}):Found {'HOST' if step.named else 'ADDRESS'} key in keyring {step.keyring}"]


def preshared_key(step: steps.PresharedKey) -> list[str]:
    peer, lines = format_address(step.remote), _found_by(step)
    if not step.found:
        return [*lines, f"ISAKMP:({step.conn_id}):No pre-shared key with {peer}!"]
    if step.for_policy:
        xauth = f"Looking for xauth in profile {step.profile}" if step.profile else "Scanning profiles for xauth ..."
        lines += [f"ISAKMP:({step.conn_id}): local preshared key found", f"ISAKMP : {xauth}"]
    return lines


def _found_by(step: steps.PresharedKey) -> list[str]:
    """What a key was looked for by, and in which ring; a ring of a profile has been told of already."""
    if step.tunnel:
        said = "SA using tunnel password as pre-shared key." if step.for_policy else "SA has tunnel attributes set."
        return [f"ISAKMP:({step.conn_id}):{said}"]
    if step.name is not None and not step.by_name:
        return [f"ISAKMP: no pre-shared key based on hostname {step.name}!"]
    if step.name is not None:
        found = f"Looking for a matching key for {step.name} in default : success"
        return [] if step.keyring else [f"ISAKMP:({step.conn_id}):{found}"]
    peer = format_address(step.remote)
    return [f"ISAKMP:({step.conn_id}):found peer pre-shared key matching {peer}"] if step.found else []


def authenticated(step: steps.Authenticated) -> list[str]:
    return [
        f"ISAKMP:({step.conn_id}):SA authentication status:\n\tauthenticated",
        f"ISAKMP:({step.conn_id}):SA has been authenticated with {format_address(step.remote)}",
    ]


WORDS: Table = {
    steps.PresharedKey: preshared_key,
    steps.Identity: identity,
    steps.Authenticated: authenticated,
    steps.ProfileMatched: profile_matched,
    steps.ProfileKey: profile_key,
}

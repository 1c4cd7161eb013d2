"""`show ip traffic`: the stack's own counters. What the simulation does not have (OSPF, PIM, options, …) is 0."""

from __future__ import annotations

from collections import Counter

from iosim.grammar import Statement
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.stack.fragment import BAD, FULL, LATE
from iosim.wire import arp, icmp


@handler("show_ip_traffic")
def show_ip_traffic(session: Session, statement: Statement) -> str:
    """`show ip traffic`"""
    stack = session.stack
    drops, count = stack.drops, stack.traffic
    return _TEMPLATE.format(
        c=count,
        format_errors=count.bad_headers - count.bad_checksums,
        hops=drops["TTL expired"],
        unknown=drops["unknown protocol"],
        gateway=drops["not for us"],
        timeouts=drops[LATE],
        broken=drops[BAD] + drops[FULL],
        unverified=drops["unverified source"],
        unfragmented=drops["fragmentation needed"],
        unresolved=drops["no ARP answer"] + drops["ARP queue full"],
        unrouted=drops["no route"],
        bad_icmp=drops["bad ICMP"],
        sums=drops["bad ICMP checksum"],
        r=_kinds(count.icmp_in),
        s=_kinds(count.icmp_out),
        bad_udp=drops["bad UDP checksum"],
        closed=drops["UDP port closed"],
        tcp=stack.tcp.counts,
        arp_in=count.arp_in,
        arp_out=count.arp_out,
        other=sum(n for operation, n in count.arp_in.items() if operation not in (arp.REQUEST, arp.REPLY)),
    )


def _kinds(count: Counter[tuple[int, int]]) -> dict[str, int]:
    """ICMP messages by the names that the table has for their types."""
    return {name: sum(n for (kind, _), n in count.items() if kind == number) for name, number in _TYPES.items()}


_TYPES = {
    "echo": icmp.ECHO,
    "reply": icmp.ECHO_REPLY,
    "unreachable": icmp.UNREACHABLE,
    "redirect": icmp.REDIRECT,
    "quench": icmp.SOURCE_QUENCH,
    "exceeded": icmp.TIME_EXCEEDED,
    "parameter": icmp.PARAMETER_PROBLEM,
    "mask": icmp.MASK_REQUEST,
    "mask reply": icmp.MASK_REPLY,
}

_TEMPLATE = """\
IP statistics:
  Rcvd:  {c.received} total, {c.local} local destination
         {format_errors} format errors, {c.bad_checksums} checksum errors, {hops} bad hop count
         {unknown} unknown protocol, {gateway} not a gateway
         0 security failures, 0 bad options, 0 with options
  Opts:  0 end, 0 nop, 0 basic security, 0 loose source route
         0 timestamp, 0 extended security, 0 record route
         0 stream ID, 0 strict source route, 0 alert, 0 cipso, 0 ump
         0 other, 0 ignored
  Frags: {c.reassembled} reassembled, {timeouts} timeouts, {broken} couldn't reassemble
         {c.fragmented} fragmented, {c.fragments} fragments, {unfragmented} couldn't fragment
  Bcast: {c.broadcasts_in} received, {c.broadcasts_out} sent
  Mcast: 0 received, 0 sent
  Sent:  {c.generated} generated, {c.forwarded} forwarded
  Drop:  {unresolved} encapsulation failed, 0 unresolved, 0 no adjacency
         {unrouted} no route, {unverified} unicast RPF, 0 forced drop
         0 options denied, 0 source IP address zero

ICMP statistics:
  Rcvd: {bad_icmp} format errors, {sums} checksum errors, {r[redirect]} redirects, {r[unreachable]} unreachable
        {r[echo]} echo, {r[reply]} echo reply, {r[mask]} mask requests, {r[mask reply]} mask replies, {r[quench]} quench
        {r[parameter]} parameter, 0 timestamp, 0 timestamp replies, 0 info request, 0 other
        0 irdp solicitations, 0 irdp advertisements
        {r[exceeded]} time exceeded, 0 info replies
  Sent: {s[redirect]} redirects, {s[unreachable]} unreachable, {s[echo]} echo, {s[reply]} echo reply
        {s[mask]} mask requests, {s[mask reply]} mask replies, {s[quench]} quench, 0 timestamp, 0 timestamp replies
        0 info reply, {s[exceeded]} time exceeded, {s[parameter]} parameter problem
        0 irdp solicitations, 0 irdp advertisements

UDP statistics:
  Rcvd: {c.udp_in} total, {bad_udp} checksum errors, {closed} no port
  Sent: {c.udp_out} total, 0 forwarded broadcasts

TCP statistics:
  Rcvd: {tcp[received]} total, {tcp[bad TCP checksum]} checksum errors, {tcp[no port]} no port
  Sent: {tcp[sent]} total

EIGRP-IPv4 statistics:
  Rcvd: 0 total
  Sent: 0 total

PIMv2 statistics: Sent/Received
  Total: 0/0, 0 checksum errors, 0 format errors
  Registers: 0/0 (0 non-rp, 0 non-sm-group), Register Stops: 0/0,  Hellos: 0/0
  Join/Prunes: 0/0, Asserts: 0/0, grafts: 0/0
  Bootstraps: 0/0, Candidate_RP_Advertisements: 0/0
  State-Refresh: 0/0

IGMP statistics: Sent/Received
  Total: 0/0, Format errors: 0/0, Checksum errors: 0/0
  Host Queries: 0/0, Host Reports: 0/0, Host Leaves: 0/0 
  DVMRP: 0/0, PIM: 0/0

OSPF statistics:
  Last clearing of OSPF traffic counters never
  Rcvd: 0 total, 0 checksum errors
        0 hello, 0 database desc, 0 link state req
        0 link state updates, 0 link state acks
  Sent: 0 total
        0 hello, 0 database desc, 0 link state req
        0 link state updates, 0 link state acks

ARP statistics:
  Rcvd: {arp_in[1]} requests, {arp_in[2]} replies, 0 reverse, {other} other
  Sent: {arp_out[1]} requests, {arp_out[2]} replies ({c.arp_proxied} proxy), 0 reverse
"""

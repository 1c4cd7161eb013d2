"""`show track …`; the forms of interfaces, routes and operations are those of captures (pyATS Genie), that of
`show track timers` is the one of the command reference, that of `show track resolution` from memory of IOS 15.
"""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.clock import hms
from iosim.ios.config import Config
from iosim.ios.features.route_maps import RouteMapClauses, entries_of
from iosim.ios.features.routes import Routing, RoutingSettings
from iosim.ios.features.sla.engine import Sla
from iosim.ios.features.tracking.config import TrackDetails, TrackSettings
from iosim.ios.features.tracking.engine import Track, Tracking, parameter, prefix_text
from iosim.ios.features.tracking.measure import METRIC_DOWN, METRIC_UP, entry_of, prefix_of
from iosim.ios.features.tracking.polling import CODES, INTERVALS, interval, resolution, type_of, until_next
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.wire.address import netmask

_BRIEF = "Track Type        Instance                   Parameter        State Last Change\n"


@handler("show_track")
def show_track(session: Session, statement: Statement) -> str:
    """`show track [N | interface | ip [route | sla] | list | stub-object] [brief]`"""
    router, number = session.router, statement.get("number")
    wanted = f"{statement.get('of') or ''} {statement.get('what') or ''}".strip().removesuffix("-object")
    tracks = [
        track
        for track in sorted(router[Tracking].tracks.values(), key=lambda track: track.number)
        if number in (None, track.number) and type_of(track.config).startswith(wanted)
    ]
    if "brief" in statement:
        return _BRIEF + "".join(_brief(router, track) for track in tracks) if tracks else ""
    return "".join(_full(router, track) for track in tracks)


@handler("show_track_timers")
def show_track_timers(session: Session, statement: Statement) -> str:
    """`show track timers`: how often the objects of each type are looked at, and when those that there are will be."""
    router = session.router
    there = {type_of(track.config) for track in router[Tracking].tracks.values()}
    text = f"{'Object type':<15}{'Poll Interval':<17}Time to next poll\n"
    for kind in INTERVALS:
        left = f"{until_next(router, kind) / SECOND:.3f}" if kind in there else "expired"
        every, rest = divmod(interval(router, kind), 1000)
        text += f"{kind:<15}{f'{every}.{rest:03}' if rest else every:<17}{left}\n"
    return text


@handler("show_track_resolution")
def show_track_resolution(session: Session, statement: Statement) -> str:
    """`show track resolution`"""
    text = f"{'Route type':<22}Metric Resolution\n"
    for code, protocol in CODES.items():
        text += f"{_PROTOCOLS.get(protocol, protocol):<22}{resolution(session.router, code)}\n"
    return text


_PROTOCOLS = {"eigrp": "EIGRP", "ospf": "OSPF", "isis": "IS-IS", "bgp": "BGP"}


def _brief(router: Router, track: Track) -> str:
    config = track.config
    kind, instance = config.get("kind"), ""
    if kind == "interface":
        instance = config.get("interface")
    elif config.get("network") is not None:
        kind, instance = "ip route", prefix_text(config)
    elif config.get("entry") is not None:
        kind, instance = "ip sla", str(config.get("entry"))
    what = parameter(config).removesuffix(" and").removesuffix(" or") if kind == "list" else parameter(config)
    state, age = "Up" if track.up else "Down", hms((router.sim.now - track.changed_at) // SECOND)
    return f"{track.number:<6}{kind:<12}{instance:<27}{what:<16} {state:<6}{age}\n"


def _full(router: Router, track: Track) -> str:
    config, now = track.config, router.sim.now
    title, subject = _title(config)
    state = "Up" if track.up else "Down"
    reason = f" ({track.measured.reason})" if track.measured.reason and track.measured.up is track.up else ""
    score = f" ({track.measured.score})" if track.measured.score else ""
    waiting = ""
    if track.pending is not None:
        left = -((now - track.pending.time) // SECOND)
        waiting = f", delayed {'Up' if track.measured.up else 'Down'} ({left} sec{'' if left == 1 else 's'} remaining)"
    text = f"Track {track.number}\n  {title}\n  {subject} is {state}{reason}{score}{waiting}\n"
    changes = f"{track.changes} change{'' if track.changes == 1 else 's'}"
    text += f"    {changes}, last change {hms((now - track.changed_at) // SECOND)}\n"
    return text + "".join(f"{line}\n" for line in (*_members(router, config), *_details(router, track)))


def _title(config: Config) -> tuple[str, str]:
    """The line that says what is tracked, and what the next one calls it."""
    kind, what, of = config.get("kind"), config.get("what"), config.get("of")
    if kind == "interface":
        subject = "IP routing" if what == "ip" else "Line protocol"
        return f"Interface {config.get('interface')} {parameter(config)}", subject
    if kind == "list":
        subject = f"Boolean {what.upper()}" if of == "boolean" else f"Threshold {what}"
        return f"List {parameter(config)}", subject
    if kind == "stub-object":
        return "Stub-object", "State"
    prefix = prefix_of(config)
    if prefix is not None:
        route = f"{format_address(prefix[0])} {format_address(netmask(prefix[1]))}"
        return f"IP route {route} {parameter(config)}", parameter(config).capitalize()
    return f"IP SLA {config.get('entry')} {parameter(config)}", parameter(config).capitalize()


def _members(router: Router, config: Config) -> list[str]:
    lines, tracking = [], router[Tracking]
    for member in config[TrackDetails].members.values():
        if member.number not in tracking.tracks:
            state = "Undefined"
        else:
            state = "Up" if tracking.is_up(member.number) else "Down"
        weight = f" ({member.weight})" if member.weight is not None else ""
        lines.append(f"    object {member.number}{' not' if member.negated else ''} {state}{weight}")
    return lines


def _details(router: Router, track: Track) -> list[str]:
    """Thresholds, delays, the first hop or the latest result, and who tracks the object."""
    config, lines = track.config, []
    details = config[TrackDetails]
    if config.get("what") == "metric" or details.threshold is not None:
        said = details.threshold
        name = "Metric" if config.get("what") == "metric" else f"Threshold {config.get('what')}"
        down = said.down if said is not None and said.down is not None else METRIC_DOWN
        up = said.up if said is not None and said.up is not None else METRIC_UP
        lines.append(f"  {name} threshold down {down} up {up}" if name == "Metric" else f"  {name} down {down} up {up}")
    delays = [("up", details.delay.up), ("down", details.delay.down)] if details.delay is not None else []
    said_delays = [f"{way} {s} sec{'' if s == 1 else 's'}" for way, s in delays if s is not None]
    if said_delays:
        lines.append(f"  Delay {', '.join(said_delays)}")
    if config.get("network") is not None:
        lines.append(f"  First-hop interface is {_first_hop(router, config)}")
    if config.get("entry") is not None:
        operation = router[Sla].operations.get(config.get("entry"))
        last = operation.last if operation is not None else None
        lines.append(f"  Latest operation return code: {last.code if last is not None else 'Unknown'}")
        if last is not None and last.rtt is not None:
            lines.append(f"  Latest RTT (millisecs) {last.rtt}")
    clients = list(_clients(router, track.number))
    return [*lines, "  Tracked by:", *(f"    {client}" for client in clients)] if clients else lines


def _first_hop(router: Router, config: Config) -> str:
    entry = entry_of(router, config)
    hops = router[Routing].rib.hops(entry) if entry is not None else ()
    return hops[0].interface.name if hops else "unknown"


def _clients(router: Router, number: int) -> list[str]:
    """Who asks for an object."""
    tracks = router.config[TrackSettings].tracks
    clients = [f"Track List {each}" for each in sorted(tracks) if (number,) in tracks[each][TrackDetails].members]
    if any(route.track == number for route in router.config[RoutingSettings].static.values()):
        clients.append("Static IP Routing 0")
    for name, sequence, config in entries_of(router.config):
        if any(number in args.get("track", ()) for args in config[RouteMapClauses].set.values()):
            clients.append(f"Route Map {name} {sequence}")
    return clients

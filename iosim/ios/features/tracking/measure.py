"""How things stand with a tracked object at this moment, and in which words."""

from __future__ import annotations

from collections.abc import Callable

from iosim.data import dataclass
from iosim.ios.config import Config
from iosim.ios.features.routes import Routing
from iosim.ios.features.sla.engine import Sla
from iosim.ios.features.tracking.config import TrackDetails
from iosim.ios.features.tracking.polling import resolution
from iosim.ios.router import Router
from iosim.routing.table import Entry

METRIC_UP, METRIC_DOWN = 254, 255


@dataclass(frozen=True, slots=True)
class Measured:
    """Whether an object is up, and what `show track` adds: why, and the score of a list."""

    up: bool
    reason: str = ""
    score: str = ""


def measure(router: Router, config: Config, before: bool, is_up: Callable[[int], bool]) -> Measured:
    """How an object is; `before` is what it was, which stays between two thresholds."""
    kind = config.get("kind")
    if kind == "interface":
        return _interface(router, config)
    if kind == "list":
        return _list(config, before, is_up)
    if kind == "stub-object":
        return Measured(config[TrackDetails].default_state == "up")
    if config.get("network") is not None:
        return _route(router, config, before)
    return _operation(router, config)


def _interface(router: Router, config: Config) -> Measured:
    interface = router.stack.interfaces.get(config.get("interface"))
    if interface is None:
        return Measured(False, "hw non-existent")
    if config.get("what") == "ip":
        if interface.address is None:
            return Measured(False, "no IP addr")
        return Measured(interface.line_up, "" if interface.line_up else "interface line-protocol down")
    return Measured(interface.line_up, "" if interface.line_up else f"hw {'' if interface.admin_up else 'admin-'}down")


def _route(router: Router, config: Config, before: bool) -> Measured:
    entry = entry_of(router, config)
    if entry is None:
        return Measured(False, "no ip route" if config.get("what") != "metric" else "no route")
    if config.get("what") != "metric":
        return Measured(True, entry.client)
    thresholds = config[TrackDetails].threshold
    up = thresholds.up if thresholds is not None and thresholds.up is not None else METRIC_UP
    down = thresholds.down if thresholds is not None and thresholds.down is not None else METRIC_DOWN
    metric = min(255, entry.best.metric // resolution(router, entry.best.source))
    return Measured(metric <= up or (before and metric < down), f"{entry.client}/{entry.best.metric}/{metric}")


def entry_of(router: Router, config: Config) -> Entry | None:
    """The entry of the routing table that is tracked: just this prefix, not what would lead there."""
    prefix = prefix_of(config)
    return None if prefix is None else router[Routing].rib.exact(*prefix)


def prefix_of(config: Config) -> tuple[int, int] | None:
    """The prefix and the length of a tracked route."""
    network, mask = config.get("network"), config.get("mask")
    return None if network is None else (network & mask, mask.bit_count())


def _operation(router: Router, config: Config) -> Measured:
    operation = router[Sla].operations.get(config.get("entry"))
    code = operation.last.code if operation is not None else "Unknown"
    if code == "Unknown":
        return Measured(config[TrackDetails].default_state == "up")
    return Measured(code == "OK" or (code == "Over threshold" and config.get("what") == "reachability"))


def _list(config: Config, before: bool, is_up: Callable[[int], bool]) -> Measured:
    details = config[TrackDetails]
    members = list(details.members.values())
    states = [is_up(member.number) is not (member.negated is not None) for member in members]
    what = config.get("what")
    if what in ("and", "or"):
        return Measured(bool(members) and (all(states) if what == "and" else any(states)))
    weights = [(member.weight or 10) if what == "weight" else 1 for member in members]
    score, total = sum(w for w, state in zip(weights, states, strict=True) if state), sum(weights)
    if what == "percentage":
        score, total = (100 * score // total if total else 0), 100
    thresholds = details.threshold
    up = thresholds.up if thresholds is not None and thresholds.up is not None else total + 1
    down = thresholds.down if thresholds is not None and thresholds.down is not None else up - 1
    return Measured(score >= up or (before and score > down), score=f"{score}/{total}")

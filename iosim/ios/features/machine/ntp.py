"""`show ntp …`: NTP is kept in the configuration and does not run, so the clock is never synchronized by it."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.kept import KeptLines
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

OFF = "%NTP is not enabled.\n"


def _servers(router: Router) -> list[str]:
    """The hosts of `ntp server` and `ntp peer`, as they were said."""
    said = router.config[KeptLines].said
    kept = [line for command in ("planned_ntp_server", "planned_ntp_peer") for line in said.get(command, {}).values()]
    return [args["host"][-1] for said_so, args in kept if said_so]


@handler("show_ntp_status")
def show_ntp_status(session: Session, statement: Statement) -> str:
    """`show ntp status`"""
    return _STATUS if _servers(session.router) else OFF


_STATUS = """\
Clock is unsynchronized, stratum 16, no reference clock
nominal freq is 1000.0003 Hz, actual freq is 1000.0003 Hz, precision is 2**10
ntp uptime is 0 (1/100 of seconds), resolution is 1000
reference time is 00000000.00000000 (00:00:00.000 UTC Mon Jan 1 1900)
clock offset is 0.0000 msec, root delay is 0.00 msec
root dispersion is 0.00 msec, peer dispersion is 0.00 msec
loopfilter state is 'NSET' (Never set), drift is 0.000000000 s/s
system poll interval is 64, never updated.
"""


@handler("show_ntp_associations")
def show_ntp_associations(session: Session, statement: Statement) -> str:
    """`show ntp associations`: each server has been asked nothing, and has answered nothing."""
    servers = _servers(session.router)
    if not servers:
        return OFF
    rows = "".join(
        f" ~{server:<16}.INIT.          16      -     64     0  0.000   0.000 15937.\n" for server in servers
    )
    return f"\n  address         ref clock       st   when   poll reach  delay  offset   disp\n{rows}{_LEGEND}"


_LEGEND = " * sys.peer, # selected, + candidate, - outlyer, x falseticker, ~ configured\n"

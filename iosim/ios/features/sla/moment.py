"""Times of the simulation by a router's clock."""

from __future__ import annotations

from datetime import timedelta

from iosim.ios.clock import clock_text
from iosim.ios.router import Router


def moment(router: Router, microseconds: int, milliseconds: bool = False) -> str:
    """A time as IOS says it: `00:12:31 UTC Fri Mar 1 2002`, in some places with milliseconds."""
    local, zone = router.zone.local(router.clock_now() - timedelta(microseconds=router.sim.now - microseconds))
    text = clock_text(local, zone)
    return f"{text[:8]}.{local.microsecond // 1000:03}{text[8:]}" if milliseconds else text


def milliseconds(router: Router) -> int:
    """The time of day in ms, as measurements carry it."""
    now = router.clock_now()
    return (now.hour * 3600 + now.minute * 60 + now.second) * 1000 + now.microsecond // 1000

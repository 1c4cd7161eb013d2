"""`login on-success log`, `login on-failure log`: logins in the log."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Value, bound
from iosim.ios.clock import clock_text
from iosim.ios.registry import feature, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session


@dataclass(frozen=True, slots=True)
class Report:
    """`log`, `trap` or nothing (both), and of how many logins the last is told."""

    how: str | None = None
    every: int | None = None


@part("config")
@dataclass(slots=True)
class LoginReports:
    """What is told of logins."""

    on_failure: Report | None = bound(Value("login_on_failure", order=127, type=Report))
    on_success: Report | None = bound(Value("login_on_success", order=127.5, type=Report))


@feature
class LoginCounts(Feature):
    """How many logins have succeeded and failed."""

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.count = {True: 0, False: 0}


def report(session: Session, user: str | None, passed: bool) -> None:
    """Count a login and tell of it, if that is wanted."""
    router = session.router
    counts, reports = router[LoginCounts].count, router.config[LoginReports]
    counts[passed] += 1
    wanted = reports.on_success if passed else reports.on_failure
    if wanted is None or wanted.how == "trap" or counts[passed] % (wanted.every or 1):
        return
    peer = session.line.peer
    whence = f"[user: {user or ''}] [Source: {peer or 'LOCAL'}] [localport: {23 if peer else 0}]"
    when = f"at {clock_text(router.clock_now())}"
    if passed:
        router.syslog.message("SEC_LOGIN-5-LOGIN_SUCCESS", f"Login Success {whence} {when}")
    else:
        reason = "[Reason: Login Authentication Failed]"
        router.syslog.message("SEC_LOGIN-4-LOGIN_FAILED", f"Login failed {whence} {reason} {when}")

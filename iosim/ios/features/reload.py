"""`reload`: at once, `in` some time, `at` a time; `show reload`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.clock import clock_text
from iosim.ios.features.configuration.save import save
from iosim.ios.registry import feature, handler
from iosim.ios.router import BOOT_TIME, Feature, Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND, Timer
from iosim.sim.task import sleep

EMERGENCY = 0
DEFAULT_REASON = "Reload Command"
_WARNINGS = (1800, 300, 60)
"""How many seconds before a scheduled reload all terminals are told."""


@feature
class ScheduledReload(Feature):
    """A reload that is to come."""

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.at: int | None = None
        self.reason, self.by = DEFAULT_REASON, ""
        self._timers: list[Timer] = []

    def schedule(self, at: int, reason: str, by: str) -> None:
        """Reload at a moment of the simulation (µs); `by` is who wants it."""
        self.stop()
        self.at, self.reason, self.by = at, reason, by
        sim = self.router.sim
        self._timers = [
            sim.call_later(at - seconds * SECOND - sim.now, self._warn)
            for seconds in _WARNINGS
            if at - seconds * SECOND > sim.now
        ]
        self._timers.append(sim.call_later(at - sim.now, self._reload))
        self._warn()

    def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self.at, self._timers = None, []

    def seconds(self) -> int:
        """How many seconds are left."""
        return 0 if self.at is None else round((self.at - self.router.sim.now) / SECOND)

    def _warn(self) -> None:
        tell_all(self.router, f"SHUTDOWN in {timedelta(seconds=self.seconds())}")

    def _reload(self) -> None:
        self.at = None
        tell_all(self.router, "SHUTDOWN NOW")
        go_down(self.router, self.reason, self.by)


def tell_all(router: Router, text: str) -> None:
    """Show something at all terminals."""
    for session in router.sessions:
        session.notify(f"\n\n***\n*** --- {text} ---\n***\n\n", EMERGENCY)


def go_down(router: Router, reason: str, by: str) -> None:
    """Reload now."""
    router.syslog.message("SYS-5-RELOAD", f"Reload requested by {by}. Reload Reason: {reason}.")
    router.reload()


@handler("reload")
def reload(session: Session, statement: Statement) -> Any:
    """`reload [REASON]`: asks, goes down, and comes up again."""
    return _reload(session, statement.get("reason") or DEFAULT_REASON)


async def _reload(session: Session, reason: str) -> None:
    if await _agreed(session, ""):
        go_down(session.router, reason, session.origin)
        await sleep(session.sim, BOOT_TIME)


async def _agreed(session: Session, announcement: str) -> bool:
    """Ask whether to save what has changed, and whether to go on."""
    question = "\nSystem configuration has been modified. Save? [yes/no]: "
    if session.router.record.unsaved and await _yes(session, question):
        save(session)
        session.write("Building configuration...\n[OK]\n")
    session.write(announcement)
    return (await session.ask("Proceed with reload? [confirm]")).strip().lower() in ("", "y", "yes")


async def _yes(session: Session, question: str) -> bool:
    while True:
        answer = (await session.ask(question)).strip().lower()
        if answer and ("yes".startswith(answer) or "no".startswith(answer)):
            return "yes".startswith(answer)
        session.write("% Please answer 'yes' or 'no'.\n")


@handler("reload_in")
def reload_in(session: Session, statement: Statement) -> Any:
    """`reload in MINUTES` or `HOURS:MINUTES`"""
    hours, colon, minutes = statement.get("delay").partition(":")
    if not colon:
        hours, minutes = "0", hours
    if not (hours.isdecimal() and minutes.isdecimal() and len(hours + minutes) < 8) or not int(hours + minutes):
        raise Rejected("% Invalid delay")
    seconds = int(hours) * 3600 + int(minutes) * 60
    return _schedule(session, session.sim.now + seconds * SECOND, statement.get("reason"))


@handler("reload_at")
def reload_at(session: Session, statement: Statement) -> Any:
    """`reload at HH:MM [DATE]`: today or, if it is later already, tomorrow; a date is of this year or the next."""
    router = session.router
    now, _ = router.zone.local(router.clock_now())
    wanted = _wanted(statement, now)
    return _schedule(session, session.sim.now + round((wanted - now).total_seconds() * SECOND), statement.get("reason"))


def _wanted(statement: Statement, now: datetime) -> datetime:
    """Raises Rejected."""
    hour, minute = map(int, statement.get("at").split(":")[:2])
    try:
        wanted = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if statement.get("month") is None:
            return wanted if wanted > now else wanted + timedelta(days=1)
        month = datetime.strptime(statement.get("month")[:3], "%b").month
        wanted = wanted.replace(month=month, day=statement.get("day"))
        return wanted if wanted > now else wanted.replace(year=wanted.year + 1)
    except ValueError:
        raise Rejected("% Invalid date or time") from None


async def _schedule(session: Session, at: int, reason: str | None) -> None:
    router = session.router
    reason = reason or DEFAULT_REASON
    if await _agreed(session, f"Reload scheduled {_when(router, at)} by {session.origin}\nReload reason: {reason}\n"):
        router[ScheduledReload].schedule(at, reason, session.origin)
        now = clock_text(*router.zone.local(router.clock_now()))
        router.syslog.message(
            "SYS-5-SCHEDULED_RELOAD",
            f"Reload requested for {_moment(router, at)} at {now} by {session.origin}. Reload Reason: {reason}.",
        )


def _moment(router: Router, at: int) -> str:
    """The time of day at a moment of the simulation."""
    return clock_text(*router.zone.local(router.clock_now() + timedelta(microseconds=at - router.sim.now)))


def _when(router: Router, at: int) -> str:
    return f"for {_moment(router, at)} (in {duration(round((at - router.sim.now) / SECOND))})"


def duration(seconds: int) -> str:
    """`2 hours and 5 minutes`, `9 minutes and 40 seconds`."""
    units = ((seconds // 3600, "hour"), (seconds // 60 % 60, "minute"), (seconds % 60, "second"))
    words = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in units if count]
    return " and ".join(words[:2]) or "0 seconds"


@handler("reload_cancel")
def reload_cancel(session: Session, statement: Statement) -> str:
    """`reload cancel`"""
    router = session.router
    if router[ScheduledReload].at is None:
        return "%No reload is scheduled.\n"
    router[ScheduledReload].stop()
    tell_all(router, "SHUTDOWN ABORTED")
    now = clock_text(*router.zone.local(router.clock_now()))
    router.syslog.message("SYS-5-SCHEDULED_RELOAD_CANCELLED", f" Scheduled reload cancelled at {now}")
    return ""


@handler("show_reload")
def show_reload(session: Session, statement: Statement) -> str:
    """`show reload`"""
    scheduled = session.router[ScheduledReload]
    if scheduled.at is None:
        return "No reload is scheduled.\n"
    when = _when(session.router, scheduled.at)
    return f"Reload scheduled {when} by {scheduled.by}\nReload reason: {scheduled.reason}\n"

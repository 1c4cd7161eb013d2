"""`configure replace`: the running configuration becomes what a file says, at once and as a whole; taking that back."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import interface_order, interface_type
from iosim.ios.config import Config
from iosim.ios.features.configuration.archive import store
from iosim.ios.features.configuration.compare import steps, text_at, tree
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.loader import Refusal, load_text
from iosim.ios.places import Place, place_of
from iosim.ios.record import note_change
from iosim.ios.registry import feature, handler
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.ios.written import configuration_lines, running_text
from iosim.sim.clock import SECOND, Timer

_QUESTION = """\
This will apply all necessary additions and deletions
to replace the current running configuration with the
contents of the specified configuration file, which is
assumed to be a complete configuration, not a partial
configuration. Enter Y if you are sure you want to proceed. ? [no]: """


@feature
class Rollback(Feature):
    """What a replaced configuration goes back to unless it is confirmed in time."""

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._timer: Timer | None = None
        self._place: Place | None = None

    @property
    def waits(self) -> bool:
        """Whether a change waits to be confirmed."""
        return self._timer is not None

    def begin(self, place: Place, minutes: int) -> None:
        """Go back to an archived configuration after some minutes."""
        self.stop()
        self._place = place
        self._timer = self.router.sim.call_later(minutes * 60 * SECOND, self.back)
        self._log("BACKUP", f"Backing up current running config to {place}")
        self._log(
            "START_ABSTIMER",
            f"User: console(Priv: 15, View: 0): Scheduled to rollback to config {place} in {minutes} minutes",
        )

    def postpone(self, minutes: int) -> None:
        """Go back in so many minutes from now, or at once."""
        self.stop()
        self._timer = self.router.sim.call_later(minutes * 60 * SECOND, self.back)

    def confirm(self) -> None:
        """Keep the changed configuration."""
        self.stop()
        self._log("CONFIRM", "User: console: Confirm the configuration change")

    def back(self) -> None:
        """Go back now."""
        place, self._timer = self._place, None
        assert place is not None
        self._log("ROLLBACK_START", f"Start rolling to: {place}")
        replace(self.router, self.router.flash.read(place.path).decode())

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _log(self, kind: str, text: str) -> None:
        self.router.syslog.message(f"ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_{kind}", text)


def replace(router: Router, text: str, user: str | None = None) -> list[Refusal]:
    """Let the running configuration be a text and nothing else; engines keep what the two have in common."""
    there = (name for name in router.config[Interfaces].interfaces if interface_type(name).physical)
    router.hardware = tuple(sorted({*router.hardware, *there}, key=interface_order))
    router.config = Config("config")
    for session in router.sessions:
        if session.configurator is not None:
            session.configurator.stack[:] = [router.config]
    refused = load_text(router, text)
    router.reconcile()
    note_change(router, user)
    return refused


@handler("configure_replace")
def configure_replace(session: Session, statement: Statement) -> Any:
    """`configure replace URL [list] [force] [time N] [nolock] [revert trigger error | timer N]`"""
    return _configure_replace(session, statement)


async def _configure_replace(session: Session, statement: Statement) -> None:
    router = session.router
    text = text_at(session, place_of(statement.get("file"), session.directory))
    if not configuration_lines(text) or "\nend" not in text:
        raise Rejected("%The input file is not a valid config file.")
    if "force" not in statement and not (await session.ask(_QUESTION)).strip().lower().startswith("y"):
        return
    minutes = statement.get("minutes")
    if minutes is not None:
        router[Rollback].begin(store(router), minutes)
    before, config = running_text(router), router.config
    refused = replace(router, text, session.user)
    after = running_text(router)
    if "list" in statement:
        commands = steps(tree(before), tree(after))
        session.write("".join(f"{x}\n" for x in ("!Pass 1", "!List of Rollback Commands:", *commands, "end", "")))
    if refused:
        _failed(session, refused, config if "error" in statement else None)
    else:
        passes = int(any(steps(tree(before), tree(after))))
        session.write(f"\nTotal number of passes: {passes}\nRollback Done\n\n")


def _failed(session: Session, refused: list[Refusal], original: Config | None) -> None:
    """Tell what could not be applied; with `revert trigger error` the original configuration comes back."""
    session.write("\nThe following commands are failing to apply to the IOS image.\n********\n")
    session.write("".join(f"{refusal.text}\n" for refusal in refused) + "********\n")
    if original is None:
        session.write("\nRollback failed\n\n")
        return
    session.router.config = original
    session.router.reconcile()
    session.write("\nThe original configuration has been successfully restored.\n\n")


@handler("configure_confirm")
def configure_confirm(session: Session, statement: Statement) -> str:
    """`configure confirm`"""
    if not session.router[Rollback].waits:
        return "%No Rollback Confirmed Change pending\n"
    session.router[Rollback].confirm()
    return ""


@handler("configure_revert")
def configure_revert(session: Session, statement: Statement) -> str:
    """`configure revert now | timer N`"""
    rollback = session.router[Rollback]
    if not rollback.waits:
        return "%No Rollback Confirmed Change pending\n"
    rollback.postpone(statement.get("minutes") or 0)
    return ""

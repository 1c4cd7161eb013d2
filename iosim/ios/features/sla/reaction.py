"""`ip sla reaction-configuration`: what the results of an operation set off, which is a message in the log.

Messages need `ip sla logging traps`, and a reaction with a trap as its action; traps themselves are not sent. The form
of the messages is that of captures for `timeout`, and from memory of IOS 15 for `rtt`.
"""

from __future__ import annotations

from collections import deque
from itertools import islice

from iosim.grammar import Statement
from iosim.ios.features.sla.config import Reaction, SlaSettings
from iosim.ios.features.sla.engine import Sla
from iosim.ios.features.sla.operation import Outcome
from iosim.ios.registry import feature, handler
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session

UPPER, LOWER, COUNT = 5000, 3000, 5
"""What holds when nothing is said, as are `never` and `none`."""
LONGEST = 16
_CODES = {"timeout": "Timeout", "connectionLoss": "No connection"}
_ACTIONS = {"trapOnly": "Trap only", "triggerOnly": "Trigger only", "trapAndTrigger": "Trap and trigger"}


class Watch:
    """A reaction at work: the latest results, each above or below the bounds, and whether it has occurred."""

    def __init__(self, said: Reaction) -> None:
        self.said = said
        self.occurred = False
        self._times: deque[int] = deque(maxlen=LONGEST)
        self._sides: deque[tuple[bool, bool]] = deque(maxlen=LONGEST)

    def take(self, outcome: Outcome) -> bool:
        """Whether a result makes the reaction occur, or clears it."""
        sides = self._judge(outcome)
        if sides is None or self.said.type in (None, "never"):
            return False
        self._sides.appendleft(sides)
        needed, latest = self._needed()
        side = 1 if self.occurred else 0
        if sum(each[side] for each in islice(self._sides, latest)) < needed:
            return False
        self.occurred = not self.occurred
        self._sides.clear()
        return True

    def _judge(self, outcome: Outcome) -> tuple[bool, bool] | None:
        """Whether a result is above the upper bound, and whether it is below the lower one; None: it tells nothing."""
        code = _CODES.get(self.said.react)
        if code is not None:
            return outcome.code == code, outcome.code != code
        if outcome.rtt is None:
            return None
        self._times.appendleft(outcome.rtt)
        latest = self._number() if self.said.type == "average" else 1
        if len(self._times) < latest:
            return None
        average = sum(islice(self._times, latest)) / latest
        return average > bounds(self.said)[0], average < bounds(self.said)[1]

    def _number(self) -> int:
        return self.said.count[0] if self.said.count else COUNT

    def _needed(self) -> tuple[int, int]:
        """So many of so many latest results have to be on one side."""
        if self.said.type == "consecutive":
            return self._number(), self._number()
        if self.said.type == "xofy":
            return self._number(), self.said.count[-1] if self.said.count else COUNT
        return 1, 1


def bounds(said: Reaction) -> tuple[int, int]:
    """The upper and the lower bound, in ms."""
    return UPPER if said.upper is None else said.upper, LOWER if said.lower is None else said.lower


@feature
class Reactions(Feature):
    """The reactions of a router, by operation and by what they react to."""

    order = 63

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.watches: dict[tuple[int, str], Watch] = {}
        router[Sla].watchers.append(self._ran)

    def reconcile(self) -> None:
        said = self.router.config[SlaSettings].reactions
        self.watches = {
            key: known if (known := self.watches.get(key)) is not None and known.said == each else Watch(each)
            for key, each in said.items()
        }

    def _ran(self, number: int) -> None:
        operation = self.router[Sla].operations.get(number)
        for watch in [] if operation is None else [w for w in self.watches.values() if w.said.number == number]:
            if operation is not None and watch.take(operation.last):
                self._tell(watch)

    def _tell(self, watch: Watch) -> None:
        said = watch.said
        if not self.router.config[SlaSettings].logging or said.action not in ("trapOnly", "trapAndTrigger"):
            return
        words = ("Occurred", "Cleared") if said.react in _CODES else ("exceeded", "below")
        text = f"IP SLAs({said.number}): Threshold {words[not watch.occurred]} for {said.react}"
        self.router.syslog.message("RTT-3-IPSLATHRESHOLD", text)


@handler("show_ip_sla_reactions")
def show_ip_sla_reactions(session: Session, statement: Statement) -> str:
    """`show ip sla reaction-configuration [N]`"""
    settings, wanted = session.router.config[SlaSettings], statement.get("number")
    return "\n".join(
        f"Entry number: {number}\n{_shown([said for said in settings.reactions.values() if said.number == number])}"
        for number in sorted(settings.operations)
        if wanted in (None, number)
    )


def _shown(reactions: list[Reaction]) -> str:
    if not reactions:
        return "Reaction Configuration not configured\n"
    text = ""
    for index, said in enumerate(reactions, 1):
        upper, lower = bounds(said)
        counts = said.count or (COUNT,)
        text += f"Index: {index}\nReaction: {said.react}\nThreshold Type: {(said.type or 'never').capitalize()}\n"
        if said.react not in _CODES:
            text += f"Rising (milliseconds): {upper}\nFalling (milliseconds): {lower}\n"
        text += f"Threshold CountX: {counts[0]}\nThreshold CountY: {counts[-1]}\n"
        text += f"Action Type: {_ACTIONS.get(said.action or '', 'None')}\n"
    return text

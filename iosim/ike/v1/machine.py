"""How an exchange is driven by its three tables: the payloads of each message, the transitions, and what runs in them.

An exchange file holds a `Machine`. A message of the peer is read by the rule of the state that awaits it and becomes an
input; the transition of (state, input) names the next state; the step of (state, input) says what is done before and
after the change and which internal input follows. What goes wrong leaves state and IV as they were, and what it said of
its sender is forgotten: anybody could have sent it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Generic, TypeVar

from iosim.crypto.errors import CryptoError
from iosim.data import dataclass
from iosim.ike.v1 import transmit
from iosim.ike.v1.context import Context
from iosim.ike.v1.exchanges import Exchange
from iosim.ike.v1.packet import Message, unseal
from iosim.ike.v1.states import Input, Reason, State
from iosim.ike.v1.trace.packets import PacketIgnored
from iosim.ike.v1.trace.payloads import PayloadIgnored
from iosim.ike.v1.trace.sas import StateChange
from iosim.wire import WireError
from iosim.wire.isakmp import Header, PayloadType

E = TypeVar("E", bound=Exchange)
Count = tuple[int, int]

ONE: Count = (1, 1)
AT_MOST_ONE: Count = (0, 1)
AT_MOST_TWO: Count = (0, 2)
ANY: Count = (0, 1000)


class Refused(Exception):
    """The peer's message is well formed, and the answer is no."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.name)
        self.reason = reason


class Aborted(Exception):
    """The peer's message is in order, and yet nothing comes of it: the exchange stays where it is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which payloads a message may and must hold, and whether it is encrypted (None: either way will do).

    Vendor IDs are allowed everywhere.
    """

    encrypted: bool | None
    counts: Mapping[PayloadType, Count]


@dataclass(frozen=True, slots=True)
class Step(Generic[E]):
    """What runs before and after a transition, and the internal input that follows it."""

    before: Callable[[Context, E], None] | None = None
    process: Callable[[Context, E, Message], None] | None = None
    process_after: Callable[[Context, E, Message], None] | None = None
    after: Callable[[Context, E], None] | None = None
    then: Input | None = None


@dataclass(frozen=True, slots=True)
class Machine(Generic[E]):
    """The tables of an exchange; `arrival` is the input that a message of the peer is, `refuse` ends the exchange."""

    arrival: Input
    payloads: Mapping[State, Rule]
    transitions: Mapping[tuple[State, Input], State]
    steps: Mapping[tuple[State, Input], Step[E]]
    refuse: Callable[[Context, E, Reason], None]
    _no_step: Step[E] = field(default_factory=Step)

    def run(self, ctx: Context, exchange: E, cause: Input, message: Message | None = None) -> None:
        """Follow an input, and the internal ones that it brings."""
        following: Input | None = cause
        while following is not None:
            old, current = exchange.state, following
            step = self.steps.get((old, current), self._no_step)
            if step.before:
                step.before(ctx, exchange)
            if step.process and message:
                step.process(ctx, exchange, message)
            change_state(ctx, exchange, current, self.transitions[old, current])
            if step.process_after and message:
                step.process_after(ctx, exchange, message)
            if step.after:
                step.after(ctx, exchange)
            following = step.then

    def receive(self, ctx: Context, exchange: E, header: Header, data: bytes) -> None:
        """Take a message of the peer."""
        if data in exchange.received:
            transmit.answer_duplicate(ctx, exchange, data)
            return
        state, iv, sent, restore = exchange.state, exchange.iv, exchange.sent, exchange.sa.remember()
        rule = self.payloads.get(state)
        if rule is None or exchange.finished or header.message_id != exchange.message_id:
            ignore(ctx, exchange, header)
            return
        try:
            message = unseal(exchange, header, data, rule.encrypted)
            check_payloads(ctx, exchange, rule, message)
            self.run(ctx, exchange, self.arrival, message)
        except (WireError, CryptoError, Aborted) as problem:
            if isinstance(problem, Aborted):
                ctx.abort(exchange.sa)
            else:
                ctx.reject(exchange.sa, exchange.message_id, problem)
            if exchange.state is not state:
                change_state(ctx, exchange, Input.PROCESS_ERROR, state)
            exchange.iv = iv
            restore()
        except Refused as refusal:
            self.refuse(ctx, exchange, refusal.reason)
        else:
            exchange.received.append(data)
            if exchange.sent is sent:
                exchange.sent = b""


def change_state(ctx: Context, exchange: Exchange, cause: Input, new: State) -> None:
    """Move an exchange to a state."""
    old, exchange.state = exchange.state, new
    if ctx.trace:
        ctx.trace(StateChange(exchange.sa.conn_id, cause, old, new, exchange.message_id))


def check_payloads(ctx: Context, exchange: Exchange, rule: Rule, message: Message) -> None:
    """WireError unless the message holds what its rule asks for; payloads nobody knows are passed over."""
    for kind, (least, most) in rule.counts.items():
        number = len(message.all(kind))
        if not least <= number <= most:
            raise WireError(f"ISAKMP: {number} {kind.name} payloads")
    for found, bodies in message.bodies.items():
        if found in rule.counts or found == PayloadType.VID:
            continue
        if found < PayloadType.VID:
            raise WireError(f"ISAKMP: unexpected payload {found}")
        for _ in bodies if ctx.trace else ():
            assert ctx.trace is not None
            ctx.trace(PayloadIgnored(exchange.sa.conn_id, found))


def ignore(ctx: Context, exchange: Exchange, header: Header) -> None:
    """Drop a message that the state does not expect."""
    ctx.counters.ignored += 1
    if ctx.trace:
        sa = exchange.sa
        ctx.trace(PacketIgnored(sa.conn_id, sa.remote, header.exchange, header.message_id))

"""A connection as programs use it, in coroutines: `connect`, `read`, `write`, `close` (see `sim/task.py`)."""

from __future__ import annotations

from collections.abc import Callable

from iosim.sim.clock import Simulator
from iosim.sim.task import Signal, wait_for
from iosim.stack.tcp.connection import Connection
from iosim.stack.tcp.states import CLOSED, OPENING, TIMEWAIT


class Stream:
    """The two directions of a connection. One task may wait at a time."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._changed: Signal[bool] = Signal()
        connection.on_change = self._change

    def _change(self) -> None:
        changed, self._changed = self._changed, Signal()
        changed.set(True)

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition() and self.connection.ending is None:
            await self._changed

    async def changed(self) -> None:
        """Wait until there is something new to look at."""
        await self._changed

    async def opened(self) -> bool:
        """Wait until the connection is there; False when it came to nothing (`connection.ending` says why)."""
        await self._until(lambda: self.connection.state not in (CLOSED, *OPENING))
        return self.connection.ending is None

    async def read(self) -> bytes:
        """What has come, as soon as anything has; b"" at the end, be it a regular one or not."""
        connection = self.connection
        await self._until(lambda: connection.receiver.unread > 0 or connection.at_end)
        return connection.read()

    async def write(self, data: bytes) -> bool:
        """Write all, waiting for space; False when the connection ended before."""
        while data and self.connection.ending is None:
            data = data[self.connection.write(data) :]
            if data:
                await self._until(lambda: self.connection.sender.space > 0)
        return not data

    async def drained(self) -> bool:
        """Wait until the other side has all that was written; False when the connection ended before."""
        sender = self.connection.sender
        await self._until(lambda: sender.waiting == 0 and sender.under_way == 0)
        return sender.waiting == 0 and sender.under_way == 0

    async def closed(self, sim: Simulator, timeout: int) -> bool:
        """Wait until both directions are closed, or µs have passed; whether they are."""
        end = sim.now + timeout
        while self.connection.ending is None and self.connection.state != TIMEWAIT and sim.now < end:
            await wait_for(sim, self._changed, end - sim.now)
        return self.connection.ending is not None or self.connection.state == TIMEWAIT

    def close(self) -> None:
        """Nothing more will be written."""
        if self.connection.ending is None:
            self.connection.close()

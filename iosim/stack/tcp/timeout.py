"""The retransmission timeout: RFC 6298, with Karn's algorithm left to who measures. Times in µs."""

from __future__ import annotations

from iosim.sim.clock import MILLISECOND, SECOND

INITIAL = 2 * SECOND
"""Before there is a measurement. RFC 6298 has at least one second; IOS begins with two."""
MINIMUM, MAXIMUM = SECOND, 60 * SECOND
GRANULARITY = 4 * MILLISECOND


class RoundTrip:
    """What is known of the round-trip time: `smoothed` (None before the first measurement) and its `variation`."""

    __slots__ = ("backoff", "highest", "lowest", "rto", "smoothed", "variation")

    def __init__(self) -> None:
        self.smoothed: int | None = None
        self.variation = 0
        self.lowest: int | None = None
        self.highest = 0
        self.rto = INITIAL
        self.backoff = 0

    def measure(self, sample: int) -> None:
        """Take a measurement, which must not be of anything that was sent twice (RFC 6298 section 3)."""
        if self.smoothed is None:
            self.smoothed, self.variation = sample, sample // 2
        else:
            self.variation = (3 * self.variation + abs(self.smoothed - sample)) // 4
            self.smoothed = (7 * self.smoothed + sample) // 8
        self.lowest = sample if self.lowest is None else min(self.lowest, sample)
        self.highest = max(self.highest, sample)
        self.rto = min(MAXIMUM, max(MINIMUM, self.smoothed + max(GRANULARITY, 4 * self.variation)))
        self.backoff = 0

    @property
    def timeout(self) -> int:
        """How long to wait now: twice as long after each time that it ran out (section 5.5)."""
        return min(MAXIMUM, self.rto << self.backoff)

    def back_off(self) -> None:
        """The time has run out."""
        self.backoff = min(self.backoff + 1, 8)

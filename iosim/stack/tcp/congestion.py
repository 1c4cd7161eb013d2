"""How much may be under way: slow start, congestion avoidance, fast retransmit and recovery (RFC 5681, RFC 6582)."""

from __future__ import annotations

DUPLICATES = 3
"""Duplicate acknowledgments that tell of a loss."""
LARGEST = 1 << 20


class Congestion:
    """The congestion window of one connection, in bytes. While `recovering`, a loss is being made good."""

    __slots__ = ("duplicates", "mss", "recovering", "slow", "threshold", "window")

    def __init__(self, mss: int) -> None:
        self.mss = mss
        self.window = min(4 * mss, max(2 * mss, 4380))  # RFC 5681 section 3.1
        self.threshold = LARGEST
        self.duplicates = 0
        self.recovering = self.slow = False

    def acknowledged(self, count: int) -> None:
        """So many new bytes have arrived."""
        self.duplicates = 0
        if self.recovering and not self.slow:  # a part: what comes next is missing, too (RFC 6582)
            self._set(max(self.mss, self.window - count + self.mss))
        elif self.window < self.threshold:
            self._set(self.window + min(count, self.mss))
        else:
            self._set(self.window + max(1, self.mss * self.mss // self.window))

    def duplicate(self, under_way: int) -> bool:
        """An acknowledgment said nothing new: whether the first segment is to be sent again at once."""
        self.duplicates += 1
        if self.recovering:
            self._set(self.window + self.mss * (not self.slow))
        elif self.duplicates == DUPLICATES:
            self._halve(under_way)
            self._set(self.threshold + DUPLICATES * self.mss)
            self.recovering, self.slow = True, False
            return True
        return False

    def recovered(self) -> None:
        """All that was under way when the loss was seen has arrived."""
        if not self.slow:
            self._set(self.threshold)
        self.duplicates, self.recovering = 0, False

    def timed_out(self, under_way: int, again: bool) -> None:
        """Nothing has arrived for too long; `again`: nor did what was then sent."""
        if not again:
            self._halve(under_way)
        self._set(self.mss)
        self.duplicates, self.recovering, self.slow = 0, True, True

    def _halve(self, under_way: int) -> None:
        self.threshold = max(under_way // 2, 2 * self.mss)

    def _set(self, window: int) -> None:
        self.window = min(window, LARGEST)

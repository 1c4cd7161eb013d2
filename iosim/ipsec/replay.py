"""The anti-replay window of an inbound SA (RFC 4303 section 3.4.3, appendix A)."""

from __future__ import annotations


class ReplayWindow:
    """Which of the last `size` sequence numbers were seen: bit 0 of `bitmap` stands for `top`, the highest one."""

    __slots__ = ("_mask", "bitmap", "size", "top")

    def __init__(self, size: int = 64) -> None:
        self.size = size
        self._mask = (1 << size) - 1
        self.top = 0
        self.bitmap = 1  # number 0 is never sent

    def check(self, sequence: int) -> bool:
        """Whether the number is new; it changes nothing, for the packet is not authenticated yet."""
        age = self.top - sequence
        return age < 0 or (age < self.size and not self.bitmap >> age & 1)

    def update(self, sequence: int) -> None:
        """Mark a number that `check` found new, now that its packet is authentic."""
        advance = sequence - self.top
        if advance <= 0:
            self.bitmap |= 1 << -advance
            return
        self.top = sequence
        if advance < self.size:
            self.bitmap = (self.bitmap << advance | 1) & self._mask
        else:
            self.bitmap = 1

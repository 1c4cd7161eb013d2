"""What SAs of ESP and AH have in common: sequence numbers, replay protection, counters, and why packets are dropped.

Packets are whole IPv4 packets, as bytes. Nothing raises for what a packet holds: an error is a value, which the caller
counts.
"""

from __future__ import annotations

from enum import Enum
from struct import Struct
from typing import Final

from iosim.ipsec.headers import IPV4, change_header, inner_length
from iosim.ipsec.replay import ReplayWindow

MAX_SEQUENCE: Final = 0xFFFFFFFF
"""The last number of an SA: none comes twice (RFC 4303 section 3.3.3)."""
RENEWAL_SEQUENCE: Final = MAX_SEQUENCE - (1 << 20)
"""After this one a successor is wanted; how many IOS leaves for that is not known."""
REPLAY_WINDOW: Final = 64
"""The usual size of a replay window in packets."""

_SEQUENCE = Struct("!I")


class SendError(Enum):
    """Why a packet was not sealed; the values are words for a log."""

    NO_SA = "no sa"
    LENGTH = "invalid len"
    SEQUENCE = "replay rollover"


class ReceiveError(Enum):
    """Why a packet was not accepted; the values are words for a log."""

    LENGTH = "invalid len"
    REPLAY = "replay failed"
    VERIFY = "verify failed"
    PADDING = "decaps failed"
    PROTOCOL = "invalid prot"
    IDENTITY = "invalid identity"
    CLEAR = "not an IPSEC packet"


class OutboundSa:
    """One outbound SA: its sequence number and its counters (packets; bytes before sealing).

    Nothing is sealed after the number `last`, which the owner may raise to `MAX_SEQUENCE`.
    """

    __slots__ = ("iv_length", "last", "octets", "packets", "protocol", "sequence", "spi")

    def __init__(self, protocol: int, spi: int, iv_length: int) -> None:
        self.protocol, self.spi, self.iv_length = protocol, spi, iv_length
        self.sequence = self.packets = self.octets = 0
        self.last = RENEWAL_SEQUENCE

    def seal(self, packet: bytes) -> bytes | SendError:
        """The packet under protection, or why there is none."""
        raise NotImplementedError

    def plaintext_mtu(self, path_mtu: int) -> int:
        """The longest packet (bytes) that fits into `path_mtu` once it is sealed; without options in transport mode."""
        raise NotImplementedError

    def _count(self, sequence: int, packet: bytes) -> None:
        self.sequence = sequence
        self.packets += 1
        self.octets += len(packet)


class InboundSa:
    """One inbound SA: its replay window and its counters (packets; bytes after opening).

    `window` is the size of the replay window in packets, 0 for none; `sequence_at` is where the sequence number stands
    behind the IPv4 header.
    """

    __slots__ = ("_highest", "_sequence_at", "_tunnel", "iv_length", "octets", "packets", "protocol", "spi", "window")

    def __init__(self, protocol: int, spi: int, iv_length: int, *, window: int, tunnel: bool, sequence_at: int) -> None:
        self.protocol, self.spi, self.iv_length = protocol, spi, iv_length
        self.packets = self.octets = self._highest = 0
        self.window = ReplayWindow(window) if window else None
        self._tunnel, self._sequence_at = tunnel, sequence_at

    def open(self, packet: bytes) -> bytes | ReceiveError:
        """The packet that was sealed, or why it is refused. `packet` has a valid IPv4 header and our SPI."""
        start = (packet[0] & 15) * 4
        header, body = packet[:start], packet[start:]
        if not self._fits(body):
            return ReceiveError.LENGTH
        sequence: int = _SEQUENCE.unpack_from(body, self._sequence_at)[0]
        window = self.window
        if window is not None and not window.check(sequence):
            return ReceiveError.REPLAY
        content = self._verify(header, body)
        if content is None:
            return ReceiveError.VERIFY
        if window is not None:
            window.update(sequence)
        inner = self._strip(header, content)
        if isinstance(inner, bytes):
            self.packets += 1
            self.octets += len(inner)
            if window is None and sequence > self._highest:
                self._highest = sequence
        return inner

    @property
    def highest(self) -> int:
        """The highest sequence number that has come, 0 before the first packet."""
        return self._highest if self.window is None else self.window.top

    def _fits(self, body: bytes) -> bool:
        """Whether what follows the IPv4 header can be a packet of this SA by its length."""
        raise NotImplementedError

    def _verify(self, header: bytes, body: bytes) -> bytes | None:
        """What is protected, as `_strip` takes it; None if it is not authentic."""
        raise NotImplementedError

    def _strip(self, header: bytes, content: bytes) -> bytes | ReceiveError:
        """The packet that was sealed."""
        raise NotImplementedError

    def _restore(self, header: bytes, payload: bytes, protocol: int) -> bytes | ReceiveError:
        """The inner packet of a tunnel, or the payload behind its own header again."""
        if not self._tunnel:
            return change_header(header, len(header) + len(payload), protocol) + payload
        if protocol != IPV4:
            return ReceiveError.PROTOCOL
        length = inner_length(payload)
        return ReceiveError.LENGTH if length is None else payload[:length]

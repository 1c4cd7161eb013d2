"""What SAs of ESP and AH have in common: sequence numbers, replay protection, counters, and why packets are dropped.

Packets are whole IPv4 packets, as bytes. Nothing raises for what a packet holds: an error is a value, which the caller
counts.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from iosim.ipsec.headers import IPV4, change_header
from iosim.ipsec.replay import ReplayWindow
from iosim.wire import WireError
from iosim.wire.ipv4 import ESP, check

MAX_SEQUENCE: Final = 0xFFFFFFFF
"""The last number of an SA: none comes twice (RFC 4303 section 3.3.3)."""
RENEWAL_SEQUENCE: Final = MAX_SEQUENCE - (1 << 20)
"""After this one a successor is wanted; how many IOS leaves for that is not known."""
REPLAY_WINDOW: Final = 64
"""The usual size of a replay window in packets."""


NO_NEXT_HEADER: Final = 59


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

    `window` is the size of the replay window in packets, 0 for none.
    """

    __slots__ = ("_highest", "_tunnel", "iv_length", "octets", "packets", "protocol", "spi", "window")

    def __init__(self, protocol: int, spi: int, iv_length: int, *, window: int, tunnel: bool) -> None:
        self.protocol, self.spi, self.iv_length = protocol, spi, iv_length
        self.packets = self.octets = self._highest = 0
        self.window = ReplayWindow(window) if window else None
        self._tunnel = tunnel

    def open(self, packet: bytes) -> bytes | ReceiveError:
        """The packet that was sealed, or why it is refused. `packet` has a valid IPv4 header and our SPI."""
        raise NotImplementedError

    @property
    def highest(self) -> int:
        """The highest sequence number that has come, 0 before the first packet."""
        return self._highest if self.window is None else self.window.top

    def _note(self, sequence: int) -> None:
        """The packet of this number is authentic."""
        if self.window is not None:
            self.window.update(sequence)
        elif sequence > self._highest:
            self._highest = sequence

    def _restore(self, header: bytes, payload: bytes, protocol: int) -> bytes | ReceiveError:
        """The inner packet of a tunnel, or the payload behind its own header again; it is counted.

        Of a dummy packet nothing is left (RFC 4303 section 2.6).
        """
        if self._tunnel and protocol == IPV4:
            try:
                _, length = check(payload)
            except WireError:
                return ReceiveError.LENGTH
            # What follows the packet is padding for secrecy's sake (RFC 4303 section 2.7).
            inner = payload if length == len(payload) else payload[:length]
        elif protocol == NO_NEXT_HEADER and self.protocol == ESP:
            inner = b""
        elif self._tunnel:
            return ReceiveError.PROTOCOL
        else:
            inner = change_header(header, len(header) + len(payload), protocol) + payload
        self.packets += 1
        self.octets += len(inner)
        return inner

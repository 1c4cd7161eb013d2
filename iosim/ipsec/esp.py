"""ESP (RFC 4303): sealing packets into an outbound SA and opening those of an inbound SA.

Tunnel mode puts packets behind an outer header of our own; transport mode keeps their header.
"""

from __future__ import annotations

from collections.abc import Callable
from struct import Struct

from iosim.ipsec.headers import IPV4, OuterHeader, change_header
from iosim.ipsec.model import SaKeys, Transform
from iosim.ipsec.protection import HEADER_LENGTH, NULL, authenticates, opener, sealer, shape
from iosim.ipsec.sa import REPLAY_WINDOW, InboundSa, OutboundSa, ReceiveError, SendError
from iosim.wire import ipv4
from iosim.wire.ipv4 import ESP, MAXIMUM_LENGTH

NULL_STEPS = 8
"""IOS takes esp-null for a cipher with blocks of 8 bytes when it works out the plaintext MTU: 1454, not 1458."""

_ESP = Struct("!II")
_PADDING = bytes(range(1, 256))


def _padding(length: int, alignment: int) -> bytes:
    """The padding 1, 2, 3 … and its length, such that the next header ends a block (RFC 4303 section 2.4)."""
    count = -(length + 2) % alignment
    return _PADDING[:count] + bytes((count,))


class EspOutbound(OutboundSa):
    """An outbound SA of ESP, its keys at work."""

    __slots__ = ("_alignment", "_outer", "_overhead", "_padding", "_seal", "_steps", "_trailers", "_tunnel")

    def __init__(
        self, transform: Transform, keys: SaKeys, local: int, remote: int, random_bytes: Callable[[int], bytes]
    ) -> None:
        form = shape(transform)
        super().__init__(ESP, keys.spi, form.iv_length)
        self._tunnel = transform.mode == "tunnel"
        self._alignment = form.alignment
        self._steps = NULL_STEPS if transform.cipher == NULL else form.alignment
        self._overhead = ipv4.HEADER_LENGTH + HEADER_LENGTH + form.iv_length + form.icv_length
        self._seal = sealer(transform, keys, random_bytes)
        self._padding = [_padding(length, form.alignment) for length in range(form.alignment)]
        self._trailers = [padding + bytes((IPV4,)) for padding in self._padding]
        self._outer = OuterHeader(local, remote, ESP)

    def plaintext_mtu(self, path_mtu: int) -> int:
        own_header = 0 if self._tunnel else ipv4.HEADER_LENGTH
        return (path_mtu - self._overhead) // self._steps * self._steps - 2 + own_header

    def seal(self, packet: bytes) -> bytes | SendError:
        size = len(packet)
        if self._tunnel:
            payload, trailer = packet, self._trailers[size % self._alignment]
            length = size + len(trailer) + self._overhead
        else:
            start = (packet[0] & 15) * 4
            payload = packet[start:]
            trailer = self._padding[len(payload) % self._alignment] + packet[9:10]
            length = size + len(trailer) + self._overhead - ipv4.HEADER_LENGTH
        sequence = self.sequence + 1
        if length > MAXIMUM_LENGTH:
            return SendError.LENGTH
        if sequence > self.last:
            return SendError.SEQUENCE
        self.sequence = sequence
        self.packets += 1
        self.octets += size
        if self._tunnel:
            header = self._outer.build(packet, length, (self.spi + sequence) & 0xFFFF)
        else:
            header = change_header(packet[:start], length, ESP)
        return self._seal(header, _ESP.pack(self.spi, sequence), payload, trailer)


class EspInbound(InboundSa):
    """An inbound SA of ESP, its keys at work."""

    __slots__ = ("_alignment", "_fixed", "_open", "_skip")

    def __init__(self, transform: Transform, keys: SaKeys, window: int = REPLAY_WINDOW) -> None:
        form = shape(transform)
        super().__init__(
            ESP,
            keys.spi,
            form.iv_length,
            # Without authentication a window would let anybody shut out the true packets (RFC 4303 section 3.4.3).
            window=window if authenticates(transform) else 0,
            tunnel=transform.mode == "tunnel",
        )
        self._alignment = form.alignment
        self._fixed = HEADER_LENGTH + form.iv_length + form.icv_length
        self._skip = form.skip
        self._open = opener(transform, keys)

    def open(self, packet: bytes) -> bytes | ReceiveError:
        start = (packet[0] & 15) * 4
        body = packet[start:]
        protected = len(body) - self._fixed
        if protected <= 0 or protected % self._alignment:
            return ReceiveError.LENGTH
        _, sequence = _ESP.unpack_from(body)
        if self.window is not None and not self.window.check(sequence):
            return ReceiveError.REPLAY
        content = self._open(body)
        if content is None:
            return ReceiveError.VERIFY
        self._note(sequence)
        count = content[-2]  # of padding, which must be 1, 2, 3 … (RFC 4303 section 2.4)
        end = len(content) - 2 - count
        if end < self._skip or (count and content[end:-2] != _PADDING[:count]):
            return ReceiveError.PADDING
        return self._restore(packet[:start], content[self._skip : end], content[-1])

"""AH (RFC 4302): an ICV over the whole packet, but for what changes on its way.

The header stands behind the IPv4 header of the packet (transport mode), or between it and an outer one of our own
(tunnel mode).
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from iosim.crypto.integrity import INTEGRITY, equal
from iosim.ipsec.headers import IPV4, OuterHeader, change_header
from iosim.ipsec.model import SaKeys, Transform
from iosim.ipsec.sa import REPLAY_WINDOW, InboundSa, OutboundSa, ReceiveError, SendError
from iosim.wire import ipv4
from iosim.wire.ipv4 import AH, MAXIMUM_LENGTH

HEADER_LENGTH: Final = 12
"""Next header, length, two reserved bytes, SPI and sequence number; the ICV follows."""
END_OF_OPTIONS: Final = 0
NO_OPERATION: Final = 1
IMMUTABLE_OPTIONS: Final = frozenset((130, 133, 134, 148, 149))
"""Security, extended security, commercial security, router alert, multi-destination delivery (appendix A1)."""

_AH = Struct("!BBxxII")


def immutable(header: bytes) -> bytes | None:
    """An IPv4 header with zeros for what may change on its way (section 3.3.3.1.1, appendix A1).

    That is ToS, flags and offset, TTL, checksum, and whole options; None if the options cannot be read. The destination
    counts as it is: routers here drop source routes.
    """
    fixed = header[:1] + b"\0" + header[2:6] + b"\0\0\0" + header[9:10] + b"\0\0" + header[12:20]
    if len(header) == ipv4.HEADER_LENGTH:
        return fixed
    options = _immutable_options(header[ipv4.HEADER_LENGTH :])
    return None if options is None else fixed + options


def _immutable_options(options: bytes) -> bytes | None:
    kept, at = bytearray(options), 0
    while at < len(options) and options[at] != END_OF_OPTIONS:
        if options[at] == NO_OPERATION:
            at += 1
            continue
        length = options[at + 1] if at + 1 < len(options) else 0
        if not 2 <= length <= len(options) - at:
            return None
        if options[at] not in IMMUTABLE_OPTIONS:
            kept[at : at + length] = bytes(length)
        at += length
    return bytes(kept)


class AhOutbound(OutboundSa):
    """An outbound SA of AH, its key at work."""

    __slots__ = ("_blank", "_mac", "_outer", "_overhead", "_tunnel", "_words")

    def __init__(self, transform: Transform, keys: SaKeys, local: int, remote: int) -> None:
        super().__init__(AH, keys.spi, 0)
        algorithm = INTEGRITY[transform.ah or ""]
        self._tunnel = transform.mode == "tunnel"
        self._mac = algorithm.mac(keys.integrity_key)
        self._blank = bytes(algorithm.icv_length)
        self._words = (HEADER_LENGTH + algorithm.icv_length) // 4 - 2
        self._overhead = HEADER_LENGTH + algorithm.icv_length + (ipv4.HEADER_LENGTH if self._tunnel else 0)
        self._outer = OuterHeader(local, remote, AH)

    def plaintext_mtu(self, path_mtu: int) -> int:
        return path_mtu - self._overhead

    def seal(self, packet: bytes) -> bytes | SendError:
        length, sequence = len(packet) + self._overhead, self.sequence + 1
        if length > MAXIMUM_LENGTH:
            return SendError.LENGTH
        if sequence > self.last:
            return SendError.SEQUENCE
        if self._tunnel:
            header, payload, following = self._outer.build(packet, length, (self.spi + sequence) & 0xFFFF), packet, IPV4
        else:
            start = (packet[0] & 15) * 4
            header, payload, following = change_header(packet[:start], length, AH), packet[start:], packet[9]
        covered = immutable(header)
        if covered is None:
            return SendError.LENGTH
        self._count(sequence, packet)
        own = _AH.pack(following, self._words, self.spi, sequence)
        icv = self._mac(b"".join((covered, own, self._blank, payload)))
        return b"".join((header, own, icv, payload))


class AhInbound(InboundSa):
    """An inbound SA of AH, its key at work."""

    __slots__ = ("_blank", "_mac", "_whole", "_words")

    def __init__(self, transform: Transform, keys: SaKeys, window: int = REPLAY_WINDOW) -> None:
        super().__init__(AH, keys.spi, 0, window=window, tunnel=transform.mode == "tunnel")
        algorithm = INTEGRITY[transform.ah or ""]
        self._mac = algorithm.mac(keys.integrity_key)
        self._blank = bytes(algorithm.icv_length)
        self._whole = HEADER_LENGTH + algorithm.icv_length
        self._words = self._whole // 4 - 2

    def open(self, packet: bytes) -> bytes | ReceiveError:
        start = (packet[0] & 15) * 4
        header, body = packet[:start], packet[start:]
        if len(body) < self._whole or body[1] != self._words:
            return ReceiveError.LENGTH
        following, _, _, sequence = _AH.unpack_from(body)
        if self.window is not None and not self.window.check(sequence):
            return ReceiveError.REPLAY
        if not self._is_authentic(header, body):
            return ReceiveError.VERIFY
        self._note(sequence)
        return self._restore(header, body[self._whole :], following)

    def _is_authentic(self, header: bytes, body: bytes) -> bool:
        covered = immutable(header)
        if covered is None:
            return False
        icv = self._mac(b"".join((covered, body[:HEADER_LENGTH], self._blank, body[self._whole :])))
        return equal(icv, body[HEADER_LENGTH : self._whole])

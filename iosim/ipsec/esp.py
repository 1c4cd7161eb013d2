"""ESP (RFC 4303): sealing packets into an outbound SA and opening those of an inbound SA.

Packets are whole IPv4 packets, as bytes. Tunnel mode puts them behind an outer header of our own; transport mode keeps
their header. Nothing here raises for what a packet holds: an error is a value, which the caller counts.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from struct import Struct
from typing import Final

from iosim.crypto.ciphers import CIPHERS
from iosim.crypto.integrity import INTEGRITY, equal
from iosim.ipsec.model import SaKeys, Transform
from iosim.ipsec.replay import ReplayWindow
from iosim.wire import WireError
from iosim.wire.checksum import checksum
from iosim.wire.ipv4 import DONT_FRAGMENT, ESP, HEADER_LENGTH, MAXIMUM_LENGTH, check

IPV4: Final = 4
MAX_SEQUENCE: Final = 0xFFFFFFFF
REPLAY_WINDOW: Final = 64
OUTER_TTL: Final = 255

_ESP = Struct("!II")
_LENGTH = Struct("!H")
_OUTER = Struct("!BBHHHBBHIIII")  # an IPv4 header without options, then the ESP header
_PADDING = bytes(range(1, 256))


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


def _icv_length(transform: Transform) -> int:
    return INTEGRITY[transform.integrity].icv_length if transform.integrity else 0


def _mac(transform: Transform, keys: SaKeys) -> Callable[[bytes], bytes]:
    return INTEGRITY[transform.integrity].mac(keys.integrity_key) if transform.integrity else lambda _: b""


def _padding(length: int, block: int) -> bytes:
    """The padding 1, 2, 3 … and its length, such that the next header ends a block (RFC 4303 section 2.4)."""
    count = -(length + 2) % block
    return _PADDING[:count] + bytes((count,))


class OutboundSa:
    """One outbound SA: its keys at work, its sequence number and its counters (packets; bytes before sealing)."""

    def __init__(
        self, transform: Transform, keys: SaKeys, local: int, remote: int, random_bytes: Callable[[int], bytes]
    ) -> None:
        cipher = CIPHERS[transform.cipher]
        self.spi = keys.spi
        self.sequence = 0
        self.packets = 0
        self.octets = 0
        self.iv_length = cipher.block_size
        self.seal: Callable[[bytes], bytes | SendError] = (
            self._seal_tunnel if transform.mode == "tunnel" else self._seal_transport
        )
        self._local, self._remote = local, remote
        self._overhead = _OUTER.size + cipher.block_size + _icv_length(transform)
        self._encrypt = cipher.sealer(keys.cipher_key, random_bytes(cipher.block_size))
        self._mac = _mac(transform, keys)
        self._blank = bytes(cipher.block_size)
        self._block = cipher.block_size
        self._own_header = 0 if transform.mode == "tunnel" else HEADER_LENGTH
        self._padding = [_padding(length, self._block) for length in range(self._block)]
        self._trailers = [padding + bytes((IPV4,)) for padding in self._padding]
        self._sum = (0x45 << 8) + (OUTER_TTL << 8 | ESP) + sum(divmod(local, 65536)) + sum(divmod(remote, 65536))

    def plaintext_mtu(self, path_mtu: int) -> int:
        """The longest packet (bytes) that fits into `path_mtu` once it is sealed; without options in transport mode."""
        return (path_mtu - self._overhead) // self._block * self._block - 2 + self._own_header

    def _seal_tunnel(self, packet: bytes) -> bytes | SendError:
        """The packet behind an outer header of our own: ToS and DF are copied (RFC 4301 section 5.1.2.1)."""
        trailer = self._trailers[len(packet) % self._block]
        length = len(packet) + len(trailer) + self._overhead
        if length > MAXIMUM_LENGTH:
            return SendError.LENGTH
        sequence = self.sequence + 1
        if sequence > MAX_SEQUENCE:
            return SendError.SEQUENCE
        self._count(sequence, packet)
        tos = packet[1]
        identification = (self.spi + sequence) & 0xFFFF
        fragment = DONT_FRAGMENT if packet[6] & 0x40 else 0
        header_checksum = -(self._sum + tos + length + identification + fragment) % 0xFFFF
        header = _OUTER.pack(
            0x45, tos, length, identification, fragment, OUTER_TTL, ESP, header_checksum,
            self._local, self._remote, self.spi, sequence,
        )  # fmt: skip
        sealed = header + self._encrypt(b"".join((self._blank, packet, trailer)))
        return sealed + self._mac(sealed[HEADER_LENGTH:])

    def _seal_transport(self, packet: bytes) -> bytes | SendError:
        """The packet's payload sealed behind its own header (RFC 4303 section 3.1.1)."""
        start = (packet[0] & 15) * 4
        trailer = self._padding[(len(packet) - start) % self._block] + packet[9:10]
        length = len(packet) + len(trailer) + self._overhead - HEADER_LENGTH
        if length > MAXIMUM_LENGTH:
            return SendError.LENGTH
        sequence = self.sequence + 1
        if sequence > MAX_SEQUENCE:
            return SendError.SEQUENCE
        self._count(sequence, packet)
        body = _ESP.pack(self.spi, sequence) + self._encrypt(b"".join((self._blank, packet[start:], trailer)))
        return _change_header(packet[:start], length, ESP) + body + self._mac(body)

    def _count(self, sequence: int, packet: bytes) -> None:
        self.sequence = sequence
        self.packets += 1
        self.octets += len(packet)


class InboundSa:
    """One inbound SA: its keys at work, its replay window and its counters (packets; bytes after opening)."""

    def __init__(self, transform: Transform, keys: SaKeys) -> None:
        cipher = CIPHERS[transform.cipher]
        self.spi = keys.spi
        self.packets = 0
        self.octets = 0
        self.iv_length = cipher.block_size
        # Without authentication a window would let anybody shut out the true packets (RFC 4303 section 3.4.3).
        self.window = ReplayWindow(REPLAY_WINDOW) if transform.integrity else None
        self._tunnel = transform.mode == "tunnel"
        self._decrypt = cipher.opener(keys.cipher_key)
        self._mac = _mac(transform, keys)
        self._block = cipher.block_size
        self._icv_length = _icv_length(transform)

    def open(self, packet: bytes) -> bytes | ReceiveError:
        """The packet that was sealed, or why it is refused. `packet` has a valid IPv4 header and our SPI."""
        start = (packet[0] & 15) * 4
        end = len(packet) - self._icv_length
        ciphertext = end - start - _ESP.size
        if ciphertext < 2 * self._block or ciphertext % self._block:
            return ReceiveError.LENGTH
        body = packet[start:end]
        sequence = _ESP.unpack_from(body)[1]
        window = self.window
        if window is not None and not window.check(sequence):
            return ReceiveError.REPLAY
        if not equal(self._mac(body), packet[end:]):
            return ReceiveError.VERIFY
        if window is not None:
            window.update(sequence)
        inner = self._strip(packet[:start], self._decrypt(body[_ESP.size :]))
        if isinstance(inner, bytes):
            self.packets += 1
            self.octets += len(inner)
        return inner

    def _strip(self, header: bytes, plaintext: bytes) -> bytes | ReceiveError:
        """Drop the block of the IV and the trailer, whose padding must be 1, 2, 3 … (RFC 4303 section 2.4)."""
        count, protocol = plaintext[-2], plaintext[-1]
        end = len(plaintext) - 2 - count
        if end < self._block or plaintext[end:-2] != _PADDING[:count]:
            return ReceiveError.PADDING
        payload = plaintext[self._block : end]
        if not self._tunnel:
            return _change_header(header, len(header) + len(payload), protocol) + payload
        return _inner_packet(payload) if protocol == IPV4 else ReceiveError.PROTOCOL


def _inner_packet(payload: bytes) -> bytes | ReceiveError:
    """The IPv4 packet inside; what follows it is padding for secrecy's sake (RFC 4303 section 2.7)."""
    try:
        _, length = check(payload)
    except WireError:
        return ReceiveError.LENGTH
    return payload[:length]


def _change_header(header: bytes, length: int, protocol: int) -> bytes:
    """An IPv4 header with another length and protocol, and the checksum that follows."""
    start = header[:2] + _LENGTH.pack(length) + header[4:9] + bytes((protocol,))
    return start + _LENGTH.pack(checksum(start + b"\0\0" + header[12:])) + header[12:]

"""PPP frames (RFC 1661) in HDLC-like framing without flags and checksum (RFC 1662); messages of LCP and IPCP."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.error import WireError

HEADER = Struct("!BBH")
ADDRESS, CONTROL = 0xFF, 0x03
IPV4, IPCP, LCP = 0x0021, 0x8021, 0xC021
"""Protocols of frames."""

REQUEST, ACK, NAK, REJECT, TERMINATE, TERMINATE_ACK, CODE_REJECT, PROTOCOL_REJECT, ECHO, ECHO_REPLY = range(1, 11)
"""Codes of messages (RFC 1661 section 5)."""

LCP_MRU, LCP_MAGIC = 1, 5
IPCP_ADDRESS = 3
"""Types of options (RFC 1661 section 6, RFC 1332 section 3.3)."""

_MESSAGE = Struct("!BBH")
Options = tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a control protocol."""

    code: int
    identifier: int
    data: bytes = b""

    def pack(self) -> bytes:
        """The message."""
        return _MESSAGE.pack(self.code, self.identifier, _MESSAGE.size + len(self.data)) + self.data

    @classmethod
    def unpack(cls, data: bytes) -> Message:
        """Read a message, which may have padding behind it; raises WireError."""
        if len(data) < _MESSAGE.size:
            raise WireError(f"PPP message of {len(data)} bytes")
        code, identifier, length = _MESSAGE.unpack_from(data)
        if not _MESSAGE.size <= length <= len(data):
            raise WireError(f"PPP message with length {length} in {len(data)} bytes")
        return cls(code, identifier, data[_MESSAGE.size : length])


def pack_options(options: Options) -> bytes:
    """Options as the data of a message."""
    return b"".join(bytes((kind, len(value) + 2)) + value for kind, value in options)


def unpack_options(data: bytes) -> Options:
    """The options in the data of a message; raises WireError."""
    options = []
    while data:
        if len(data) < 2 or not 2 <= data[1] <= len(data):
            raise WireError("PPP option of wrong length")
        options.append((data[0], data[2 : data[1]]))
        data = data[data[1] :]
    return tuple(options)


def pack(protocol: int, payload: bytes) -> bytes:
    """The frame with a payload."""
    return HEADER.pack(ADDRESS, CONTROL, protocol) + payload


def unpack(frame: bytes) -> tuple[int, bytes]:
    """The protocol and the payload of a frame; raises WireError."""
    if len(frame) < HEADER.size:
        raise WireError(f"PPP frame of {len(frame)} bytes")
    address, control, protocol = HEADER.unpack_from(frame)
    if (address, control) != (ADDRESS, CONTROL):
        raise WireError(f"PPP address {address:#x} and control {control:#x}")
    return protocol, frame[HEADER.size :]

"""Messages of IP SLA between a router that measures and its responder, version 1 of the protocol.

The layout is that of messages which routers have sent (published with emulators of the responder); RFC 6812 describes
version 2, whose messages are other ones.
"""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.error import WireError

CONTROL_PORT = 1967
_VERSION, _OPEN, _OPEN_LENGTH = 1, 4, 16
_CONTROL = Struct("!BBHHxxHHxxxxIHH")
_NO_AUTHENTICATION = bytes.fromhex("0001001c") + bytes(24)
_JITTER = 2
_MEASUREMENT = Struct("!HHIIHH")
MEASUREMENT_LENGTH = _MEASUREMENT.size


@dataclass(slots=True)
class Control:
    """Asks a responder to listen on a port for `duration` ms; the answer is the same message with a `status`, 0 for
    yes."""

    sequence: int
    address: int
    port: int
    duration: int
    status: int = 0

    def pack(self, answer: bool = False) -> bytes:
        """The request, or the answer, which is shorter."""
        tail = b"" if answer else _NO_AUTHENTICATION
        length = _CONTROL.size + len(tail)
        head = (_VERSION, self.sequence, length, self.status, _OPEN, _OPEN_LENGTH)
        return _CONTROL.pack(*head, self.address, self.port, self.duration) + tail

    @classmethod
    def unpack(cls, data: bytes) -> Control:
        """Read a request or an answer. Raises WireError."""
        if len(data) < _CONTROL.size:
            raise WireError(f"IP SLA control message of {len(data)} bytes")
        version, sequence, _, status, command, _, address, port, duration = _CONTROL.unpack_from(data)
        if version != _VERSION or command != _OPEN:
            raise WireError(f"IP SLA control message of version {version}, command {command}")
        return cls(sequence, address, port, duration, status)


@dataclass(slots=True)
class Measurement:
    """A packet that goes to the responder and comes back: times in ms since midnight, numbers, and data."""

    sent: int
    sequence: int
    data: bytes = b""
    received: int = 0
    received_sequence: int = 0

    def pack(self) -> bytes:
        """The packet."""
        head = (_JITTER, 0, self.sent, self.received, self.sequence, self.received_sequence)
        return _MEASUREMENT.pack(*head) + self.data

    @classmethod
    def unpack(cls, data: bytes) -> Measurement:
        """Read a packet. Raises WireError."""
        if len(data) < _MEASUREMENT.size:
            raise WireError(f"IP SLA measurement of {len(data)} bytes")
        kind, _, sent, received, sequence, received_sequence = _MEASUREMENT.unpack_from(data)
        if kind != _JITTER:
            raise WireError(f"IP SLA measurement of type {kind}")
        return cls(sent, sequence, data[_MEASUREMENT.size :], received, received_sequence)

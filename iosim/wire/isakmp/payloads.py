"""Identification, notification and delete payloads (RFC 2408 sections 3.8, 3.14, 3.15; RFC 2407 section 4.6)."""

from __future__ import annotations

import struct

from iosim.data import dataclass
from iosim.wire.error import WireError
from iosim.wire.isakmp.constants import DOI_IPSEC

_ID = struct.Struct("!BBH")
_NOTIFY = struct.Struct("!IBBH")
_DELETE = struct.Struct("!IBBH")


@dataclass(slots=True)
class Identification:
    """An ID payload: `kind` is an IdType, `protocol` and `port` narrow it (0: any), `data` depends on the kind."""

    kind: int
    protocol: int
    port: int
    data: bytes

    @property
    def text(self) -> str:
        """The data as ASCII; a dot stands for what is none, and for control characters, which terminals obey."""
        return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in self.data)

    def pack(self) -> bytes:
        """The body."""
        return _ID.pack(self.kind, self.protocol, self.port) + self.data

    @classmethod
    def unpack(cls, body: bytes) -> Identification:
        """Read a body; WireError if it is shorter than its fixed part."""
        if len(body) < _ID.size:
            raise WireError("ISAKMP: ID is cut short")
        kind, protocol, port = _ID.unpack_from(body)
        return cls(kind, protocol, port, body[_ID.size :])


@dataclass(slots=True)
class Notification:
    """A notification payload; `kind` is a NotifyType, `protocol` and `spi` name the SA it is about."""

    protocol: int
    kind: int
    spi: bytes = b""
    data: bytes = b""

    def pack(self) -> bytes:
        """The body."""
        return _NOTIFY.pack(DOI_IPSEC, self.protocol, len(self.spi), self.kind) + self.spi + self.data

    @classmethod
    def unpack(cls, body: bytes) -> Notification:
        """Read a body; WireError for a DOI other than IPsec or ISAKMP (0), or an SPI that leaves the body."""
        if len(body) < _NOTIFY.size:
            raise WireError("ISAKMP: notification is cut short")
        doi, protocol, spi_size, kind = _NOTIFY.unpack_from(body)
        end = _NOTIFY.size + spi_size
        if doi not in (0, DOI_IPSEC) or end > len(body):
            raise WireError(f"ISAKMP: notification of DOI {doi} with an SPI of {spi_size} bytes")
        return cls(protocol, kind, body[_NOTIFY.size : end], body[end:])


@dataclass(slots=True)
class Delete:
    """A delete payload: the SPIs, all of one size, that the sender of it has deleted and will no longer receive."""

    protocol: int
    spis: tuple[bytes, ...]

    def pack(self) -> bytes:
        """The body."""
        size = len(self.spis[0]) if self.spis else 0
        return _DELETE.pack(DOI_IPSEC, self.protocol, size, len(self.spis)) + b"".join(self.spis)

    @classmethod
    def unpack(cls, body: bytes) -> Delete:
        """Read a body; WireError unless it holds exactly the SPIs that it announces."""
        if len(body) < _DELETE.size:
            raise WireError("ISAKMP: delete is cut short")
        doi, protocol, size, count = _DELETE.unpack_from(body)
        if doi not in (0, DOI_IPSEC) or len(body) != _DELETE.size + size * count:
            raise WireError(f"ISAKMP: delete of DOI {doi} with {count} SPIs of {size} bytes")
        if size == 0 and count:
            raise WireError(f"ISAKMP: delete of {count} SPIs without bytes")
        return cls(protocol, tuple(body[at : at + size] for at in range(_DELETE.size, len(body), size or 1)))

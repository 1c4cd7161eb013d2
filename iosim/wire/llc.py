"""IEEE 802.3 frames with an LLC and SNAP header (IEEE 802.2; RFC 1042), which Cisco's own protocols travel in."""

from __future__ import annotations

from struct import Struct

from iosim.wire.error import WireError
from iosim.wire.ethernet import HEADER, HEADER_LENGTH, MINIMUM_LENGTH

CISCO = 0x00000C
"""Cisco's OUI, of SNAP."""

_SNAP = Struct("!3s3sH")
_UNNUMBERED = b"\xaa\xaa\x03"
MAXIMUM_PAYLOAD = 1500 - _SNAP.size


def snap_frame(destination: bytes, source: bytes, oui: int, protocol: int, payload: bytes) -> bytes:
    """A frame with `payload`; raises WireError when it is too long for one."""
    if len(payload) > MAXIMUM_PAYLOAD:
        raise WireError(f"SNAP payload of {len(payload)} bytes")
    body = _SNAP.pack(_UNNUMBERED, oui.to_bytes(3, "big"), protocol) + payload
    return (HEADER.pack(destination, source, len(body)) + body).ljust(MINIMUM_LENGTH, b"\0")


def snap_payload(frame: bytes, oui: int, protocol: int) -> bytes:
    """What a frame of this protocol carries, without padding; raises WireError for any other frame."""
    start = HEADER_LENGTH + _SNAP.size
    if len(frame) < start:
        raise WireError(f"SNAP frame of {len(frame)} bytes")
    *_, length = HEADER.unpack_from(frame)
    if frame[HEADER_LENGTH:start] != _SNAP.pack(_UNNUMBERED, oui.to_bytes(3, "big"), protocol):
        raise WireError("not of this SNAP protocol")
    if not _SNAP.size <= length <= len(frame) - HEADER_LENGTH:
        raise WireError(f"length {length} in a frame of {len(frame)} bytes")
    return frame[start : HEADER_LENGTH + length]

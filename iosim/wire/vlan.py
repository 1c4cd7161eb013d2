"""Tags of IEEE 802.1Q in Ethernet frames."""

from __future__ import annotations

from struct import Struct

TYPE_VLAN = 0x8100
TAG_LENGTH = 4
_TAG = Struct("!HH")
_AT = 12
_ID_BITS = 0x0FFF


def tag(frame: bytes, vlan: int) -> bytes:
    """The frame with a tag of priority 0."""
    return frame[:_AT] + _TAG.pack(TYPE_VLAN, vlan) + frame[_AT:]


def vlan_of(frame: bytes) -> int | None:
    """The VLAN in the tag of a frame; 0 is a tag with a priority alone; None without a tag."""
    if len(frame) < _AT + TAG_LENGTH + 2:
        return None
    ethertype, control = _TAG.unpack_from(frame, _AT)
    return control & _ID_BITS if ethertype == TYPE_VLAN else None


def untag(frame: bytes) -> bytes:
    """A tagged frame without its tag."""
    return frame[:_AT] + frame[_AT + TAG_LENGTH :]

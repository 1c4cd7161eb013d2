"""Where the packet begins in a frame of any kind that links carry."""

from __future__ import annotations

_IPV4, _VLAN = b"\x08\x00", b"\x81\x00"
_SERIAL = (b"\x0f\x00\x08\x00", b"\xff\x03\x00\x21")
"""How frames of Cisco HDLC and of PPP begin that hold an IPv4 packet; no MAC address here begins so."""


def ipv4_start(frame: bytes) -> int | None:
    """The place of the IPv4 packet in a frame of Ethernet (with a VLAN tag or not), HDLC or PPP; None without one."""
    if frame[12:14] == _IPV4:
        start = 14
    elif frame[12:14] == _VLAN and frame[16:18] == _IPV4:
        start = 18
    elif frame[:4] in _SERIAL:
        start = 4
    else:
        return None
    return start if len(frame) >= start + 20 else None

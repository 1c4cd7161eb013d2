"""How much of a frame to record, so that Wireshark can decrypt the capture.

Wireshark chains the IVs of IKEv1 (RFC 2409 appendix B) over the encrypted messages of an SA in the order of the file,
whatever the interface. A message that stands in the file twice (it crosses several links, and each has two ends) does
not decrypt the second time and is shown as malformed. Here such a message is recorded whole at the link end where its
SA was first seen, and once; everywhere else it is cut behind the ISAKMP header, as a capture with a snapshot length
would, and Wireshark says "Packet size limited during capture".

Whose Diffie-Hellman value a clear message holds Wireshark tells by its addresses. So clear messages are whole where
they have the addresses that the SA was first seen with, and cut on the other side of a translator.
"""

from __future__ import annotations

from struct import Struct

from iosim.wire.frame import ipv4_start

_UDP = 17
_UDP_LENGTH, _ISAKMP_LENGTH = 8, 28
_PORTS, _ADDRESSES = Struct("!HH"), Struct("!II")
_IKE_PORT, _NAT_PORT, _NON_ESP_MARKER, _ENCRYPTED = 500, 4500, bytes(4), 1


class IsakmpOnce:
    """Tells how many bytes of a frame to record; remembers what was recorded whole."""

    def __init__(self) -> None:
        self._place: dict[bytes, tuple[int, int]] = {}
        self._recorded: dict[bytes, None] = {}

    def __call__(self, interface: int, frame: bytes) -> int:
        """The bytes of `frame` to record at `interface` (a number for the link end)."""
        start = _isakmp_start(frame)
        if start is None:
            return len(frame)
        message, addresses = frame[start:], _addresses(frame)
        place, first = self._place.setdefault(message[:8], (interface, addresses))
        if not message[19] & _ENCRYPTED:
            return len(frame) if addresses == first else start + _ISAKMP_LENGTH
        if place == interface and message not in self._recorded:
            self._recorded[message] = None
            return len(frame)
        return start + _ISAKMP_LENGTH


def _addresses(frame: bytes) -> int:
    """The two addresses of an IPv4 packet as one number that is the same in both directions."""
    packet = ipv4_start(frame) or 0
    one, other = _ADDRESSES.unpack_from(frame, packet + 12)
    return int(min(one, other) << 32 | max(one, other))


def _isakmp_start(frame: bytes) -> int | None:
    """Where the ISAKMP header of a frame begins, or None when the frame holds none."""
    packet = ipv4_start(frame)
    if packet is None or frame[packet + 9] != _UDP:
        return None
    udp = packet + (frame[packet] & 15) * 4
    start = udp + _UDP_LENGTH
    ports = _PORTS.unpack_from(frame, udp) if len(frame) >= start else ()
    if _NAT_PORT in ports and frame.startswith(_NON_ESP_MARKER, start):
        start += len(_NON_ESP_MARKER)  # RFC 3948 section 2.2
    elif _IKE_PORT not in ports:
        return None
    return start if len(frame) >= start + _ISAKMP_LENGTH else None

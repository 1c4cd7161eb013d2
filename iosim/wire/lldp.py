"""Link Layer Discovery Protocol (IEEE 802.1AB-2009)."""

from __future__ import annotations

from struct import Struct

from iosim.data import dataclass
from iosim.wire.error import WireError
from iosim.wire.ethernet import HEADER, HEADER_LENGTH, Ethernet

GROUP = bytes.fromhex("0180c200000e")
TYPE_LLDP = 0x88CC

OTHER, REPEATER, BRIDGE, WLAN, ROUTER, TELEPHONE, DOCSIS, STATION = (1 << bit for bit in range(8))
"""Capabilities (section 8.5.8.1)."""

_END, _CHASSIS, _PORT, _TTL, _PORT_DESCRIPTION, _NAME, _DESCRIPTION, _CAPABILITIES, _MANAGEMENT = range(9)
_MAC_ADDRESS, _INTERFACE_NAME, _IPV4 = 4, 5, 1
"""Subtypes: a chassis by MAC address, a port by its name, a management address."""
_WORD, _PAIR, _ADDRESS = Struct("!H"), Struct("!HH"), Struct("!I")
_LONGEST = 511


@dataclass(slots=True)
class Lldp:
    """One message. `chassis` is a MAC address; None stands for a TLV that is not there."""

    ttl: int
    chassis: bytes
    port: str
    port_description: str | None = None
    name: str | None = None
    description: str | None = None
    capabilities: tuple[int, int] | None = None
    management: int | None = None

    def pack(self) -> bytes:
        """The message; texts are cut where a TLV must end."""
        capabilities = None if self.capabilities is None else _PAIR.pack(*self.capabilities)
        parts: list[tuple[int, bytes | None]] = [
            (_CHASSIS, bytes([_MAC_ADDRESS]) + self.chassis),
            (_PORT, bytes([_INTERFACE_NAME]) + self.port.encode()),
            (_TTL, _WORD.pack(self.ttl)),
            (_PORT_DESCRIPTION, _bytes(self.port_description)),
            (_NAME, _bytes(self.name)),
            (_DESCRIPTION, _bytes(self.description)),
            (_CAPABILITIES, capabilities),
            (_MANAGEMENT, None if self.management is None else _management(self.management)),
            (_END, b""),
        ]
        return b"".join(_tlv(kind, value[:_LONGEST]) for kind, value in parts if value is not None)

    @classmethod
    def unpack(cls, data: bytes) -> Lldp:
        """Read a message; raises WireError. TLVs that are not known are passed over."""
        found = _read_tlvs(data)
        if list(found)[:3] != [_CHASSIS, _PORT, _TTL] or len(found[_TTL]) < 2:
            raise WireError("LLDP without chassis, port and time to live")
        if min(len(found[_CHASSIS]), len(found[_PORT])) < 2:
            raise WireError("LLDP without an identity")
        return cls(
            _WORD.unpack_from(found[_TTL])[0],
            found[_CHASSIS][1:],
            _port(found[_PORT]),
            _text(found.get(_PORT_DESCRIPTION)),
            _text(found.get(_NAME)),
            _text(found.get(_DESCRIPTION)),
            _capabilities(found.get(_CAPABILITIES)),
            _address(found.get(_MANAGEMENT)),
        )

    def frame(self, source: bytes) -> bytes:
        """The Ethernet frame that carries the message from a MAC address."""
        return Ethernet(GROUP, source, TYPE_LLDP, self.pack()).pack()

    @classmethod
    def from_frame(cls, frame: bytes) -> Lldp:
        """Read an Ethernet frame; raises WireError."""
        if len(frame) < HEADER_LENGTH or HEADER.unpack_from(frame)[2] != TYPE_LLDP:
            raise WireError("not LLDP")
        return cls.unpack(frame[HEADER_LENGTH:])


def _tlv(kind: int, value: bytes) -> bytes:
    return _WORD.pack(kind << 9 | len(value)) + value


def _read_tlvs(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    start = 0
    while start + 2 <= len(data):
        (head,) = _WORD.unpack_from(data, start)
        kind, length = head >> 9, head & _LONGEST
        if kind == _END:
            return found
        if start + 2 + length > len(data):
            raise WireError("LLDP ends within a TLV")
        found.setdefault(kind, data[start + 2 : start + 2 + length])
        start += 2 + length
    return found


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode()


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", errors="replace")


def _port(data: bytes) -> str:
    """A port's name; one that is known by its MAC address is written as bytes."""
    return data[1:].hex(":") if data[0] == 3 else data[1:].decode("utf-8", errors="replace")


def _capabilities(data: bytes | None) -> tuple[int, int] | None:
    if data is None or len(data) < 4:
        return None
    able, enabled = _PAIR.unpack_from(data)
    return able, enabled


def _management(address: int) -> bytes:
    """An IPv4 address, with an interface number that is not known and no OID (section 8.5.9)."""
    return bytes((5, _IPV4)) + _ADDRESS.pack(address) + bytes((1, 0, 0, 0, 0, 0))


def _address(data: bytes | None) -> int | None:
    if data is None or len(data) < 6 or data[:2] != bytes((5, _IPV4)):
        return None
    return int(_ADDRESS.unpack_from(data, 2)[0])

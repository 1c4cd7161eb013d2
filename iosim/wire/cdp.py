"""Cisco Discovery Protocol, version 2 (as Wireshark and scapy read it; Cisco has published no specification)."""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

from iosim.data import dataclass
from iosim.wire.checksum import checksum
from iosim.wire.error import ChecksumError, WireError
from iosim.wire.hdlc import MULTICAST, pack_group, unpack
from iosim.wire.llc import CISCO, snap_frame, snap_payload

GROUP = bytes.fromhex("01000ccccccc")
PROTOCOL = 0x2000
"""The protocol of SNAP, with Cisco's OUI, and of HDLC."""

ROUTER, TRANSPARENT_BRIDGE, SOURCE_BRIDGE, SWITCH, HOST, IGMP, REPEATER = (1 << bit for bit in range(7))
"""Capabilities."""

(_DEVICE, _ADDRESSES, _PORT, _CAPABILITIES, _VERSION, _PLATFORM) = range(1, 7)
_VTP_DOMAIN, _NATIVE_VLAN, _DUPLEX, _MANAGEMENT = 0x09, 0x0A, 0x0B, 0x16

_HEADER = Struct("!BBH")
_TLV = Struct("!HH")
_COUNT = Struct("!I")
_IPV4 = bytes.fromhex("0101cc0004")
"""An address of protocol type NLPID, whose one byte is IPv4's, of 4 bytes."""
_WORD, _ADDRESS = Struct("!H"), Struct("!I")


@dataclass(frozen=True, slots=True)
class Cdp:
    """One message. Addresses are 32-bit integers; None stands for a TLV that is not there."""

    holdtime: int
    device: str
    addresses: tuple[int, ...] = ()
    port: str = ""
    capabilities: int = 0
    software: str = ""
    platform: str = ""
    vtp_domain: str | None = None
    native_vlan: int | None = None
    full_duplex: bool | None = None
    management: tuple[int, ...] | None = None
    version: int = 2

    def pack(self) -> bytes:
        """The message with its checksum; raises WireError when a part is too long."""
        parts: list[tuple[int, bytes | None]] = [
            (_DEVICE, self.device.encode()),
            (_VERSION, self.software.encode()),
            (_PLATFORM, self.platform.encode()),
            (_ADDRESSES, _address_list(self.addresses)),
            (_PORT, self.port.encode()),
            (_CAPABILITIES, _ADDRESS.pack(self.capabilities)),
            (_VTP_DOMAIN, None if self.vtp_domain is None else self.vtp_domain.encode()),
            (_NATIVE_VLAN, None if self.native_vlan is None else _WORD.pack(self.native_vlan)),
            (_DUPLEX, None if self.full_duplex is None else bytes([self.full_duplex])),
            (_MANAGEMENT, None if self.management is None else _address_list(self.management)),
        ]
        body = b"".join(_tlv(kind, value) for kind, value in parts if value is not None)
        total = cdp_checksum(_HEADER.pack(self.version, self.holdtime, 0) + body)
        return _HEADER.pack(self.version, self.holdtime, total) + body

    @classmethod
    def unpack(cls, data: bytes) -> Cdp:
        """Read a message and check its checksum; raises WireError. TLVs that are not known are passed over."""
        if len(data) < _HEADER.size:
            raise WireError(f"CDP message of {len(data)} bytes")
        version, holdtime, total = _HEADER.unpack_from(data)
        if version not in (1, 2):
            raise WireError(f"CDP version {version}")
        if cdp_checksum(_HEADER.pack(version, holdtime, 0) + data[_HEADER.size :]) != total:
            raise ChecksumError("bad CDP checksum")
        found = _read_tlvs(data)
        if not found.get(_DEVICE):
            raise WireError("CDP without a device ID")
        return cls(
            holdtime,
            _text(found[_DEVICE]),
            _addresses(found.get(_ADDRESSES, b"")),
            _text(found.get(_PORT, b"")),
            _number(found.get(_CAPABILITIES), 4) or 0,
            _text(found.get(_VERSION, b"")),
            _text(found.get(_PLATFORM, b"")),
            _text(found[_VTP_DOMAIN]) if _VTP_DOMAIN in found else None,
            _number(found.get(_NATIVE_VLAN), 2),
            None if _DUPLEX not in found else bool(_number(found[_DUPLEX], 1)),
            _addresses(found[_MANAGEMENT]) if _MANAGEMENT in found else None,
            version,
        )

    def frame(self, source: bytes) -> bytes:
        """The Ethernet frame that carries the message from a MAC address."""
        return snap_frame(GROUP, source, CISCO, PROTOCOL, self.pack())

    def hdlc_frame(self) -> bytes:
        """The HDLC frame that carries the message over a serial link."""
        return pack_group(PROTOCOL, self.pack())

    @classmethod
    @lru_cache(maxsize=64)
    def from_frame(cls, frame: bytes) -> Cdp:
        """Read a frame of Ethernet or of HDLC, which begins as no group address does; raises WireError.

        A switch gives one frame to many routers, and each of them keeps the message.
        """
        if frame[:1] == bytes([MULTICAST]):
            protocol, message = unpack(frame)
            if protocol != PROTOCOL:
                raise WireError("not CDP")
            return cls.unpack(message)
        return cls.unpack(snap_payload(frame, CISCO, PROTOCOL))


def cdp_checksum(data: bytes) -> int:
    """The Internet checksum, with Cisco's own ending of an odd number of bytes.

    The last byte is added as a signed number in the low half of a word, with an error of one when it is negative
    (Wireshark, packet-cdp.c).
    """
    if len(data) & 1:
        last = data[-1]
        ending = bytes((0, last)) if last < 0x80 else bytes((0xFF, last - 1))
        data = data[:-1] + ending
    return checksum(data)


def _tlv(kind: int, value: bytes) -> bytes:
    if len(value) > 0xFFFF - _TLV.size:
        raise WireError(f"CDP TLV of {len(value)} bytes")
    return _TLV.pack(kind, _TLV.size + len(value)) + value


def _read_tlvs(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    start = _HEADER.size
    while start < len(data):
        if len(data) < start + _TLV.size:
            raise WireError("CDP ends within a TLV")
        kind, length = _TLV.unpack_from(data, start)
        if length < _TLV.size or start + length > len(data):
            raise WireError(f"CDP TLV of {length} bytes")
        found[kind] = data[start + _TLV.size : start + length]
        start += length
    return found


def _address_list(addresses: tuple[int, ...]) -> bytes:
    return _COUNT.pack(len(addresses)) + b"".join(_IPV4 + _ADDRESS.pack(address) for address in addresses)


def _addresses(data: bytes) -> tuple[int, ...]:
    """The IPv4 addresses of a list; those of other protocols are passed over."""
    found: list[int] = []
    start = _COUNT.size
    while start + 2 <= len(data):
        name = start + 2 + data[start + 1]
        if name + 2 > len(data):
            raise WireError("CDP ends within an address")
        (length,) = _WORD.unpack_from(data, name)
        end = name + 2 + length
        if end > len(data):
            raise WireError("CDP ends within an address")
        if data[start : name + 2] == _IPV4:
            found += _ADDRESS.unpack_from(data, name + 2)
        start = end
    return tuple(found)


def _number(data: bytes | None, size: int) -> int | None:
    if data is not None and len(data) != size:
        raise WireError(f"CDP number of {len(data)} bytes")
    return None if data is None else int.from_bytes(data, "big")


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")

"""Captures of links as pcapng (draft-ietf-opsawg-pcapng): one interface a link end, times in simulated µs.

The bytes depend on the frames, the simulated time and the given start of the clock alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from struct import Struct, pack

from iosim.sim.clock import Simulator
from iosim.sim.link import Port

BOTH, INBOUND, OUTBOUND = (True, False), (False,), (True,)
"""Which frames to record, by the end that records them. With BOTH, a frame is recorded where it is sent and again where
it is received; with OUTBOUND or INBOUND each appears once a link."""

_BLOCK = Struct("<II")
_ENHANCED_PACKET = Struct("<IIIII")
_SECTION_HEADER, _INTERFACE_DESCRIPTION, _ENHANCED_PACKET_BLOCK = 0x0A0D0D0A, 1, 6
_LINKTYPE_ETHERNET = 1
_LINKTYPE_PPP_HDLC = 50
"""Serial links, with frames of Cisco HDLC or of PPP (www.tcpdump.org/linktypes.html)."""
_OPTION_END, _IF_NAME, _IF_TSRESOL, _EPB_FLAGS = 0, 2, 9, 2
_MICROSECONDS = b"\x06"


class Capture:
    """Collects the frames of the ports it is attached to. `epoch` is the µs since 1970 that stand for time 0.

    `snap` says how many bytes to record of a frame at an interface (by its number); None: all. See snap.py.
    """

    def __init__(
        self,
        sim: Simulator,
        epoch: int = 0,
        directions: tuple[bool, ...] = BOTH,
        snap: Callable[[int, bytes], int] | None = None,
    ) -> None:
        self._sim = sim
        self._epoch = epoch
        self._directions = directions
        self._snap = snap
        self._interfaces = 0
        self._blocks = [_block(_SECTION_HEADER, pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]

    def attach(self, port: Port) -> None:
        """Record the port's frames from now on, as an interface with the port's name."""
        options = _option(_IF_NAME, port.name.encode()) + _option(_IF_TSRESOL, _MICROSECONDS) + _option(_OPTION_END)
        kind = _LINKTYPE_PPP_HDLC if port.serial else _LINKTYPE_ETHERNET
        self._blocks.append(_block(_INTERFACE_DESCRIPTION, pack("<HHI", kind, 0, 0) + options))
        port.taps.append(partial(self._record, self._interfaces))
        self._interfaces += 1

    def _record(self, interface: int, outbound: bool, frame: bytes) -> None:
        if outbound not in self._directions:
            return
        time = self._epoch + self._sim.now
        length = len(frame)
        if self._snap is not None:
            frame = frame[: self._snap(interface, frame)]
        head = _ENHANCED_PACKET.pack(interface, time >> 32, time & 0xFFFFFFFF, len(frame), length)
        options = _option(_EPB_FLAGS, pack("<I", 2 if outbound else 1)) + _option(_OPTION_END)
        self._blocks.append(_block(_ENHANCED_PACKET_BLOCK, head + _padded(frame) + options))

    def pack(self) -> bytes:
        """The file so far."""
        return b"".join(self._blocks)

    def write(self, path: Path) -> None:
        """Write the file; raises OSError."""
        path.write_bytes(self.pack())


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return _BLOCK.pack(kind, length) + body + pack("<I", length)


def _option(code: int, value: bytes = b"") -> bytes:
    return pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) & 3)

"""A link end that is an interface of this machine: frames of the lab go out of it, what arrives there comes in.

A TAP device is opened as its user's side, so that the machine itself is the neighbour; any other interface (a veth end,
a network card) by a packet socket. Both need root. `poll` is to be called by whoever paces the simulation.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections import deque
from pathlib import Path
from struct import Struct, pack

from iosim.sim.link import Port
from iosim.sim.offload import segments, with_checksum

MAXIMUM_FRAME = 65535 + 18

_SOL_PACKET, _ADD_MEMBERSHIP, _AUXDATA, _VNET_HEADER, _OUTGOING = 263, 1, 8, 15, 4  # linux/if_packet.h
_PROMISCUOUS = 1
_ALL_PROTOCOLS = 3
_CHECKSUM_NOT_READY, _VLAN_VALID = 1 << 3, 1 << 4
_AUX = Struct("=IIIHHHH")
_VNET = Struct("=BBHHHH")  # linux/virtio_net.h
_NO_OFFLOAD = bytes(_VNET.size)
_GSO_TCPV4, _GSO_KIND = 1, 0x7F
_TUNSETIFF, _TAP, _NO_INFORMATION = 0x400454CA, 0x0002, 0x1000  # linux/if_tun.h
_DEVICES = Path("/sys/class/net")


class Bridge:
    """The machine's side of one link. Raises OSError when the interface cannot be opened."""

    def __init__(self, name: str, interface: str) -> None:
        self.name = name
        self.interface = interface
        self._port: Port | None = None
        self._end: _Tap | _PacketSocket
        self._end = _Tap(interface) if (_DEVICES / interface / "tun_flags").exists() else _PacketSocket(interface)

    def add_port(self, port: Port) -> None:
        """Plug in the cable of the lab."""
        self._port = port
        port.receiver = self._end.send
        port.enable(True)

    def fileno(self) -> int:
        """The file descriptor that is readable when frames wait."""
        return self._end.fileno()

    def poll(self) -> None:
        """Bring the frames that wait into the lab."""
        while (frame := self._end.receive()) is not None:
            if self._port is not None and len(frame) >= 14:
                self._port.transmit(frame)

    def close(self) -> None:
        """Leave the interface."""
        self._end.close()


class _PacketSocket:
    """An interface as it is: all frames that arrive at it, whoever they are for."""

    def __init__(self, interface: str) -> None:
        index = socket.if_nametoindex(interface)
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
        self._socket.setblocking(False)
        self._socket.bind((interface, _ALL_PROTOCOLS))
        self._socket.setsockopt(_SOL_PACKET, _AUXDATA, 1)
        self._socket.setsockopt(_SOL_PACKET, _VNET_HEADER, 1)
        self._socket.setsockopt(_SOL_PACKET, _ADD_MEMBERSHIP, pack("iHH8s", index, _PROMISCUOUS, 0, b""))
        self._waiting: deque[bytes] = deque()
        self.fileno = self._socket.fileno
        self.close = self._socket.close

    def send(self, frame: bytes) -> None:
        """A frame that the interface does not take (it is down, its queue is full) is lost, as on a wire."""
        try:
            self._socket.send(_NO_OFFLOAD + frame)
        except OSError:
            return

    def receive(self) -> bytes | None:
        """The next frame that came from outside, or None."""
        while not self._waiting:
            try:
                data, messages, _, source = self._socket.recvmsg(
                    _VNET.size + MAXIMUM_FRAME, socket.CMSG_SPACE(_AUX.size)
                )
            except OSError:  # nothing there, or the interface went down
                return None
            if source[2] != _OUTGOING and len(data) >= _VNET.size:
                self._take(data, messages)
        return self._waiting.popleft()

    def _take(self, data: bytes, messages: list[tuple[int, int, bytes]]) -> None:
        """A frame behind its header, which says whether it stands for several."""
        _, kind, _, size, _, _ = _VNET.unpack_from(data)
        frame = data[_VNET.size :]
        frames = segments(frame, size) if kind & _GSO_KIND == _GSO_TCPV4 and size else iter((frame,))
        auxiliary = next((text for level, name, text in messages if (level, name) == (_SOL_PACKET, _AUXDATA)), b"")
        for each in frames:
            self._waiting.append(_as_on_the_wire(each, auxiliary) if len(auxiliary) >= _AUX.size else each)


class _Tap:
    """The user's side of a TAP device that exists; its other side is the machine's own network stack."""

    def __init__(self, interface: str) -> None:
        self._file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        try:
            fcntl.ioctl(self._file, _TUNSETIFF, pack("16sH22x", interface.encode(), _TAP | _NO_INFORMATION))
        except OSError:
            os.close(self._file)
            raise

    def fileno(self) -> int:
        return self._file

    def send(self, frame: bytes) -> None:
        """A frame that the device does not take (it is down) is lost, as on a wire."""
        try:
            os.write(self._file, frame)
        except OSError:
            return

    def receive(self) -> bytes | None:
        """The next frame, or None."""
        try:
            return os.read(self._file, MAXIMUM_FRAME)
        except OSError:
            return None

    def close(self) -> None:
        os.close(self._file)


def _as_on_the_wire(frame: bytes, auxiliary: bytes) -> bytes:
    """Undo what the kernel saves itself on this machine: the checksum left open, the VLAN tag taken out."""
    status, _, _, _, _, tci, tpid = _AUX.unpack_from(auxiliary)
    if status & _CHECKSUM_NOT_READY:
        frame = with_checksum(frame)
    if status & _VLAN_VALID:
        frame = frame[:12] + pack("!HH", tpid or 0x8100, tci) + frame[12:]
    return frame

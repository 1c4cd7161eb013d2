"""Packets on their way into the SAs of one router, and out of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import Struct

from iosim.ipsec import udp
from iosim.ipsec.bundle import SPI_AT
from iosim.ipsec.events import Cause, Event, InvalidSpi, NotIpsec, PacketRefused, Silence
from iosim.ipsec.flow import Flow, InstalledPair
from iosim.ipsec.headers import change_df
from iosim.ipsec.sa import ReceiveError, SendError
from iosim.ipsec.sad import Sad
from iosim.ipsec.selectors import FiveTuple
from iosim.ipsec.size import DfBit, Fit, SizePolicy
from iosim.sim.clock import Simulator
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack
from iosim.stack.trail import Trails
from iosim.wire.ipv4 import ESP, five_tuple

_SPI_AND_SEQUENCE = Struct("!II")
_ADDRESSES = Struct("!II")
_WHOLE = (b"\0\0", b"\x40\0")
"""What stands in the header of a packet that is no fragment, without DF and with it."""


class PacketPath:
    """What becomes of packets between the stack and the SAs.

    `acquire` is called with a flow without SAs and the packet that wants one, `expire` with a pair whose numbers are
    used up, and `emit` with each event. ESP, AH, and ESP within UDP are taken from the stack.
    """

    def __init__(
        self,
        sim: Simulator,
        stack: Stack,
        sad: Sad,
        emit: Callable[[Event], None],
        acquire: Callable[[Flow, bytes], None],
        expire: Callable[[InstalledPair, Cause], None],
    ) -> None:
        self._sim = sim
        self._stack = stack
        self._sad = sad
        self._emit = emit
        self._acquire = acquire
        self._expire = expire
        self._opening: Flow | None = None
        for protocol, spi_at in SPI_AT.items():
            stack.protocols[protocol] = partial(self._receive, spi_at)
        stack.udp.intercept(udp.PORT, self._receive_udp)

    def protect(self, flow: Flow, size: SizePolicy, mtu: int, packet: bytes) -> None:
        """Seal a packet that leaves by a link of `mtu`, and send it; without an SA it is dropped, and one asked for."""
        if not flow.pairs:
            self._acquire(flow, packet)
            return
        installed = flow.pairs[-1]
        if len(packet) > (installed.limits.get(mtu) or installed.plaintext_mtu(mtu)):
            self._fit(installed, size, mtu, packet)
        elif installed.tunnel:
            self._seal(installed, packet, size.df_bit)
        elif packet[6:8] in _WHOLE:
            self._seal(installed, packet)
        else:
            self._fit(installed, size, mtu, packet)

    def _fit(self, installed: InstalledPair, size: SizePolicy, mtu: int, packet: bytes) -> None:
        """Cut what is too long once sealed, before or after that, or tell its sender (see size.py)."""
        limit = installed.plaintext_mtu(mtu)
        fit = size.fit(packet, limit, installed.tunnel)
        if fit is Fit.SEAL or fit is Fit.CUT:
            df_bit = size.df_bit if installed.tunnel else "copy"
            for piece in (packet,) if fit is Fit.SEAL else self._stack.cut(packet, limit):
                self._seal(installed, piece, df_bit)
        else:
            installed.flow.counters.send_failed(SendError.LENGTH)
            if fit is Fit.TOO_LONG:
                self._stack.too_long(packet, limit)

    def _seal(self, installed: InstalledPair, packet: bytes, df_bit: DfBit = "copy") -> None:
        counters = installed.flow.counters
        sealed = installed.seal(packet)
        if isinstance(sealed, bytes):
            counters.encaps += 1
            installed.sent_at = self._sim.now
            if df_bit != "copy":
                sealed = change_df(sealed, df_bit == "set")
            self._stack.send(sealed, sealed=True)
            if installed.sent_at > installed.heard_at + installed.patience:
                self._emit(Silence(installed))
        elif sealed is SendError.SEQUENCE and not self._sad.out_of_numbers(installed):
            self._seal(installed, packet, df_bit)
        else:
            counters.send_failed(sealed)
            if sealed is SendError.SEQUENCE:
                self._expire(installed, Cause.VOLUME)
        if installed.outbound[-1].octets >= installed.octet_limit:
            self._sad.limit_reached(installed)

    def _receive_udp(self, packet: bytes, interface: Interface) -> bool:
        """Take ESP out of UDP; False for what is none."""
        if not udp.carries_esp(packet):
            return False
        inner, ports = udp.decapsulate(packet)
        self._receive(SPI_AT[ESP], inner, interface, ports)
        return True

    def _receive(
        self, spi_at: int, packet: bytes, interface: Interface, udp_ports: tuple[int, int] | None = None
    ) -> None:
        """Take a packet of ESP or AH that is addressed to us; its SPI is there behind the IPv4 header."""
        start = (packet[0] & 15) * 4 + spi_at
        if len(packet) < start + _SPI_AND_SEQUENCE.size:
            self._stack.drop("ESP or AH cut short")
            return
        source, destination = _ADDRESSES.unpack_from(packet, 12)
        spi, sequence = _SPI_AND_SEQUENCE.unpack_from(packet, start)
        installed = self._sad.find(destination, spi)  # it may be for the outermost SA only: others are within that
        if installed is None or installed.inbound[-1].protocol != packet[9] or installed.inbound[-1].spi != spi:
            self._stack.drop("unknown SPI")
            self._emit(InvalidSpi(source, destination, packet[9], spi, interface.name))
            return
        inner = installed.open(packet)
        if not isinstance(inner, bytes):
            self._refuse(installed, inner, sequence, len(packet))
            return
        installed.heard_at = self._sim.now
        if installed.udp_ports is not None and udp_ports is not None:
            self._turn_to(installed, udp_ports)
            if inner and not installed.tunnel:
                inner = udp.repair(inner)
        arrive = installed.flow.arrive
        if inner and (arrive is not None or self._opening or not self._go_on(installed, inner)):
            if not installed.admits(inner):
                self._refuse(installed, inner, sequence, len(packet))
                return
            if arrive is None:
                self._open(installed.flow, self._stack.receive_decrypted, inner, interface, installed.trails)
            else:
                self._open(installed.flow, arrive, inner)
        installed.flow.counters.decaps += 1
        if installed.inbound[-1].octets >= installed.octet_limit:
            self._sad.limit_reached(installed)

    def _refuse(self, installed: InstalledPair, inner: bytes | ReceiveError, sequence: int, length: int) -> None:
        """Count a packet on a known SA that could not be opened, or whose contents belong elsewhere."""
        error = inner if isinstance(inner, ReceiveError) else ReceiveError.IDENTITY
        installed.flow.counters.receive_failed(error)
        contents = None if isinstance(inner, ReceiveError) else five_tuple(inner)
        self._emit(PacketRefused(installed, error, sequence, length, contents))

    def _go_on(self, installed: InstalledPair, inner: bytes) -> bool:
        """Let what was opened go the way of its flow, if that is known: then it belongs to the SA, too."""
        self._opening = installed.flow
        try:
            return self._stack.follow(inner, installed.trails) > 0
        finally:
            self._opening = None

    def _open(self, flow: Flow, taker: Callable[..., None], inner: bytes, *more: Interface | Trails) -> None:
        """Let the stack have what was opened; of ESP in ESP in ESP …, within UDP or not, one layer in a call."""
        if self._opening:
            self._sim.call_later(0, partial(self._open, flow, taker, inner, *more))
            return
        self._opening = flow
        try:
            taker(inner, *more)
        finally:
            self._opening = None

    def _turn_to(self, installed: InstalledPair, udp_ports: tuple[int, int]) -> None:
        """An authentic packet tells the port at which a translator has its sender now (RFC 3947 section 5)."""
        if installed.udp_ports != udp_ports:
            if installed.flow.port is not None:
                installed.flow.port = udp_ports[1]
            for other in installed.flow.pairs:
                if other.udp_ports is not None and other.pair.remote == installed.pair.remote:
                    other.udp_ports = udp_ports

    def check_origin(self, flow: Flow, packet: bytes, interface: Interface) -> bool:
        """Whether a packet of a tunnel has just come out of an SA of its flow."""
        if self._opening is flow:
            return True
        self.refuse_clear(flow, five_tuple(packet), interface)
        return False

    def refuse_clear(self, flow: Flow, selector: FiveTuple, interface: Interface) -> None:
        """Count a packet that came in the clear and should have come through the tunnel."""
        flow.counters.receive_failed(ReceiveError.CLEAR)
        self._emit(NotIpsec(*selector[:3], interface.name))

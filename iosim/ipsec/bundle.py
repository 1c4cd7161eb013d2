"""The SAs of a transform at work, one after another: ESP within AH, or one of them alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from struct import Struct

from iosim.ipsec.ah import AhInbound, AhOutbound
from iosim.ipsec.esp import EspInbound, EspOutbound
from iosim.ipsec.model import SaKeys, SaPair, Transform
from iosim.ipsec.sa import REPLAY_WINDOW, InboundSa, OutboundSa, ReceiveError, SendError
from iosim.wire.ipv4 import AH, ESP

SPI_AT = {ESP: 0, AH: 4}
"""Where the SPI stands behind the IPv4 header; the sequence number follows it."""

_SPI = Struct("!I")


def outbound_sas(pair: SaPair, random_bytes: Callable[[int], bytes]) -> tuple[OutboundSa, ...]:
    """The outbound SAs of a pair in the order of their application. Raises CryptoError for keys that do not fit."""

    def one(transform: Transform, keys: SaKeys) -> OutboundSa:
        if keys.protocol == AH:
            return AhOutbound(transform, keys, pair.local, pair.remote)
        return EspOutbound(transform, keys, pair.local, pair.remote, random_bytes)

    return tuple(one(transform, keys) for transform, keys in zip(_parts(pair.transform), pair.outbound, strict=True))


def inbound_sas(pair: SaPair, window: int = REPLAY_WINDOW) -> tuple[InboundSa, ...]:
    """The inbound SAs of a pair, with replay windows of a size; a packet passes them from the last to the first."""
    return tuple(
        (AhInbound if keys.protocol == AH else EspInbound)(transform, keys, window)
        for transform, keys in zip(_parts(pair.transform), pair.inbound, strict=True)
    )


def _parts(transform: Transform) -> list[Transform]:
    """The transform for each of its protocols. Only the first makes a tunnel: a bundle has one outer header."""
    first, *others = map(transform.part, transform.protocols)
    return [first, *(replace(other, mode="transport") for other in others)]


def sealing(sas: tuple[OutboundSa, ...]) -> Callable[[bytes], bytes | SendError]:
    """A packet through all outbound SAs."""
    if len(sas) == 1:
        return sas[0].seal

    def seal(packet: bytes) -> bytes | SendError:
        sealed: bytes | SendError = packet
        for sa in sas:
            if isinstance(sealed, SendError):
                break
            sealed = sa.seal(sealed)
        return sealed

    return seal


def opening(sas: tuple[InboundSa, ...]) -> Callable[[bytes], bytes | ReceiveError]:
    """A packet with the SPI of the outermost inbound SA through all of them; each must be followed by the next one."""
    if len(sas) == 1:
        return sas[0].open
    *inner, outermost = sas

    def unseal(packet: bytes) -> bytes | ReceiveError:
        opened = outermost.open(packet)
        for sa in reversed(inner):
            if isinstance(opened, ReceiveError):
                break
            opened = sa.open(opened) if _belongs(opened, sa) else ReceiveError.PROTOCOL
        return opened

    return unseal


def plaintext_mtu(sas: tuple[OutboundSa, ...], path_mtu: int) -> int:
    """The longest packet (bytes) that fits into `path_mtu` under all of the SAs."""
    return reduce(lambda mtu, sa: sa.plaintext_mtu(mtu), reversed(sas), path_mtu)


def _belongs(packet: bytes, sa: InboundSa) -> bool:
    """Whether a packet is for an SA by its protocol and its SPI."""
    at = (packet[0] & 15) * 4 + SPI_AT[sa.protocol]
    return packet[9] == sa.protocol and packet[at : at + 4] == _SPI.pack(sa.spi)

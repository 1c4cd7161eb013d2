"""Path MTU discovery of tunnels (RFC 4301 section 8.2): what "fragmentation needed" says about packets that we sealed.

Anybody can send such a message. One counts only if it quotes a packet of an SA that is at work, and makes the path
shorter than it is known to be; it is forgotten after a while, as the path may be longer again (RFC 1191 section 6.3).

Who has not seen the packet does not know its SPI. Of ESP within UDP many routers quote no more than the UDP header,
which holds nothing secret: then the quote has to be of a packet that is long enough, may not be cut and was sent
lately, as far as its identification says that, and the path gets no shorter than 576 bytes by it. So a stranger who
knows the ends and guesses their ports can still bring a path down to that for ten minutes, with one message in
transport mode and with some 64 of them in tunnel mode.
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from iosim.ipsec import udp
from iosim.ipsec.bundle import SPI_AT
from iosim.ipsec.flow import InstalledPair
from iosim.ipsec.sad import Sad
from iosim.ipsec.size import SHORTEST_MTU
from iosim.sim.clock import SECOND, Simulator
from iosim.stack.stack import Stack
from iosim.wire.icmp import FRAGMENTATION_NEEDED, UNREACHABLE, Icmp
from iosim.wire.ipv4 import DONT_FRAGMENT, HEADER_LENGTH, UDP

AGE: Final = 600 * SECOND
"""RFC 1191 section 6.3, and what IOS documents for tunnels (`tunnel path-mtu-discovery age-timer`)."""
SHORTEST_UNPROVEN: Final = 576
"""What every node takes whole (RFC 791 section 3.1): no path of today is shorter."""
LATELY: Final = 1024
"""How many of the latest packets of an SA a message may be about."""
LIE: Final = "path MTU of no SA"
"""What is counted among the stack's drops."""

_ADDRESSES = Struct("!II")
_PORTS = Struct("!HH")
_LENGTH_TO_FLAGS = Struct("!2xHHH")
_SPI = Struct("!I")


class PathMtuDiscovery:
    """Listens to the ICMP errors of a stack for the SAs of a router."""

    def __init__(self, sim: Simulator, stack: Stack, sad: Sad) -> None:
        self._sim, self._stack, self._sad = sim, stack, sad
        stack.icmp.on_error.append(self._heard)

    def _heard(self, message: Icmp, sender: int) -> None:
        if (message.type, message.code) != (UNREACHABLE, FRAGMENTATION_NEEDED) or not _is_about_tunnel(message.data):
            return
        pairs, shortest = self._quoted(message.data, message.mtu)
        believed = [each for each in pairs if SHORTEST_MTU <= message.mtu <= self._known(each)]
        if not believed:
            self._stack.drop(LIE)
        mtu = max(message.mtu, shortest)
        for installed in believed:
            if mtu < self._known(installed):
                installed.learn_path(mtu, self._sim.call_later(AGE, installed.forget_path))

    def _quoted(self, quote: bytes, mtu: int) -> tuple[list[InstalledPair], int]:
        """The pairs that may have sent a packet, and how short their path may get by that."""
        local, remote = _ADDRESSES.unpack_from(quote, 12)
        start, protocol = (quote[0] & 15) * 4, quote[9]
        if protocol == UDP:
            ends = local, _PORTS.unpack_from(quote, start)
            pairs = [each for each in self._sad.with_peer(remote) if (each.pair.local, each.udp_ports) == ends]
            return _within_udp(pairs, quote, start + udp.OVERHEAD, mtu)
        (spi,) = _SPI.unpack_from(quote, start + SPI_AT[protocol])
        installed = self._sad.sending(remote, protocol, spi)
        return [installed] if installed is not None and installed.pair.local == local else [], SHORTEST_MTU

    def _known(self, installed: InstalledPair) -> int:
        """What the path of a pair is known to carry; nothing, when there is no way to the peer."""
        hop = self._stack.fib.lookup(installed.pair.remote, installed.pair.local)
        return 0 if hop is None else installed.path_mtu_over(hop.interface.mtu)


def _within_udp(pairs: list[InstalledPair], quote: bytes, at: int, mtu: int) -> tuple[list[InstalledPair], int]:
    """Which pairs of those with these ports it is about; of a UDP header alone all or none: their path is one."""
    if len(quote) >= at + _SPI.size:
        (spi,) = _SPI.unpack_from(quote, at)
        return [each for each in pairs if each.outbound[-1].spi == spi], SHORTEST_MTU
    return pairs if any(_may_have_sent(each, quote, mtu) for each in pairs) else [], SHORTEST_UNPROVEN


def _may_have_sent(installed: InstalledPair, quote: bytes, mtu: int) -> bool:
    """Whether a pair may have sent a packet of this header lately, which was too long for `mtu` and not to be cut.

    In tunnel mode the identification is made of the SPI and the sequence number (esp.py).
    """
    length, identification, flags = _LENGTH_TO_FLAGS.unpack_from(quote)
    if length <= mtu or not flags & DONT_FRAGMENT:
        return False
    outermost = installed.outbound[-1]
    age = (outermost.spi + outermost.sequence - identification) & 0xFFFF
    return not installed.tunnel or age < min(LATELY, outermost.sequence)


def _is_about_tunnel(quote: bytes) -> bool:
    """Whether an error quotes enough of a packet that could be one of ours, under protection."""
    if len(quote) < HEADER_LENGTH or len(quote) < (quote[0] & 15) * 4 + 8:
        return False
    return quote[9] in SPI_AT or (quote[9] == UDP and _PORTS.unpack_from(quote, (quote[0] & 15) * 4)[0] == udp.PORT)

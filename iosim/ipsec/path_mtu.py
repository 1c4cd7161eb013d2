"""Path MTU discovery of tunnels (RFC 4301 section 8.2): what "fragmentation needed" says about packets that we sealed.

Anybody can send such a message. One counts only if it quotes a packet of an SA that is at work, and makes the path
shorter than it is known to be; it is forgotten after a while, as the path may be longer again (RFC 1191 section 6.3).
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
from iosim.wire.ipv4 import HEADER_LENGTH, UDP

AGE: Final = 600 * SECOND
"""RFC 1191 section 6.3, and what IOS documents for tunnels (`tunnel path-mtu-discovery age-timer`)."""
LIE: Final = "path MTU of no SA"
"""What is counted among the stack's drops."""

_ADDRESSES = Struct("!II")
_PORTS = Struct("!HH")
_SPI = Struct("!I")


class PathMtuDiscovery:
    """Listens to the ICMP errors of a stack for the SAs of a router."""

    def __init__(self, sim: Simulator, stack: Stack, sad: Sad) -> None:
        self._sim, self._stack, self._sad = sim, stack, sad
        stack.icmp.on_error.append(self._heard)

    def _heard(self, message: Icmp, sender: int) -> None:
        if (message.type, message.code) != (UNREACHABLE, FRAGMENTATION_NEEDED) or not _is_about_tunnel(message.data):
            return
        believed = [each for each in self._quoted(message.data) if SHORTEST_MTU <= message.mtu <= self._known(each)]
        if not believed:
            self._stack.drop(LIE)
        for installed in believed:
            if message.mtu < self._known(installed):
                installed.learn_path(message.mtu, self._sim.call_later(AGE, installed.forget_path))

    def _quoted(self, quote: bytes) -> list[InstalledPair]:
        """The pairs that may have sent a packet. A UDP header tells the peer alone, so that it is about all with it."""
        local, remote = _ADDRESSES.unpack_from(quote, 12)
        start, protocol = (quote[0] & 15) * 4, quote[9]
        if protocol == UDP:
            ends = local, _PORTS.unpack_from(quote, start)
            return [each for each in self._sad.with_peer(remote) if (each.pair.local, each.udp_ports) == ends]
        (spi,) = _SPI.unpack_from(quote, start + SPI_AT[protocol])
        installed = self._sad.sending(remote, protocol, spi)
        return [installed] if installed is not None and installed.pair.local == local else []

    def _known(self, installed: InstalledPair) -> int:
        """What the path of a pair is known to carry; nothing, when there is no way to the peer."""
        hop = self._stack.fib.lookup(installed.pair.remote, installed.pair.local)
        return 0 if hop is None else installed.path_mtu_over(hop.interface.mtu)


def _is_about_tunnel(quote: bytes) -> bool:
    """Whether an error quotes enough of a packet that could be one of ours, under protection."""
    if len(quote) < HEADER_LENGTH or len(quote) < (quote[0] & 15) * 4 + 8:
        return False
    return quote[9] in SPI_AT or (quote[9] == UDP and _PORTS.unpack_from(quote, (quote[0] & 15) * 4)[0] == udp.PORT)

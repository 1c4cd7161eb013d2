"""What a router logs of packets that IPsec dropped, each kind but now and then.

The words of the invalid SPI, the clear packet and the failed MAC are those of captures; those of the wrong identity and
the bad length are pieced together from the list of Cisco's system messages.
"""

from __future__ import annotations

from typing import NamedTuple

from iosim.grammar.values import format_address
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.names import PROTOCOLS, identity
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ipsec.events import Event, InvalidSpi, NotIpsec, PacketRefused
from iosim.ipsec.sa import ReceiveError
from iosim.sim.clock import SECOND

INTERVAL = 60 * SECOND
MAC_INTERVAL = 30 * SECOND
"""Between two messages about failed MACs (Cisco, document 116085)."""


class Message(NamedTuple):
    """A message for syslog and how long it is not repeated, in µs."""

    mnemonic: str
    text: str
    interval: int = INTERVAL


@feature
class Complaints(Feature):
    """Listens to the data plane."""

    order = 71

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._said: dict[str, int] = {}
        router[IpsecFeature].listeners.append(self._hear)

    def _hear(self, event: Event) -> None:
        message = _message(event)
        if message is None:
            return
        now, last = self.router.sim.now, self._said.get(message.mnemonic)
        if last is None or now - last >= message.interval:
            self._said[message.mnemonic] = now
            self.router.syslog.message(message.mnemonic, message.text)


def _message(event: Event) -> Message | None:
    """The message for a dropped packet."""
    match event:
        case InvalidSpi(source, destination, protocol, spi, interface):
            return Message(
                "CRYPTO-4-RECVD_PKT_INV_SPI",
                f"decaps: rec'd IPSEC packet has invalid spi for destaddr={format_address(destination)}, "
                f"prot={protocol}, spi=0x{spi:X}({spi}), srcaddr={format_address(source)}, "
                f"input interface={interface}",
            )
        case NotIpsec(source, destination, protocol):
            ends = f"vrf/dest_addr= /{format_address(destination)}, src_addr= {format_address(source)}"
            text = f"Rec'd packet not an IPSEC packet. (ip) {ends}, prot= {protocol}"
            return Message("CRYPTO-4-RECVD_PKT_NOT_IPSEC", text)
        case PacketRefused():
            return _refusal(event)
        case _:
            return None


def _refusal(event: PacketRefused) -> Message | None:
    """The message for a packet on a known SA."""
    installed, pair = event.installed, event.installed.pair
    connection = f"connection id={installed.inbound_id}"
    match event.error:
        case ReceiveError.REPLAY:
            text = f"decrypt: replay check failed\n        {connection}, sequence number={event.sequence}\n"
            return Message("CRYPTO-4-PKT_REPLAY_ERR", text)
        case ReceiveError.VERIFY:
            ends = f"local={format_address(pair.local)} remote={format_address(pair.remote)}"
            numbers = f"spi={installed.inbound[-1].spi:08X} seqno={event.sequence:08X}"
            text = f"decrypt: mac verify failed for {connection} {ends} {numbers}"
            return Message("CRYPTO-4-RECVD_PKT_MAC_ERR", text, MAC_INTERVAL)
        case ReceiveError.IDENTITY if event.inner is not None:
            source, destination, protocol, _, _ = event.inner
            return Message(
                "CRYPTO-4-RECVD_PKT_INV_IDENTITY",
                "identity doesn't match negotiated identity\n"
                f"(ip) dest_addr= {format_address(destination)}, src_addr= {format_address(source)}, prot= {protocol}\n"
                f"(ident) local={format_address(pair.local)}, remote={format_address(pair.remote)}, "
                f"local_proxy={identity(pair.local_proxy)}, remote_proxy={identity(pair.remote_proxy)}",
            )
        case ReceiveError.LENGTH:
            protocol = installed.inbound[-1].protocol
            text = (
                f"decapsulate: packet has bad {PROTOCOLS[protocol]} length destadr={format_address(pair.local)}, "
                f"prot={protocol}, len={event.length}"
            )
            return Message("CRYPTO-4-RECVD_PKT_MSG_LEN_ERR", text)
        case _:
            return None

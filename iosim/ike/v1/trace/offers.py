"""What is offered and taken: ISAKMP policies in phase 1, IPsec proposals in quick mode."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple

from iosim.ike.v1.states import Reason
from iosim.ipsec.model import Proxy, Transform
from iosim.wire.isakmp import Attribute


class Mismatch(Enum):
    """Which attribute of an offered ISAKMP transform does not match a policy, in the order of comparison."""

    ENCRYPTION = auto()
    KEY_LENGTH = auto()
    HASH = auto()
    GROUP = auto()
    AUTHENTICATION = auto()
    PRESHARED_KEY = auto()
    CERTIFICATE = auto()


class PolicyCompared(NamedTuple):
    """An offered ISAKMP transform against a policy; `mismatch` None: acceptable. `more`: another transform follows."""

    conn_id: int
    transform: int
    priority: int
    attributes: tuple[Attribute, ...]
    mismatch: Mismatch | None
    more: bool


class LifetimeChosen(NamedTuple):
    """The phase-1 lifetime, in seconds: what was offered (None: nothing), what the policy says, the lower of both."""

    conn_id: int
    offered: int | None
    own: int
    chosen: int


class LifetimeLowered(NamedTuple):
    """The peer has notified us of a phase-1 lifetime, in seconds, that is shorter."""

    conn_id: int
    seconds: int


class NoOfferAccepted(NamedTuple):
    """No offered ISAKMP transform matches a policy."""

    conn_id: int
    local: int
    remote: int


class SpiAllocated(NamedTuple):
    """Quick mode has the SPI of its inbound SA."""

    conn_id: int
    message_id: int
    initiator: bool
    spi: int


class IpsecTransformChecked(NamedTuple):
    """An offered IPsec transform; `acceptable`: it can be read, the policy is asked next."""

    conn_id: int
    proposal: int
    protocol: int
    transform: int
    transform_id: int
    attributes: tuple[Attribute, ...]
    acceptable: bool


class IpsecProposalChecked(NamedTuple):
    """An acceptable IPsec proposal against the policy for these proxies; `reason` None: accepted.

    `answered`: it is the peer's choice of what we had proposed.
    """

    conn_id: int
    local: int
    remote: int
    local_proxy: Proxy
    remote_proxy: Proxy
    transform: Transform
    reason: Reason | None
    answered: bool = False


class NoIpsecOfferAccepted(NamedTuple):
    """No IPsec proposal was accepted."""

    conn_id: int
    local: int
    remote: int
    reason: Reason


class IpsecInstalled(NamedTuple):
    """The inbound SA with this SPI was handed to IPsec."""

    conn_id: int
    message_id: int
    spi: int


Step = (
    PolicyCompared
    | LifetimeChosen
    | LifetimeLowered
    | NoOfferAccepted
    | SpiAllocated
    | IpsecTransformChecked
    | IpsecProposalChecked
    | NoIpsecOfferAccepted
    | IpsecInstalled
)

"""What the SAs of a flow are to be like, and what of it is asked of a peer or accepted from it."""

from __future__ import annotations

from dataclasses import replace

from iosim.data import dataclass
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Transform


@dataclass(frozen=True, slots=True)
class FlowPolicy:
    """What a crypto map entry says of SAs; `lifetime` in seconds, `lifesize` in kilobytes.

    `profile` is the ISAKMP profile under which they are negotiated; None: any, or none. Tunnel mode does not do for the
    `rigid` ones of the transforms.
    """

    transforms: tuple[Transform, ...]
    pfs_group: int | None
    lifetime: int
    lifesize: int
    profile: str | None = None
    rigid: frozenset[Transform | None] = frozenset()

    def suits(self, profile: str | None) -> bool:
        """Whether a peer of this ISAKMP profile may negotiate such SAs."""
        return self.profile in (None, profile)

    @property
    def tunnels(self) -> tuple[Transform, ...]:
        """The transforms in tunnel mode, but those that are for transport mode alone."""
        return tuple(replace(each, mode="tunnel") for each in self.transforms if each not in self.rigid)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the key exchange carries for us through a negotiation: the flow, and the policy that it had."""

    flow: Flow
    transforms: tuple[Transform, ...]
    pfs_group: int | None
    lifetime: int
    lifesize: int


def policy_of(flow: Flow) -> FlowPolicy:
    """The policy of a flow, which the data plane only compares."""
    assert isinstance(flow.policy, FlowPolicy)
    return flow.policy


def requested(flow: Flow) -> Wanted:
    """What is asked of the current peer of a flow.

    Transport mode is for what goes from peer to peer; everything else is in tunnel mode whatever the transform set says
    (Cisco IOS Security Command Reference, `mode (IPSec)`), unless it requires transport mode: then there is nothing.
    """
    policy = policy_of(flow)
    return _wanted(flow, policy.transforms if flow.is_between(flow.peer) else policy.tunnels)


def accepted(flow: Flow, remote: int) -> Wanted:
    """What is accepted from a peer: where transport mode is wanted, also tunnel mode (same source)."""
    policy = policy_of(flow)
    if not flow.is_between(remote):
        return _wanted(flow, policy.tunnels)
    either = [each for one in policy.transforms for each in (one, replace(one, mode="tunnel"))]
    return _wanted(flow, tuple(each for each in dict.fromkeys(either) if each in policy.transforms + policy.tunnels))


def _wanted(flow: Flow, transforms: tuple[Transform, ...]) -> Wanted:
    policy = policy_of(flow)
    return Wanted(flow, transforms, policy.pfs_group, policy.lifetime, policy.lifesize)

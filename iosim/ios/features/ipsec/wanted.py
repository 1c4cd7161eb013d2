"""What the SAs of a flow are to be like, and what of it is asked of a peer or accepted from it."""

from __future__ import annotations

from dataclasses import replace

from iosim.data import dataclass
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Transform


@dataclass(frozen=True, slots=True)
class FlowPolicy:
    """What a crypto map entry says of SAs; `lifetime` in seconds, `lifesize` in kilobytes.

    `profile` is the ISAKMP profile under which they are negotiated; None: any, or none.
    """

    transforms: tuple[Transform, ...]
    pfs_group: int | None
    lifetime: int
    lifesize: int
    profile: str | None = None

    def suits(self, profile: str | None) -> bool:
        """Whether a peer of this ISAKMP profile may negotiate such SAs."""
        return self.profile in (None, profile)


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
    (Cisco IOS Security Command Reference, `mode (IPSec)`).
    """
    return _wanted(flow, policy_of(flow).transforms if flow.is_between(flow.peer) else _tunnels(flow))


def accepted(flow: Flow, remote: int) -> Wanted:
    """What is accepted from a peer: where transport mode is wanted, also tunnel mode (same source)."""
    transforms = policy_of(flow).transforms
    if not flow.is_between(remote):
        return _wanted(flow, _tunnels(flow))
    either = [each for one in transforms for each in (one, replace(one, mode="tunnel"))]
    return _wanted(flow, tuple(dict.fromkeys(either)))


def _wanted(flow: Flow, transforms: tuple[Transform, ...]) -> Wanted:
    policy = policy_of(flow)
    return Wanted(flow, transforms, policy.pfs_group, policy.lifetime, policy.lifesize)


def _tunnels(flow: Flow) -> tuple[Transform, ...]:
    return tuple(replace(each, mode="tunnel") for each in policy_of(flow).transforms)

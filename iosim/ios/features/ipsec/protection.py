"""`tunnel protection ipsec profile`: the crypto maps that tunnels have by themselves, their head maps."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.config import Config
from iosim.ios.derive import Derivation, Derived
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.ipsec.maps import MapEntryProfile
from iosim.ios.features.ipsec.profiles import IpsecProfiles
from iosim.ios.features.ipsec.replay import replay_window
from iosim.ios.features.ipsec.size import size_policy
from iosim.ios.features.ipsec.terms import sa_policy, sa_upkeep, waits_for_ikev2
from iosim.ios.features.tunnel.engine import TunnelFeature
from iosim.ios.registry import check, part
from iosim.ios.router import Router
from iosim.ipsec.attachment import Attachment
from iosim.ipsec.flow import ANY, Flow
from iosim.ipsec.model import Proxy
from iosim.ipsec.policy import CryptoMap, CryptoMapEntry
from iosim.ipsec.selectors import line_between
from iosim.stack.acl import AccessList
from iosim.stack.encapsulation import BARE, Encapsulation
from iosim.stack.tunnel import Tunnel

PROFILE_SEQUENCE, INSTANCE_SEQUENCE = 65536, 65537
"""The entries of a head map: the profile, and what a tunnel makes of it."""
OWN_HEAD = "-head-0"
DEFAULT_PROFILE = "default"


@dataclass(frozen=True, slots=True)
class TunnelProtection:
    """`tunnel protection ipsec profile P shared isakmp-profile X`"""

    profile: str
    shared: bool = False
    isakmp_profile: str | None = None

    def map_name(self, interface: str) -> str:
        """The name of the head map; tunnels that share their SAs have one together."""
        return f"{self.profile}-head-1" if self.shared else interface + OWN_HEAD


@part("config_if")
@dataclass(slots=True)
class Protection:
    """What protects a tunnel, and whether it negotiates by itself.

    A clone protects what its peer has proposed, `proxies`.
    """

    protection: TunnelProtection | None = bound(Value("tunnel_protection", order=88, type=TunnelProtection))
    initiate: bool = bound(Flag("tunnel_initiate", order=89, default=True))
    proxies: tuple[Proxy, Proxy] | None = None


@check("tunnel_protection")
def _check_profile(router: Router, config: Config, statement: Statement) -> None:
    """The words are from memory of 15.x."""
    name = statement.get("profile")
    if name is not None and router.running and profile_of(router.config, name) is None:
        raise Rejected(f'% IPSec profile "{name}" does not exist')


def profile_of(config: Config, name: str) -> Config | None:
    """The profile of a name; IOS brings one along."""
    known = config[IpsecProfiles].profiles.get(name)
    return Config("ipsec_profile") if known is None and name == DEFAULT_PROFILE else known


def tunnel_of(flow: Flow) -> str | None:
    """The tunnel interface that alone has a flow."""
    own = flow.sequence == INSTANCE_SEQUENCE and flow.map_name.endswith(OWN_HEAD)
    return flow.map_name.removesuffix(OWN_HEAD) if own else None


class ProtectedInterfaces:
    """The tunnels of one router that are to be protected: `said` is how, `tunnels` are they, by name."""

    def __init__(self, router: Router, within: Derivation) -> None:
        self._router = router
        self._protections = Derived(within, lambda config: config[Protection].protection)
        self._made = Derived(within, self._attachment)
        self.said: dict[str, TunnelProtection] = {}
        self.tunnels: dict[str, Tunnel] = {}

    def attachments(self) -> list[Attachment]:
        """The head maps of the tunnels that have both ends and a profile with transform sets."""
        config, tunnels = self._router.config[Interfaces].interfaces, self._router[TunnelFeature]
        said = self._protections.each(config)
        known = {name: tunnels.tunnel(name) for name, protection in said.items() if protection is not None}
        self.tunnels = {name: tunnel for name, tunnel in known.items() if tunnel is not None}
        self.said = {name: protection for name in self.tunnels if (protection := said[name]) is not None}
        made = self._made.of(
            (name, (name, config[name], said[name], tunnel, tunnel.ends))
            for name, tunnel in self.tunnels.items()
            if tunnel.ends is not None and tunnel.interface.admin_up
        )
        return [attachment for attachment in made.values() if attachment is not None]

    def _attachment(
        self, name: str, config: Config, said: TunnelProtection, tunnel: Tunnel, ends: Encapsulation
    ) -> Attachment | None:
        proxies = config[Protection].proxies or proxies_of(ends)
        head = head_map(self._router.config, said.map_name(name), said, ends.remote, proxies)
        if head is None:
            return None
        arrive = tunnel.receiver if ends.shape.protocol == BARE else None
        size = size_policy(self._router.config, config)
        return Attachment(tunnel.interface, head, ends.local, size, tunnel, arrive)


def head_map(
    config: Config, name: str, said: TunnelProtection, peer: int, proxies: tuple[Proxy, Proxy]
) -> CryptoMap | None:
    """The crypto map of a tunnel: one entry, for all that it sends; None as long as its profile promises nothing."""
    profile = profile_of(config, said.profile)
    if profile is None or waits_for_ikev2(profile):
        return None
    policy = sa_policy(config, profile, said.isakmp_profile or profile[MapEntryProfile].profile)
    if not policy.transforms:
        return None
    acl = AccessList(name, [line_between(*proxies)])
    upkeep, window = sa_upkeep(config, profile), replay_window(config, profile)
    entry = CryptoMapEntry(INSTANCE_SEQUENCE, acl, [peer], policy, True, upkeep=upkeep, replay_window=window)
    return CryptoMap(name, [entry])


def proxies_of(ends: Encapsulation) -> tuple[Proxy, Proxy]:
    """The proxy identities of a tunnel: its outer packets, or anything where it adds no header of its own."""
    protocol = ends.shape.protocol
    if protocol == BARE:
        return ANY, ANY
    return Proxy(ends.local, protocol=protocol), Proxy(ends.remote, protocol=protocol)

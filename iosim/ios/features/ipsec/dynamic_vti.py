"""Dynamic VTIs: a Virtual-Access interface for each peer of an ISAKMP profile, as long as there are SAs with it.

It is cloned from the `interface Virtual-Template N type tunnel` that the profile names: a tunnel of IPsec like any
static one, with ends that nobody has typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from itertools import count

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ike.v1 import events as ike
from iosim.ios.bindings import Value, bound
from iosim.ios.config import Config
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.features.interfaces.config import Cloned, interface_lines, with_clones
from iosim.ios.features.ip_interface import named_interfaces
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.maps import MapEntryProfile
from iosim.ios.features.ipsec.protection import INSTANCE_SEQUENCE, Protection, TunnelProtection, head_map, profile_of
from iosim.ios.features.ipsec.wanted import Wanted
from iosim.ios.features.isakmp.profiles import Profiles
from iosim.ios.features.tunnel.config import Source, TunnelSettings
from iosim.ios.registry import feature, handler, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.ios.written import running_text
from iosim.ipsec.events import Event, SasDeleted
from iosim.ipsec.flow import Flow
from iosim.ipsec.model import Proxy

TEMPLATE = "Virtual-Template"
LOCKED = "% Virtual-template config is locked, active vaccess present"
"""IOS refuses changes of a template of tunnels as long as there are interfaces that are made from it."""


@part("conf_isa_prof")
@dataclass(slots=True)
class ProfileTemplate:
    """`virtual-template N`: what interfaces for the peers of a profile are made from."""

    number: int | None = bound(Value("isa_virtual_template", order=46, type="number"))


@feature
class DynamicTunnels(Feature):
    """The Virtual-Access interfaces of one router, each by the flow that it has alone.

    `offered` is the latest one that may come to be, with its template.
    """

    order = 72

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.offered: tuple[Flow, Config] | None = None
        self._names: dict[Flow, str] = {}
        self._ipsec = router[IpsecFeature]
        self._ipsec.templates = self
        self._ipsec.listeners.append(self._hear)
        self._ipsec.isakmp.listeners.append(self._key_exchange)

    @property
    def there(self) -> bool:
        """Whether a template has a protection."""
        interfaces = self.router.config[Interfaces].interfaces.items()
        return any(config[Protection].protection for name, config in interfaces if name.startswith(TEMPLATE))

    def offer(
        self, local: int, remote: int, local_proxy: Proxy, remote_proxy: Proxy, profile: str | None, port: int | None
    ) -> Flow | None:
        """The flow for a peer: whatever it proposes, under the IPsec profile of the template.

        A second proposal is refused, as where IOS has no `set security-policy limit`: a peer has one interface. Those
        that a translator has at one address are told apart by their ports.
        """
        template = self._template(profile)
        said = None if template is None else template[Protection].protection
        if template is None or said is None or template[TunnelSettings].mode.transport != "ipsec":
            return None
        peer = local, remote, port or 0
        if any((flow.local, flow.peer, flow.port) == peer for flow in self._names):
            return None
        proxies = local_proxy, remote_proxy
        head = head_map(self.router.config, "", said, remote, proxies)
        if head is None or not _suits(self.router.config, said, profile):
            return None
        (entry,) = head.entries
        flow = Flow("", INSTANCE_SEQUENCE, local, *proxies, (remote,), entry.policy, None, entry.upkeep)
        flow.port = port or 0
        self.offered = flow, template
        return flow

    def _template(self, profile: str | None) -> Config | None:
        """The template of an ISAKMP profile, unless it is shut down."""
        known = self.router.config[Profiles].profiles.get(profile or "")
        number = None if known is None else known[ProfileTemplate].number
        template = self.router.config[Interfaces].interfaces.get(f"{TEMPLATE}{number}")
        return None if template is None or template.get("type") != "tunnel" else template

    def realize(self, flow: Flow) -> None:
        """Clone the interface for a flow that was offered."""
        if self.offered is None or self.offered[0] is not flow:
            return
        _, template = self.offered
        self.offered = None
        interfaces = self.router.config[Interfaces].interfaces
        name = next(name for name in map("Virtual-Access{}".format, count(1)) if name not in interfaces)
        interfaces[name] = clone(template, name, flow)
        said = template[Protection].protection
        flow.map_name = said.map_name(name) if said is not None else ""
        self._ipsec.ipsec.expect(flow)
        self._names[flow] = name
        template.locked = LOCKED
        self._follow()

    def _hear(self, event: Event) -> None:
        if isinstance(event, SasDeleted):
            self._remove_unused(installed.flow for installed in event.removed)

    def _key_exchange(self, event: ike.Event) -> None:
        if isinstance(event, ike.InboundAbandoned) and isinstance(event.policy, Wanted):
            self._remove_unused([event.policy.flow])

    def _remove_unused(self, flows: Iterable[Flow]) -> None:
        """Remove the interfaces of these flows unless there are other SAs, perhaps about to be used."""
        sad = self._ipsec.ipsec.sad
        gone = [flow for flow in dict.fromkeys(flows) if flow in self._names]
        gone = [flow for flow in gone if not any(each.flow is flow for each in sad.with_peer(flow.peer))]
        interfaces = self.router.config[Interfaces].interfaces
        for flow in gone:
            del interfaces[self._names.pop(flow)]
        if gone:
            self._unlock(interfaces)
            self._follow()

    def _follow(self) -> None:
        """There are other interfaces."""
        self.router.config.touch(Interfaces)
        self.router.follow()

    def _unlock(self, interfaces: dict[str, Config]) -> None:
        """Templates from which nothing is made any more may be changed."""
        used = {interfaces[name][Cloned].template for name in self._names.values()}
        for name, config in interfaces.items():
            if config.locked and name not in used:
                config.locked = None


def _suits(config: Config, said: TunnelProtection, profile: str | None) -> bool:
    """Whether peers of an ISAKMP profile may use an IPsec profile."""
    ipsec = profile_of(config, said.profile)
    wanted = said.isakmp_profile or (None if ipsec is None else ipsec[MapEntryProfile].profile)
    return wanted in (None, profile)


def clone(template: Config, name: str, flow: Flow) -> Config:
    """The configuration of a template's interface for a peer, which never begins a negotiation by itself."""
    config = deepcopy(template)
    config.args = {"interface": [name]}
    settings, protection = config[TunnelSettings], config[Protection]
    if settings.source is None:
        settings.source = Source(flow.local)
    settings.destination = format_address(flow.peer)
    protection.initiate, protection.proxies = False, (flow.local_proxy, flow.remote_proxy)
    config[InterfaceSettings].shutdown = False
    config[Cloned].template = str(template.get("interface"))
    return config


@handler("show_derived_interface")
def show_derived(session: Session, statement: Statement) -> str:
    """`show derived-config interface X`: of a clone, what its template and its peer have made of it."""
    (interface,) = named_interfaces(session, statement)
    lines = ["!", *interface_lines(session.router.config[Interfaces].interfaces[interface.name]), "end"]
    return _shown("".join(f"{line}\n" for line in lines))


@handler("show_derived")
def show_derived_all(session: Session, statement: Statement) -> str:
    """`show derived-config`: the running configuration, with the interfaces that are made from templates."""
    with with_clones():
        return _shown(running_text(session.router))


def _shown(text: str) -> str:
    return f"Building configuration...\n\nDerived configuration : {len(text)} bytes\n{text}\n"

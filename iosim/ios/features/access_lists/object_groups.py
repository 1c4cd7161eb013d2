"""`object-group network|service`: addresses and services under a name, for lines of access lists; `show object-group`.

A group may hold others. What a name stands for is worked out when access lists are compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Members, Section, Value, bound
from iosim.ios.config import Config, write_lines
from iosim.ios.features.access_lists.compile import Network, Service, icmp_match, port_match
from iosim.ios.features.access_lists.line import name_numbers
from iosim.ios.features.access_lists.numbers import PROTOCOLS
from iosim.ios.registry import check, handler, part
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.wire.address import netmask

NETWORK, SERVICE = "config_network_group", "config_service_group"
_COMMANDS = {"object_group_network": NETWORK, "object_group_service": SERVICE}
_ALL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class NetworkMember:
    """`10.0.0.0 255.255.255.0`, `host 10.0.0.1`, `range 10.0.0.1 10.0.0.9`, `any` or `group-object X`."""

    any: bool = False
    host: int | None = None
    network: int | None = None
    mask: int | None = None
    low: int | None = None
    high: int | None = None
    group: str | None = None

    def networks(self) -> list[Network]:
        """The member as addresses with wildcards; that of a nested group are none of its own."""
        if self.any:
            return [(0, _ALL)]
        if self.host is not None:
            return [(self.host, 0)]
        if self.network is not None and self.mask is not None:
            return [(self.network, ~self.mask & _ALL)]
        return [] if self.low is None or self.high is None else list(_blocks(self.low, self.high))


def _blocks(low: int, high: int) -> Iterator[Network]:
    """The fewest aligned blocks that make up a range of addresses."""
    while low <= high:
        size = low & -low or 1 << 32
        while low + size - 1 > high:
            size >>= 1
        yield low, size - 1
        low += size


@dataclass(frozen=True, slots=True)
class ServiceMember:
    """`tcp eq www`, `icmp echo`, `udp source range 1 9`, `gre`, `tcp-udp eq domain` or `group-object X`."""

    protocol: str | int | None = None
    icmp: str | int | None = None
    icmp_code: int | None = None
    source_op: str | None = None
    source_port: tuple[int, ...] = ()
    destination_op: str | None = None
    destination_port: tuple[int, ...] = ()
    group: str | None = None

    def services(self) -> list[Service]:
        """The member as what the matcher asks for; that of a nested group are none of its own."""
        if self.protocol is None:
            return []
        source = port_match(self.source_op, self.source_port)
        destination = icmp_match(self.icmp, self.icmp_code) or port_match(self.destination_op, self.destination_port)
        names = ("tcp", "udp") if self.protocol == "tcp-udp" else (self.protocol,)
        numbers = (PROTOCOLS[name] if isinstance(name, str) else name for name in names)
        return [Service(number, source, destination) for number in numbers]


def _normalised(args: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A member as IOS stores it: a network without host bits and with a mask, a single address as a host, `eq`."""
    args = dict(args)
    name_numbers(args)
    if "length" in args:
        args["mask"] = [netmask(int(args.pop("length")[0].removeprefix("/")))]
    if "network" in args:
        network, mask = args["network"][0], args["mask"][0]
        args["network"] = [network & mask]
        if mask == _ALL:
            args = {"host": [network]}
        elif not mask:
            args = {"any": ["any"]}
    if "destination_port" in args and "destination_op" not in args:
        args["destination_op"] = ["eq"]
    return args


@part(NETWORK)
@dataclass(slots=True)
class NetworkGroup:
    """The lines of a network group."""

    description: str | None = bound(Value("network_group_description", order=5, type="description"))
    members: dict[Any, NetworkMember] = bound(
        Members("network_group_member", order=10, type=NetworkMember, normalise=_normalised)
    )


@part(SERVICE)
@dataclass(slots=True)
class ServiceGroup:
    """The lines of a service group."""

    description: str | None = bound(Value("service_group_description", order=5, type="description"))
    members: dict[Any, ServiceMember] = bound(
        Members("service_group_member", order=10, type=ServiceMember, normalise=_normalised)
    )


@part("config")
@dataclass(slots=True)
class ObjectGroups:
    """All groups by their names, which the two kinds share."""

    networks: dict[str, Config] = bound(Section("object_group_network", order=227, mode=NETWORK, key=("name",)))
    services: dict[str, Config] = bound(Section("object_group_service", order=228, mode=SERVICE, key=("name",)))


@dataclass(slots=True)
class Resolver:
    """What the names of groups stand for in one configuration."""

    groups: ObjectGroups

    def networks(self, name: str) -> list[Network]:
        """The addresses of a network group with those of the groups in it; none for a name that is no group."""
        return [network for member in self._members(NETWORK, name) for network in member.networks()]

    def services(self, name: str) -> list[Service]:
        """The services of a service group with those of the groups in it."""
        return [service for member in self._members(SERVICE, name) for service in member.services()]

    def _members(self, mode: str, name: str) -> Iterator[Any]:
        """All members of a group and of those in it, each group once."""
        waiting, seen = [name], {name: None}
        while waiting:
            for member in members(self.groups, mode, waiting.pop()):
                if member.group is None:
                    yield member
                elif member.group not in seen:
                    seen[member.group] = None
                    waiting.append(member.group)

    def snapshot(self) -> list[Any]:
        """All that lines which name groups depend on, to compare with what it was before."""
        kinds = ((NETWORK, self.groups.networks), (SERVICE, self.groups.services))
        return [(mode, name, list(members(self.groups, mode, name))) for mode, known in kinds for name in known]


def members(groups: ObjectGroups, mode: str, name: str) -> list[Any]:
    """The members of one group, without those of the groups in it."""
    config = (groups.networks if mode == NETWORK else groups.services).get(name)
    if config is None:
        return []
    return list((config[NetworkGroup] if mode == NETWORK else config[ServiceGroup]).members.values())


@check(*_COMMANDS)
def _check_name(router: Router, config: Config, statement: Statement) -> None:
    """A name belongs to groups of one kind."""
    groups = config[ObjectGroups]
    other = groups.services if _COMMANDS[statement.command] == NETWORK else groups.networks
    if statement.get("name") in other and not statement.no:
        raise Rejected("% An object-group of a different type with this name already exists")


@check("network_group_member", "service_group_member")
def _check_member(router: Router, config: Config, statement: Statement) -> None:
    """Ranges rise, and a group is not within itself."""
    low, high = statement.get("low"), statement.get("high")
    if low is not None and low >= high:
        raise Rejected("% Range start must be less than range end")
    group = statement.get("group")
    if group is None or statement.no:
        return
    groups, own = router.config[ObjectGroups], config.get("name")
    waiting = [group]
    while waiting:
        name = waiting.pop()
        if name == own:
            raise Rejected("% Nesting loop: an object-group cannot be a member of itself")
        waiting += [member.group for member in members(groups, config.mode, name) if member.group is not None]


@handler("show_object_group")
def show_object_group(session: Session, statement: Statement) -> str:
    """`show object-group [NAME]`"""
    groups, wanted = session.router.config[ObjectGroups], statement.get("name")
    kinds = (("Network", groups.networks), ("Service", groups.services))
    rows = [(kind, name, config) for kind, known in kinds for name, config in known.items() if wanted in (None, name)]
    return "".join(_group_text(kind, name, config) for kind, name, config in sorted(rows, key=lambda row: row[1]))


def _group_text(kind: str, name: str, config: Config) -> str:
    lines = "".join(f" {line.replace('description', 'Description', 1)}\n" for line in write_lines(config))
    return f"{kind} object group {name}\n{lines}"

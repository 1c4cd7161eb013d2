"""What is refused of addresses: `ip address`, `ip unnumbered`, `encapsulation dot1Q`. The words are those of IOS."""

from __future__ import annotations

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import interface_type
from iosim.grammar.values import format_address
from iosim.ios.config import Config
from iosim.ios.features.interfaces.config import Interfaces, InterfaceSettings, is_point_to_point, parent_name
from iosim.ios.registry import answer, check
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.wire.address import netmask

_NO_VLAN = """\
% Configuring IP routing on a LAN subinterface is only allowed if that
subinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,
or ISL vLAN."""
_SAME_VLAN = """\
% Configuration of multiple subinterfaces of the same main
interface with the same VID ({vlan}) is not permitted.
This VID is already configured on {name}."""
_CAUTION = "% Warning: use /31 mask on non point-to-point interface cautiously\n"


@check("if_ip_address", "if_ip_address_secondary")
def _check_address(router: Router, config: Config, statement: Statement) -> None:
    settings, secondary = config[InterfaceSettings], "secondary" in statement
    if statement.no or statement.default:
        _check_removal(settings, statement, secondary)
        return
    name, address, mask = config.get("interface"), statement.get("address"), statement.get("mask")
    _check_mask(name, address, mask)
    if _is_lan_part(name) and settings.tag is None:
        raise Rejected(_NO_VLAN)
    _check_overlap(router, config, address, mask, secondary)
    if not secondary:
        settings.secondary.pop((address,), None)


def _check_mask(name: str, address: int, mask: int) -> None:
    length = mask.bit_count()
    text = format_address(address)
    if mask != netmask(length) or not length:
        raise Rejected(f"Bad mask 0x{mask:X} for address {text}")
    if length < 31 and address & ~mask & 0xFFFFFFFF in (0, ~mask & 0xFFFFFFFF):
        raise Rejected(f"Bad mask /{length} for address {text}")
    if length == 32 and (interface_type(name).physical or _is_lan_part(name)) and not is_point_to_point(name):
        raise Rejected(f"Bad mask /{length} for address {text}")
    if address >> 28 >= 14 or address >> 24 in (0, 127):
        raise Rejected(f"Not a valid host address - {text}")


def _check_overlap(router: Router, config: Config, address: int, mask: int, secondary: bool) -> None:
    name, settings = config.get("interface"), config[InterfaceSettings]
    network = format_address(address & mask)
    other = router.config[Interfaces].owner_of(address, mask, config)
    if other is not None:
        raise Rejected(f"% {network} overlaps with {other}")
    if secondary and settings.address is not None and settings.address.address == address:
        raise Rejected("Secondary can't be same as primary")
    others = [known for known in settings.secondary.values() if known.address != address]
    if any(known.overlaps(address, mask) and known.mask != mask for known in others):
        raise Rejected(f"% {network} overlaps with secondary address on {name}")


def _check_removal(settings: InterfaceSettings, statement: Statement, secondary: bool) -> None:
    """`no ip address` takes all addresses away; with an address it must be one of these, the primary one last."""
    address = statement.get("address")
    if address is None:
        settings.secondary.clear()
    elif secondary:
        if (address,) not in settings.secondary:
            raise Rejected("Invalid address")
    elif settings.address is None or settings.address.address != address:
        raise Rejected("Invalid address")
    elif settings.secondary:
        raise Rejected("Must delete secondary before deleting primary")


@check("if_ip_unnumbered")
def _check_unnumbered(router: Router, config: Config, statement: Statement) -> None:
    name, lender = config.get("interface"), statement.get("interface")
    if statement.no or statement.default:
        return
    if not is_point_to_point(name):
        raise Rejected("Point-to-point (non-multi-access) interfaces only")
    if lender == name:
        raise Rejected("Cannot use an unnumbered interface: " + lender)


@check("if_encapsulation_vlan")
def _check_vlan(router: Router, config: Config, statement: Statement) -> None:
    name, settings, vlan = config.get("interface"), config[InterfaceSettings], statement.get("vlan")
    if statement.no or statement.default:
        settings.address = None
        settings.secondary.clear()
        return
    for other, known in router.config[Interfaces].interfaces.items():
        tag = known[InterfaceSettings].tag
        if other != name and parent_name(other) == parent_name(name) is not None and tag and tag.vlan == vlan:
            raise Rejected(_SAME_VLAN.format(vlan=vlan, name=other))


def _is_lan_part(name: str) -> bool:
    """Whether this is a sub-interface of Ethernet, which needs a VLAN."""
    kind = interface_type(name).name
    return parent_name(name) is not None and ("Eth" in kind or "Gig" in kind or kind == "Port-channel")


@answer("if_ip_address", "if_ip_address_secondary")
def _caution(session: Session, config: Config, statement: Statement) -> str | None:
    mask = statement.get("mask")
    warned = mask == netmask(31) and not (statement.no or is_point_to_point(config.get("interface")))
    return _CAUTION if warned and interface_type(config.get("interface")).name != "Loopback" else None

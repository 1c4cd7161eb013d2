"""`show cdp …`, `clear cdp …`, laid out as IOS 15 lays them out."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.names import interface_type
from iosim.grammar.values import format_address
from iosim.ios.features.discovery.cdp import CdpFeature, CdpSettings
from iosim.ios.features.interface_media import MEDIA
from iosim.ios.features.ip_interface import line_state, protocol_state
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.stack.discovery import Neighbour
from iosim.stack.interface import Interface
from iosim.wire.cdp import Cdp

OFF = "% CDP is not enabled\n"
CAPABILITIES = (
    ("R", "Router"),
    ("T", "Trans-Bridge"),
    ("B", "Source-Route-Bridge"),
    ("S", "Switch"),
    ("H", "Host"),
    ("I", "IGMP"),
    ("r", "Repeater"),
    ("P", "Phone"),
    ("D", "Remote"),
    ("C", "CVTA"),
    ("M", "Two-port Mac Relay"),
)
"""The capabilities from the lowest bit on: the letter of the table, and the word of the details."""

_CODES = """\
Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge
                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n\
                  D - Remote, C - CVTA, M - Two-port Mac Relay \n
Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
"""


@handler("show_cdp")
def show_cdp(session: Session, statement: Statement) -> str:
    """`show cdp`"""
    settings = session.router.config[CdpSettings]
    if not settings.run:
        return OFF
    return (
        "Global CDP information:\n"
        f"\tSending CDP packets every {settings.timer} seconds\n"
        f"\tSending a holdtime value of {settings.holdtime} seconds\n"
        "\tSending CDPv2 advertisements is  enabled\n"
    )


@handler("show_cdp_neighbors")
def show_cdp_neighbors(session: Session, statement: Statement) -> str:
    """`show cdp neighbors [X]`"""
    if not session.router.config[CdpSettings].run:
        return OFF
    found = session.router[CdpFeature].seen(statement.get("interface"))
    return _CODES + "".join(_row(known, session.sim.now) for known in found) + _total(len(found))


def _total(count: int) -> str:
    return f"\nTotal cdp entries displayed : {count}\n"


def _row(known: Neighbour[Cdp], now: int) -> str:
    message = known.message
    letters = " ".join(letter for letter, _ in _able(message))
    centred = " " * ((15 - len(letters)) // 2) + letters
    device = f"{message.device:<17}" if len(message.device) < 17 else f"{message.device}\n{'':17}"
    return (
        f"{device}{_three_letters(known.interface.name):<18}{_holdtime(known, now):<11}{centred:<12}"
        f"{_model(message.platform):<10}{_three_letters(message.port)}\n"
    )


def _able(message: Cdp) -> list[tuple[str, str]]:
    return [words for bit, words in enumerate(CAPABILITIES) if message.capabilities >> bit & 1]


def _holdtime(known: Neighbour[Cdp], now: int) -> int:
    return (known.expires - now) // SECOND


def _model(platform: str) -> str:
    """The model without the maker before it, in the nine letters that the column has."""
    word = platform.split(" ", 1)[-1] if platform.lower().startswith("cisco ") else platform
    return word[:9]


def _three_letters(port: str) -> str:
    """`Gig 0/0` for GigabitEthernet0/0; a name that is not like that stays."""
    number = port.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-")
    letters = port[: len(port) - len(number)]
    return f"{letters[:3]} {number}" if letters and number[:1].isdecimal() else port


@handler("show_cdp_neighbors_detail")
def show_cdp_neighbors_detail(session: Session, statement: Statement) -> str:
    """`show cdp neighbors [X] detail`"""
    if not session.router.config[CdpSettings].run:
        return OFF
    found = session.router[CdpFeature].seen(statement.get("interface"))
    return "".join(_detail(known, session.sim.now) for known in found) + _total(len(found))


def _detail(known: Neighbour[Cdp], now: int) -> str:
    message = known.message
    text = (
        "-------------------------\n"
        f"Device ID: {message.device}\n"
        f"Entry address(es): \n{_addresses(message.addresses)}"
        f"Platform: {message.platform},  Capabilities: {''.join(f'{word} ' for _, word in _able(message))}\n"
        f"Interface: {known.interface.name},  Port ID (outgoing port): {message.port}\n"
        f"Holdtime : {_holdtime(known, now)} sec\n\n"
        f"Version :\n{message.software}\n\n"
        f"advertisement version: {message.version}\n"
    )
    if message.vtp_domain is not None:
        text += f"VTP Management Domain: '{message.vtp_domain}'\n"
    if message.native_vlan is not None:
        text += f"Native VLAN: {message.native_vlan}\n"
    if message.full_duplex is not None:
        text += f"Duplex: {'full' if message.full_duplex else 'half'}\n"
    if message.management is not None:
        text += f"Management address(es): \n{_addresses(message.management)}"
    return text + "\n"


def _addresses(addresses: tuple[int, ...]) -> str:
    return "".join(f"  IP address: {format_address(address)}\n" for address in addresses)


@handler("show_cdp_entry")
def show_cdp_entry(session: Session, statement: Statement) -> str:
    """`show cdp entry * | NAME [protocol | version]`"""
    if not session.router.config[CdpSettings].run:
        return OFF
    wanted, part = statement.get("device"), statement.get("part")
    found = session.router[CdpFeature].engine.neighbours()
    chosen = [known for known in found if wanted in ("*", known.message.device)]
    if part is None:
        return "".join(_detail(known, session.sim.now) for known in chosen) + _total(len(chosen))
    return "".join(_part(known.message, part) for known in chosen)


def _part(message: Cdp, part: str) -> str:
    if part == "version":
        return f"\nVersion information for {message.device} :\n  {message.software}\n"
    return f"Protocol information for {message.device} :\n{_addresses(message.addresses)}"


@handler("show_cdp_interface")
def show_cdp_interface(session: Session, statement: Statement) -> str:
    """`show cdp interface [X]`"""
    router = session.router
    settings, wanted = router.config[CdpSettings], statement.get("interface")
    if not settings.run:
        return OFF
    names = [name for name in router[CdpFeature].interfaces() if wanted in (None, name)]
    if wanted is not None and not names:
        return f"CDP is not enabled on interface {wanted}\n"
    interfaces = [router.stack.interfaces[name] for name in names]
    text = "".join(_interface(interface, settings) for interface in interfaces)
    up = sum(interface.line_up for interface in interfaces)
    if wanted is None:
        text += f"\n cdp enabled interfaces : {len(names)}\n interfaces up          : {up}\n"
        text += f" interfaces down        : {len(names) - up}\n"
    return text


def _interface(interface: Interface, settings: CdpSettings) -> str:
    return (
        f"{interface.name} is {line_state(interface)}, line protocol is {protocol_state(interface)}\n"
        f"  Encapsulation {MEDIA[interface_type(interface.name).name].encapsulation}\n"
        f"  Sending CDP packets every {settings.timer} seconds\n"
        f"  Holdtime is {settings.holdtime} seconds\n"
    )


@handler("show_cdp_traffic")
def show_cdp_traffic(session: Session, statement: Statement) -> str:
    """`show cdp traffic`"""
    counts = session.router[CdpFeature].counts
    return (
        "CDP counters :\n"
        f"\tTotal packets output: {counts['output']}, Input: {counts['input']}\n"
        f"\tHdr syntax: {counts['syntax']}, Chksum error: {counts['checksum']}, Encaps failed: 0\n"
        "\tNo memory: 0, Invalid packet: 0, \n"
        f"\tCDP version 1 advertisements output: 0, Input: {counts['input version 1']}\n"
        f"\tCDP version 2 advertisements output: {counts['output']}, Input: {counts['input version 2']}\n"
    )


@handler("clear_cdp")
def clear_cdp(session: Session, statement: Statement) -> None:
    """`clear cdp table`, `clear cdp counters`"""
    session.router[CdpFeature].forget(str(statement.get("what")))

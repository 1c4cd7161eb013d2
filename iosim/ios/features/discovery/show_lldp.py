"""`show lldp …`, `clear lldp …`, laid out as IOS 15 lays them out."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.names import short_name
from iosim.grammar.values import format_address
from iosim.ios.features.arp import mac_text
from iosim.ios.features.discovery.lldp import LldpFeature, LldpOnInterface, LldpSettings
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.sim.clock import SECOND
from iosim.stack.discovery import Neighbour
from iosim.wire.lldp import Lldp

OFF = "% LLDP is not enabled\n"
LETTERS = "OPBWRTCS"
"""The capabilities from the lowest bit on."""

_CODES = """\
Capability codes:
    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other

Device ID           Local Intf     Hold-time  Capability      Port ID
"""


@handler("show_lldp")
def show_lldp(session: Session, statement: Statement) -> str:
    """`show lldp`"""
    settings = session.router.config[LldpSettings]
    if not settings.run:
        return OFF
    return (
        "\nGlobal LLDP Information:\n"
        "    Status: ACTIVE\n"
        f"    LLDP advertisements are sent every {settings.timer} seconds\n"
        f"    LLDP hold time advertised is {settings.holdtime} seconds\n"
        "    LLDP interface reinitialisation delay is 2 seconds\n"
    )


@handler("show_lldp_neighbors")
def show_lldp_neighbors(session: Session, statement: Statement) -> str:
    """`show lldp neighbors [X]`"""
    if not session.router.config[LldpSettings].run:
        return OFF
    found = session.router[LldpFeature].seen(statement.get("interface"))
    return _CODES + "".join(map(_row, found)) + f"\nTotal entries displayed: {len(found)}\n\n"


def _row(known: Neighbour[Lldp]) -> str:
    message = known.message
    name = (message.name or mac_text(message.chassis))[:20]
    letters = "" if message.capabilities is None else _letters(message.capabilities[1])
    return f"{name:<20}{short_name(known.interface.name):<15}{message.ttl:<11}{letters:<16}{message.port}\n"


def _letters(capabilities: int) -> str:
    return ",".join(letter for bit, letter in enumerate(LETTERS) if capabilities >> bit & 1)


@handler("show_lldp_neighbors_detail")
def show_lldp_neighbors_detail(session: Session, statement: Statement) -> str:
    """`show lldp neighbors [X] detail`"""
    if not session.router.config[LldpSettings].run:
        return OFF
    found = session.router[LldpFeature].seen(statement.get("interface"))
    return "".join(_detail(known, session.sim.now) for known in found) + f"\nTotal entries displayed: {len(found)}\n\n"


def _detail(known: Neighbour[Lldp], now: int) -> str:
    message = known.message
    able, enabled = message.capabilities or (0, 0)
    address = "s - not advertised\n"
    if message.management is not None:
        address = f"es:\n    IP: {format_address(message.management)}\n"
    return (
        "------------------------------------------------\n"
        f"Local Intf: {short_name(known.interface.name)}\n"
        f"Chassis id: {mac_text(message.chassis)}\n"
        f"Port id: {message.port}\n"
        f"Port Description{_said(message.port_description)}\n"
        f"System Name{_said(message.name)}\n\n"
        f"System Description: \n{(message.description or '').rstrip()}\n\n"
        f"Time remaining: {(known.expires - now) // SECOND} seconds\n"
        f"System Capabilities: {_letters(able)}\n"
        f"Enabled Capabilities: {_letters(enabled)}\n"
        f"Management Address{address}"
        "Auto Negotiation - not supported\n"
        "Physical media capabilities - not advertised\n"
        "Media Attachment Unit type - not advertised\n"
        "Vlan ID: - not advertised\n\n"
    )


def _said(text: str | None) -> str:
    return " - not advertised" if text is None else f": {text}"


@handler("show_lldp_interface")
def show_lldp_interface(session: Session, statement: Statement) -> str:
    """`show lldp interface [X]`"""
    router = session.router
    config, wanted = router.config[Interfaces].interfaces, statement.get("interface")
    if not router.config[LldpSettings].run:
        return OFF
    engine = router[LldpFeature].engine
    text = ""
    for name in (name for name in config if name in router.hardware and wanted in (None, name)):
        on, up = config[name][LldpOnInterface], router.stack.interfaces[name].line_up
        text += f"\n{name}:\n    Tx: {_state(on.transmit)}\n    Rx: {_state(on.receive)}\n"
        text += f"    Tx state: {'IDLE' if up and name in engine.talking else 'INIT'}\n"
        text += f"    Rx state: {'WAIT FOR FRAME' if up and name in engine.listening else 'WAIT PORT OPER'}\n"
    return text


def _state(on: bool) -> str:
    return "enabled" if on else "disabled"


@handler("show_lldp_traffic")
def show_lldp_traffic(session: Session, statement: Statement) -> str:
    """`show lldp traffic`"""
    if not session.router.config[LldpSettings].run:
        return OFF
    counts, engine = session.router[LldpFeature].counts, session.router[LldpFeature].engine
    engine.neighbours()
    return (
        "\nLLDP traffic statistics:\n"
        f"    Total frames out: {counts['output']}\n"
        f"    Total entries aged: {engine.aged}\n"
        f"    Total frames in: {counts['input']}\n"
        f"    Total frames received in error: {counts['discarded']}\n"
        f"    Total frames discarded: {counts['discarded']}\n"
        "    Total TLVs discarded: 0\n"
        "    Total TLVs unrecognized: 0\n"
    )


@handler("clear_lldp")
def clear_lldp(session: Session, statement: Statement) -> None:
    """`clear lldp table`, `clear lldp counters`"""
    session.router[LldpFeature].forget(str(statement.get("what")))

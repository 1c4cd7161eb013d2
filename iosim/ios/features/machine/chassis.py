"""The chassis: `show inventory`, `show environment`, `show diag`, `show license`, `show bootvar`, `show calendar`.

A simulated router has a serial number, and neither temperature nor fans: those are constants.
"""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.clock import clock_text
from iosim.ios.hardware import CONFIG_REGISTER, MODEL, serial_number
from iosim.ios.registry import handler
from iosim.ios.session import Session

LICENSES = ("ipbasek9", "securityk9")


@handler("show_inventory")
def show_inventory(session: Session, statement: Statement) -> str:
    """`show inventory`"""
    serial = serial_number(session.router)
    return (
        f'NAME: "{MODEL}", DESCR: "{MODEL} chassis, Hw Serial#: {serial}, Hw Revision: 1.0"\n'
        f"PID: {MODEL:<18}, VID: 1.0  , SN: {serial}\n\n"
    )


@handler("show_environment")
def show_environment(session: Session, statement: Statement) -> str:
    """`show environment [all]`"""
    return _ENVIRONMENT


_ENVIRONMENT = """\
SYSTEM POWER SUPPLY STATUS
==========================
Internal Power Supply 1 Type: AC
Internal Power Supply 1 12V Output Status: Normal

SYSTEM FAN STATUS
=================
Fan 1 OK, Low speed setting
Fan 2 OK, Low speed setting

SYSTEM TEMPERATURE STATUS
=========================
Intake temperature: 25 Celsius, Normal
Exhaust temperature: 30 Celsius, Normal
CPU temperature: 45 Celsius, Normal

"""


@handler("show_diag")
def show_diag(session: Session, statement: Statement) -> str:
    """`show diag`: the one board that there is."""
    serial = serial_number(session.router)
    return (
        "Slot 0:\n"
        f"\t{MODEL} Mother board Port adapter, {len(session.router.hardware)} ports\n"
        "\tPort adapter is analyzed \n"
        "\tHardware revision        : 1.0\n"
        f"\tPCB Serial Number        : {serial}\n"
        f"\tChassis Serial Number    : {serial}\n"
        f"\tProduct (FRU) Number     : {MODEL}\n\n"
    )


@handler("show_license")
def show_license(session: Session, statement: Statement) -> str:
    """`show license [all]`: what the image can do is all there."""
    return "".join(_LICENSE.format(number=number, name=name) for number, name in enumerate(LICENSES, start=1))


_LICENSE = """\
Index {number} Feature: {name:<31}
        Period left: Life time
        License Type: Permanent
        License State: Active, In Use
        License Count: Non-Counted
        License Priority: Medium
"""


@handler("show_license_udi")
def show_license_udi(session: Session, statement: Statement) -> str:
    """`show license udi`"""
    serial = serial_number(session.router)
    heading = f"{'Device#':<10}{'PID':<22}{'SN':<24}UDI\n"
    return f"{heading}{'-' * 77}\n{'*0':<10}{MODEL:<22}{serial:<24}{MODEL}:{serial}\n\n"


@handler("show_bootvar")
def show_bootvar(session: Session, statement: Statement) -> str:
    """`show bootvar`"""
    variables = "".join(f"{name} variable = \n" for name in ("BOOT", "CONFIG_FILE", "BOOTLDR"))
    return f"{variables}Configuration register is {CONFIG_REGISTER}\n"


@handler("show_calendar")
def show_calendar(session: Session, statement: Statement) -> str:
    """`show calendar`: the hardware's clock, which goes with the other."""
    router = session.router
    return clock_text(*router.zone.local(router.clock_now())) + "\n"

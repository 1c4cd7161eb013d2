"""What every router of this program is built of, and what software it runs. All constants; none is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iosim.ios.router import Router

MODEL = "iosim"
VERSION = "15.7"
RELEASE = "15.7(3)M"
IMAGE = "flash0:iosim-universalk9-mz.SPA.157-3.M.bin"
CONFIG_REGISTER = "0x2102"
PROCESSOR_MEMORY, IO_MEMORY = 491520 * 1024, 32768 * 1024
"""Bytes of memory for processes, and for packets."""

FLASH_SIZE, NVRAM_SIZE = 250880 * 1024, 255 * 1024
"""Bytes of the CompactFlash, and of the memory that keeps the startup configuration."""

SOFTWARE = (
    f"Cisco IOS Software, iosim Software (IOSIM-UNIVERSALK9-M), Version {RELEASE}, RELEASE SOFTWARE (fc1)\n"
    "Technical Support: http://www.cisco.com/techsupport knows nothing of it\n"
    "Emulated by iosim: no Cisco code runs here\n"
)
"""What the software says of itself: in `show version` and to neighbours. Genie wants the address of the second line."""


def serial_number(router: Router) -> str:
    """The serial number of the chassis, in Cisco's form and the same in every run."""
    return f"FTX{router.sim.random(router.name, 'serial').randrange(10**8):08d}"

"""What interfaces are made of: hardware, bandwidth and delay by type, as the routers of their time have them."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar.names import interface_type
from iosim.ios.features.interfaces import InterfaceSettings
from iosim.stack.interface import Interface


@dataclass(frozen=True, slots=True)
class Medium:
    """What a type of interface is made of. Bandwidth is in kbit/s, delay in µs; `words` writes duplex and speed.

    Of a `lan` a MAC address and ARP are shown; `port` is the type of its ports in `show interfaces status`.
    """

    hardware: str
    bandwidth: int
    delay: int
    queue: int = 40
    words: str = ""
    unit: str = "bps"
    encapsulation: str = "ARPA"
    lan: bool = False
    keepalive: bool = True
    port: str = ""


def _lan(hardware: str, bandwidth: int, delay: int, words: str = "", unit: str = "bps", port: str = "") -> Medium:
    return Medium(hardware, bandwidth, delay, words=words, unit=unit, lan=True, port=port)


_GIGABIT = """\
{duplex} Duplex, {speed}, media type is RJ45
  output flow-control is unsupported, input flow-control is unsupported"""
MEDIA = {
    "ATM": Medium("ATM", 149_760, 80, encapsulation="ATM"),
    "Async": Medium("Async Serial", 9, 100_000, queue=10, encapsulation="SLIP"),
    "BVI": Medium("BVI", 10_000, 5000, queue=0, lan=True),
    "Cellular": Medium("HSPA+ modem", 50_000, 20_000, queue=10, encapsulation="SLIP", keepalive=False),
    "Dialer": Medium("Unknown", 56, 20_000, queue=0, encapsulation="PPP"),
    "Embedded-Service-Engine": _lan("Embedded Service Engine", 10_000, 1000),
    "Ethernet": _lan("AmdP2", 10_000, 1000, port="10BaseT"),
    "FastEthernet": _lan("i82543", 100_000, 100, "{duplex}-duplex, {speed}, 100BaseTX/FX", "b/s", "10/100BaseTX"),
    "FortyGigabitEthernet": _lan("Forty GigE", 40_000_000, 10, _GIGABIT, port="40GBase-SR4"),
    "GigabitEthernet": _lan("iGbE", 1_000_000, 10, _GIGABIT, port="10/100/1000BaseTX"),
    "HundredGigE": _lan("Hundred GigE", 100_000_000, 10, _GIGABIT, port="100GBase-SR4"),
    "Loopback": Medium("Loopback", 8_000_000, 5000, queue=0, encapsulation="LOOPBACK"),
    "Multilink": Medium("multilink group interface", 1544, 20_000, encapsulation="PPP, multilink Closed"),
    "Null": Medium("Unknown", 10_000_000, 0, queue=0),
    "Port-channel": _lan("GEChannel", 1_000_000, 10),
    "Serial": Medium("GT96K Serial", 1544, 20_000, encapsulation="HDLC"),
    "TenGigabitEthernet": _lan("Ten GigE", 10_000_000, 10, _GIGABIT, port="10GBase-SR"),
    "Tunnel": Medium("Tunnel", 100, 50_000, queue=0, encapsulation="TUNNEL", keepalive=False),
    "TwentyFiveGigE": _lan("Twenty Five GigE", 25_000_000, 10, _GIGABIT, port="SFP-25GBase-SR"),
    "TwoGigabitEthernet": _lan("Two GigE", 2_500_000, 10, _GIGABIT, port="100/1G/2.5GBaseTX"),
    "Virtual-Access": Medium("Virtual Access interface", 100, 50_000, queue=0, encapsulation="TUNNEL", keepalive=False),
    "Virtual-PPP": Medium("Virtual PPP interface", 100, 50_000, encapsulation="PPP"),
    "Virtual-Template": Medium("Virtual Template interface", 100_000, 100_000, encapsulation="PPP"),
    "Vlan": _lan("EtherSVI", 1_000_000, 10),
}
_SPEEDS = {10_000: "10M", 100_000: "100M", 1_000_000: "1G", 2_500_000: "2.5G"}


def medium_of(interface: Interface) -> Medium:
    """The medium of an interface; a sub-interface has that of its main interface."""
    return MEDIA[interface_type(interface.name).name]


def speed_of(medium: Medium, settings: InterfaceSettings) -> int:
    """The speed of the line in kbit/s."""
    speed = settings.speed
    return int(speed) * 1000 if speed is not None and speed.isdecimal() else medium.bandwidth


def bandwidth_of(medium: Medium, settings: InterfaceSettings) -> int:
    """What is said to be the bandwidth, in kbit/s: it is for routing protocols, and changes nothing of the line."""
    return settings.bandwidth or speed_of(medium, settings)


def speed_words(medium: Medium, settings: InterfaceSettings, up: bool) -> str:
    """Duplex and speed: as configured, or as negotiated with a cable that can do everything."""
    if not medium.words:
        return ""
    auto_duplex, auto_speed = settings.duplex in (None, "auto"), settings.speed in (None, "auto")
    duplex = settings.duplex if not auto_duplex else "full" if up else "auto"
    speed = speed_of(medium, settings)
    text = _SPEEDS.get(speed, f"{speed // 1_000_000}G") + medium.unit if up or not auto_speed else "Auto Speed"
    return f"  {medium.words.format(duplex=str(duplex).capitalize(), speed=text)}\n"

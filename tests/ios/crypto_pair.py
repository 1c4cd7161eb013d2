"""Two routers back to back, driven through their consoles alone: R1 203.0.113.1 — R2 203.0.113.2, a LAN behind each."""

from __future__ import annotations

from iosim.ios.router import Router
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.link import Link, Port

GIGABIT = "GigabitEthernet0/0"
HARMLESS = (
    "%SYS-5-CONFIG_I",
    "%CRYPTO-6-ISAKMP_ON_OFF",
    "% A profile is deemed incomplete",
    "% NOTE: This new crypto map",
)
CONFIG = """\
hostname R{mine}
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key Kopernikus1543 address 203.0.113.{other}
crypto ipsec transform-set STRONG esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map VPN 10 ipsec-isakmp
 set peer 203.0.113.{other}
 set transform-set STRONG
 match address TUNNEL
interface Loopback0
 ip address 192.168.{mine}.1 255.255.255.0
interface GigabitEthernet0/0
 ip address 203.0.113.{mine} 255.255.255.0
 crypto map VPN
ip route 0.0.0.0 0.0.0.0 203.0.113.{other}
ip access-list extended TUNNEL
 permit ip 192.168.{mine}.0 0.0.0.255 192.168.{other}.0 0.0.0.255
"""


class Pair:
    """The two routers; `change` are lines that each types before anything happens, by its number."""

    def __init__(self, change: dict[int, str] | None = None) -> None:
        self.sim = Simulator(1)
        self.routers = {number: self._router(number) for number in (1, 2)}
        self.printed: dict[int, list[str]] = {1: [], 2: []}
        self.link = Link(self.sim, self.routers[1].ports[GIGABIT], self.routers[2].ports[GIGABIT])
        for number, router in self.routers.items():
            config = CONFIG.format(mine=number, other=3 - number)
            assert router.boot(config) == []
            router.console().output = self.printed[number].append
        self.pass_time(30)
        for number, lines in (change or {}).items():
            self.configure(number, lines)

    def _router(self, number: int) -> Router:
        router = Router(self.sim, f"R{number}")
        router.attach(GIGABIT, Port(f"R{number}:{GIGABIT}"))
        return router

    def pass_time(self, seconds: int) -> None:
        """Let time pass."""
        self.sim.run(until=self.sim.now + seconds * SECOND)

    def configure(self, number: int, lines: str) -> None:
        """Type configuration lines; a mistake in them fails the test."""
        for line in ("configure terminal", *lines.strip().splitlines(), "end"):
            answer = self.type(number, line)
            for harmless in HARMLESS:
                answer = answer.replace(harmless, "")
            assert "%" not in answer, answer

    def type(self, number: int, line: str) -> str:
        """Type a line: all that the console shows until the command has ended."""
        session = self.routers[number].console()
        start = len(self.printed[number])
        session.submit(line)
        self.sim.run(stop=lambda: not session.busy)
        return "".join(self.printed[number][start:])

    def ping(self, number: int = 1) -> str:
        """Ping the other LAN from the own one."""
        return self.type(number, f"ping 192.168.{3 - number}.1 source 192.168.{number}.1")

    def debug(self, number: int) -> None:
        """Debug the key exchange and IPsec at a router."""
        self.type(number, "debug crypto isakmp")
        self.type(number, "debug crypto ipsec")

    def shown(self, number: int) -> str:
        """All that a console has shown."""
        return "".join(self.printed[number])


def in_order(text: str, *parts: str) -> None:
    """Assert that all parts occur in the text, each behind the one before."""
    position = 0
    for part in parts:
        found = text.find(part, position)
        assert found >= 0, f"{part!r} does not come behind {text[max(0, position - 300) : position]!r}"
        position = found + len(part)

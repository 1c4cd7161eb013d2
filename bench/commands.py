"""Configuration lines parsed and applied a second; target 20,000; against ciscoconfparse2 reading the same lines.

The floor is a dictionary look-up for each word. ciscoconfparse2 knows lines by their indentation and no command.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bench.esp import best_of_rounds
from iosim.ios.loader import load_text
from iosim.ios.router import Router
from iosim.sim.clock import Simulator

TARGET = 20_000
ROUTES = 200
TEXT = """\
hostname R1
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key cisco address 198.51.100.2
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto map VPN 10 ipsec-isakmp
 set peer 198.51.100.2
 set transform-set TS
 match address VPN
interface GigabitEthernet0/0
 description to the provider
 ip address 203.0.113.2 255.255.255.252
 crypto map VPN
interface GigabitEthernet0/1
 ip address 192.168.1.1 255.255.255.0
ip access-list extended VPN
 permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255
""" + "".join(f"ip route 10.{i}.0.0 255.255.0.0 203.0.113.1\n" for i in range(ROUTES))


def main() -> None:
    """Print the table."""
    lines = TEXT.count("\n")
    words = dict.fromkeys(TEXT.split())

    def load() -> None:
        assert not load_text(Router(Simulator(), "R1"), TEXT)

    def floor() -> None:
        for line in TEXT.splitlines():
            for word in line.split():
                assert word in words

    def other() -> None:
        assert len(ccp.CiscoConfParse(TEXT.splitlines(), syntax="ios").objs) == lines

    ccp: Any = import_module("ciscoconfparse2")
    floor_time, time, other_time = best_of_rounds((floor, 20), (load, 5), (other, 1))
    rate = lines / time * 1e6
    print(
        f"{'lines/s':>8} {'floor lines/s':>14} {'ratio':>6} {'target':>7} {'ciscoconfparse2':>16} {'theirs/ours':>12}"
    )
    print(
        f"{rate:8.0f} {lines / floor_time * 1e6:14.0f} {time / floor_time:6.1f} {TARGET:7}"
        f"{lines / other_time * 1e6:17.0f} {other_time / time:12.1f}{'' if rate >= TARGET else '  MISSED'}"
    )


if __name__ == "__main__":
    main()

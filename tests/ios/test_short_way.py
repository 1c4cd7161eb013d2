"""Routers with and without the flow cache (iosim/stack/trail.py) show the same of the same traffic."""

from __future__ import annotations

import pytest

from iosim.lab.build import Network
from iosim.lab.find import find_lab
from iosim.lab.load import load_lab
from iosim.stack import departure

SHOWS = (
    "show crypto ipsec sa detail",
    "show crypto session detail",
    "show access-lists",
    "show interfaces",
    "show ip traffic",
    "show ip arp",
    "show logging",
)
CHANGES: dict[str, tuple[str, ...]] = {
    "filter what comes in": ("ip access-list extended LAN", "deny icmp any any", "permit ip any any", "exit",
                             "interface GigabitEthernet0/1", "ip access-group LAN in"),
    "filter what goes out": ("access-list 199 permit esp any any", "interface GigabitEthernet0/0",
                             "ip access-group 199 out"),
    "edit a filter in use": ("access-list 198 permit ip any any", "interface GigabitEthernet0/1",
                             "ip access-group 198 in", "ip access-list extended 198", "5 deny icmp any any echo"),
    "a static neighbour": ("arp 203.0.113.99 0000.0c07.ac01 arpa",),
    "a small MTU": ("interface GigabitEthernet0/0", "ip mtu 600"),
    "no map": ("interface GigabitEthernet0/0", "no crypto map"),
    "no route": ("no ip route 0.0.0.0 0.0.0.0 203.0.113.1", "ip route 192.168.2.0 255.255.255.0 Null0"),
    "LAN down": ("interface GigabitEthernet0/1", "shutdown"),
    "log matches": ("access-list 197 permit ip any any log", "interface GigabitEthernet0/1", "ip access-group 197 in"),
}  # fmt: skip


def shown(change: tuple[str, ...]) -> list[str]:
    """What R1 and R2 show after pings, a change at R1, more pings, its end, and hours in which SAs are renewed."""
    network = Network(load_lab(find_lab("site-to-site")))
    network.start()
    output = []

    def traffic() -> None:
        output.append(network.execute("PC1", "ping 192.168.2.10 repeat 8 size 900"))
        output.append(network.execute("PC2", "ping 192.168.1.10 repeat 3 size 1500 df"))
        output.extend(network.execute(router, line) for router in ("R1", "R2") for line in SHOWS)

    traffic()
    before = network.execute("R1", "show running-config")
    for line in ("configure terminal", *change, "end"):
        output.append(network.execute("R1", line))
    traffic()
    network.execute("R1", "clear crypto sa")
    traffic()
    network.sim.run(until=network.sim.now + 5000 * 1_000_000)
    traffic()
    return [before, *output]


@pytest.mark.parametrize("change", CHANGES)
def test_routers_show_the_same_without_the_flow_cache(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    short = shown(CHANGES[change])
    assert not any("Invalid input" in text for text in short)
    monkeypatch.setattr(departure, "record", lambda *_: None)
    assert shown(CHANGES[change]) == short

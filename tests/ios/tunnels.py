"""Two routers and a provider between them, with a tunnel across it, for tests."""

from __future__ import annotations

from .network import Network

SITES = """\
interface Tunnel0
 ip address 10.0.0.{one} 255.255.255.252
 tunnel source GigabitEthernet0/0
 tunnel destination {peer}
{tunnel}
interface GigabitEthernet0/0
 ip address {own} 255.255.255.252
interface Loopback0
 ip address 172.16.{one}.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 {gateway}
ip route 172.16.{two}.0 255.255.255.0 Tunnel0
"""
PROVIDER = """\
interface GigabitEthernet0/0
 ip address 203.0.113.1 255.255.255.252
interface GigabitEthernet0/1
 ip address 198.51.100.1 255.255.255.252
{provider}
"""


def sites(tunnel: str = "", other: str | None = None, provider: str = "") -> Network:
    """R1 and R2 with lines of their own in Tunnel0; the same at both unless `other` says what R2 has."""
    network = Network()
    far = tunnel if other is None else other
    one = {"one": 1, "two": 2, "own": "203.0.113.2", "gateway": "203.0.113.1", "peer": "198.51.100.2"}
    two = {"one": 2, "two": 1, "own": "198.51.100.2", "gateway": "198.51.100.1", "peer": "203.0.113.2"}
    network.router("R1", SITES.format(**one, tunnel=tunnel))
    network.router("R2", SITES.format(**two, tunnel=far))
    network.router("ISP", PROVIDER.format(provider=provider))
    network.link("R1:GigabitEthernet0/0", "ISP:GigabitEthernet0/0")
    network.link("R2:GigabitEthernet0/0", "ISP:GigabitEthernet0/1")
    return network.start()


def watched(network: Network) -> list[bytes]:
    """The frames that R1 sends to the provider from now on."""
    frames: list[bytes] = []
    network["R1"].ports["GigabitEthernet0/0"].taps.append(lambda sent, frame: frames.append(frame) if sent else None)
    return frames


def shown(network: Network, name: str = "R1") -> str:
    """`show interfaces Tunnel0`"""
    return network.type(name, "show interfaces Tunnel0")

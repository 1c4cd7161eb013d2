"""What `show interfaces` says of a tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from iosim.grammar.values import format_address
from iosim.ios.clock import hms
from iosim.ios.config import Config
from iosim.ios.features.ipsec.protection import Protection
from iosim.ios.features.kept import KeptLines
from iosim.ios.features.tunnel.config import TunnelSettings
from iosim.ios.features.tunnel.engine import TunnelFeature
from iosim.ios.router import Router
from iosim.sim.clock import SECOND
from iosim.stack.interface import Interface
from iosim.stack.tunnel import Fault, Tunnel

FAULTS = {
    Fault.MODE: "mode not supported",
    Fault.NO_SOURCE: "no tunnel source",
    Fault.NO_DESTINATION: "no tunnel destination",
    Fault.SOURCE_DOWN: "tunnel source interface down",
    Fault.NO_ADDRESS: "tunnel source not a local address",
    Fault.TAKEN: "source, destination and key in use by another tunnel",
    Fault.RECURSION: "recursive routing",
    Fault.NO_ROUTE: "no route to tunnel destination",
    Fault.KEEPALIVE: "keepalive down",
    Fault.PROTECTION: "protection down",
}
"""Only the words of keepalives are from a capture."""
_TRANSPORTS = {
    ("gre", "multipoint"): "multi-GRE/IP",
    ("gre", "ip"): "GRE/IP",
    ("gre", "ipv6"): "GRE/IPv6",
    ("ipip", None): "IP/IP",
    ("ipsec", "ipv4"): "IPSEC/IP",
    ("ipsec", "ipv6"): "IPSEC/IPv6",
    ("ipv6ip", None): "IPv6/IP",
    ("ipv6", None): "IPv6/IPv6",
}


def tunnel_text(router: Router, interface: Interface, config: Config) -> str:
    """The lines behind that of the keepalive; none for other interfaces."""
    tunnel = interface.framing
    if not isinstance(tunnel, Tunnel):
        return ""
    return "".join(f"  {line}\n" for line in _lines(router, tunnel, config))


def _lines(router: Router, tunnel: Tunnel, config: Config) -> Iterator[str]:
    settings = config[TunnelSettings]
    state = "up" if tunnel.fault is None else f"down - {FAULTS[tunnel.fault]}"
    yield f"Tunnel linestate evaluation {state}"
    yield f"Tunnel source {_source(router, tunnel)}, destination {settings.destination or 'UNKNOWN'}"
    yield from _subblocks(router, tunnel)
    transport = _transport(config)
    yield f"Tunnel protocol/transport {transport}"
    if "GRE" in transport:
        key = "Key disabled" if settings.key is None else f"Key 0x{settings.key:X}"
        yield f"  {key}, sequencing {'enabled' if settings.sequencing else 'disabled'}"
        yield f"  Checksumming of packets {'enabled' if settings.checksum else 'disabled'}"
    yield f"Tunnel TTL {settings.ttl}, Fast tunneling enabled"
    if tunnel.path is not None:
        age = "infinite" if tunnel.path.age is None else f"{tunnel.path.age} mins"
        expires = tunnel.path.expires
        left = "never" if expires is None else hms((expires - router.sim.now) // SECOND)
        yield f"Path MTU Discovery, ager {age}, min MTU {tunnel.path.minimum}, MTU {tunnel.path.mtu}, expires {left}"
    yield f"Tunnel transport MTU {tunnel.interface.frame_mtu} bytes"
    for direction in ("transmit", "receive"):
        yield f"Tunnel {direction} bandwidth {settings.bandwidth(direction)} (kbps)"
    protection = config[Protection].protection
    if protection is not None:
        yield f'Tunnel protection via IPSec (profile "{protection.profile}")'


def _source(router: Router, tunnel: Tunnel) -> str:
    """The address that outer packets come from, and the interface that has it when that is what was said."""
    if not isinstance(tunnel.source, str):
        return "UNKNOWN" if tunnel.source is None else format_address(tunnel.source)
    interface = router.stack.interfaces.get(tunnel.source)
    address = None if interface is None else interface.address
    return f"{'UNKNOWN' if address is None else format_address(address)} ({tunnel.source})"


def _subblocks(router: Router, tunnel: Tunnel) -> Iterator[str]:
    """Which tunnels follow the address of the same interface."""
    if not isinstance(tunnel.source, str):
        return
    source, name = tunnel.source, tunnel.interface.name
    members = sum(other.source == source for other in router[TunnelFeature].all())
    yield " Tunnel Subblocks:"
    yield "    src-track:"
    yield f"       {name} source tracking subblock associated with {source}"
    yield (
        f"        Set of tunnels with source {source}, {members} member{'s' * (members > 1)} (includes iterators), "
        "on interface <OK>"
    )


def _transport(config: Config) -> str:
    """The protocols of the mode."""
    mode = config[TunnelSettings].mode
    words: tuple[str, str | None] = mode.transport, mode.carries
    for _, args in config[KeptLines].said.get("planned_tunnel_mode", {}).values():
        words = args["transport"][-1], args["carries"][-1] if args.get("carries") else None
    return _TRANSPORTS.get(words, words[0].upper())

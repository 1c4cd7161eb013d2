"""What is configured of tunnels: their ends, and how packets look between them."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address
from iosim.ios.config import Config, Flag, Value, bound
from iosim.ios.features import names
from iosim.ios.registry import check, part
from iosim.ios.router import Router
from iosim.wire import WireError
from iosim.wire.address import parse_address

DEFAULT_TTL = 255


@dataclass(frozen=True, slots=True)
class Source:
    """`tunnel source 192.0.2.1`, `tunnel source GigabitEthernet0/0`"""

    source_address: int | None = None
    interface: str | None = None

    @property
    def value(self) -> int | str | None:
        """The address, or the name of the interface that has it."""
        return self.interface if self.source_address is None else self.source_address


@dataclass(frozen=True, slots=True)
class Mode:
    """`tunnel mode ipip`"""

    transport: str = "gre"
    carries: str | None = "ip"


@dataclass(frozen=True, slots=True)
class PathMtu:
    """`tunnel path-mtu-discovery age-timer 15 min-mtu 1000`"""

    age_timer: int | str | None = None
    min_mtu: int | None = None


@part("config_if")
@dataclass(slots=True)
class TunnelSettings:
    """What `tunnel …` says."""

    source: Source | None = bound(Value("tunnel_source", order=80, type=Source))
    mode: Mode = bound(Value("tunnel_mode", order=81, type=Mode, default=Mode()))
    destination: str | None = bound(Value("tunnel_destination", order=82, type="destination"))
    key: int | None = bound(Value("tunnel_key", order=83, type="key"))
    sequencing: bool = bound(Flag("tunnel_sequence_datagrams", order=84))
    checksum: bool = bound(Flag("tunnel_checksum", order=84))
    ttl: int = bound(Value("tunnel_ttl", order=85, type="ttl", default=DEFAULT_TTL))
    tos: int | None = bound(Value("tunnel_tos", order=85, type="tos"))
    path_mtu: PathMtu | None = bound(Value("tunnel_path_mtu_discovery", order=85, type=PathMtu))


@check("tunnel_destination")
def _check_destination(router: Router, config: Config, statement: Statement) -> None:
    """A host name is looked up once, when it is said."""
    word = statement.get("destination")
    if word is None or statement.no or statement.default:
        return
    try:
        parse_address(word)
    except WireError:
        entry = names.lookup(router.config, word)
        if entry is None or not entry.address:
            said = names.translating(router.config, word)
            raise Rejected(f"{said}% Unrecognized host or address, or protocol not running.") from None
        statement.args["destination"] = [format_address(entry.address[0])]

"""What is configured of tunnels: their ends, and how packets look between them."""

from __future__ import annotations

from typing import Any

from iosim.data import dataclass
from iosim.grammar import Invalid, Rejected, Statement
from iosim.grammar.names import interface_type
from iosim.grammar.values import format_address
from iosim.ios.bindings import Flag, Table, Value, bound
from iosim.ios.config import Config
from iosim.ios.features import names
from iosim.ios.features.interfaces import Interfaces, InterfaceSettings
from iosim.ios.features.interfaces.config import interface_column, parent_name
from iosim.ios.registry import answer, check, part
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.stack.tunnel_keepalive import PERIOD, RETRIES
from iosim.stack.tunnel_path_mtu import AGE
from iosim.wire import WireError
from iosim.wire.address import parse_address

DEFAULT_TTL, DEFAULT_BANDWIDTH = 255, 8000


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

    @property
    def age(self) -> int | None:
        """Minutes after which what is known of the path is forgotten; None for never."""
        return AGE if self.age_timer is None else self.age_timer if isinstance(self.age_timer, int) else None


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """`tunnel bandwidth transmit 10000`: said to whoever asks, and no limit."""

    direction: str
    kbps: int = DEFAULT_BANDWIDTH


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
    bandwidths: dict[Any, Bandwidth] = bound(
        Table("tunnel_bandwidth", order=84, key=("direction",), type=Bandwidth), factory=dict
    )
    ttl: int = bound(Value("tunnel_ttl", order=85, type="ttl", default=DEFAULT_TTL))
    tos: int | None = bound(Value("tunnel_tos", order=85, type="tos"))
    path_mtu: PathMtu | None = bound(Value("tunnel_path_mtu_discovery", order=85, type=PathMtu))

    def bandwidth(self, direction: str) -> int:
        """What is said of a direction, in kbit/s."""
        said = self.bandwidths.get((direction,))
        return DEFAULT_BANDWIDTH if said is None else said.kbps


@check("tunnel_destination")
def _check_destination(router: Router, config: Config, statement: Statement) -> None:
    """A host name is looked up once, when it is said."""
    word = statement.get("destination")
    if word is None or statement.no or statement.default:
        return
    try:
        _check_host(parse_address(word))
    except WireError:
        entry = names.lookup(router.config, word)
        if entry is None or not entry.address:
            said = names.translating(router.config, word)
            raise Rejected(f"{said}% Unrecognized host or address, or protocol not running.") from None
        statement.args["destination"] = [format_address(entry.address[0])]


def _check_host(address: int) -> None:
    """The words are those of `ip address`."""
    if address >> 28 >= 14 or address >> 24 in (0, 127):
        raise Rejected(f"Not a valid host address - {format_address(address)}")


@check("tunnel_source")
def _check_source(router: Router, config: Config, statement: Statement) -> None:
    """An address of a host, or an interface that is there: there are no other names for the parser of IOS.

    A sub-interface may come later, as it stands behind the tunnels of a written configuration.
    """
    source = Source(statement.get("source_address"), statement.get("interface"))
    if statement.no or statement.default:
        return
    if source.source_address is not None:
        _check_host(source.source_address)
    name = source.interface
    known = router.config[Interfaces].interfaces
    if name is not None and router.running and name not in known and parent_name(name) not in known:
        raise Invalid(interface_column(statement))


@check("if_keepalive")
def _check_keepalive(router: Router, config: Config, statement: Statement) -> None:
    """Tunnels send none unless they are told to; the numbers are always written, as on IOS."""
    if interface_type(config.get("interface")).name != "Tunnel":
        return
    if statement.no or statement.get("seconds") == 0:
        statement.no, statement.default = False, True
    elif not statement.default:
        known = config[InterfaceSettings].keepalive
        retries = RETRIES if known is None or known.retries is None else known.retries
        statement.args.setdefault("seconds", [PERIOD])
        statement.args.setdefault("retries", [retries])


@check("if_mtu")
def _check_mtu(router: Router, config: Config, statement: Statement) -> None:
    """The MTU of a tunnel's packets is `ip mtu`."""
    name = config.get("interface")
    if interface_type(name).name == "Tunnel" and not statement.default:
        raise Rejected(f"% Interface {name} does not support user settable mtu.")


@answer("planned_tunnel_mode", "planned_tunnel_source", "planned_tunnel_destination")
def _answer_planned(session: Session, config: Config, statement: Statement) -> str | None:
    """What is only kept keeps the line protocol down, and says so when it is typed; these words are not Cisco's."""
    if statement.no or statement.default:
        return None
    return f"% Not supported here: the line is kept, and the line protocol of {config.get('interface')} stays down\n"

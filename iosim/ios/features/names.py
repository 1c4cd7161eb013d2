"""Names of hosts: `ip host`, `ip domain list`, `ip name-server`, `show hosts`.

A lab has no name servers: what the table does not hold is asked for in vain, and at once.
"""

from __future__ import annotations

from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.bindings import Table, bound
from iosim.ios.config import Config
from iosim.ios.identity import Identity
from iosim.ios.registry import handler, part
from iosim.ios.session import Session


@dataclass(frozen=True, slots=True)
class HostEntry:
    """`ip host R2 2.2.2.2 10.0.0.2`"""

    name: str
    address: tuple[int, ...] = ()
    vrf: str | None = None
    port: int | None = None


@dataclass(frozen=True, slots=True)
class NameServer:
    """`ip name-server 10.0.0.53`: one address of a line that may have several."""

    address: int | None = None
    address6: str | None = None
    vrf: str | None = None


class ServerTable(Table):
    """A line with several addresses is as many lines."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        addresses = [(kind, value) for kind in ("address", "address6") for value in statement.all(kind)]
        vrf = {"vrf": statement.all("vrf")} if "vrf" in statement else {}
        for kind, value in addresses or [("address", None)]:
            args = vrf if value is None else {**vrf, kind: [value]}
            super().apply(part, name, Statement(statement.command, args, statement.no, statement.default))


@part("config")
@dataclass(slots=True)
class Names:
    """The table of hosts, the domains that complete a name, and who is asked for others."""

    domains: dict[Any, str] = bound(Table("ip_domain_list", order=120, key=("name",), type="name"))
    hosts: dict[Any, HostEntry] = bound(Table("ip_host", order=122, key=("vrf", "name"), type=HostEntry))
    servers: dict[Any, NameServer] = bound(
        ServerTable("ip_name_server", order=123, key=("vrf", "address", "address6"), type=NameServer)
    )


def lookup(config: Config, word: str) -> HostEntry | None:
    """The entry that a name means: as it stands or completed by a domain, without regard to case."""
    domains = list(config[Names].domains.values()) or [config[Identity].domain_name or ""]
    wanted = [word.lower(), *(f"{word}.{domain}".lower() for domain in domains if domain)]
    entries = {entry.name.lower(): entry for entry in config[Names].hosts.values() if entry.vrf is None}
    return next((entries[name] for name in wanted if name in entries), None)


def name_of(config: Config, address: int) -> str | None:
    """The name that the table has for an address."""
    hosts = config[Names].hosts.values()
    return next((entry.name for entry in hosts if entry.vrf is None and address in entry.address), None)


def translating(config: Config, word: str) -> str:
    """What is printed while name servers are asked for a name; nothing when there is no asking."""
    if not config[Identity].domain_lookup:
        return ""
    return f'Translating "{word}"...domain server {" ".join(f"({server})" for server in _servers(config))}\n'


def _servers(config: Config) -> list[str]:
    """The addresses of the name servers; without any, IOS asks everybody."""
    return [server.address6 or format_address(server.address or 0) for server in config[Names].servers.values()] or [
        "255.255.255.255"
    ]


@handler("show_hosts")
def show_hosts(session: Session, statement: Statement) -> str:
    """`show hosts [NAME]`"""
    config, wanted = session.router.config, statement.get("name")
    style = "domain service" if config[Identity].domain_lookup else "static mappings"
    servers = ", ".join(_servers(config))
    hosts = [entry for entry in config[Names].hosts.values() if wanted in (None, entry.name)]
    return _HEADING.format(domain=_domain(config), style=style, servers=servers) + "".join(map(_host, hosts))


def _domain(config: Config) -> str:
    return f"Default domain is {config[Identity].domain_name or 'not set'}\n"


def _host(entry: HostEntry) -> str:
    first, *more = map(format_address, entry.address)
    port = "None" if entry.port is None else str(entry.port)
    row = f"{entry.name:<25} {port:<5} (perm, OK)  0   IP    {first}\n"
    return row + "".join(f"{'':54}{address}\n" for address in more)


_HEADING = """\
{domain}Name/address lookup uses {style}
Name servers are {servers}

Codes: UN - unknown, EX - expired, OK - OK, ?? - revalidate
       temp - temporary, perm - permanent
       NA - Not Applicable None - Not defined

Host                      Port  Flags      Age Type   Address(es)
"""


@handler("show_hosts_summary")
def show_hosts_summary(session: Session, statement: Statement) -> str:
    """`show hosts summary`"""
    config = session.router.config
    return (
        f"{_domain(config)}Name servers are {', '.join(_servers(config))}\n"
        f"Local cache entries: {len(config[Names].hosts)}\nDynamic cache entries: 0\n"
    )

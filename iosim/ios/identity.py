"""The first part of every router's configuration: its name, and how it treats names of others."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Flag, Value, bound
from iosim.ios.registry import part


@part("config")
@dataclass(slots=True)
class Identity:
    """`hostname` and name resolution."""

    hostname: str = bound(Value("hostname", order=20, type="name", default="Router"))
    domain_lookup: bool = bound(Flag("ip_domain_lookup", order=121, default=True))
    domain_name: str | None = bound(Value("ip_domain_name", order=122, type="name"))

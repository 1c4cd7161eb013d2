"""Commands that change nothing on a simulated router: kept in the configuration as they were said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from iosim.ios.config import Kept, bound
from iosim.ios.registry import part

Said = tuple[bool, dict[str, list[Any]]] | None


@part("config")
@dataclass(slots=True)
class InertLines:
    """What a 15.x configuration holds around the lines that matter here."""

    boot_start_marker: Said = bound(Kept("inert_boot_start_marker", order=30))
    boot_end_marker: Said = bound(Kept("inert_boot_end_marker", order=31))
    aaa_new_model: Said = bound(Kept("inert_aaa_new_model", order=50))
    ip_source_route: Said = bound(Kept("inert_ip_source_route", order=80))
    ip_cef: Said = bound(Kept("inert_ip_cef", order=92))
    ipv6_cef: Said = bound(Kept("inert_ipv6_cef", order=93))
    multilink: Said = bound(Kept("inert_multilink", order=100))
    redundancy: Said = bound(Kept("inert_redundancy", order=120))
    forward_protocol: Said = bound(Kept("inert_ip_forward_protocol", order=510))
    http_server: Said = bound(Kept("inert_ip_http_server", order=530))
    http_secure_server: Said = bound(Kept("inert_ip_http_secure_server", order=531))
    control_plane: Said = bound(Kept("inert_control_plane", order=800))

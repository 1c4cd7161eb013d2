"""What a file is that is no configuration of IOS: told by how all of it is built, or by the lines that IOS refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_LOOK_AT = 65536
_STRAY = 16
_CONTROLS = re.compile(r"[\x00-\x02\x04-\x07\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")
_SETTING = re.compile(r"\[+[^\[\]]+\]+$|[\w/.-]+ ?= ?\S")
_SECTION = re.compile(r"^\s*\[+[^\[\]]+\]+\s*$", re.MULTILINE)
_MAPPING = re.compile(r"(- )*[\w\"'./-]+:( \S|$)|- \S|---$|[\]}]")
_VPCS = re.compile(
    r"(ip|ipv6) (\d|dhcp|auto|[0-9a-f]*:)|set (pcname|echo|dump|lport|rport|mtu)|"
    r"(save|load|dhcp|clear (ip|ipv6|arp)|echo|sleep|ping|trace)\b"
)
_VPCS_ADDRESS = re.compile(r"^(ip \d|set pcname|dhcp\b|ip dhcp)", re.MULTILINE)
_NEARLY_ALL = 0.8
_FOREIGN = 0.2
"""The part of its lines that IOS refuses, from which on a file with a line of another system counts as one of it."""

_SYSTEMS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "Cisco ASA",
            r"(ASA|PIX) Version |: (Saved|Serial Number|Hardware)|\s*nameif |asdm |same-security-traffic |"
            r"tunnel-group \S+ (type|ipsec-attributes)|dynamic-access-policy-record |\s*security-level \d",
        ),
        ("NX-OS", r"feature [a-z-]+$|vdc \S+ id \d|boot nxos |vrf context "),
        ("IOS XR", r"RP/\d+/|\s*ipv4 address |route-policy |router static$|end-policy"),
        (
            "JunOS",
            r"(system|interfaces|security|protocols|routing-options|groups|policy-options) \{|## Last (commit|changed)"
            r"|set (version|system|interfaces|security|protocols|routing-options|groups|firewall) ",
        ),
        ("Arista EOS", r"service routing protocols model |transceiver qsfp default-mode |daemon [A-Z]"),
        ("FortiOS", r"#config-version|config (system|firewall|vpn|router) "),
        ("MikroTik RouterOS", r"/(interface|ip|system|routing)( |$)|# \S+ \S+ by RouterOS"),
    )
)


def file_kind(text: str) -> str | None:
    """What a text is that is nothing a router could be configured with, or None for what may be a configuration."""
    beginning = text[:_LOOK_AT].lstrip("\ufeff \t\r\n")
    return next((kind for kind, fits in _KINDS if fits(beginning)), None)


def other_system(line: str) -> str | None:
    """The operating system that a refused line is from, when it tells."""
    return next((name for name, pattern in _SYSTEMS if pattern.match(line)), None)


def foreign_system(refused: Sequence[str], lines: int) -> str | None:
    """The system that a file is for when not for IOS: a good part of its lines is refused, and one of them tells."""
    if len(refused) < max(1, lines * _FOREIGN):
        return None
    return next((system for line in refused if (system := other_system(line))), None)


def _is_binary(text: str) -> bool:
    """Whether what was read is no text: more than a twentieth of it (and not just a few characters) are controls."""
    return len(_CONTROLS.findall(text)) > max(_STRAY, len(text) // 20)


def _is_json(text: str) -> bool:
    return re.match(r"[\[{]\s*[\[{\"\]}]", text) is not None


def _is_markup(text: str) -> bool:
    return re.match(r"<(\?xml|!doctype|html|lab|topology|\w+ xmlns)\b", text, re.IGNORECASE) is not None


def _is_settings(text: str) -> bool:
    return _SECTION.search(text) is not None and _share(_SETTING, text) >= _NEARLY_ALL


def _is_yaml(text: str) -> bool:
    return text.count("\n") > 1 and ":\n" in text and _share(_MAPPING, text) >= _NEARLY_ALL


def _is_vpcs(text: str) -> bool:
    return _VPCS_ADDRESS.search(text) is not None and _share(_VPCS, text) == 1


def _share(pattern: re.Pattern[str], text: str) -> float:
    """The part of the lines (comments do not count) that begin as the pattern says."""
    lines = [line for row in text.splitlines() if (line := row.strip()) and line[0] not in "#!;"]
    return sum(pattern.match(line) is not None for line in lines) / max(1, len(lines))


_KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("binary data", _is_binary),
    ("JSON", _is_json),
    ("markup (XML or HTML)", _is_markup),
    ("a file of settings, such as a topology", _is_settings),
    ("YAML", _is_yaml),
    ("a script of the virtual PC simulator", _is_vpcs),
)

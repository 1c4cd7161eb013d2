"""Configuration files as they come: bytes of any encoding become text, and text that is none of ours is recognised."""

from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE_END = re.compile(r"\r\n|\n|\r")
_CONTROLS = re.compile(r"[\x00-\x02\x04-\x07\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")
_LOOK_AT = 65536
_STRAY = 16
_PROMPT = re.compile(r"\s*[\w.-]{1,63}(\([\w-]+\))?[#>]\s*")
_PAGER = re.compile(r"\s*<?-+ ?More ?-+>?[ \x08]*")
_HEADERS = re.compile(
    r"\s*(Building configuration\.\.\.|Current configuration\b|Using \d+ out of|Last configuration change|\[OK\]"
    r"|NVRAM config last updated|Load for (five|one)|Time source is|Enter configuration commands, one per line"
    r"|ntp clock-period \d+\s*$|Destination filename \[|%|\^\s*$)"
)
_OTHERS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("Cisco ASA", r"(ASA|PIX) Version |: (Saved|Serial Number|Hardware)|\s*nameif |asdm |same-security-traffic "),
        ("NX-OS", r"feature [a-z-]+$|vdc \S+ id \d|boot nxos |vrf context "),
        ("IOS XR", r"RP/\d+/|\s*ipv4 address |route-policy |router static$|end-policy"),
        (
            "JunOS",
            r"(system|interfaces|security|protocols|routing-options|groups|policy-options) \{|## Last (commit|changed)"
            r"|set (version|system|interfaces|security|protocols|routing-options|groups|firewall) ",
        ),
        ("FortiOS", r"#config-version|config (system|firewall|vpn|router) "),
        ("MikroTik RouterOS", r"/(interface|ip|system|routing)( |$)|# \S+ \S+ by RouterOS"),
    )
)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or else Latin-1; NULs that pad the end are left out."""
    data = data.rstrip(b"\0") if not data.startswith(codecs.BOM_UTF16_LE) else data
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def split_lines(text: str) -> list[str]:
    """The lines of a text, ended by LF, CR LF or CR; an end of the text that is no line is not one."""
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def is_binary(text: str) -> bool:
    """Whether what was read is no text: of its beginning, more than a twentieth (and not just a few) are controls."""
    beginning = text[:_LOOK_AT]
    return len(_CONTROLS.findall(beginning)) > max(_STRAY, len(beginning) // 20)


def is_header(line: str) -> bool:
    """Whether a line is what a router prints with a configuration, and no part of it: nobody typed it."""
    return _HEADERS.match(line) is not None


def without_remnants(line: str) -> str:
    """A line copied from a terminal without `--More--`, backspaces and a prompt before it."""
    line = _PAGER.sub("", line).replace("\x08", "")
    prompt = _PROMPT.match(line)
    return line[prompt.end() :] if prompt else line


def other_system(line: str) -> str | None:
    """The operating system that a refused line is from, when it tells."""
    return next((name for name, pattern in _OTHERS if pattern.match(line)), None)

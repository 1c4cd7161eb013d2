"""`show running-config` in its forms, `show startup-config`."""

from __future__ import annotations

from collections.abc import Iterable

from iosim.grammar import Statement
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.features.interfaces.config import interface_lines
from iosim.ios.features.ip_interface import named_interfaces
from iosim.ios.filters import section
from iosim.ios.hardware import NVRAM_SIZE
from iosim.ios.regexp import Pattern
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ios.written import numbered, running_text

HEADINGS = {"all": "Current configuration with default configurations exposed"}
_CERTIFICATE, _QUIT = " certificate ", "quit"


@handler("show_running_config")
def show_running_config(session: Session, statement: Statement) -> str:
    """`show running-config [all | brief | full | view full] [linenum]`, `write terminal`"""
    how = statement.get("how")
    text = running_text(session.router, defaults=how == "all")
    if how == "brief":
        text = "".join(f"{line}\n" for line in _without_certificates(text.splitlines()))
    return _shown(text, statement, HEADINGS.get(how, "Current configuration"))


@handler("show_running_config_part")
def show_part(session: Session, statement: Statement) -> str:
    """`show running-config interface X`, `policy-map [X]` and their like."""
    kind = statement.get("part")
    lines = _interface(session, statement) if kind == "interface" else _sections(session.router, kind, statement)
    return _shown("".join(f"{line}\n" for line in ("!", *lines, "end")), statement)


def _shown(text: str, statement: Statement, heading: str = "Current configuration") -> str:
    body = numbered(text.splitlines()) if "linenum" in statement else text
    return f"Building configuration...\n\n{heading} : {len(text)} bytes\n{body}\n"


def _interface(session: Session, statement: Statement) -> tuple[str, ...]:
    """Raises Invalid when there is none of that name."""
    (interface,) = named_interfaces(session, statement)
    return interface_lines(session.router.config[Interfaces].interfaces[interface.name])


_HEADS = {
    "class-map": r"^class-map .*",
    "map-class": r"^map-class .*",
    "policy-map": r"^policy-map .*",
    "vrf": r"^(ip vrf|vrf definition) .*",
}


def _sections(router: Router, kind: str, statement: Statement) -> list[str]:
    """The sections of a kind, all or that of a name."""
    name = statement.get("name")
    pattern = Pattern(_HEADS[kind] if name is None else _HEADS[kind].removesuffix(".*") + f"(.* )?{name}$")
    return section(pattern, router.running_lines())


def _without_certificates(lines: Iterable[str]) -> Iterable[str]:
    """The lines without the data of certificates (`brief`)."""
    hidden = False
    for line in lines:
        if not hidden:
            yield line
        hidden = line.startswith(_CERTIFICATE) or (hidden and line.strip() != _QUIT)


@handler("show_startup_config")
def show_startup_config(session: Session, statement: Statement) -> str:
    """`show startup-config`, `show configuration`"""
    if not session.router.startup_present:
        return "startup-config is not present\n"
    text = session.router.startup
    return f"Using {len(text)} out of {NVRAM_SIZE} bytes\n{text}{'' if text.endswith(chr(10)) else chr(10)}"

"""Banners: `banner motd`, `login`, `exec`, `incoming`; which of them a session shows, and their tokens."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.ios.bindings import Value, bound
from iosim.ios.delimited import ARGUMENT, text_of
from iosim.ios.features.lines import settings_of
from iosim.ios.identity import Identity
from iosim.ios.registry import part
from iosim.ios.session import Session


@part("config")
@dataclass(slots=True)
class Banners:
    """The texts, each between its delimiters."""

    on_exec: str | None = bound(Value("banner_exec", order=880, type=ARGUMENT))
    login: str | None = bound(Value("banner_login", order=882, type=ARGUMENT))
    motd: str | None = bound(Value("banner_motd", order=883, type=ARGUMENT))


def shown(session: Session, name: str) -> str:
    """A banner as a session shows it: with its tokens replaced, and not at all where its line does not want it."""
    text: str | None = getattr(session.router.config[Banners], name)
    settings = settings_of(session.router, session.line)
    wanted = {"motd": settings.motd_banner, "on_exec": settings.exec_banner}.get(name, True)
    return "" if text is None or not wanted else f"{_filled(session, text_of(text))}\n"


def _filled(session: Session, text: str) -> str:
    """`$(hostname)` and its like, replaced."""
    identity = session.router.config[Identity]
    tokens = {
        "hostname": session.router.hostname,
        "domain": identity.domain_name or "",
        "line": str(session.line.absolute),
        "line-desc": "",
    }
    for token, value in tokens.items():
        text = text.replace(f"$({token})", value)
    return text

"""Banners: `banner motd` and `banner exec`, shown when a session begins (the others are only kept)."""

from __future__ import annotations

from dataclasses import dataclass

from iosim.ios.config import Config, Value, bound
from iosim.ios.delimited import ARGUMENT, text_of
from iosim.ios.registry import part


@part("config")
@dataclass(slots=True)
class Banners:
    """The texts, each between its delimiters."""

    on_exec: str | None = bound(Value("banner_exec", order=880, type=ARGUMENT))
    motd: str | None = bound(Value("banner_motd", order=883, type=ARGUMENT))


def greeting(config: Config) -> str:
    """What the console shows when a session begins: the message of the day, then the banner of the EXEC."""
    banners = config[Banners]
    return "".join(f"{text_of(text)}\n" for text in (banners.motd, banners.on_exec) if text is not None)

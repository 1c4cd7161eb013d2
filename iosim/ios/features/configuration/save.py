"""Saving the running configuration to NVRAM, and erasing what is there."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Statement
from iosim.ios.features.configuration.archive import ArchiveMode, store
from iosim.ios.record import note_saving
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.written import running_text


def save(session: Session) -> None:
    """Write the running configuration to NVRAM."""
    router = session.router
    note_saving(router, session.user)
    router.startup, router.startup_present = running_text(router), True
    archive_if_wanted(session)


def archive_if_wanted(session: Session) -> None:
    """With `write-memory` in the archive mode, what is saved is archived too."""
    if session.router.config[ArchiveMode].settings.write_memory:
        store(session.router)


@handler("write_memory")
def write_memory(session: Session, statement: Statement) -> str:
    """`write memory`"""
    save(session)
    return "Building configuration...\n[OK]\n"


@handler("write_erase")
def write_erase(session: Session, statement: Statement) -> Any:
    """`write erase`"""
    return erase_nvram(session)


async def erase_nvram(session: Session) -> None:
    """Ask, and forget the startup configuration."""
    question = "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]"
    if (await session.ask(question)).strip().lower() in ("", "y", "yes"):
        router = session.router
        router.startup, router.startup_present = "", False
        router.record.unsaved = True
        session.write("[OK]\nErase of nvram: complete\n")
        router.syslog.message("SYS-7-NV_BLOCK_INIT", "Initialized the geometry of nvram")

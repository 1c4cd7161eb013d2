"""The running and the startup configuration: showing, saving, loading again."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Statement
from iosim.ios.config import write_lines
from iosim.ios.features.interfaces import Interfaces
from iosim.ios.loader import load_text
from iosim.ios.registry import handler
from iosim.ios.router import BOOT_TIME, Router
from iosim.ios.session import Session
from iosim.sim.task import sleep

NVRAM_SIZE = 262144


def running_text(router: Router) -> str:
    """The running configuration as it is saved: from the first `!` to `end`."""
    return "".join(f"{line}\n" for line in ("!", *router.running_lines(), "!", "end"))


@handler("show_running_config")
def show_running_config(session: Session, statement: Statement) -> str:
    """`show running-config [interface X]`"""
    name = statement.get("interface")
    text = running_text(session.router) if name is None else _interface_text(session.router, name)
    if text is None:
        return f"% Invalid input: {name} does not exist\n"
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n{text}\n"


def _interface_text(router: Router, name: str) -> str | None:
    config = router.config[Interfaces].interfaces.get(name)
    if config is None:
        return None
    return "".join(f"{line}\n" for line in ("!", f"interface {name}", *(f" {x}" for x in write_lines(config)), "end"))


@handler("show_startup_config")
def show_startup_config(session: Session, statement: Statement) -> str:
    """`show startup-config`"""
    if not session.router.startup_present:
        return "startup-config is not present\n"
    text = session.router.startup
    return f"Using {len(text)} out of {NVRAM_SIZE} bytes\n{text}{'' if text.endswith(chr(10)) else chr(10)}"


def save(router: Router) -> None:
    """Write the running configuration to NVRAM."""
    router.startup = running_text(router)
    router.startup_present = True


@handler("write_memory")
def write_memory(session: Session, statement: Statement) -> str:
    """`write memory`"""
    save(session.router)
    return "Building configuration...\n[OK]\n"


@handler("write_erase")
def write_erase(session: Session, statement: Statement) -> Any:
    """`write erase`"""
    return _erase(session)


async def _erase(session: Session) -> None:
    answer = await session.ask("Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]")
    if _confirmed(answer):
        session.router.startup, session.router.startup_present = "", False
        session.write("[OK]\nErase of nvram: complete\n")


@handler("copy")
def copy(session: Session, statement: Statement) -> Any:
    """`copy running-config startup-config` and back."""
    return _save_as(session) if "startup-config" in statement.all("copy_to") else _load_startup(session)


async def _save_as(session: Session) -> None:
    await session.ask("Destination filename [startup-config]? ")
    save(session.router)
    session.write("Building configuration...\n[OK]\n")


async def _load_startup(session: Session) -> None:
    await session.ask("Destination filename [running-config]? ")
    if not session.router.startup_present:
        session.write("%% Non-volatile configuration memory invalid or not present\n")
        return
    load_text(session.router, session.router.startup)
    session.router.reconcile()
    session.write(f"{len(session.router.startup)} bytes copied in 0.012 secs\n")


@handler("reload")
def reload(session: Session, statement: Statement) -> Any:
    """`reload`: asks, goes down, and comes up again."""
    return _reload(session)


_SAVE = "\nSystem configuration has been modified. Save? [yes/no]: "


async def _reload(session: Session) -> None:
    router = session.router
    modified = running_text(router) != router.startup
    if modified and (await session.ask(_SAVE)).strip().lower().startswith("y"):
        save(router)
        session.write("Building configuration...\n[OK]\n")
    if _confirmed(await session.ask("Proceed with reload? [confirm]")):
        router.syslog.message("SYS-5-RELOAD", f"Reload requested by {session.origin}. Reload Reason: Reload Command.")
        router.reload()
        await sleep(session.sim, BOOT_TIME)


def _confirmed(answer: str) -> bool:
    """Whether a `[confirm]` was confirmed: Enter or y."""
    return answer.strip().lower() in ("", "y", "yes")

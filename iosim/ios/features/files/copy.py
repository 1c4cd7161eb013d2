"""`copy`: between the configurations, the flash and `null:`."""

from __future__ import annotations

from typing import Any

from iosim.grammar import Rejected, Statement
from iosim.ios.features.configuration.save import archive_if_wanted
from iosim.ios.features.configuration.take import take
from iosim.ios.features.files.browse import problem, said
from iosim.ios.features.files.change import ask_name, confirmed
from iosim.ios.places import NULL, RUNNING_CONFIG, STARTUP, Place, place_of, read
from iosim.ios.record import note_saving
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.ios.storage import FileProblem
from iosim.sim.clock import SECOND
from iosim.sim.task import sleep

START, BYTES_A_SECOND = SECOND // 10, 500_000
"""How long it takes until the first byte is copied, and then: a CompactFlash of a small router, roughly."""


@handler("copy")
def copy(session: Session, statement: Statement) -> Any:
    """`copy FROM TO`"""
    return _copy(session, said(session, statement.get("from")), said(session, statement.get("to")))


async def _copy(session: Session, source: Place, target: Place) -> None:
    if not source.path and source.system != NULL:
        source = _named(source, await ask_name(session, "Source filename", ""))
    target = _named(target, await ask_name(session, "Destination filename", target.path or source.name))
    try:
        data = read(session, source)
    except FileProblem as reason:
        raise Rejected(problem("opening", source, reason)) from None
    if target.in_flash and target.path in session.router.flash.files:
        session.write("%Warning:There is a file already existing with this name \n")
        if not await confirmed(session, "Do you want to over write?"):
            return
    before = session.sim.now
    if not (source.is_running and target.is_startup):
        await sleep(session.sim, START + len(data) * SECOND // BYTES_A_SECOND)
    write(session, source, target, data)
    _tell(session, source, target, len(data), session.sim.now - before)


def _named(place: Place, name: str) -> Place:
    """A place with the name that somebody has answered; a whole URL is another place."""
    if ":" in name or name in (RUNNING_CONFIG.path, STARTUP):
        return place_of(name, place)
    return place if name == place.path else Place(place.system, name.strip("/"))


def write(session: Session, source: Place, target: Place, data: bytes) -> None:
    """Put data where it belongs. Raises Rejected."""
    router = session.router
    if target.is_running:
        take(session, data.decode(errors="replace"), str(source) if source.in_flash else "memory")
    elif target.is_startup:
        router.startup, router.startup_present = data.decode(errors="replace"), True
        if source.is_running:
            note_saving(router, session.user)
            router.startup = read(session, RUNNING_CONFIG).decode()
            archive_if_wanted(session)
    elif target.in_flash:
        put(session, target, data)
    elif target.system != NULL:
        raise Rejected(problem("opening", target, "Protocol not supported"))


def put(session: Session, target: Place, data: bytes) -> None:
    """Write a file in the flash. Raises Rejected."""
    try:
        session.router.flash.write(target.path, data, session.router.clock_now())
    except FileProblem as reason:
        raise Rejected(problem("opening", target, reason)) from None


def _tell(session: Session, source: Place, target: Place, size: int, duration: int) -> None:
    if source.is_running and target.is_startup:
        session.write("Building configuration...\n[OK]\n")
        return
    if source.in_flash and target.in_flash:
        session.write("Copy in progress...C\n")
    elif target.is_startup:
        session.write("[OK]\n")
    milliseconds = max(1, duration // (SECOND // 1000))
    session.write(
        f"{size} bytes copied in {milliseconds // 1000}.{milliseconds % 1000:03} secs"
        f" ({size * 1000 // milliseconds} bytes/sec)\n"
    )

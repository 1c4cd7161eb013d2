"""Looking at files: `dir`, `more`, `cd`, `pwd`, `show flash:`, `show file systems`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from iosim.grammar import Rejected, Statement
from iosim.ios.hardware import FLASH_SIZE, NVRAM_SIZE
from iosim.ios.places import FLASH, FLASH_ROOT, NULL, RUNNING_CONFIG, STARTUP_CONFIG, Place, place_of, read
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.ios.storage import NO_FILE, File, FileProblem

_NO_DATE = "<no date>".rjust(27)


def said(session: Session, text: str) -> Place:
    """The place that somebody has named at a session."""
    return place_of(text, session.directory)


def problem(doing: str, place: Place, reason: FileProblem | str) -> str:
    """What cannot be done, as IOS says it: `%Error opening flash:/x (No such file or directory)`."""
    return f"%Error {doing} {place} ({reason})"


@handler("dir")
def list_directory(session: Session, statement: Statement) -> str:
    """`dir [/all] [URL]`, `dir all-filesystems`"""
    if "all-filesystems" in statement.all("all"):
        return "\n".join(_listing(session, Place(system)) for system in ("system", "nvram", "flash0"))
    url = statement.get("url")
    return _listing(session, session.directory if url is None else said(session, url))


def _listing(session: Session, place: Place) -> str:
    try:
        rows, space = _rows(session, place)
    except FileProblem as reason:
        raise Rejected(problem("opening", place, reason)) from None
    text = "".join(rows) or "No files in directory\n"
    return f"Directory of {place}\n\n{text}\n{space}\n"


def _rows(session: Session, place: Place) -> tuple[list[str], str]:
    """The rows of a directory (or of one file), and the line about the space. Raises FileProblem."""
    if place.in_flash:
        return _flash_rows(session.router, place), _space(FLASH_SIZE, session.router.flash.free)
    if place.system == "nvram" and place.path in ("", STARTUP_CONFIG.path):
        return list(_startup_row(session)), _space(NVRAM_SIZE, _nvram_free(session.router))
    if place.system == "system" and place.path in ("", RUNNING_CONFIG.path):
        size = len(read(session, RUNNING_CONFIG))
        return [f"{1:5}  -rw-  {size:10}  {_NO_DATE}  {RUNNING_CONFIG.path}\n"], "No space information available"
    raise FileProblem(NO_FILE)


def _flash_rows(router: Router, place: Place) -> list[str]:
    file = router.flash.find(place.path)
    files = router.flash.inside(place.path) if file.data is None else iter([(place.name, file)])
    return [
        f"{file.number:5}  {'d' if file.data is None else '-'}rw-  {file.size:10}  {_date(router, file)}  {name}\n"
        for name, file in files
    ]


def _startup_row(session: Session) -> Iterator[str]:
    if session.router.startup_present:
        size = len(read(session, STARTUP_CONFIG))
        yield f"{1:5}  -rw-  {size:10}  {_NO_DATE}  {STARTUP_CONFIG.path}\n"


def _date(router: Router, file: File) -> str:
    """`Mar 1 2002 00:00:12 +00:00`, in local time."""
    local, _ = router.zone.local(file.written)
    return f"{local:%b} {local.day:2} {local:%Y %H:%M:%S} {_offset(local, file.written)}"


def _offset(local: datetime, utc: datetime) -> str:
    minutes = round((local - utc).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _space(size: int, free: int) -> str:
    return f"{size} bytes total ({free} bytes free)"


def _nvram_free(router: Router) -> int:
    return NVRAM_SIZE - len(router.startup.encode())


@handler("more")
def more(session: Session, statement: Statement) -> str:
    """`more URL`"""
    place = said(session, statement.get("url") or statement.get("name"))
    try:
        text = read(session, place).decode(errors="replace")
    except FileProblem as reason:
        raise Rejected(problem("opening", place, reason)) from None
    return text if text.endswith("\n") else f"{text}\n"


@handler("cd")
def change_directory(session: Session, statement: Statement) -> str:
    """`cd [URL]`"""
    url = statement.get("url")
    place = FLASH_ROOT if url is None else said(session, url)
    found = session.router.flash.files.get(place.path) if place.in_flash else None
    if (place.in_flash and (found is None or found.data is not None)) or (not place.in_flash and place.path):
        return f"%Error changing to {place} ({NO_FILE})\n"
    session.directory = place
    return ""


@handler("pwd")
def show_directory(session: Session, statement: Statement) -> str:
    """`pwd`"""
    return f"{session.directory}\n"


@handler("show_flash")
def show_flash(session: Session, statement: Statement) -> str:
    """`show flash:`: all files with their whole paths."""
    flash = session.router.flash
    files = sorted((file.number, path, file) for path, file in flash.files.items() if file.data is not None)
    rows = "".join(f"{n:<5} {file.size:8} {_date(session.router, file)} {path}\n" for n, path, file in files)
    used = FLASH_SIZE - flash.free
    return f"-#- --length-- -----date/time------ path\n{rows}\n{flash.free} bytes available ({used} bytes used)\n\n"


@handler("show_file_systems")
def show_file_systems(session: Session, statement: Statement) -> str:
    """`show file systems`: the star is at that of the current directory."""
    router = session.router
    here = "flash0" if session.directory.in_flash else session.directory.system
    systems = (
        ("system", None, "opaque", "rw"),
        (NULL, None, "opaque", "rw"),
        (FLASH[1], (FLASH_SIZE, router.flash.free), "disk", "rw"),
        ("nvram", (NVRAM_SIZE, _nvram_free(router)), "nvram", "rw"),
    )
    rows = (
        f"{'*' if name == here else ' '} {size[0] if size else '-':>12}  {size[1] if size else '-':>12}"
        f"  {kind:>8}  {flags:>5}   {name}:{' flash:' if name == FLASH[1] else ''}\n"
        for name, size, kind, flags in systems
    )
    return "File Systems:\n\n       Size(b)       Free(b)      Type  Flags  Prefixes\n" + "".join(rows) + "\n"

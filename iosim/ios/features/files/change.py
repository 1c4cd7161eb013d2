"""Changing the flash: `delete`, `rename`, `mkdir`, `rmdir`, `format`, `erase`, `verify /md5`; `file prompt`."""

from __future__ import annotations

import hashlib
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.ios.bindings import Value, bound
from iosim.ios.features.configuration.save import erase_nvram
from iosim.ios.features.files.browse import problem, said
from iosim.ios.places import Place, read
from iosim.ios.registry import handler, part
from iosim.ios.session import Session
from iosim.ios.storage import FileProblem


@dataclass(frozen=True, slots=True)
class Prompt:
    """How much is asked: `alert` (the default), `noisy`, `quiet`."""

    how: str | None = None


@part("config")
@dataclass(slots=True)
class FilePrompt:
    """`file prompt quiet`"""

    prompt: Prompt | None = bound(Value("file_prompt", order=187, type=Prompt))


def is_quiet(session: Session) -> bool:
    """Whether commands for files ask nothing that has a default."""
    prompt = session.router.config[FilePrompt].prompt
    return prompt is not None and prompt.how == "quiet"


async def ask_name(session: Session, question: str, default: str) -> str:
    """Ask for a name: `Destination filename [x]? `; with `file prompt quiet` the default is taken."""
    if is_quiet(session) and default:
        return default
    return (await session.ask(f"{question} [{default}]? ")).strip() or default


async def confirmed(session: Session, question: str) -> bool:
    """Ask to confirm; with `file prompt quiet` nobody is asked."""
    if is_quiet(session):
        return True
    return (await session.ask(f"{question} [confirm]")).strip().lower() in ("", "y", "yes")


def flash_place(session: Session, text: str, doing: str) -> Place:
    """A place in the flash. Raises Rejected for one elsewhere."""
    place = said(session, text)
    if not place.in_flash:
        raise Rejected(problem(doing, place, "Operation not supported"))
    return place


@handler("delete")
def delete(session: Session, statement: Statement) -> Any:
    """`delete [/force] [/recursive] URL`"""
    return _delete(session, statement)


async def _delete(session: Session, statement: Statement) -> None:
    place = said(session, statement.get("url"))
    if place.is_startup:
        await erase_nvram(session)
        return
    if "force" not in statement:
        place = Place(place.system, _beside(place, await ask_name(session, "Delete filename", place.path)))
        if not await confirmed(session, f"Delete {place}?"):
            session.write(f"Delete of {place} aborted!\n")
            return
    recursive = "recursive" in statement
    try:
        file = session.router.flash.find(flash_place(session, str(place), "deleting").path)
        if file.data is None and not recursive:
            raise FileProblem("Is a directory")
        session.router.flash.remove(place.path, recursive)
    except FileProblem as reason:
        raise Rejected(problem("deleting", place, reason)) from None


def _beside(place: Place, name: str) -> str:
    """The path that an answer is: the one proposed, or another name in the same directory."""
    return place.path if name == place.path else Place(place.system, place.path.rpartition("/")[0]).inside(name).path


@handler("rename")
def rename(session: Session, statement: Statement) -> Any:
    """`rename OLD NEW`"""
    return _rename(session, statement)


async def _rename(session: Session, statement: Statement) -> None:
    old, new = (flash_place(session, text, "renaming") for text in statement.all("url"))
    new = Place(new.system, _beside(new, await ask_name(session, "Destination filename", new.path)))
    try:
        session.router.flash.rename(old.path, new.path)
    except FileProblem as reason:
        raise Rejected(problem("renaming", old, reason)) from None


@handler("mkdir")
def make_directory(session: Session, statement: Statement) -> Any:
    """`mkdir URL`"""
    return _make_directory(session, statement)


async def _make_directory(session: Session, statement: Statement) -> None:
    place = flash_place(session, statement.get("url"), "creating dir")
    place = Place(place.system, _beside(place, await ask_name(session, "Create directory filename", place.path)))
    try:
        session.router.flash.make_directory(place.path, session.router.clock_now())
    except FileProblem as reason:
        raise Rejected(problem("creating dir", place, reason)) from None
    session.write(f"Created dir {place}\n")


@handler("rmdir")
def remove_directory(session: Session, statement: Statement) -> Any:
    """`rmdir URL`"""
    return _remove_directory(session, statement)


async def _remove_directory(session: Session, statement: Statement) -> None:
    place = flash_place(session, statement.get("url"), "removing dir")
    place = Place(place.system, _beside(place, await ask_name(session, "Remove directory filename", place.path)))
    if not await confirmed(session, f"Delete {place}?"):
        return
    try:
        if session.router.flash.find(place.path).data is not None:
            raise FileProblem("Not a directory")
        session.router.flash.remove(place.path)
    except FileProblem as reason:
        raise Rejected(problem("removing dir", place, reason)) from None
    session.write(f"Removed dir {place}\n")


@handler("erase")
def erase(session: Session, statement: Statement) -> Any:
    """`erase startup-config`, `erase nvram:`; `erase flash:` formats it."""
    place = said(session, statement.get("url") or statement.get("name"))
    if place.system == "nvram":
        return erase_nvram(session)
    return _format(session, place)


@handler("format")
def format_flash(session: Session, statement: Statement) -> Any:
    """`format flash:`"""
    return _format(session, said(session, statement.get("url")))


async def _format(session: Session, place: Place) -> None:
    flash_place(session, str(place), "formatting")
    name = f"{place.system}:"
    if not await confirmed(session, "Format operation may take a while. Continue?"):
        return
    if not await confirmed(session, f'Format operation will destroy all data in "{name}".  Continue?'):
        return
    session.router.flash.format()
    session.write(f"Format of {name} complete\n")


@handler("verify_md5")
def verify(session: Session, statement: Statement) -> str:
    """`verify /md5 URL [DIGEST]`"""
    place = said(session, statement.get("url"))
    try:
        digest = hashlib.md5(read(session, place), usedforsecurity=False).hexdigest()
    except FileProblem as reason:
        raise Rejected(problem("opening", place, reason)) from None
    wanted = statement.get("digest")
    if wanted is None:
        return f".Done!\nverify /md5 ({place}) = {digest}\n\n"
    if wanted.lower() == digest:
        return f".Done!\nVerified ({place}) = {digest}\n\n"
    return f".Done!\n%Error verifying {place}\nComputed signature  = {digest}\nSubmitted signature = {wanted}\n\n"

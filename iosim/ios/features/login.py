"""How sessions begin and end: the console that waits, banners, who comes, and the level that they get.

A login tries the methods of its line in order. Without AAA that is one method: `login` asks for the line's password,
`login local` for a user and their password, `no login` for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.features.aaa import Aaa
from iosim.ios.features.banner import shown
from iosim.ios.features.enable import ATTEMPTS, Guards
from iosim.ios.features.lines import LOCAL, OFF, PASSWORD, settings_of
from iosim.ios.features.login_log import report
from iosim.ios.features.passwords import matches
from iosim.ios.features.users import Users
from iosim.ios.registry import handler
from iosim.ios.session import HIGHEST, Session

_METHODS = {OFF: "none", PASSWORD: "line", LOCAL: "local"}
_NAMED = ("local", "local-case")
ACCESS = "\nUser Access Verification\n\n"
READY = "\n\nPress RETURN to get started!\n\n\n"
NO_PASSWORD = "\nPassword required, but none set\n"


def begin(session: Session) -> None:
    """Somebody finds the terminal as it is after the start of the program, or after a boot.

    It waits as a cold console does if that is wanted and the line demands a login. Otherwise it begins in privileged
    EXEC at once, for convenience. Whoever has dialled in is there already.
    """
    session.halt()
    session.shut()
    if session.hang_up is not None:
        session.start(_answer(session))
        return
    if session.cold and methods_of(session) != ("none",):
        session.write(READY)
        session.start(_wait(session))
    else:
        session.write(shown(session, "motd") + shown(session, "on_exec"))
        enter(session, HIGHEST, None)


def close(session: Session) -> None:
    """The session ends; the line waits for the next one."""
    session.halt()
    session.shut()
    session.was_cold = True
    if session.hang_up is not None:
        session.hang_up()
        return
    session.write(_available(session))
    session.start(_wait(session))


def enter(session: Session, level: int, user: str | None) -> None:
    """The EXEC begins, at a privilege level."""
    session.open, session.level, session.user = True, level, user
    session.reset()


def _available(session: Session) -> str:
    line = session.line
    return (
        f"\n\n\n{session.router.hostname} {line.short}{line.number} is now available"
        + "\n" * 6
        + "Press RETURN to get started."
        + "\n" * 13
    )


async def _wait(session: Session) -> None:
    """A line in wait for RETURN, until somebody is let in."""
    session.was_cold = True
    while True:
        await session.ask("", secret=True)
        if await _visit(session):
            return
        session.write(_available(session))


async def _answer(session: Session) -> None:
    """Somebody has dialled in: they are let in, or the line hangs up."""
    session.was_cold = True
    if methods_of(session) != ("none",):
        session.write("\n")
    if not await _visit(session) and session.hang_up is not None:
        session.hang_up()


async def _visit(session: Session) -> bool:
    """Somebody has come: count them, and see whether they get in."""
    session.since = session.sim.now
    visits = session.router.visits
    visits[session.line.absolute] = visits.get(session.line.absolute, 0) + 1
    return settings_of(session.router, session.line).exec and await _admit(session)


async def _admit(session: Session) -> bool:
    """One visit: banners, the login, the EXEC. False when who came is not let in."""
    methods = methods_of(session)
    session.write(shown(session, "motd"))
    if methods != ("none",):
        session.write(shown(session, "login"))
        user = await _identify(session, methods)
        if user is None:
            return False
    else:
        user = Visitor(None)
    session.write(shown(session, "on_exec"))
    enter(session, _level(session, user.name), user.name)
    return True


def methods_of(session: Session) -> tuple[str, ...]:
    """The methods of a session's line."""
    settings = settings_of(session.router, session.line)
    aaa = session.router.config[Aaa]
    if aaa.new_model:
        return aaa.login_methods(settings.method_list, session.is_console)
    return (_METHODS[settings.login.how],)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who was let in; the name is None where nobody asked for it."""

    name: str | None


async def _identify(session: Session, methods: tuple[str, ...]) -> Visitor | None:
    """Ask who comes, up to three times."""
    aaa = session.router.config[Aaa].new_model
    if methods == ("line",) and settings_of(session.router, session.line).password is None:
        session.write(NO_PASSWORD)
        return None
    session.write(ACCESS)
    for attempt in range(1, ATTEMPTS + 1):
        answers = _Answers(session)
        passed = await _try(answers, methods)
        report(session, answers.name, passed)
        if passed:
            return Visitor(answers.name)
        session.write(_refusal(aaa, methods, attempt))
    return None


def _refusal(aaa: bool, methods: tuple[str, ...], attempt: int) -> str:
    if aaa:
        return "% Authentication failed\n\n"
    if methods == ("local",):
        return "% Login invalid\n\n"
    return "% Bad passwords\n" if attempt == ATTEMPTS else ""


async def _try(answers: _Answers, methods: tuple[str, ...]) -> bool:
    """Try the methods in order: the first one that can judge does."""
    for method in methods:
        judge = _JUDGES.get(method)
        verdict = None if judge is None else await judge(answers, method)
        if verdict is not None:
            return bool(verdict)
    return False


class _Answers:
    """What a visitor answers, asked for when it is needed and once only."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.router = session.router
        self.name: str | None = None
        self._password: str | None = None

    async def ask_name(self) -> str:
        """The user name; an empty one is asked for again."""
        while not self.name:
            self.name = (await self.session.ask("Username: ")).strip()
        return self.name

    async def ask_password(self) -> str:
        """The password."""
        if self._password is None:
            self._password = await self.session.ask("Password: ", secret=True)
        return self._password


async def _judge_user(answers: _Answers, method: str) -> bool | None:
    """By a local user; where there is none at all, this method cannot judge."""
    users = answers.router.config[Users]
    if not users.users:
        return None
    name = await answers.ask_name()
    user = users.users.get(name)
    if user is not None and user.kind == "nopassword":
        return True
    return users.accepts(name, await answers.ask_password())


async def _judge_line(answers: _Answers, method: str) -> bool | None:
    """By the password of the line, or the one that guards privileged EXEC."""
    router = answers.router
    secret = (
        router.config[Guards].of(HIGHEST)[0]
        if method == "enable"
        else settings_of(router, answers.session.line).password
    )
    return None if secret is None else matches(await answers.ask_password(), secret)


async def _judge_none(answers: _Answers, method: str) -> bool | None:
    return True


_JUDGES: dict[str, Callable[[_Answers, str], Any]] = {
    **dict.fromkeys(_NAMED, _judge_user),
    "line": _judge_line,
    "enable": _judge_line,
    "none": _judge_none,
}


def _level(session: Session, user: str | None) -> int:
    """The level of somebody who was let in: the user's, the line's, or that of user EXEC."""
    config, settings = session.router.config, settings_of(session.router, session.line)
    aaa = config[Aaa]
    of_user = config[Users].level(user) if not aaa.new_model or aaa.authorizes(session.is_console) else None
    if of_user is not None:
        return of_user
    return 1 if settings.level is None else settings.level


@handler("login")
def login(session: Session, statement: Statement) -> Any:
    """`login`: somebody else takes over the session."""
    return _change_user(session)


async def _change_user(session: Session) -> None:
    methods = methods_of(session)
    user = await _identify(session, ("local",) if methods == ("none",) else methods)
    if user is not None:
        session.level, session.user = _level(session, user.name), user.name
        return
    session.shut()
    if session.hang_up is not None:
        session.hang_up()
        return
    session.write(_available(session))
    await _wait(session)

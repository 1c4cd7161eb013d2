"""Terminal lines (`line con 0`, `line vty 0 4`) and what is configured for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Statement
from iosim.ios.bindings import Binding, Flag, Value, bound
from iosim.ios.blocks import Block
from iosim.ios.config import Config
from iosim.ios.features.aaa import Aaa
from iosim.ios.features.passwords import Secret, hidden, store_password
from iosim.ios.history import DEFAULT_SIZE
from iosim.ios.line import Line
from iosim.ios.line_ranges import KEY, LineKey, LineSection, args_of, line_order, numbers_of
from iosim.ios.registry import answer, check, feature, part
from iosim.ios.router import Feature, Router
from iosim.ios.session import Session
from iosim.sim.clock import SECOND

USUAL_LENGTH, USUAL_WIDTH = 24, 80
OFF, PASSWORD, LOCAL = "off", "password", "local"


@dataclass(frozen=True, slots=True)
class Timeout:
    """`exec-timeout 10 0`; 0 0 is never."""

    minutes: int
    seconds: int | None = 0

    @property
    def limit(self) -> int | None:
        """In µs, or None for never."""
        return (self.minutes * 60 + (self.seconds or 0)) * SECOND or None


NEVER, USUAL = Timeout(0), Timeout(10)


class TimeoutValue(Value):
    """The timeout is written with its seconds; `no exec-timeout` is never, and not the default."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        super().apply(part, name, statement)
        value = getattr(part, name)
        if statement.no:
            setattr(part, name, NEVER)
        elif value is not None:
            setattr(part, name, Timeout(value.minutes, value.seconds or 0))

    def blocks(self, mode: str, value: Timeout | None) -> Iterator[Block]:
        if value != USUAL:
            yield from super().blocks(mode, value)


@dataclass(frozen=True, slots=True)
class Login:
    """How a line asks who comes: `how` is OFF, PASSWORD or LOCAL. `usual` is what its kind does unasked.

    With `aaa new-model` all of it gives way to method lists, and is not written.
    """

    how: str = OFF
    usual: str = OFF
    gives_way: bool = False


class LoginValue(Binding):
    """`login`, `login local`, `no login`; what is usual on a vty is written too, as IOS does."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        login: Login = getattr(part, name)
        how = LOCAL if "mode" in statement else PASSWORD
        if statement.no or statement.default:
            how = OFF if statement.no else login.usual
        setattr(part, name, replace(login, how=how))

    def lines(self, mode: str, value: Login) -> Iterator[str]:
        if value.gives_way:
            return
        if value.how != OFF:
            yield self.say(mode, {"mode": [LOCAL]} if value.how == LOCAL else {})
        elif value.usual != OFF:
            yield f"no {self.say(mode, {})}"


class HistoryValue(Value):
    """The size of the history; `no history` is none at all."""

    def apply(self, part: Any, name: str, statement: Statement) -> None:
        size = statement.get("size")
        if statement.no and size is None:
            size = 0
        setattr(part, name, self.default if size is None or statement.default else size)

    def blocks(self, mode: str, value: int) -> Iterator[Block]:
        if value:
            yield from super().blocks(mode, value)
        else:
            yield Block(("no history",), self.order)


@part("config_line")
@dataclass(slots=True)
class LineSettings:
    """What a line says about its sessions."""

    motd_banner: bool = bound(Flag("line_motd_banner", order=7, default=True))
    exec_banner: bool = bound(Flag("line_exec_banner", order=8, default=True))
    exec_timeout: Timeout | None = bound(TimeoutValue("line_exec_timeout", order=10, type=Timeout))
    level: int | None = bound(Value("line_privilege", order=20, type="level"))
    password: Secret | None = bound(Value("line_password", order=30, type=Secret))
    method_list: str | None = bound(Value("line_login_authentication", order=45, type="list"))
    login: Login = bound(LoginValue("line_login", order=50), factory=Login)
    history: int = bound(HistoryValue("line_history", order=51, type="size", default=DEFAULT_SIZE))
    length: int = bound(Value("line_length", order=52, type="length", default=USUAL_LENGTH))
    width: int = bound(Value("line_width", order=53, type="width", default=USUAL_WIDTH))
    exec: bool = bound(Flag("line_exec", order=54, default=True))


def _new_line(key: LineKey) -> Config:
    config = Config("config_line", args_of(key))
    if key[0] == "vty":
        config[LineSettings].login = Login(PASSWORD, PASSWORD)
    return config


def _factory_lines() -> dict[Any, Config]:
    """The lines that every router has."""
    keys: list[LineKey] = [("console", 0, None), ("aux", 0, None), ("vty", 0, 4)]
    return {key: _new_line(key) for key in keys}


@part("config")
@dataclass(slots=True)
class Lines:
    """The terminal lines by kind and numbers."""

    lines: dict[Any, Config] = bound(
        LineSection(
            "line",
            new=_new_line,
            order=900,
            mode="config_line",
            key=KEY,
            sort=line_order,
            spelled={"console": "con"},
            apart=0,
        ),
        factory=_factory_lines,
    )

    def of(self, line: Line) -> Config:
        """What is configured for a line."""
        ranges = (
            config for key, config in self.lines.items() if key[0] == line.kind and line.number in numbers_of(key)
        )
        return next(ranges, None) or Config("config_line")

    def hide(self, router: Router) -> None:
        """Hide the passwords that stand in clear text."""
        for config in self.lines.values():
            settings = config[LineSettings]
            settings.password = None if settings.password is None else hidden(router, settings.password)


def settings_of(router: Router, line: Line) -> LineSettings:
    """What is configured for a line of a router."""
    return router.config[Lines].of(line)[LineSettings]


@check("line_password")
def _check_password(router: Router, config: Config, statement: Statement) -> None:
    if "text" in statement and not statement.no:
        store_password(router, statement)


@answer("line_login")
def _no_password_yet(session: Session, config: Config, statement: Statement) -> str:
    """`login` without a password: until there is one nobody comes in."""
    if statement.no:
        return ""
    return "".join(map(_says_no_password, config.members or (config,)))


def _says_no_password(config: Config) -> str:
    settings, kind = config[LineSettings], config.get("kind")
    if settings.login.how != PASSWORD or settings.password is not None:
        return ""
    lines = (Line(kind, number) for number in numbers_of((kind, config.get("line_first"), config.get("line_last"))))
    return "".join(f"% Login disabled on line {line.absolute}, until 'password' is set\n" for line in lines)


@feature
class LineFeature(Feature):
    """Lets the sessions follow what is configured for their lines."""

    order = 90

    def reconcile(self) -> None:
        aaa = self.router.config[Aaa].new_model
        for line in self.router.config[Lines].lines.values():
            settings = line[LineSettings]
            if settings.login.gives_way != aaa:
                settings.login = replace(settings.login, gives_way=aaa)
        for session in self.router.sessions:
            adopt(session)


def adopt(session: Session, anew: bool = False) -> None:
    """Bring a session to what its line says: all of it when it begins `anew`, later what has changed.

    The usual timeout of ten minutes holds for sessions that began at a cold console; one that began in privileged
    EXEC at once, for convenience, is ended by a timeout that is configured, and by no other.
    """
    settings = settings_of(session.router, session.line)
    for name, adopt_value in _ADOPTED.items():
        value = getattr(settings, name)
        if anew or session.adopted.get(name) != value:
            session.adopted[name] = value
            adopt_value(session, value)
    timeout = settings.exec_timeout or (USUAL if session.was_cold else NEVER)
    if anew or session.idle.limit != timeout.limit:
        session.idle.set(timeout.limit if session.open else None)


def _adopt_length(session: Session, length: int) -> None:
    unpaged = not session.size[0]  # the terminal of a script: it pauses at nothing unless the script asks for it
    session.length = session.size[0] if unpaged or length == USUAL_LENGTH else length


def _adopt_width(session: Session, width: int) -> None:
    session.width = session.size[1] if width == USUAL_WIDTH else width


_ADOPTED: dict[str, Callable[[Session, int], None]] = {
    "length": _adopt_length,
    "width": _adopt_width,
    "history": lambda session, size: session.histories.resize(size),
}
"""What a session takes from its line; where the line has the usual size, the terminal's own counts."""

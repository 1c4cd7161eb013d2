"""A router: its configuration, its IP stack, and the features that turn the one into the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import interface_order, interface_type, parse_interface
from iosim.ios import registry
from iosim.ios.clock import at
from iosim.ios.config import Config, apply_statement, write_lines
from iosim.ios.derive import Derivation
from iosim.ios.identity import Identity
from iosim.ios.loader import Refusal, load_text
from iosim.ios.private import PrivateConfig
from iosim.ios.record import Record
from iosim.ios.session import Session
from iosim.ios.storage import Flash
from iosim.ios.syslog import Syslog
from iosim.ios.timezone import Zone
from iosim.sim.clock import SECOND, Simulator
from iosim.sim.keylog import KeyLog
from iosim.sim.link import Port
from iosim.stack.stack import Stack

F = TypeVar("F", bound="Feature")
BOOT_TIME = 30 * SECOND


class Feature:
    """What a feature keeps for one router besides configuration: its engines and their counters.

    `order` says when it is reconciled among the others (engines of lower layers first). `derivation` knows which parts
    of the configuration that has read, and which other features it has asked for.
    """

    order: ClassVar[int] = 50
    shapes_stack: ClassVar[bool] = False
    """Whether it makes interfaces, or gives them addresses."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.derivation = Derivation()

    def reconcile(self) -> None:
        """Bring the engines to what the configuration now says.

        It is called after each change of a part that it read, and when a feature has been reconciled that it asked for.
        """

    def derive(self) -> None:
        """Reconcile now, noting what is read; not at first, as most routers are never configured further."""
        if self.router.booted:
            self.derivation.run(self.reconcile)
        else:
            self.reconcile()

    def settle(self) -> None:
        """Somebody has typed a line, and may look now: do what was left for a moment later."""

    def stop(self) -> None:
        """The router goes down: cancel timers, forget neighbours."""


class Router:
    """An IOS router. `attach` gives it cables, `boot` a startup configuration, `console` its prompt."""

    def __init__(self, sim: Simulator, name: str, keylog: KeyLog | None = None) -> None:
        registry.load_features()
        self.sim = sim
        self.name = name
        self.keylog = keylog
        self.ports: dict[str, Port] = {}
        self.startup = ""
        self.startup_present = False
        self.flash = Flash()
        self.record = Record()
        self.booted_at = sim.now
        self.sessions: list[Session] = []
        self.visits: dict[int, int] = {}
        self.running = False
        self.clock_offset = timedelta()
        self.zone = Zone()
        self.reload_reason = "power-on"
        self.master_key: str | None = None
        self.private = PrivateConfig()
        self.hardware: tuple[str, ...] = ()
        self.syslog = Syslog(self)
        self._power_on()

    def _power_on(self) -> None:
        self.config = Config("config")
        self._stack = Stack(self.sim, self.name)
        self._of_stack: dict[Derivation, None] = {}
        self.booted = False
        self.features: dict[type[Feature], Feature] = {}
        for kind in registry.features:
            self.features[kind] = kind(self)

    def __getitem__(self, kind: type[F]) -> F:
        feature = self.features[kind]
        assert isinstance(feature, kind)
        if Derivation.running is not None:
            Derivation.running.outermost.note(feature.derivation.followers)
        return feature

    @property
    def stack(self) -> Stack:
        """The IP stack. A feature that looks at it while it is reconciled follows those that shape its interfaces."""
        if Derivation.running is not None:
            Derivation.running.outermost.note(self._of_stack)
        return self._stack

    def attach(self, interface: str, port: Port) -> None:
        """Plug a cable into a physical interface, by its canonical name. Raises KeyError when there can be none."""
        if parse_interface(interface) != interface or not interface_type(interface).physical:
            raise KeyError(interface)
        port.serial = interface_type(interface).serial
        self.ports[interface] = port

    def boot(self, startup: str = "") -> list[Refusal]:
        """Load a startup configuration and come up. Returns the lines that were refused.

        The hardware is what has a cable or is in the startup configuration; what is only cabled is shut down.
        """
        self.booted_at = self.sim.now
        self.record = Record()
        self.startup = startup
        self.startup_present = bool(startup.strip())
        refusals = load_text(self, startup)
        self.hardware = tuple(sorted(self.ports, key=interface_order))
        self.running = True
        self.reconcile()
        self.booted = True
        self.syslog.message("SYS-5-RESTART", "System restarted --")
        return refusals

    def random_bytes(self, purpose: str) -> Callable[[int], bytes]:
        """What makes random bytes for a purpose; after a reload others, lest keys and SPIs come again."""
        return self.sim.random(self.name, purpose, *((self.sim.now,) if self.sim.now else ())).randbytes

    def reload(self) -> None:
        """Go down now and come up again from the startup configuration, after the time that a boot takes."""
        self.running = False
        for feature in self.features.values():
            feature.stop()
        for name in list(self.stack.interfaces):
            self.stack.interfaces[name].set_admin(False)
            self.stack.remove_interface(name)
        self.sim.call_later(BOOT_TIME, self._come_back)

    def _come_back(self) -> None:
        self.syslog = Syslog(self)
        self._power_on()
        self.reload_reason = "reload"
        self.boot(self.startup)
        for session in self.sessions:
            session.restart()

    def reconcile(self) -> None:
        """Let every feature follow the configuration, and what else there is to know of the router."""
        for feature in self.features.values():
            feature.derivation.renew()
        self.follow()
        if self.booted:
            self.settle()

    def follow(self) -> None:
        """Let each feature follow that has read what has changed since; one that fails holds up no other."""
        followed = False
        for feature in self.features.values():
            if feature.derivation.stale:
                followed = True
                self._follow(feature)
        if followed:
            self._stack.generation.begin()

    def settle(self) -> None:
        """Let all see at once what features would else make of it a moment later."""
        for feature in self.features.values():
            feature.settle()

    def _follow(self, feature: Feature) -> None:
        derivation = feature.derivation
        try:
            feature.derive()
        except Exception as error:
            derivation.stale = True
            self.sim.failed(error)
        for follower in [*derivation.followers, *(self._of_stack if feature.shapes_stack else ())]:
            if follower is not derivation:
                follower.spoil()

    def apply(self, config: Config, statement: Statement) -> Config | None:
        """Take one configuration statement; returns the sub-configuration it opens. Raises Rejected.

        What is said to several interfaces at once is taken by each; what it opens in them is one mode, too.
        """
        if config.members:
            return self._apply_to_all(config.members, statement)
        if config.locked is not None:
            raise Rejected(config.locked)
        check = registry.checks.get(statement.command)
        if check is not None:
            check(self, config, statement)
        return apply_statement(config, statement)

    def _apply_to_all(self, members: Sequence[Config], statement: Statement) -> Config | None:
        within = []
        for member in members:
            try:
                within.append(self.apply(member, statement))
            except Rejected as error:
                name = member.get("interface")
                if name is None:
                    raise
                raise Rejected(f"{error}\n% Command failed on interface {name}. Aborting") from None
        opened = [each for each in within if each is not None]
        return Config(opened[0].mode, opened[0].args, opened[0].standing, opened) if opened else None

    def running_lines(self) -> list[str]:
        """The running configuration, without header and `end`."""
        return list(write_lines(self.config))

    def console(self) -> Session:
        """The console session; there is one."""
        if not self.sessions or not self.sessions[0].is_console:
            self.sessions.insert(0, Session(self))
        return self.sessions[0]

    @property
    def hostname(self) -> str:
        """The name that the router goes by."""
        return self.config[Identity].hostname

    def clock_now(self) -> datetime:
        """The time of day on the router's clock, in UTC; `zone` makes local time of it."""
        return at(self.sim.now) + self.clock_offset

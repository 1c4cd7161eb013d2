"""`debug crypto isakmp`: listens to the key exchange while it is on."""

from __future__ import annotations

from collections.abc import Callable

from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace.identities import PresharedKey
from iosim.ike.v1.trace.offers import IpsecInstalled
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.features.isakmp.profiles import Profiles
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router

Listener = Callable[[Trace], None]
COMMAND, ERRORS = "debug_crypto_isakmp", "debug_crypto_isakmp_error"
debug_switch(COMMAND, Switch("Cryptographic Subsystem", "Crypto ISAKMP debugging"))
debug_switch(ERRORS, Switch("Cryptographic Subsystem", "Crypto ISAKMP Error debugging"))


@feature
class KeyExchangeTrace(Feature):
    """Who hears the steps of the key exchange, by debug command. While nobody does, the engine makes none."""

    order = 80

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self.listeners: dict[str, Listener] = {}
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        on = self.router[Debugging].on
        active = [self.listeners[command] for command in sorted(self.listeners) if command in on]
        self.router[IsakmpFeature].engine.trace = _all(active) if active else None


def _all(listeners: list[Listener]) -> Listener:
    def hear(step: Trace) -> None:
        for listener in listeners:
            listener(step)

    return hear


@feature
class IsakmpDebug(Feature):
    """Prints each step in the words of IOS."""

    order = 81

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        self._before: Trace | None = None
        router[KeyExchangeTrace].listeners[COMMAND] = self._print
        router[KeyExchangeTrace].listeners[ERRORS] = self._print_error

    def _print_error(self, step: Trace) -> None:
        """Print what went wrong, unless everything is printed anyway."""
        from iosim.ios.features.isakmp.words import is_error

        if COMMAND in self.router[Debugging].on:
            return
        if is_error(step):
            self._print(step)
        self._before = step

    def _print(self, step: Trace) -> None:
        from iosim.ios.features.isakmp.words import words  # most runs debug nothing

        lines = words(step, self._before)
        if isinstance(step, IpsecInstalled):
            lines[-1] += self._interface(step)
        if isinstance(step, PresharedKey) and step.found and step.for_policy and not step.profile:
            lines[-1] += "".join(f" {name}" for name in self.router.config[Profiles].profiles)
        for line in lines:
            self.router.syslog.debug(line)
        self._before = step

    def _interface(self, step: IpsecInstalled) -> str:
        """The interface whose address the phase-1 SA starts from: ` on GigabitEthernet0/0`."""
        local = next((sa.local for sa in self.router[IsakmpFeature].engine.sas if sa.conn_id == step.conn_id), None)
        interfaces = self.router.stack.interfaces.values()
        name = next((interface.name for interface in interfaces if interface.address == local), None)
        return f" on {name}" if name else ""

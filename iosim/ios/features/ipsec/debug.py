"""`debug crypto ipsec`: listens to the data plane, and to what it answers the key exchange, while it is on."""

from __future__ import annotations

from iosim.ike.v1.trace import Trace
from iosim.ike.v1.trace.offers import IpsecProposalChecked
from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.ipsec.words import ipsec_event_lines, proposal_lines
from iosim.ios.features.isakmp.debug import KeyExchangeTrace
from iosim.ios.registry import feature
from iosim.ios.router import Feature, Router
from iosim.ipsec.events import Event

COMMAND = "debug_crypto_ipsec"
debug_switch(COMMAND, Switch("Cryptographic Subsystem", "Crypto IPSEC debugging"))


@feature
class IpsecDebug(Feature):
    """Prints each event in the words of IOS, before anybody acts upon it."""

    order = 82

    def __init__(self, router: Router) -> None:
        super().__init__(router)
        router[KeyExchangeTrace].listeners[COMMAND] = self._hear
        router[Debugging].watchers.append(self._switched)

    def _switched(self) -> None:
        on, listeners = COMMAND in self.router[Debugging].on, self.router[IpsecFeature].listeners
        if on and self._print not in listeners:
            listeners.insert(0, self._print)
        elif not on and self._print in listeners:
            listeners.remove(self._print)

    def _print(self, event: Event) -> None:
        self._show(ipsec_event_lines(event, self.router.sim.now))

    def _hear(self, step: Trace) -> None:
        if isinstance(step, IpsecProposalChecked):
            flow = self.router[IpsecFeature].ipsec.find_policy(
                step.local, step.remote, step.local_proxy, step.remote_proxy
            )
            self._show(proposal_lines(step, flow))

    def _show(self, lines: list[str]) -> None:
        for line in lines:
            self.router.syslog.debug(line)

"""`debug crypto pki transactions`: what goes to and comes from a certificate server."""

from __future__ import annotations

from iosim.ios.features.debugging import Debugging, Switch, debug_switch
from iosim.ios.router import Router

COMMAND = "debug_crypto_pki_transactions"
debug_switch(COMMAND, Switch("Cryptographic Subsystem", "Crypto PKI Trans debugging"))


def trace(router: Router, text: str) -> None:
    """Print a line while the debugging is on."""
    if COMMAND in router[Debugging].on:
        router.syslog.debug(f"CRYPTO_PKI: {text}")

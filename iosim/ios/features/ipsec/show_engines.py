"""The crypto engines of a router: `show crypto engine brief`, `configuration` and `show crypto eli`.

There is one, in software. The layout of `eli` is that of captures, where only `all` lists engines in software; that of
the other two is from memory of 15.x, without the queue and the adjacencies of a real engine, which has no counterpart
here. The limits are those of a captured router, and nothing here keeps to them.
"""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.ios.features.ipsec.engine import IpsecFeature
from iosim.ios.features.isakmp.engine import IsakmpFeature
from iosim.ios.hardware import serial_number
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session

MOST_SESSIONS, MOST_KEY_PAIRS, MOST_SAS = 41058, 41008, 40958
LIBRARIES = "        crypto lib version:  22.0.0\n\n ipsec lib version: 2.0.0\n"
"""Of 15.x. There is no such library here."""

CAPABILITIES = "DES, 3DES, AES, GCM, GMAC, Manual IPsec key, RSA"


@handler("show_crypto_engine_brief")
def show_brief(session: Session, statement: Statement) -> str:
    """`show crypto engine brief`"""
    return _identity(session.router) + "\n"


@handler("show_crypto_engine_configuration")
def show_configuration(session: Session, statement: Statement) -> str:
    """`show crypto engine configuration`"""
    platform = "                  platform:  Cisco Software Crypto Engine\n\n"
    return _identity(session.router) + platform + LIBRARIES + "\n"


def _identity(router: Router) -> str:
    """The number of the engine is the one of the chassis, as eight hexadecimal digits."""
    number = int(serial_number(router).removeprefix("FTX"))
    return (
        "\n        crypto engine name:  Cisco VPN Software Implementation\n"
        "        crypto engine type:  software\n"
        f"             serial number:  {number:08X}\n"
        "       crypto engine state:  installed\n"
        "     crypto engine in slot:  N/A\n"
    )


@handler("show_crypto_eli")
def show_eli(session: Session, statement: Statement) -> str:
    """`show crypto eli [all]`"""
    router = session.router
    work, in_use = router[IsakmpFeature].engine.work, router[IsakmpFeature].engine.key_pairs_in_use
    every = "all" in statement
    count = "Number of crypto engines = 1" if every else "Number of hardware crypto engines = 0"
    return (
        f"Hardware Encryption : INACTIVE\n {count}\n\n{_engine(router) if every else ''}"
        f" DH calculations: P1 {work.key_pairs}, SS {work.secrets}\n\n"
        f"crypto engine 1:Software Crypto Engine\n DH in use/freeing/free - {in_use}/0/{MOST_KEY_PAIRS - in_use}\n"
    )


def _engine(router: Router) -> str:
    """What the engine works for. Nothing fails for want of resources; who is turned down is in `call admission`."""
    engine, ipsec = router[IsakmpFeature].engine, router[IpsecFeature].ipsec
    work, in_use = engine.work, engine.key_pairs_in_use
    live = sum(sa.deleted is None for sa in engine.sas)
    sas = sum(len(installed.inbound) + len(installed.outbound) for installed in ipsec.sad)
    return (
        " CryptoEngine Software Crypto Engine details: state = Active\n"
        f" Capability    : {CAPABILITIES}\n\n"
        f" IKE-Session   : {live:>5} active, {MOST_SESSIONS:>5} max, 0 failed, {work.sas} created\n"
        f" DH            : {in_use:>5} active({in_use}/0), {MOST_KEY_PAIRS:>5} max, 0 failed, "
        f"{work.key_pairs + work.secrets} created\n"
        f" IPSec-Session : {sas:>5} active, {MOST_SAS:>5} max, 0 failed, {ipsec.sad.made} created\n\n"
    )

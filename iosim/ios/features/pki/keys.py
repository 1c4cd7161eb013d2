"""`crypto key generate rsa`, `crypto key zeroize rsa`, `show crypto key mypubkey rsa`.

A key pair follows from the lab's seed, the router, the label, the size and how often it was generated before: the same
lab has the same keys, so that the certificates in a startup configuration fit them. It takes no simulated time.
"""

from __future__ import annotations

from iosim.crypto import rsa
from iosim.grammar import Rejected, Statement
from iosim.ios.clock import clock_text
from iosim.ios.config import Config
from iosim.ios.dialogue import ask_number, ask_yes
from iosim.ios.features.isakmp.identity import full_name
from iosim.ios.identity import Identity
from iosim.ios.private import KeyPair
from iosim.ios.registry import answer, check, handler
from iosim.ios.router import Router
from iosim.ios.session import Session

DEFAULT_BITS, LEAST_BITS, MOST_BITS = 512, 360, 4096


def derive(router: Router, label: str, bits: int, generation: int = 0) -> rsa.RsaKey:
    """The key pair that a label has by the lab's seed."""
    return rsa.generate(bits, router.sim.random(router.name, "rsa", label, bits, generation).randbytes)


def make(router: Router, label: str, bits: int, exportable: bool = False) -> KeyPair:
    """Generate a key pair, in the place of another one of the label."""
    private = router.private
    generation = private.generations.get(label, 0)
    private.generations[label] = generation + 1
    pair = KeyPair(label, derive(router, label, bits, generation), router.clock_now(), exportable)
    private.key_pairs[label] = pair
    return pair


def generating(bits: int, exportable: bool) -> str:
    """What is printed while keys are generated."""
    return (
        f"% Generating {bits} bit RSA keys, keys will be {'' if exportable else 'non-'}exportable...\n"
        "[OK] (elapsed time was 0 seconds)\n"
    )


def _label(router: Router, statement: Statement) -> str:
    """The label that is given, or the router's name. Raises Rejected when it has none yet."""
    given: str | None = statement.get("label")
    if given is not None:
        return given
    identity = router.config[Identity]
    if identity.hostname == "Router":
        raise Rejected("% Please define a hostname other than Router.")
    if identity.domain_name is None:
        raise Rejected("% Please define a domain-name first.")
    return full_name(router)


@check("crypto_key_generate_rsa")
def _generate(router: Router, config: Config, statement: Statement) -> None:
    """With a modulus the keys are made at once; a startup configuration that says so does not make them anew."""
    label, bits = _label(router, statement), statement.get("modulus")
    if bits is not None and (router.running or label not in router.private.key_pairs):
        make(router, label, bits, "exportable" in statement)


@answer("crypto_key_generate_rsa")
def _tell_generated(session: Session, config: Config, statement: Statement) -> str:
    router = session.router
    label, bits, exportable = _label(router, statement), statement.get("modulus"), "exportable" in statement
    if bits is None:
        session.start(_ask_size(session, label, exportable))
        return ""
    known = f"% You already have RSA keys defined named {label}.\n% They will be replaced.\n\n"
    replaced = known if router.private.generations[label] > 1 else ""
    return (
        f"{replaced}The name for the keys will be: {label}\n\n% The key modulus size is {bits} bits\n"
        f"{generating(bits, exportable)}\n"
    )


async def _ask_size(session: Session, label: str, exportable: bool) -> None:
    router = session.router
    if label in router.private.key_pairs:
        session.write(f"% You already have RSA keys defined named {label}.\n")
        if not await ask_yes(session, "% Do you really want to replace them? [yes/no]", ""):
            return
    session.write(
        f"The name for the keys will be: {label}\n"
        f"Choose the size of the key modulus in the range of {LEAST_BITS} to {MOST_BITS} for your\n"
        "  General Purpose Keys. Choosing a key modulus greater than 512 may take\n  a few minutes.\n\n"
    )
    bits = await ask_number(session, "How many bits in the modulus", DEFAULT_BITS, LEAST_BITS, MOST_BITS)
    make(router, label, bits, exportable)
    session.write(generating(bits, exportable) + "\n")


@answer("crypto_key_zeroize")
def _zeroize(session: Session, config: Config, statement: Statement) -> str:
    label: str | None = statement.get("label")
    pairs = session.router.private.key_pairs
    if not pairs or (label is not None and label not in pairs):
        return "% No Signature RSA Keys found in configuration.\n"
    session.start(_ask_zeroize(session, label))
    return ""


async def _ask_zeroize(session: Session, label: str | None) -> None:
    what = "All RSA keys" if label is None else f"Keys named '{label}'"
    session.write(f"% {what} will be removed.\n% All router certs issued using these keys will also be removed.\n")
    if not await ask_yes(session, "Do you really want to remove these keys? [yes/no]", ""):
        return
    from iosim.ios.features.pki.trust import PkiFeature

    router = session.router
    for known in [label] if label is not None else list(router.private.key_pairs):
        router[PkiFeature].forget_certificates(known)
        router.private.key_pairs.pop(known, None)
    router.reconcile()


@handler("show_crypto_key_mypubkey_rsa")
def show_keys(session: Session, statement: Statement) -> str:
    """`show crypto key mypubkey rsa [LABEL]`"""
    wanted, router = statement.get("label"), session.router
    pairs = router.private.key_pairs.values()
    return "".join(_key_text(router, pair) for pair in pairs if wanted in (None, pair.label))


def _key_text(router: Router, pair: KeyPair) -> str:
    exportable = "" if pair.exportable else "not "
    return (
        f"% Key pair was generated at: {clock_text(*router.zone.local(pair.generated), weekday=False)}\n"
        f"Key name: {pair.label}\nKey type: RSA KEYS\n Storage Device: private-config\n Usage: General Purpose Key\n"
        f" Key is {exportable}exportable. Redundancy enabled.\n Key Data:\n{hex_lines(pair.key.public_der)}"
    )


def hex_lines(der: bytes) -> str:
    """Octets in words of four, eight of them a line, each with a blank behind it but the last."""
    words = [der[at : at + 4].hex().upper() for at in range(0, len(der), 4)]
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    return "  " + " \n  ".join(lines) + "\n"

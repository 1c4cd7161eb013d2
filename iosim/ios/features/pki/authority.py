"""`crypto pki authenticate`: how a trustpoint comes by the certificate of its authority; and what is pasted.

What comes from the terminal is pasted: lines of base64 up to an empty one or `quit`.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from iosim.crypto.errors import CryptoError
from iosim.grammar import Rejected, Statement
from iosim.ios.config import Config
from iosim.ios.dialogue import ask_yes
from iosim.ios.features.pki.config import CA, Enrollment, Pki, Trustpoint
from iosim.ios.features.pki.scep import Server
from iosim.ios.features.pki.show import words
from iosim.ios.features.pki.trust import PkiFeature, read
from iosim.ios.registry import answer
from iosim.ios.session import Session

if TYPE_CHECKING:
    from iosim.crypto.x509 import Certificate

PASTE = 'End with a blank line or the word "quit" on a line by itself\n\n'


def trustpoint_of(session: Session, statement: Statement) -> tuple[str, Trustpoint, Enrollment]:
    """The trustpoint that is meant. Raises Rejected."""
    name = str(statement.get("name"))
    config = session.router.config[Pki].trustpoints.get(name)
    if config is None:
        raise Rejected(f"% Trustpoint {name} is not configured.")
    enrollment = config[Trustpoint].enrollment
    if enrollment is None:
        raise Rejected("% Please specify the enrollment method of the trustpoint first.")
    return name, config[Trustpoint], enrollment


def start(session: Session, coroutine: Coroutine[Any, Any, None]) -> str:
    """Begin a dialogue; the command itself prints nothing."""
    session.start(coroutine)
    return ""


async def pasted(session: Session) -> bytes:
    """What somebody pastes, decoded. Raises CryptoError."""
    from iosim.crypto.x509 import read_base64

    lines: list[str] = []
    while (line := (await session.ask("")).strip()) != "quit":
        if line:
            lines.append(line)
        elif lines:
            break
    return read_base64("\n".join(lines))


# The authority


@answer("crypto_pki_authenticate")
def _authenticate(session: Session, config: Config, statement: Statement) -> str:
    name, _, enrollment = trustpoint_of(session, statement)
    if session.router[PkiFeature].authority(name) is not None:
        return (
            "% Please delete your existing CA certificate first.\n"
            "% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA certificate.\n"
        )
    if enrollment.kind == "selfsigned":
        raise Rejected("% The trustpoint is for a self-signed certificate: there is no authority to authenticate.")
    return start(session, _get_authority(session, name, enrollment))


async def _get_authority(session: Session, name: str, enrollment: Enrollment) -> None:
    der = await (_from_terminal(session) if enrollment.url is None else _from_server(session, name, enrollment.url))
    certificate = read(der)
    if certificate is None or not certificate.is_authority:
        if der is not None:
            session.write("% Error in saving certificate: status = FAIL\n")
        return
    session.write(f"Certificate has the following attributes:\n{fingerprints(certificate)}\n")
    if not await ask_yes(session, "% Do you accept this certificate? [yes/no]", ""):
        session.write("% CA certificate not accepted.\n")
        return
    session.router.config[Pki].put(name, CA, certificate.serial_text, certificate.der)
    session.write("Trustpoint CA certificate accepted.\n")
    if enrollment.url is None:
        session.write("% Certificate successfully imported\n\n")
    session.router.reconcile()


async def _from_terminal(session: Session) -> bytes:
    session.write(f"\nEnter the base 64 encoded CA certificate.\n{PASTE}")
    try:
        return await pasted(session)
    except CryptoError:
        return b""


async def _from_server(session: Session, name: str, url: str) -> bytes | None:
    server = Server(session.router, name, url)
    der = await server.authority()
    if der is None:
        session.write("% Error in receiving Certificate Authority certificate: status = FAIL, cert length = 0\n\n")
        server.complain()
    return der


def fingerprints(certificate: Certificate) -> str:
    """The two lines of fingerprints of a dialogue."""
    md5, sha1 = (words(digest) for digest in certificate.fingerprints)
    return f"       Fingerprint MD5: {md5} \n      Fingerprint SHA1: {sha1} \n"

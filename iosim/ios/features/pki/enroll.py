"""`crypto pki enroll`, `import` and `export`: how a router comes by its certificate."""

from __future__ import annotations

from datetime import datetime, timedelta

from iosim.crypto.errors import CryptoError
from iosim.grammar import Rejected, Statement
from iosim.grammar.values import format_address, parse_address
from iosim.ios.config import Config
from iosim.ios.dialogue import ask_yes
from iosim.ios.features.isakmp.identity import full_name
from iosim.ios.features.pki.authority import PASTE, pasted, start, trustpoint_of
from iosim.ios.features.pki.config import CA, SELF_SIGNED, Enrollment, Pki, Trustpoint
from iosim.ios.features.pki.keys import generating, make
from iosim.ios.features.pki.request import Enrolling
from iosim.ios.features.pki.trust import PkiFeature, read
from iosim.ios.hardware import serial_number
from iosim.ios.private import KeyPair
from iosim.ios.registry import answer
from iosim.ios.router import Router
from iosim.ios.session import Session
from iosim.sim.task import Task

DEFAULT_BITS = 1024
HASH = "sha256"
SELF_SIGNED_END = datetime(2020, 1, 1)
"""When self-signed certificates of IOS end, unless that is past."""


@answer("crypto_pki_enroll")
def _enroll(session: Session, config: Config, statement: Statement) -> str:
    name, settings, enrollment = trustpoint_of(session, statement)
    if enrollment.kind == "selfsigned":
        return start(session, _sign_itself(session, name, settings))
    if session.router[PkiFeature].authority(name) is None:
        return "% You must authenticate the Certificate Authority before\nyou can enroll with it.\n"
    return start(session, _request(session, name, settings, enrollment))


async def _request(session: Session, name: str, settings: Trustpoint, enrollment: Enrollment) -> None:
    from iosim.crypto import x509

    pair = _key_pair(session, name, settings)
    session.write("%\n% Start certificate enrollment .. \n")
    challenge = await _ask_password(session) if enrollment.url is not None else ""
    device = await _describe(session, settings)
    try:
        subject = x509.make_name(settings.subject_name or "", device)
        der = x509.make_request(subject, pair.key, HASH, settings.subject_alt_name, challenge)
    except CryptoError as problem:
        raise Rejected(f"% The request cannot be made: {problem}") from None
    if enrollment.url is None:
        await _display(session, der)
    elif await ask_yes(session, "Request certificate from CA? [yes/no]", ""):
        session.write(
            "% Certificate request sent to Certificate Authority\n"
            f"% The 'show crypto pki certificate verbose {name}' commandwill show the fingerprint.\n\n"
        )
        Task(session.sim, Enrolling(session.router, name, enrollment.url, der, take).run())


def _key_pair(session: Session, name: str, settings: Trustpoint) -> KeyPair:
    """The key pair of a trustpoint; one that is missing is generated."""
    router = session.router
    pair = router[PkiFeature].key_pair(name)
    if pair is None:
        label = router[PkiFeature].label(name)
        bits = (settings.rsakeypair and settings.rsakeypair.size) or DEFAULT_BITS
        pair = make(router, label, bits)
        session.write(generating(bits, exportable=False))
    return pair


async def _ask_password(session: Session) -> str:
    """The challenge password, which goes with the request. Raises Rejected."""
    session.write(
        "% Create a challenge password. You will need to verbally provide this\n"
        "   password to the CA Administrator in order to revoke your certificate.\n"
        "   For security reasons your password will not be saved in the configuration.\n"
        "   Please make a note of it.\n\n"
    )
    password = await session.ask("Password: ", secret=True)
    if await session.ask("\nRe-enter password: ", secret=True) != password:
        raise Rejected("% Passwords do not match.")
    session.write("\n")
    return password


async def _describe(session: Session, settings: Trustpoint) -> list[tuple[str, str]]:
    """What the device says of itself in its subject name: asked for where the trustpoint does not tell."""
    device = []
    name = settings.fqdn or full_name(session.router)
    if settings.subject_name:
        session.write(f"% The subject name in the certificate will include: {settings.subject_name}\n")
    if name != "none":
        session.write(f"% The subject name in the certificate will include: {name}\n")
    serial = settings.serial_number is not None and not settings.serial_number.none
    if settings.serial_number is None:
        question = "% Include the router serial number in the subject name? [yes/no]"
        serial = await ask_yes(session, question, "")
    if serial:
        number = serial_number(session.router)
        session.write(f"% The serial number in the certificate will be: {number}\n")
        device.append(("serialNumber", number))
    if name != "none":
        device.append(("hostname", name))
    address = await _address(session, settings)
    return device if address is None else [*device, ("ipaddress", format_address(address))]


async def _address(session: Session, settings: Trustpoint) -> int | None:
    wanted, interfaces = settings.ip_address, session.router.stack.interfaces
    if wanted is None:
        if not await ask_yes(session, "% Include an IP address in the subject name? [no]", ""):
            return None
        said = (await session.ask("Enter Interface name or IP Address[]: ")).strip()
        by_name = next((each.address for name, each in interfaces.items() if name.lower() == said.lower()), None)
        return parse_address(said) or by_name
    if wanted.interface is not None:
        return interfaces[wanted.interface].address if wanted.interface in interfaces else None
    return wanted.address


async def _display(session: Session, der: bytes) -> None:
    """Enrollment by the terminal: the request is shown, as often as it is wanted."""
    from iosim.crypto.x509 import base64_lines

    question = "Display Certificate Request to terminal? [yes/no]"
    while await ask_yes(session, question, ""):
        session.write(
            f"Certificate Request follows:\n\n{base64_lines(der)}\n"
            "---End - This line not part of the certificate request---\n\n"
        )
        question = "Redisplay enrollment request? [yes/no]"


def take(router: Router, name: str, der: bytes) -> bool:
    """Keep a certificate of the router, if the authority has signed it and it is for the trustpoint's key."""
    pki, certificate = router[PkiFeature], read(der)
    authority, pair = pki.authority(name), pki.key_pair(name)
    if certificate is None or authority is None or pair is None:
        return False
    if not certificate.is_signed_by(authority) or certificate.public_der != pair.key.public_der:
        return False
    router.config[Pki].put(name, None, certificate.serial_text, der)
    router.reconcile()
    return True


@answer("crypto_pki_import")
def _import(session: Session, config: Config, statement: Statement) -> str:
    name, _, _ = trustpoint_of(session, statement)
    if session.router[PkiFeature].authority(name) is None:
        return "% You must authenticate the Certificate Authority before\nyou can import the router's certificate.\n"
    return start(session, _take_pasted(session, name))


async def _take_pasted(session: Session, name: str) -> None:
    session.write(f"\nEnter the base 64 encoded certificate.\n{PASTE}")
    try:
        der = await pasted(session)
    except CryptoError:
        der = b""
    taken = take(session.router, name, der)
    session.write(
        "% Router Certificate successfully imported\n\n"
        if taken
        else "% Failed to parse or verify imported certificate\n\n"
    )


@answer("crypto_pki_export")
def _export(session: Session, config: Config, statement: Statement) -> str:
    """`crypto pki export TRUSTPOINT pem terminal`: the certificates, without the private key."""
    from iosim.crypto.x509 import pem

    chain = session.router.config[Pki].chain(str(statement.get("name")))
    parts = (("% CA certificate:", chain.der(CA)), ("% General Purpose Certificate:", chain.der(None)))
    return "".join(f"{title}\n{pem(der)}\n" for title, der in parts if der)


async def _sign_itself(session: Session, name: str, settings: Trustpoint) -> None:
    """A certificate that the router signs itself."""
    from iosim.crypto import x509

    pair, router = _key_pair(session, name, settings), session.router
    device = await _describe(session, settings)
    if not await ask_yes(session, "Generate Self Signed Router Certificate? [yes/no]", ""):
        return
    now = router.clock_now().replace(microsecond=0)
    end = SELF_SIGNED_END if now < SELF_SIGNED_END else now + timedelta(days=3650)
    terms = x509.Terms(1, now, end, HASH, authority=True)
    try:
        subject = x509.make_name(settings.subject_name or "", device)
        der = x509.issue(subject, pair.key.private.public_key(), subject, pair.key, terms)
    except CryptoError as problem:
        raise Rejected(f"% The certificate cannot be made: {problem}") from None
    router.config[Pki].put(name, SELF_SIGNED, "01", der)
    session.write("\nRouter Self Signed Certificate successfully created\n\n")

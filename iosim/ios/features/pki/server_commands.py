"""What an operator sees of a certificate server and decides: `show crypto pki server`, `crypto pki server NAME …`."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from iosim.crypto.errors import CryptoError
from iosim.grammar import Rejected, Statement
from iosim.ios.clock import clock_text
from iosim.ios.features.pki.authority import pasted
from iosim.ios.features.pki.config import Pki, ServerSettings
from iosim.ios.features.pki.issuing import issue, issued_by, pending, take_request
from iosim.ios.features.pki.server import is_enabled, is_ready
from iosim.ios.features.pki.show import words
from iosim.ios.features.pki.trust import PkiFeature
from iosim.ios.registry import handler
from iosim.ios.router import Router
from iosim.ios.session import Session


def _known(session: Session, statement: Statement) -> str:
    name = str(statement.get("name"))
    if name not in session.router.config[Pki].servers:
        raise Rejected(f"% Certificate server {name} is not configured.")
    return name


@handler("pki_server_grant", "pki_server_reject")
def decide(session: Session, statement: Statement) -> str:
    """`crypto pki server NAME grant|reject all|NUMBER`: the answer waits until the router asks again."""
    router, name, which = session.router, _known(session, statement), statement.get("which")
    chosen = [request for request in pending(issued_by(router, name)) if which in ("all", request.number)]
    if not chosen:
        raise Rejected("% No pending requests found.")
    for request in chosen:
        request.answer = issue(router, name, request) if statement.command == "pki_server_grant" else b""
    return ""


@handler("pki_server_request")
def request(session: Session, statement: Statement) -> Coroutine[Any, Any, None]:
    """`crypto pki server NAME request pkcs10 terminal`: the request is pasted, the certificate printed."""
    name = _known(session, statement)
    if not is_enabled(session.router, name):
        raise Rejected("% Certificate server is not enabled.")
    return _request(session, name)


async def _request(session: Session, name: str) -> None:
    from iosim.crypto.x509 import base64_lines

    session.write(
        "PKCS10 request in base64 or pem\n\n% Enter Base64 encoded or PEM formatted PKCS10 enrollment request.\n"
        '% End with a blank line or "quit" on a line by itself.\n'
    )
    try:
        known = take_request(session.router, name, await pasted(session))
    except CryptoError:
        raise Rejected("% Error in parsing PKCS10 enrollment request") from None
    if known is None:
        session.write("% Enrollment request rejected.\n")
    elif known.answer is None:
        session.write(f"% Enrollment request pending, reqId={known.number}\n")
    else:
        session.write(f"\n% Granted certificate:\n{base64_lines(known.answer)}\n")


@handler("pki_server_requests")
def show_requests(session: Session, statement: Statement) -> str:
    """`crypto pki server NAME info requests`"""
    from iosim.crypto.x509 import Request

    rows = []
    for request in issued_by(session.router, _known(session, statement)).requests.values():
        asked = Request(request.der)
        state = "pending" if request.answer is None else "granted" if request.answer else "rejected"
        rows.append(f"{request.number:<6} {state:<10} {asked.fingerprints[0].hex().upper():<32} {asked.subject.text}\n")
    heading = "ReqID  State      Fingerprint                      SubjectName\n" + 62 * "-" + "\n"
    none = f"Subordinate CA certificate requests:\n{heading}\nRA certificate requests:\n{heading}\n"
    return f"Enrollment Request Database:\n\n{none}Router certificates requests:\n{heading}{''.join(rows)}\n"


@handler("show_crypto_pki_server")
def show_server(session: Session, statement: Statement) -> str:
    """`show crypto pki server [NAME]`"""
    wanted, router = statement.get("name"), session.router
    names = [name for name in router.config[Pki].servers if wanted in (None, name)]
    return "\n".join(_server_text(router, name) for name in names)


def _server_text(router: Router, name: str) -> str:
    settings = router.config[Pki].servers[name][ServerSettings]
    authority = router[PkiFeature].authority(name)
    on = is_ready(router, name)
    status, state = ("disabled", "shutdown") if not on else ("enabled", "enabled")
    if on and not is_enabled(router, name):
        status, state = "disabled, HTTP Server is disabled", "check failed"
    lines = [
        f"Certificate Server {name}:",
        f"    Status: {status}",
        f"    State: {state}",
        '    Server\'s configuration is locked  (enter "shut" to unlock it)'
        if on
        else '    Server\'s configuration is unlocked  (enter "no shut" to lock it)',
        f"    Issuer name: {settings.issuer or f'CN={name}'}",
    ]
    if authority is not None:
        end = authority.not_after.replace(tzinfo=None)
        grant = {"auto": "auto", "none": "none"}.get(str(settings.grant), "manual")
        lines += [
            f"    CA cert fingerprint: {words(authority.fingerprints[0])} ",
            f"    Granting mode is: {grant}",
            f"    Last certificate issued serial number (hex): {issued_by(router, name).next_serial - 1:X}",
            f"    CA certificate expiration timer: {clock_text(*router.zone.local(end), weekday=False)}",
            "    Current primary storage dir: nvram: ",
            f"    Database Level: {_LEVELS[settings.level]}",
        ]
    return "\n".join(lines) + "\n"


_LEVELS = {
    "minimum": "Minimum - no cert data written to storage",
    "names": "Names - subject name data written as <serialnum>.cnm",
    "complete": "Complete - all issued certs written as <serialnum>.cer",
}

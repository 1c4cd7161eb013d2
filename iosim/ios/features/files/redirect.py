"""`| redirect`, `| append` and `| tee`: the output of a command into a file."""

from __future__ import annotations

from iosim.grammar import Rejected, Statement
from iosim.ios.features.files.browse import problem, said
from iosim.ios.features.files.copy import put
from iosim.ios.places import NULL
from iosim.ios.session import Session


def redirect(session: Session, statement: Statement, text: str) -> str:
    """Write a text where the output modifier says; what is still to be shown. Raises Rejected."""
    place = said(session, statement.get("url"))
    if place.system == NULL:
        return text if statement.command == "filter_tee" else ""
    if not place.in_flash:
        raise Rejected(problem("opening", place, "Operation not supported"))
    data = text.encode()
    known = session.router.flash.files.get(place.path)
    if known is not None and (statement.command == "filter_append" or "append" in statement):
        data = (known.data or b"") + data
    put(session, place, data)
    return text if statement.command == "filter_tee" else ""

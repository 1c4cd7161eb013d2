"""Access lists for connections to and from the router itself: `access-class` of lines and of the HTTP server."""

from __future__ import annotations

from iosim.ios.features.access_lists.config import AccessListSettings
from iosim.ios.features.access_lists.engine import AccessLists
from iosim.ios.features.access_lists.line import STANDARD
from iosim.ios.router import Router
from iosim.stack.tcp.options import Key
from iosim.wire.ipv4 import TCP


def lets_pass(router: Router, name: str, direction: str, key: Key) -> bool:
    """Whether a list lets a connection pass ("in" or "out"); a list that is not there, or is empty, does.

    A standard list is asked about the other side. It counts its matches.
    """
    acl = router[AccessLists].get(name)
    if acl is None or not acl.entries:
        return True
    local, local_port, remote, remote_port = key
    standard = router.config[AccessListSettings].named[acl.name].mode == STANDARD
    if direction == "in" or standard:
        entry = acl.lookup(remote, local, TCP, remote_port, local_port)
    else:
        entry = acl.lookup(local, remote, TCP, local_port, remote_port)
    if entry is None:
        return False
    entry.matches += 1
    return entry.permit

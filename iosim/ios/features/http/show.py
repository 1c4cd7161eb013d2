"""`show ip http server …`."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.http.config import HttpSettings
from iosim.ios.features.http.server import HttpServer
from iosim.ios.registry import handler
from iosim.ios.session import Session
from iosim.stack.tcp.options import Key


@handler("show_ip_http")
def show_ip_http(session: Session, statement: Statement) -> str:
    """`show ip http server {all | status | connection | statistics | history}`"""
    what = statement.get("what")
    if what == "all":
        return "\n\n".join(view(session) for view in _VIEWS.values())
    return _VIEWS[what](session)


def _status(session: Session) -> str:
    settings = session.router.config[HttpSettings]
    return _STATUS.format(settings=settings, state=_state(session), access_class=settings.access_class or 0)


def _state(session: Session) -> str:
    return "Enabled" if session.router.config[HttpSettings].enabled else "Disabled"


def _connection(session: Session) -> str:
    visits = session.router[HttpServer].visits
    rows = "".join(f"{_row(visit.connection.key, *visit.counts)}\n" for visit in visits if not visit.over)
    return f"HTTP server current connections:\n{_HEADING}\n{rows}"


def _statistics(session: Session) -> str:
    return f"HTTP server statistics:\nAccepted connections total: {session.router[HttpServer].accepted}\n"


def _history(session: Session) -> str:
    router = session.router
    rows = "".join(
        f"{_row(past.key, past.received, past.sent)}  {router.zone.local(past.ended)[0]:%H:%M:%S %d/%m}\n"
        for past in router[HttpServer].history
    )
    return f"HTTP server history:\n{_HEADING}  end-time\n{rows}"


def _row(key: Key, received: int, sent: int) -> str:
    local, local_port, remote, remote_port = key
    return f"{format_address(local)}:{local_port}  {format_address(remote)}:{remote_port}  {received}  {sent}"


_HEADING = "local-ipaddress:port  remote-ipaddress:port  in-bytes  out-bytes"
_VIEWS = {"status": _status, "connection": _connection, "statistics": _statistics, "history": _history}
"""In the order of `all`."""
_STATUS = """\
HTTP server status: {state}
HTTP server port: {settings.port}
HTTP server active supplementary listener ports:
HTTP server authentication method: {settings.method}
HTTP server digest algorithm: md5
HTTP server access class: {access_class}
HTTP server base path:
HTTP server help root:
Maximum number of concurrent server connections allowed: {settings.most}
Server idle time-out: {settings.timeouts.idle} seconds
Server life time-out: {settings.timeouts.life} seconds
Server session idle time-out: 600 seconds
Maximum number of requests allowed on a connection: {settings.timeouts.requests}
HTTP server active session modules: ALL
HTTP secure server capability: Not present
"""

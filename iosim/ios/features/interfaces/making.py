"""Making interfaces, taking them away, and bringing them back to their defaults."""

from __future__ import annotations

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import interface_type
from iosim.ios.config import Config
from iosim.ios.features.interfaces.config import Interfaces, is_clone, parent_name
from iosim.ios.registry import answer, check
from iosim.ios.router import Router
from iosim.ios.session import Session

_NO_SUCH = "%Invalid interface type and number"
_MAY_REAPPEAR = "% Not all config may be removed and may reappear after reactivating the sub-interface\n"


@check("interface")
def check_interface(router: Router, config: Config, statement: Statement) -> None:
    """Physical interfaces are there or not: none can be made, none removed. What an interface was made as, it stays."""
    name = statement.get("interface")
    interfaces = config[Interfaces].interfaces
    _check_making(name, statement)
    if is_clone(name):
        raise Rejected(_NO_SUCH)
    known = interfaces.get(name)
    if known is not None:
        statement.args = {**known.args, **statement.args}
    parent = parent_name(name)
    absent = interface_type(name).physical and name not in router.hardware
    if known is not None and known.locked and (statement.no or statement.default):
        raise Rejected(known.locked)
    if router.running and known is None and (absent or (parent and parent not in interfaces)):
        raise Rejected(_NO_SUCH)
    if statement.no:
        _check_removal(interfaces, name)


def _check_removal(interfaces: dict[str, Config], name: str) -> None:
    """Sub-interfaces go with their main interface."""
    if interface_type(name).physical or name == "Null0":
        raise Rejected("% Removal of physical interfaces is not permitted")
    for other in [other for other in interfaces if parent_name(other) == name]:
        del interfaces[other]


def _check_making(name: str, statement: Statement) -> None:
    """`point-to-point` and `multipoint` are for sub-interfaces of Serial and ATM, `type` for virtual templates."""
    kind = interface_type(name).name
    if "link" in statement and ("." not in name or kind not in ("Serial", "ATM")):
        raise Rejected("% Invalid interface type")
    if "type" in statement and kind != "Virtual-Template":
        raise Rejected("% Invalid interface type")


@answer("interface")
def answer_interface(session: Session, config: Config, statement: Statement) -> str | None:
    """What `default interface` and the removal of a sub-interface print."""
    name = statement.get("interface")
    if statement.default:
        return f"Building configuration...\n\nInterface {name} set to default configuration\n"
    return _MAY_REAPPEAR if statement.no and parent_name(name) else None

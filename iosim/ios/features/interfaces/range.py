"""`interface range`: several interfaces at once, by their names or by those of a macro (`define interface-range`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.names import parse_range, range_names
from iosim.ios.bindings import Binding, Table, bound
from iosim.ios.blocks import Block
from iosim.ios.config import PLANNED, Config
from iosim.ios.features.interfaces.config import INTERFACES, Interfaces
from iosim.ios.features.interfaces.making import check_interface
from iosim.ios.registry import answer, bind, check, part
from iosim.ios.router import Router
from iosim.ios.session import Session


@dataclass(frozen=True, slots=True)
class Macro:
    """`define interface-range NAME GigabitEthernet0/0 - 1 , GigabitEthernet0/3`"""

    macro: str
    range: str


@part("config")
@dataclass(slots=True)
class Macros:
    """The named ranges."""

    macros: dict[Any, Macro] = bound(Table("define_interface_range", order=390, key=("macro",), type=Macro))


class RangeBinding(Binding):
    """Opens all interfaces of a range as one, or removes them; nothing of the range itself is kept."""

    def apply(self, part: Any, name: str, statement: Statement) -> Config | None:
        interfaces = statement.all("interface")
        for each in interfaces:
            INTERFACES.apply(part, name, _one(each, statement))
        if statement.no or statement.default:
            return None
        members = [part.interfaces[each] for each in interfaces]
        standing = next((each.standing for each in members if each.standing != PLANNED), PLANNED)
        return Config("config_if_range", standing=standing, members=members)

    def blocks(self, mode: str, value: Any) -> Iterator[Block]:
        return iter(())


def _one(name: str, statement: Statement) -> Statement:
    """What the statement says to one of the interfaces."""
    return Statement("interface", {"interface": [name]}, statement.no, statement.default)


bind("config", Interfaces, "interfaces", RangeBinding("interface_range", order=401))


@check("interface_range")
def _check_range(router: Router, config: Config, statement: Statement) -> None:
    """Find the interfaces that the statement means, and see that each can be had."""
    for name in _names(config, statement):
        check_interface(router, config, _one(name, statement))
    statement.args["interface"] = _names(config, statement)


def _names(config: Config, statement: Statement) -> list[str]:
    text = statement.get("range")
    if text is None:
        macro = config[Macros].macros.get((statement.get("macro"),))
        if macro is None:
            raise Rejected(f"% Macro {statement.get('macro')} not found")
        text = macro.range
    return range_names(parse_range(text) or ())


@answer("interface_range")
def _answer_range(session: Session, config: Config, statement: Statement) -> str | None:
    if not statement.default:
        return None
    names = statement.all("interface")
    return "Building configuration...\n\n" + "".join(
        f"Interface {name} set to default configuration\n" for name in names
    )

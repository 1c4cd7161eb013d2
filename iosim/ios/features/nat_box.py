"""The commands of a translator: what it translates now, and to forget that."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.host import HostTerminal
from iosim.ios.nat_box import NatBox
from iosim.ios.registry import handler
from iosim.wire.ipv4 import ICMP, TCP, UDP

_NAMES = {ICMP: "icmp", TCP: "tcp", UDP: "udp"}
_ROW = "{:5} {:22} {:22}"


@handler("nat_box_translations")
def show_translations(terminal: HostTerminal, statement: Statement) -> str:
    """`show translations`"""
    box = terminal.host
    assert isinstance(box, NatBox)
    rows = [_ROW.format("Pro", "Inside", "Outside").rstrip()]
    for host, own in box.translator.static.items():
        rows.append(_ROW.format("---", format_address(host), format_address(own)).rstrip())
    for each in box.translator:
        inside = f"{format_address(each.inside)}:{each.inside_port}"
        outside = f"{format_address(box.translator.outside)}:{each.outside_port}"
        rows.append(_ROW.format(_NAMES[each.protocol], inside, outside).rstrip())
    return "".join(f"{row}\n" for row in rows)


@handler("nat_box_clear")
def clear_translations(terminal: HostTerminal, statement: Statement) -> None:
    """`clear translations`: what goes on gets another port."""
    box = terminal.host
    assert isinstance(box, NatBox)
    box.translator.clear()

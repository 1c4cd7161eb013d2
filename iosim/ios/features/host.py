"""The commands of a host that routers do not have."""

from __future__ import annotations

from iosim.grammar import Statement
from iosim.grammar.values import format_address
from iosim.ios.features.arp import mac_text
from iosim.ios.host import Host, HostTerminal
from iosim.ios.registry import handler


@handler("host_ip")
def host_ip(terminal: HostTerminal, statement: Statement) -> str:
    """`ip`: the address, the gateway and the state of the interface."""
    host = terminal.host
    assert isinstance(host, Host)
    gateway = "none" if host.gateway is None else format_address(host.gateway)
    text = ""
    for interface in host.stack.interfaces.values():
        text += f"{interface.name} is {'up' if interface.line_up else 'down'}, address {mac_text(interface.mac)}\n"
        for address, length in interface.addresses:
            text += f"  {format_address(address)}/{length}\n"
    return text + f"  gateway {gateway}\n"

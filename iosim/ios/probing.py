"""What `ping` and `traceroute` share: their targets and their sources."""

from __future__ import annotations

from iosim.grammar import Rejected, Statement
from iosim.grammar.names import parse_interface
from iosim.grammar.values import parse_address
from iosim.ios.dialogue import ask
from iosim.ios.identity import Identity
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack

UNKNOWN = "% Unrecognized host or address, or protocol not running."
BAD_SOURCE = "% Invalid source. Must use same-VRF IP address or full interface name without spaces (e.g. Serial0/1)\n"
BAD_INTERFACE = "% Invalid source interface - IP not enabled or interface is down"
NOT_OURS = "% Invalid source address- IP address not on any of our up interfaces"


def target_of(terminal: Terminal, word: str) -> int:
    """The address that a word is. There are no name servers: raises Rejected for a name."""
    address = parse_address(word)
    if address is None:
        raise Rejected(_translating(terminal, word) + UNKNOWN)
    return address


def _translating(terminal: Terminal, word: str) -> str:
    """What a router prints while it asks for a name; a word of digits and dots is no name."""
    is_name = any(char.isalpha() for char in word)
    if is_name and isinstance(terminal, Session) and terminal.router.config[Identity].domain_lookup:
        return f'Translating "{word}"...domain server (255.255.255.255)\n'
    return ""


def source_of(stack: Stack, statement: Statement) -> int | None:
    """The address that `source X` means, None without that option. Raises Rejected when it is not ours, or is down."""
    source: int | str | None = statement.get("source")
    if isinstance(source, str):
        address = _address(stack.interfaces.get(source))
        if address is None:
            raise Rejected(BAD_INTERFACE)
        return address
    if source is not None and not is_ours(stack, source):
        raise Rejected(NOT_OURS)
    return source


async def ask_source(terminal: Terminal, label: str) -> int | None:
    """The source of a dialogue: an address of ours, an interface, or nothing."""
    while True:
        answer = await ask(terminal, label)
        if not answer:
            return None
        address = parse_address(answer)
        if address is None:
            address = _address(terminal.stack.interfaces.get(parse_interface(answer) or answer))
        if address is not None and is_ours(terminal.stack, address):
            return address
        terminal.write(BAD_SOURCE)


async def ask_target(terminal: Terminal) -> int:
    """The protocol, which can only be IP, and the target."""
    protocol = await ask(terminal, "Protocol", "ip")
    if protocol.lower() != "ip":
        raise Rejected(f'% Unknown protocol - "{protocol}", type "ping ?" for help')
    answer = await ask(terminal, "Target IP address")
    address = parse_address(answer)
    if address is None:
        raise Rejected((_translating(terminal, answer) if answer else "") + "% Bad IP address")
    return address


def is_ours(stack: Stack, address: int) -> bool:
    """Whether an interface that is up has this address."""
    return any(interface.line_up and interface.owns(address) for interface in stack.interfaces.values())


def _address(interface: Interface | None) -> int | None:
    return interface.address if interface is not None and interface.line_up else None

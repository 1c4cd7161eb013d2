"""What `ping` and `traceroute` share: their targets and their sources."""

from __future__ import annotations

from iosim.data import dataclass
from iosim.grammar import Rejected, Statement
from iosim.grammar.names import parse_interface
from iosim.grammar.values import parse_address
from iosim.ios.dialogue import ask
from iosim.ios.features.names import lookup, translating
from iosim.ios.session import Session
from iosim.ios.terminal import Terminal
from iosim.stack.interface import Interface
from iosim.stack.stack import Stack

UNKNOWN = "% Unrecognized host or address, or protocol not running."
BAD_SOURCE = "% Invalid source. Must use same-VRF IP address or full interface name without spaces (e.g. Serial0/1)\n"
BAD_INTERFACE = "% Invalid source interface - IP not enabled or interface is down"
NOT_OURS = "% Invalid source address- IP address not on any of our up interfaces"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to probe; `name` is what a router's table of hosts calls them, when they were named."""

    address: int
    name: str | None = None


def target_of(terminal: Terminal, word: str, refusal: str = UNKNOWN) -> Target:
    """Whom a word means: an address, or a name that the router knows. Raises Rejected."""
    address = parse_address(word)
    if address is not None:
        return Target(address)
    is_name = any(char.isalpha() for char in word)
    if not is_name or not isinstance(terminal, Session):
        raise Rejected(refusal)
    entry = lookup(terminal.router.config, word)
    if entry is None:
        raise Rejected(translating(terminal.router.config, word) + refusal)
    return Target(entry.address[0], entry.name)


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


async def ask_target(terminal: Terminal) -> Target:
    """The protocol, which can only be IP, and the target."""
    protocol = await ask(terminal, "Protocol", "ip")
    if protocol.lower() != "ip":
        raise Rejected(f'% Unknown protocol - "{protocol}", type "ping ?" for help')
    return target_of(terminal, await ask(terminal, "Target IP address"), "% Bad IP address")


async def ask_header_options(terminal: Terminal) -> bool:
    """Whether the output is to be verbose; asked until an empty answer, as options can be added one by one."""
    verbose = False
    while True:
        answer = await ask(terminal, f"Loose, Strict, Record, Timestamp, Verbose[{'V' if verbose else 'none'}]")
        if not answer or "none".startswith(answer.lower()):
            return verbose
        if "verbose".startswith(answer.lower()):
            verbose = True
        else:
            terminal.write("% IP header options are not simulated\n")


def is_ours(stack: Stack, address: int) -> bool:
    """Whether an interface that is up has this address."""
    return any(interface.line_up and interface.owns(address) for interface in stack.interfaces.values())


def _address(interface: Interface | None) -> int | None:
    return interface.address if interface is not None and interface.line_up else None

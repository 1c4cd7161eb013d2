"""`show tech-support`: the answers of other commands, one after the other, without the secrets that are in them."""

from __future__ import annotations

import re

from iosim.grammar import Statement
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse
from iosim.ios import registry
from iosim.ios.registry import handler
from iosim.ios.session import Session

PARTS = (
    "show clock",
    "show version",
    "show running-config",
    "show interfaces",
    "show ip interface",
    "show ip route",
    "show arp",
    "show access-lists",
    "show processes memory",
    "show processes cpu",
    "show processes cpu history",
    "show memory statistics",
    "show inventory",
    "show environment",
    "show cdp neighbors detail",
    "show ip traffic",
    "show crypto map",
    "show crypto isakmp sa detail",
    "show crypto ipsec sa detail",
    "show crypto session detail",
    "show debugging",
    "show logging",
)


@handler("show_tech_support")
def show_tech_support(session: Session, statement: Statement) -> str:
    """`show tech-support`"""
    text = "".join(
        f"\n------------------ {command} ------------------\n\n{_answer(session, command)}" for command in PARTS
    )
    return _SECRETS.sub(r"\1<removed>", text)


_SECRETS = re.compile(
    r"(?m)^((?:.* )?(?:secret|password) (?:\d )?|crypto isakmp key (?:\d )?|snmp-server community )"
    r"\S.*?(?= address | R[OW]|$)"
)
"""What stands before a secret in a configuration, and the secret, up to what may follow it."""


def _answer(session: Session, command: str) -> str:
    statement = parse(ios_grammar(), "privileged", command)
    text = registry.handlers[statement.command](session, statement)
    assert isinstance(text, str), command
    return text

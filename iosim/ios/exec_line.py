"""A line of the EXEC: a command, or the name of a host to connect to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iosim.grammar import CliError, Incomplete, Invalid, Rejected, Statement
from iosim.grammar.grammar import ios_grammar
from iosim.grammar.parse import parse, split_words, walk
from iosim.grammar.values import parse_address

if TYPE_CHECKING:
    from iosim.ios.config import Config
    from iosim.ios.session import Session

_FAMILIES = ("show", "clear", "debug", "undebug")
"""Commands whose first word alone is answered by a hint."""


def read_exec(session: Session, line: str) -> Statement:
    """The command that a line is in the mode of a session. Raises CliError.

    A single word that is none is taken for the name of a host, but not after `transport preferred none`.
    """
    mode, config = session.mode, session.router.config
    try:
        session.guard(mode, line)
        return parse(ios_grammar(), mode, line)
    except Incomplete:
        raise _subcommands(mode, line) from None
    except Invalid:
        word = line.strip()
        if word.split() != [word] or not _calls_hosts(session):
            raise
        if _is_host(config, word):
            return parse(ios_grammar(), mode, f"telnet {word}")
        if word.isalnum():
            raise _unknown_host(config, word) from None
        raise


def _calls_hosts(session: Session) -> bool:
    from iosim.ios.features.telnet.config import network_of

    return network_of(session.router, session.line).calls_hosts


def _is_host(config: Config, word: str) -> bool:
    """Whether a word is an address, or the name of a host that is known."""
    from iosim.ios.features.names import lookup

    return parse_address(word) is not None or (any(map(str.isalpha, word)) and lookup(config, word) is not None)


def _unknown_host(config: Config, word: str) -> CliError:
    """What is said to a word that is no command: it is taken for the name of a host."""
    from iosim.ios.features.names import translating

    looking = translating(config, word) or f'Translating "{word}"\n\n% Bad IP address or host name\n'
    return Rejected(looking + "% Unknown command or computer name, or unable to find computer address")


def _subcommands(mode: str, line: str) -> CliError:
    """What a line that ends too early is told: for the first word of a large family alone, where to find the others."""
    words = split_words(line)
    _, _, terminals = walk(ios_grammar().start(mode), line, words)
    if len(words) == 1 and terminals[0].text in _FAMILIES:
        return Rejected(f'% Type "{terminals[0].text} ?" for a list of subcommands')
    return Incomplete()

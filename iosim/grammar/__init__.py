"""The IOS command line as one grammar in four uses: parse, `?`, Tab and, backwards, running-config text."""

from iosim.grammar.error import Ambiguous, CliError, Incomplete, Invalid, Rejected
from iosim.grammar.grammar import Grammar
from iosim.grammar.parse import Statement

__all__ = ["Ambiguous", "CliError", "Grammar", "Incomplete", "Invalid", "Rejected", "Statement"]

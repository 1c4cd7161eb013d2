"""What a command line can be refused for, and the words of IOS for it."""

from __future__ import annotations


class CliError(Exception):
    """A line that is refused. `message(indent)` is what the terminal prints; `indent` is the width of the prompt."""

    def message(self, indent: int = 0) -> str:
        """The text for the terminal, lines ending in a newline."""
        return f"{self}\n"


class Invalid(CliError):
    """A word that cannot stand where it stands. `column` counts from 0 in the line as typed."""

    def __init__(self, column: int) -> None:
        super().__init__("% Invalid input detected at '^' marker.")
        self.column = column

    def message(self, indent: int = 0) -> str:
        return f"{' ' * (indent + self.column)}^\n{self}\n\n"


class Ambiguous(CliError):
    """An abbreviation of several words."""

    def __init__(self, line: str) -> None:
        super().__init__(f'% Ambiguous command:  "{line}"')


class Incomplete(CliError):
    """A line that ends too early."""

    def __init__(self) -> None:
        super().__init__("% Incomplete command.")

    def message(self, indent: int = 0) -> str:
        return f"{self}\n\n"


class Rejected(CliError):
    """A well-formed command that the router does not take, in its own words."""

"""Questions of the extended dialogues: a label, the default in brackets, and the answer checked."""

from __future__ import annotations

from iosim.ios.terminal import Terminal


async def ask(terminal: Terminal, label: str, default: str = "") -> str:
    """The answer, or the default for an empty line."""
    question = f"{label} [{default}]: " if default else f"{label}: "
    return (await terminal.ask(question)).strip() or default


async def ask_number(terminal: Terminal, label: str, default: int, low: int, high: int) -> int:
    """A number in a range; asked again until it is one."""
    while True:
        answer = await ask(terminal, label, str(default))
        if answer.isascii() and answer.isdecimal() and len(answer) < 11 and low <= int(answer) <= high:
            return int(answer)
        terminal.write(f"% A decimal number between {low} and {high}.\n")


async def ask_yes(terminal: Terminal, label: str, default: str) -> bool:
    """Yes or no; anything else is the default, which is shown as it is given (`n` or `no`)."""
    answer = (await ask(terminal, label, default)).lower()
    return answer in ("y", "ye", "yes") or (answer not in ("n", "no") and default.startswith("y"))

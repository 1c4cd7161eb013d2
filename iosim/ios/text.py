"""Configuration files as they come: bytes of any encoding become text, copies of terminals lose what was printed."""

from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE_END = re.compile(r"\r\n|\n|\r")
_PROMPT = re.compile(r"\s*[\w.-]{1,63}(\([\w-]+\))?[#>]\s*")
_PAGER = re.compile(r"\s*<?-+ ?More ?-+>?[ \x08]*")
_HEADERS = re.compile(
    r"\s*(Building configuration\.\.\.|Current configuration\b|Using \d+ out of|Last configuration change|\[OK\]"
    r"|NVRAM config last updated|Load for (five|one)|Time source is|Enter configuration commands, one per line"
    r"|ntp clock-period \d+\s*$|Destination filename \[|%|\^\s*$)"
)
_ASKING = re.compile(
    r"\s*(show?|ping|traceroute|debug|undebug|clear|copy|dir|more|reload|write) \S",
    re.IGNORECASE,
)
_ASKING_FOR_LINES = re.compile(
    r"\s*(sho?w?\s+(run|star|conf|arch)|wr|mor|copy|term|clear|undebug|reload)", re.IGNORECASE
)


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or else Latin-1; NULs that pad the end are left out."""
    data = data.rstrip(b"\0") if not data.startswith(codecs.BOM_UTF16_LE) else data
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def split_lines(text: str) -> list[str]:
    """The lines of a text, ended by LF, CR LF or CR; an end of the text that is no line is not one."""
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def is_header(line: str) -> bool:
    """Whether a line is what a router prints with a configuration, and no part of it: nobody typed it."""
    return _HEADERS.match(line) is not None


def without_remnants(line: str) -> str:
    """A line copied from a terminal without `--More--`, backspaces and a prompt before it."""
    line = _PAGER.sub("", line).replace("\x08", "")
    prompt = _PROMPT.match(line)
    return line[prompt.end() :] if prompt else line


def is_asking(line: str) -> bool:
    """Whether a line begins as an exec command does and no line of a configuration: a router that loads it skips it."""
    return _ASKING.match(line) is not None


def shows_output(line: str) -> bool:
    """Whether what stands below an exec command in a copy of a terminal is its output, and nothing to configure."""
    return is_asking(line) and _ASKING_FOR_LINES.match(line) is None

"""A builder's words without what would steer the terminal that they are shown on."""

from __future__ import annotations

import re

# Control sequences, strings (such as a title) up to their end, other escapes, and control
# characters of both sets but for the tabulator (ECMA-48).
_STEERING = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0a-\x1f\x7f-\x9f]"
)
_ENDS = re.compile("\r\n|\n|\r")


def plain_lines(text: str) -> list[str]:
    """The lines of a text, each without control sequences and with blanks for tabulators."""
    lines = _ENDS.split(text)
    if not lines[-1]:
        lines.pop()
    return [_STEERING.sub("", line).expandtabs() for line in lines]

"""Messages as the reference writes them where no terminal shows them."""

from __future__ import annotations

import re

# Sequences that steer a terminal, and characters that are left out.
_STEERING = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[()][0-9A-Za-z]|\][^\x07]*\x07|.)?|[\r\a]")
_TAB = 8


def plain(text: str) -> str:
    """The text with its tabs as spaces and nothing that steers a terminal.

    A tab goes to the next multiple of eight columns, counted over all of the
    text: the end of a line counts for nothing and starts nothing anew.
    """
    if text.isprintable():
        return text
    text = _STEERING.sub("", text)
    head, *pieces = text.split("\t")
    parts, width = [head], _width(head)
    for piece in pieces:
        gap = _TAB - width % _TAB
        parts += [" " * gap, piece]
        width += gap + _width(piece)
    return "".join(parts)


def _width(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return sum(map(str.isprintable, text))
    return sum(map(_columns, text))


def _columns(char: str) -> int:
    import unicodedata  # rarely needed, slow to import

    if unicodedata.combining(char) or not char.isprintable():
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

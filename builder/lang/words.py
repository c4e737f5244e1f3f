"""Names and strings as Nix writes them."""

from __future__ import annotations

import re

from builder.lang.grammar import NAME_TEXT

_IDENTIFIER = re.compile(rf"{NAME_TEXT}\Z")
_RESERVED = frozenset({"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'["\\\n\r\t]|\$(?=\{)')


def quoted(text: str) -> str:
    """A string literal for `text`."""
    return '"' + _SPECIAL.sub(lambda m: _ESCAPES.get(m.group(), "\\$"), text) + '"'


def attribute(name: str) -> str:
    """An attribute's name, quoted where it must be."""
    if _IDENTIFIER.match(name) and name not in _RESERVED:
        return name
    return quoted(name)

"""The tables of the grammar."""

from __future__ import annotations

# Binary operators: precedence (higher binds closer) and associativity.
LEVELS: dict[str, tuple[int, str]] = {
    "->": (1, "right"),
    "||": (2, "left"),
    "&&": (3, "left"),
    "==": (4, "none"),
    "!=": (4, "none"),
    "<": (5, "none"),
    ">": (5, "none"),
    "<=": (5, "none"),
    ">=": (5, "none"),
    "//": (6, "right"),
    "+": (8, "left"),
    "-": (8, "left"),
    "*": (9, "left"),
    "/": (9, "left"),
    "++": (10, "right"),
    "?": (11, "none"),
}
# How closely the prefix operators bind.
NOT, NEGATE = 7, 12
# The tokens that an operand can begin with.
STARTS = frozenset(
    {"id", "int", "float", "path", "hpath", "spath", "uri", '"', "''", "(", "{", "[", "rec", "let"}
)
# What messages call the tokens that are not shown as they are.
KINDS = {
    "id": "an identifier",
    "int": "an integer",
    "float": "a floating-point number",
    "path": "a path",
    "hpath": "a path",
    "spath": "a path",
    "uri": "a URI",
    "eof": "end of file",
}
# The largest integer literal.
BIGGEST = 2**63 - 1
PATH_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+/")

"""The tables of the grammar."""

from __future__ import annotations

import re

# What a name is.
NAME_TEXT = r"[a-zA-Z_][a-zA-Z0-9_'\-]*+"
# The experimental features of Nix 2.26 that change what is read.
FEATURES = frozenset({"no-url-literals", "pipe-operators"})
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
    "?": (11, "left"),
}
# How closely the prefix operators bind.
NOT, NEGATE = 7, 12
# The tokens that an operand can begin with.
STARTS = frozenset(
    {"id", "names", "int", "float", "path", "hpath", "spath", "uri", "str", '"', "''", "("}
    | {"{", "[", "rec", "let"}
)
# Of them those that are one token; what follows the last token of an expression; the tokens
# that begin what is no operand; the operators between whole operations.
ATOMS = frozenset({"id", "names", "str", "int"})
CLOSERS = frozenset({";", ")", "]", "}", ","})
BEGINNINGS = frozenset({"if", "assert", "with", "let"})
PIPES = frozenset({"|>", "<|"})
PREFIXES = frozenset({"!", "-"})
# The tokens that a binding can begin with.
BINDERS = frozenset({"id", "names", "or", "str", '"', "${"})
# What the reference's messages call the tokens that are not shown as they are.
KINDS = {
    "id": "ID",
    "names": "ID",
    "str": "'\"'",
    "int": "INT_LIT",
    "float": "FLOAT_LIT",
    "path": "PATH",
    "hpath": "HPATH",
    "spath": "SPATH",
    "uri": "URI",
    "eof": "end of file",
    "bad": "invalid token",
    "''": "IND_STRING_OPEN",
    "${": "DOLLAR_CURLY",
    "...": "ELLIPSIS",
    "==": "EQ",
    "!=": "NEQ",
    "<=": "LEQ",
    ">=": "GEQ",
    "&&": "AND",
    "||": "OR",
    "->": "IMPL",
    "//": "UPDATE",
    "++": "CONCAT",
    "|>": "PIPE_INTO",
    "<|": "PIPE_FROM",
    "or": "OR_KW",
    "in": "IN_KW",
    **{word: word.upper() for word in ("if", "then", "else", "assert", "with", "let")},
    **{word: word.upper() for word in ("rec", "inherit")},
}
# What can stand where an attribute's name must.
NAMES = "ID or OR_KW or DOLLAR_CURLY or '\"'"
# What can follow bindings, by what they began with.
FOLLOWERS = {
    "{": "INHERIT",
    "rec": "INHERIT or '}'",
    "let": "IN_KW or INHERIT",
    "let {": "INHERIT or '}'",
}
PATH_CHAR = r"[a-zA-Z0-9._\-+]"
# Literal text inside of a path: all of it, and how much of it the reference's lexer takes at once.
PATH_TEXT = re.compile(rf"(?:{PATH_CHAR}|/)+")
PATH_PIECE = re.compile(rf"{PATH_CHAR}*(?:/{PATH_CHAR}+)+/?|{PATH_CHAR}*/|{PATH_CHAR}+")

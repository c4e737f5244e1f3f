"""POSIX extended regular expressions in Python's notation."""

from __future__ import annotations

_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\ \t\n\r\f\v",
    "blank": r"\ \t",
    "punct": r"""!-/:-@\[-`{-~""",
    "cntrl": r"\x00-\x1f\x7f",
    "print": r"\x20-\x7e",
    "graph": r"\x21-\x7e",
    "xdigit": "0-9a-fA-F",
}
_QUANTIFIERS = "*+?{"


def translate(pattern: str) -> str:
    """The same expression for `re`; what `re` then refuses is an error there."""
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if char == "[":
            piece, at = _bracket(pattern, at)
            parts.append(piece)
            continue
        if char == "\\" and at + 1 < len(pattern):
            parts.append("\\" + pattern[at + 1] if not pattern[at + 1].isalnum() else "(?!)")
            at += 2
            continue
        if char == "$":
            parts.append(r"\Z")
        elif char == "^":
            parts.append(r"\A")
        elif char == "(" and pattern.startswith("?", at + 1):
            parts.append(char + "*")  # refused by `re`, as POSIX refuses "(?"
        elif char in "?+" and at and pattern[at - 1] in "*+?}" and pattern[at - 2 : at - 1] != "\\":
            # To `re` this would be a lazy or possessive quantifier; to POSIX it is a
            # quantifier of a quantified expression, which means `*` here.
            if pattern[at - 1] != "}" and parts[-1] != "*":
                parts[-1] = "*"
        else:
            parts.append(char)
        at += 1
    return "".join(parts)


def _bracket(pattern: str, at: int) -> tuple[str, int]:
    """The bracket expression that starts at `at`, and where it ends."""
    parts = ["["]
    at += 1
    if pattern.startswith("^", at):
        parts.append("^")
        at += 1
    first = True
    while at < len(pattern) and (first or pattern[at] != "]"):
        first = False
        if pattern.startswith("[:", at):
            end = pattern.find(":]", at)
            name = pattern[at + 2 : end] if end >= 0 else ""
            if name in _CLASSES:
                parts.append(_CLASSES[name])
                at = end + 2
                continue
        char = pattern[at]
        parts.append("\\" + char if char in "\\[]&~|^" else char)
        at += 1
    if at >= len(pattern):
        return "[", at
    return "".join(parts) + "]", at + 1

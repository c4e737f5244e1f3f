"""Names and texts of random programs."""

from __future__ import annotations

from random import Random

NAMES = ("a", "b", "c", "d", "e", "foo", "bar", "x-y", "z'")
_TEXTS = ("", "a", "b", "ab", "a b", "1", "2.3", "x-1.0", "foo.bar", "/a/b", "é", "α β", "a.b.c")


def text(random: Random) -> str:
    """A text without anything to escape."""
    return random.choice(_TEXTS)


_ESCAPED = (
    '"a\\nb"',
    '"tab\\t"',
    '"\\${x}"',
    '"$$"',
    '"q\\"q"',
    "''indented''",
    "''\n    two\n      lines\n  ''",
    "'' '''x ''${y} ''\\n ''",
    '"\\\\"',
    '"back\\slash"',
)


def quoted_literal(random: Random) -> str:
    """A string literal."""
    if random.random() < 0.2:
        return random.choice(_ESCAPED)
    return f'"{text(random)}"'

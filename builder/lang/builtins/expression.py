"""A POSIX extended regular expression, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from builder.lang.builtins.longest import Search, Span
from builder.lang.builtins.posix import (
    BadExpression,
    Choice,
    Node,
    Repeat,
    TooBig,
    has,
    may_explode,
    parse,
    to_python,
)
from builder.lang.builtins.strings import from_bytes, to_bytes
from builder.lang.errors import EvalError
from builder.lang.stack import interruptible

_SHORT = 16  # characters that no expression takes long for
_LONG = 2000  # characters that an expression without nested repetitions takes not long for


class Expression:
    """A compiled expression: for texts of ASCII alone, which need no encoding, and for bytes."""

    def __init__(self, pattern: str) -> None:
        self.tree: Node
        self.tree, self.groups = parse(to_bytes(pattern))
        self.bytes = re.compile(to_python(self.tree), re.DOTALL)
        # Negated sets would also take what is no ASCII, but there is none.
        self.ascii = re.compile(to_python(self.tree).decode("ascii"), re.DOTALL)
        self.choice = has(self.tree, Choice)
        # How long a text must be so that looking through it may take long.
        self.long = _SHORT if may_explode(self.tree) else _LONG

    def full(self, text: str) -> list[str | None] | None:
        """The groups, when all of the text matches."""
        if len(text) > self.long:
            return interruptible(lambda: self._full(text))
        return self._full(text)

    def _full(self, text: str) -> list[str | None] | None:
        if text.isascii():
            found = self.ascii.fullmatch(text)
            return None if found is None else list(found.groups())
        in_bytes = self.bytes.fullmatch(to_bytes(text))
        if in_bytes is None:
            return None
        return [None if group is None else from_bytes(group) for group in in_bytes.groups()]

    def spans(self, data: bytes) -> Iterator[list[Span]]:
        """Where each match and its groups lie, from left to right."""
        if self.choice:
            long = _SHORT if has(self.tree, Repeat) else _LONG
            yield from Search(self.tree, self.groups, data, self.bytes, long).matches()
            return
        found_all: Iterable[re.Match[bytes]] = self.bytes.finditer(data)
        if len(data) > self.long:
            found_all = interruptible(lambda: list(self.bytes.finditer(data)))
        for found in found_all:
            spans: list[Span] = []
            for group in range(self.groups + 1):
                start, end = found.span(group)
                spans.append(None if start < 0 else (start, end))
            yield spans


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Expression:
    """The expression that a text is. Raises `EvalError`."""
    try:
        return Expression(pattern)
    except TooBig:
        raise EvalError(f"memory limit exceeded by regular expression '{pattern}'") from None
    except (BadExpression, re.error, OverflowError):
        raise EvalError(f"invalid regular expression '{pattern}'") from None

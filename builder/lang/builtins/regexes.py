"""`match` and `split`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from builder.lang.builtins.longest import Search, Span
from builder.lang.builtins.posix import (
    BadExpression,
    Node,
    TooBig,
    has_choice,
    parse,
    to_python,
)
from builder.lang.builtins.strings import from_bytes, to_bytes
from builder.lang.builtins.table import PURE, text_and_context
from builder.lang.coerce import make_string
from builder.lang.errors import EvalError
from builder.lang.expect import want_plain, want_string


class Expression:
    """A compiled expression: for texts of ASCII alone, which need no encoding, and for bytes."""

    def __init__(self, pattern: str) -> None:
        self.tree: Node
        self.tree, self.groups = parse(to_bytes(pattern))
        self.bytes = re.compile(to_python(self.tree), re.DOTALL)
        # Negated sets would also take what is no ASCII, but there is none.
        self.ascii = re.compile(to_python(self.tree).decode("ascii"), re.DOTALL)
        self.choice = has_choice(self.tree)

    def full(self, text: str) -> list[str | None] | None:
        """The groups, when all of the text matches."""
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
            yield from Search(self.tree, self.groups, data, self.bytes).matches()
            return
        for found in self.bytes.finditer(data):
            spans: list[Span] = []
            for group in range(self.groups + 1):
                start, end = found.span(group)
                spans.append(None if start < 0 else (start, end))
            yield spans


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Expression:
    try:
        return Expression(pattern)
    except TooBig:
        raise EvalError(f"memory limit exceeded by regular expression '{pattern}'") from None
    except (BadExpression, re.error, OverflowError):
        raise EvalError(f"invalid regular expression '{pattern}'") from None


@PURE.add("match", "sl")
def match(pattern: Any, value: Any) -> list[Any] | None:
    """The groups of a POSIX extended regular expression that matches all, or null."""
    expression = _compiled(want_plain(pattern))
    text, _ = text_and_context(want_string(value))
    return expression.full(text)


@PURE.add("split", "sl")
def split(pattern: Any, value: Any) -> list[Any]:
    """What is between the matches, and the groups of each, by turns."""
    expression = _compiled(want_plain(pattern))
    text, context = text_and_context(want_string(value))
    data = to_bytes(text)
    result: list[Any] = []
    last = 0
    for (start, end), *groups in expression.spans(data):  # type: ignore[misc]
        result.append(make_string(from_bytes(data[last:start]), context))
        result.append([None if s is None else from_bytes(data[s[0] : s[1]]) for s in groups])
        last = end
    result.append(make_string(from_bytes(data[last:]), context))
    return result

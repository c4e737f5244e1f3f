"""`match` and `split`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.lang.builtins.strings import from_bytes, to_bytes
from builder.lang.builtins.table import PURE, text_and_context
from builder.lang.expect import want_plain, want_string

if TYPE_CHECKING:
    from builder.lang.builtins.expression import Expression


def _compiled(pattern: str) -> Expression:
    # Imported here: many evaluations match nothing.
    from builder.lang.builtins.expression import compiled

    return compiled(pattern)


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
    string = want_string(value)
    data = to_bytes(text_and_context(string)[0])
    result: list[Any] = []
    last = 0
    for (start, end), *groups in expression.spans(data):  # type: ignore[misc]
        result.append(from_bytes(data[last:start]))
        result.append([None if s is None else from_bytes(data[s[0] : s[1]]) for s in groups])
        last = end
    # Only a text without any match keeps what it refers to.
    result.append(from_bytes(data[last:]) if result else string)
    return result

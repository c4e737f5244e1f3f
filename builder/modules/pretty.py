"""Values as messages about modules show them: in lines, as `lib.generators.toPretty` has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from builder.lang.comparison import is_derivation
from builder.lang.errors import NixError
from builder.lang.printing import brief
from builder.lang.thunks import force
from builder.lang.values import ContextString, Value, formals_of, is_function
from builder.lang.words import attribute, quoted

_MOST_LINES = 5
_DEPTH = 10


def _function(value: Any) -> str:
    formals = formals_of(value)
    names = formals.names if formals is not None else {}
    if not names:
        return "<function>"
    shown = ", ".join(f"{name}?" if optional else name for name, optional in sorted(names.items()))
    return f"<function, args: {{{shown}}}>"


def _text(text: str) -> Iterator[str]:
    lines = text.split("\n")
    if len(lines) == 1:
        yield quoted(text)
        return
    yield "''"
    for line in lines[:-1]:
        yield "  " + line.replace("''", "'''").replace("${", "''${")
    yield "''" if not lines[-1] else f"  {lines[-1]}''"


def _nested(prefix: str, value: Value, suffix: str, depth: int) -> Iterator[str]:
    """The lines of a value inside of another, with text around them."""
    before = prefix
    held: str | None = None
    for line in _lines(value, depth):
        if held is not None:
            yield f"  {held}"
        held, before = before + line, ""
    yield f"  {held}{suffix}"


def _lines(value: Value, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        yield '"<unevaluated>"'
        return
    forced = force(value)
    if type(forced) is str:
        yield from _text(forced)
    elif isinstance(forced, ContextString):
        yield from _text(forced.text)
    elif type(forced) is list:
        if not forced:
            yield "[ ]"
            return
        yield "["
        for item in forced:
            yield from _nested("", item, "", depth + 1)
        yield "]"
    elif isinstance(forced, dict):
        yield from _set(forced, depth)
    elif is_function(forced):
        yield _function(forced)
    else:
        yield brief(forced)


def _set(attrs: dict[str, Value], depth: int) -> Iterator[str]:
    if not attrs:
        yield "{ }"
    elif is_derivation(attrs):
        name = force(attrs["name"]) if "name" in attrs else "???"
        yield f"<derivation {name.text if isinstance(name, ContextString) else name}>"
    elif "__functor" in attrs:
        yield "<function>"
    else:
        yield "{"
        for name in sorted(attrs):
            yield from _nested(f"{attribute(name)} = ", attrs[name], ";", depth + 1)
        yield "}"


def lines(value: Value, most: int) -> list[str]:
    """A value in at most so many lines; the last one is "..." when there are more.

    Raises `NixError`.
    """
    found = list(islice(_lines(value, 0), most + 1))
    return found if len(found) <= most else [*found[: most - 1], "..."]


def shown(value: Value) -> str:
    """What follows a definition's place in a message: ``: VALUE``, or nothing when it is an error.

    Long values are cut; no more of one is evaluated than is shown.
    """
    try:
        lines = list(islice(_lines(value, 0), _MOST_LINES + 1))
    except NixError:
        return ""
    if len(lines) == 1:
        return f": {lines[0]}"
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES] = "..."
    return ":\n    " + "\n    ".join(lines)

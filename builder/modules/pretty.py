"""Values as messages about modules show them: in lines, as `lib.generators.toPretty` has them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from builder.lang.comparison import is_derivation
from builder.lang.errors import Aborted, NixError
from builder.lang.printing import brief
from builder.lang.thunks import force
from builder.lang.values import ContextString, Value, formals_of, is_function
from builder.lang.words import attribute, quoted
from builder.modules.definition import ORDERS, PRIORITIES, kind_of

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


def _around(prefix: str, lines: Iterator[str], suffix: str) -> Iterator[str]:
    """Lines with text before the first and after the last."""
    before = prefix
    held: str | None = None
    for line in lines:
        if held is not None:
            yield held
        held, before = before + line, ""
    yield f"{held}{suffix}"


def _nested(prefix: str, value: Value, suffix: str, depth: int, *, calls: bool) -> Iterator[str]:
    """The lines of a value inside of another, with text around them."""
    for line in _around(prefix, _lines(value, depth, calls=calls), suffix):
        yield f"  {line}"


def _numbered(function: str, known: dict[int, str], number: Value) -> str:
    """A function with its number, or the one that has the number in its name."""
    value = force(number)
    name = known.get(value) if type(value) is int else None
    return f"{function} {brief(value)}" if name is None else name


def _call(attrs: dict[str, Value]) -> tuple[str, Value] | None:
    """A property of a definition (`mkIf` and the like): its function with all arguments but the
    last, and that; None for any other set."""
    match kind_of(attrs):
        case "override" if {"priority", "content"} <= attrs.keys():
            return _numbered("mkOverride", PRIORITIES, attrs["priority"]), attrs["content"]
        case "order" if {"priority", "content"} <= attrs.keys():
            return _numbered("mkOrder", ORDERS, attrs["priority"]), attrs["content"]
        case "if" if {"condition", "content"} <= attrs.keys():
            return f"mkIf {brief(force(attrs['condition']))}", attrs["content"]
        case "merge" if "contents" in attrs:
            return "mkMerge", attrs["contents"]
        case _:
            return None


def _parentheses(value: Value) -> tuple[str, str]:
    """What stands around a call that is an argument or an element."""
    forced = force(value)
    is_call = isinstance(forced, dict) and _call(forced) is not None
    return ("(", ")") if is_call else ("", "")


def _applied(name: str, argument: Value, depth: int) -> Iterator[str]:
    before, after = _parentheses(argument)
    return _around(f"{name} {before}", _lines(argument, depth + 1, calls=True), after)


def _lines(value: Value, depth: int, *, calls: bool) -> Iterator[str]:
    """The lines of a value; with `calls`, properties of definitions as they are written."""
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
            before, after = _parentheses(item) if calls else ("", "")
            yield from _nested(before, item, after, depth + 1, calls=calls)
        yield "]"
    elif isinstance(forced, dict):
        call = _call(forced) if calls else None
        yield from _set(forced, depth, calls=calls) if call is None else _applied(*call, depth)
    elif is_function(forced):
        yield _function(forced)
    else:
        yield brief(forced)


def _set(attrs: dict[str, Value], depth: int, *, calls: bool) -> Iterator[str]:
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
            yield from _nested(f"{attribute(name)} = ", attrs[name], ";", depth + 1, calls=calls)
        yield "}"


def lines(value: Value, most: int) -> list[str]:
    """A value in at most so many lines; the last one is "..." when there are more.

    Properties inside of it are shown as calls (`mkForce 1`). Raises `NixError`.
    """
    found = list(islice(_lines(value, 0, calls=True), most + 1))
    return found if len(found) <= most else [*found[: most - 1], "..."]


def shown(value: Value) -> str:
    """What follows a definition's place in a message: ``: VALUE``, or nothing when it is an error.

    Long values are cut; no more of one is evaluated than is shown. What `abort` ends stays ended.
    """
    try:
        lines = list(islice(_lines(value, 0, calls=False), _MOST_LINES + 1))
    except Aborted:
        raise
    except NixError:
        return ""
    if len(lines) == 1:
        return f": {lines[0]}"
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES] = "..."
    return ":\n    " + "\n    ".join(lines)

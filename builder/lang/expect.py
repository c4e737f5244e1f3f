"""Forcing an argument and insisting on its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from builder.lang.context import first_of
from builder.lang.errors import EvalError, NixError, TypeMismatch
from builder.lang.source import Pos
from builder.lang.thunks import force, place_in
from builder.lang.values import ContextString, Path, Thunk, Value, describe, is_function

T = TypeVar("T")


def mismatch(wanted: str, value: Value) -> TypeMismatch:
    """The error for a forced value of another type than `wanted` ("a list")."""
    from builder.lang.printing import brief

    return TypeMismatch(f"expected {wanted} but found {describe(value)}: {brief(value)}")


def want_in(attrs: dict[str, Any], name: str, want: Callable[[Value], T], doing: str) -> T:
    """What `want` gives for an attribute; `doing` is the line of an error's trace about it.

    The line has the attribute's place, and so has an error about another type.
    """
    if _is_bare(want):
        return want_for(doing, attrs[name], want, place_in(attrs, name))
    try:
        value = force(attrs[name])
        try:
            return want(value)
        except TypeMismatch as error:
            error.pos = error.pos or place_in(attrs, name)
            raise
    except NixError as error:
        error.passes(doing, place_in(attrs, name))
        raise


def optional_in(
    attrs: dict[str, Any], name: str, want: Callable[[Value], T], doing: str, default: T
) -> T:
    """As `want_in`; `default` where there is no such attribute."""
    return want_in(attrs, name, want, doing) if name in attrs else default


def want_for(doing: str, value: Value, want: Callable[[Value], T], pos: Pos | None = None) -> T:
    """What `want` gives for a value; `doing` and `pos` are the line of an error's trace."""
    if _is_bare(want):
        value = force(value)
    try:
        return want(value)
    except NixError as error:
        error.passes(doing, pos)
        raise


def _is_bare(want: Callable[[Value], T]) -> bool:
    """Whether Nix tells nothing of an error that comes up while such a value is evaluated."""
    return want is want_attrs or want is want_list


def want_bool(value: Value) -> bool:
    """The forced value, a Boolean."""
    if type(value) is Thunk:
        value = force(value)
    if value is True or value is False:
        return value is True
    raise mismatch("a Boolean", value)


def want_int(value: Value) -> int:
    """The forced value, an integer."""
    if type(value) is Thunk:
        value = force(value)
    if type(value) is int:
        return value
    raise mismatch("an integer", value)


def want_number(value: Value) -> int | float:
    """The forced value, an integer or a float."""
    if type(value) is Thunk:
        value = force(value)
    if type(value) is int or type(value) is float:
        return value
    raise mismatch("a float", value)


def want_list(value: Value) -> list[Any]:
    """The forced value, a list."""
    if type(value) is Thunk:
        value = force(value)
    if type(value) is list:
        return value
    raise mismatch("a list", value)


def want_attrs(value: Value) -> dict[str, Any]:
    """The forced value, a set."""
    if type(value) is Thunk:
        value = force(value)
    if isinstance(value, dict):
        return value
    raise mismatch("a set", value)


def want_function(value: Value) -> Any:
    """The forced value, a function or a set with `__functor`."""
    if type(value) is Thunk:
        value = force(value)
    if is_function(value) or (isinstance(value, dict) and "__functor" in value):
        return value
    raise mismatch("a function", value)


def want_string(value: Value) -> str | ContextString:
    """The forced value, a string with its context."""
    if type(value) is Thunk:
        value = force(value)
    if type(value) is str or type(value) is ContextString:
        return value
    raise mismatch("a string", value)


def want_text(value: Value) -> str:
    """The text of the forced value, a string; its context is ignored."""
    value = want_string(value)
    return value if type(value) is str else value.text  # type: ignore[union-attr]


def want_plain(value: Value) -> str:
    """The text of the forced value, a string that must not refer to store paths."""
    value = want_string(value)
    if isinstance(value, ContextString):
        error = EvalError(
            f"the string '{value.text}' is not allowed to refer to a store path "
            f"(such as '{first_of(value.context)}')"
        )
        error.placeless = True
        raise error
    return value


def want_name(value: Value) -> str:
    """The name of a dynamic attribute: a string without context."""
    if type(value) is Thunk:
        value = force(value)
    return value if type(value) is str else want_plain(value)


def is_path(value: Value) -> bool:
    """Whether a forced value is a path."""
    return type(value) is Path

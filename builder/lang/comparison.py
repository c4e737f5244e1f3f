"""Equality and order."""

from __future__ import annotations

from typing import Any

from builder.lang.errors import EvalError
from builder.lang.symbols import in_order
from builder.lang.thunks import force
from builder.lang.values import ContextString, Path, describe, is_function


def equal(left: Any, right: Any) -> bool:
    """``left == right`` of forced values; functions are never equal."""
    kind = type(left)
    other = type(right)
    if kind is str and other is str:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    if kind is bool or other is bool:
        return left is right
    if (kind is int or kind is float) and (other is int or other is float):
        return bool(left == right if kind is other else float(left) == float(right))
    if kind is ContextString or kind is str:
        if other is not ContextString and other is not str:
            return False
        return text_of(left) == text_of(right)
    if kind is Path and other is Path:
        return bool(left.text == right.text)
    if kind is list and other is list:
        return len(left) == len(right) and _equal_lists(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_sets(left, right)
    return False


def _equal_lists(left: list[Any], right: list[Any]) -> bool:
    # Loops of our own: through `all` each level would take C's stack too.
    for one, two in zip(left, right, strict=True):  # noqa: SIM110
        if not _same(one, two):
            return False
    return True


def text_of(value: Any) -> str:
    """The text of a string value."""
    text = value if type(value) is str else value.text
    assert isinstance(text, str)
    return text


def _same(left: Any, right: Any) -> bool:
    # Elements that are the same object are equal even when they are functions.
    if left is right:
        forced = force(left)
        return not (isinstance(forced, float) and forced != forced)
    return equal(force(left), force(right))


def is_derivation(attrs: dict[str, Any]) -> bool:
    """Whether a set says that it is a derivation."""
    return "type" in attrs and force(attrs["type"]) == "derivation"


def _equal_sets(left: dict[str, Any], right: dict[str, Any]) -> bool:
    if left is right and not left:
        return True
    if is_derivation(left) and is_derivation(right) and "outPath" in left and "outPath" in right:
        return equal(force(left["outPath"]), force(right["outPath"]))
    if len(left) != len(right):
        return False
    if left.keys() == right.keys():
        for name in in_order(left):  # noqa: SIM110
            if not _same(left[name], right[name]):
                return False
        return True
    # What comes before the first name that one lacks is compared: it may not end.
    for name, other in zip(in_order(left), in_order(right), strict=True):
        if name != other or not _same(left[name], right[name]):
            return False
    raise AssertionError


def less(left: Any, right: Any) -> bool:
    """``left < right`` of forced values: numbers, strings, paths, lists of such."""
    kind, other = type(left), type(right)
    if (kind is int or kind is float) and (other is int or other is float):
        return bool(left < right if kind is other else float(left) < float(right))
    strings = (str, ContextString)
    if kind in strings and other in strings:
        return sort_key(text_of(left)) < sort_key(text_of(right))
    if kind is Path and other is Path:
        return bool(left.text < right.text)
    if kind is list and other is list:
        for one, two in zip(left, right, strict=False):
            if not _same(one, two):
                return less(force(one), force(two))
        return len(left) < len(right)
    message = f"cannot compare {describe(left)} with {describe(right)}"
    if describe(left) == describe(right) or (is_function(left) and is_function(right)):
        message += "; values of that type are incomparable"
    raise EvalError(message)


def sort_key(text: str) -> bytes:
    """What strings are ordered by: their bytes."""
    return text.encode("utf-8", "surrogateescape")

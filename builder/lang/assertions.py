"""Why an ``assert a == b`` does not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from builder.lang.comparison import equal, is_derivation, text_of
from builder.lang.errors import AssertionFailed, NixError
from builder.lang.printing import brief
from builder.lang.source import Pos
from builder.lang.symbols import in_order
from builder.lang.thunks import force, place_in
from builder.lang.values import Path, Value, describe, is_function, type_name
from builder.lang.words import attribute, quoted


def assert_failed(condition: str) -> NoReturn:
    """Raise the error of an ``assert`` of any condition."""
    raise AssertionFailed(f"assertion '{condition}' failed")


def assert_unequal(condition: str, left: Value, right: Value) -> NoReturn:
    """Raise the error of an ``assert left == right`` that does not hold."""
    try:
        _explain(left, right)
    except AssertionFailed as error:
        error.passes(f"while evaluating the condition of the assertion '{condition}'")
        error.placeless = True
        raise
    assert_failed(condition)


def _fail(left: Any, right: Any, verb: str) -> NoReturn:
    raise AssertionFailed(
        f"{describe(left)} {verb} value '{brief(left)}' is not equal to "
        f"{describe(right)} {verb} value '{brief(right)}'"
    )


def _explain(one: Value, two: Value) -> None:
    """Raise `AssertionFailed` that says where two values differ; return when they do not."""
    left, right = force(one), force(two)
    if one is two and type(left) in (list, dict):
        return
    if _is_number(left) and _is_number(right):
        if not equal(left, right):
            _fail(left, right, "with")
        return
    if type_name(left) != type_name(right):
        _fail(left, right, "of")
    if left is None:
        return
    if isinstance(left, list):
        _explain_lists(left, right)
    elif isinstance(left, dict):
        _explain_sets(left, right)
    elif is_function(left):
        raise AssertionFailed(
            "distinct functions and immediate comparisons of identical functions compare as unequal"
        )
    elif not equal(left, right):
        kind, one_text, two_text = _simple(left, right)
        raise AssertionFailed(f"{kind} '{one_text}' is not equal to {kind} '{two_text}'")


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _simple(left: Any, right: Any) -> tuple[str, str, str]:
    if isinstance(left, bool):
        return "boolean", str(left).lower(), str(right).lower()
    if isinstance(left, Path):
        return "path", left.text, right.text
    return "string", quoted(text_of(left)), quoted(text_of(right))


def _explain_lists(left: list[Any], right: list[Any]) -> None:
    if len(left) != len(right):
        raise AssertionFailed(
            f"list of size '{len(left)}' is not equal to list of size '{len(right)}', left hand "
            f"side is '{brief(left)}', right hand side is '{brief(right)}'"
        )
    for index, (one, two) in enumerate(zip(left, right, strict=True)):
        _inside(f"while comparing list element {index}", one, two, ())


def _inside(what: str, one: Value, two: Value, places: Sequence[tuple[str, Pos | None]]) -> None:
    """Explain how parts of two values differ, whose lines are `what` and those of `places`."""
    try:
        _explain(one, two)
    except NixError as error:
        error.passes(what)
        for text, pos in places:
            if pos is not None:
                error.passes(text, pos)
        raise


def _explain_sets(left: dict[str, Any], right: dict[str, Any]) -> None:
    if is_derivation(left) and is_derivation(right) and "outPath" in left and "outPath" in right:
        what = "while comparing a derivation by its 'outPath' attribute"
        _inside(what, left["outPath"], right["outPath"], ())
        return
    if len(left) != len(right):
        raise AssertionFailed(
            f"attribute names of attribute set '{brief(left)}' differs from attribute set "
            f"'{brief(right)}'"
        )
    for name, other in zip(in_order(left), in_order(right), strict=True):
        if name != other:
            if name not in right:
                raise AssertionFailed(
                    f"attribute name '{attribute(name)}' is contained in '{brief(left)}', "
                    f"but not in '{brief(right)}'"
                )
            raise AssertionFailed(
                f"attribute name '{attribute(other)}' is missing in '{brief(left)}', "
                f"but is contained in '{brief(right)}'"
            )
        places = [
            ("where left hand side is", place_in(left, name)),
            ("where right hand side is", place_in(right, name)),
        ]
        what = f"while comparing attribute '{attribute(name)}'"
        _inside(what, left[name], right[name], places)

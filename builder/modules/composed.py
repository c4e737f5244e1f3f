"""The types that take types or other parameters, as functions for Nix code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.lang.errors import ThrownError, nearest
from builder.lang.expect import want_attrs, want_bool, want_int, want_list, want_text
from builder.lang.thunks import force
from builder.lang.values import Builtin, Value, describe
from builder.modules import (
    alternatives,
    containers,
    function_to,
    paths,
    scalars,
    texts,
    wrapped,
)
from builder.modules.option_type import (
    Inside,
    OptionType,
    as_set,
    as_type,
    function,
    later,
    opened,
)
from builder.modules.tagged import attr_tag


def known(attrs: dict[str, Any], allowed: frozenset[str], what: str) -> None:
    """Refuse arguments that a function does not take. Raises `ThrownError`."""
    for name in attrs:
        if name not in allowed:
            raise ThrownError(
                f"{what} takes no argument `{name}'; it takes {', '.join(sorted(allowed))}",
                suggestions=nearest(name, allowed),
            )


def needed(attrs: dict[str, Any], name: str, what: str) -> Value:
    """An argument that must be given. Raises `ThrownError`."""
    if name not in attrs:
        raise ThrownError(f"{what} needs the argument `{name}'")
    return attrs[name]


def integers() -> dict[str, Value]:
    """`lib.types.ints`."""
    made: dict[str, Value] = {
        "between": function(
            "between", 2, lambda low, high: as_set(scalars.between(want_int(low), want_int(high)))
        ),
        "unsigned": as_set(
            scalars.bounded(
                "unsignedInt",
                "unsigned integer, meaning >=0",
                lambda value: scalars.integer(value) and value >= 0,
            )
        ),
        "positive": as_set(
            scalars.bounded(
                "positiveInt",
                "positive integer, meaning >0",
                lambda value: scalars.integer(value) and value > 0,
            )
        ),
    }
    for bits in (8, 16, 32):
        made[f"u{bits}"] = as_set(scalars.unsigned(bits))
        made[f"s{bits}"] = as_set(scalars.signed(bits))
    return made


def numbers() -> dict[str, Value]:
    """`lib.types.numbers`."""

    def between(low: Value, high: Value) -> Value:
        bounds = force(low), force(high)
        for bound in bounds:
            if not scalars.number(bound):
                raise ThrownError(f"numbers.between takes two numbers, and not {describe(bound)}")
        return as_set(scalars.between(*bounds, numbers=True))

    return {
        "between": function("between", 2, between),
        "nonnegative": as_set(
            scalars.bounded(
                "numberNonnegative",
                "nonnegative integer or floating point number, meaning >=0",
                lambda value: scalars.number(value) and value >= 0,
            )
        ),
        "positive": as_set(
            scalars.bounded(
                "numberPositive",
                "positive integer or floating point number, meaning >0",
                lambda value: scalars.number(value) and value > 0,
            )
        ),
    }


def _one_of(values: Value) -> Value:
    choices = [later(value) for value in want_list(values)]
    if not choices:
        raise ThrownError("types.oneOf needs to get at least one type in its argument")
    made = choices[0]
    for choice in choices[1:]:
        made = alternatives.Either(made, choice)
    return as_set(opened(made))


def attrs_with(arguments: Value) -> Value:
    """`types.attrsWith`."""
    attrs = want_attrs(arguments)
    known(attrs, frozenset({"elemType", "lazy", "placeholder"}), "types.attrsWith")
    return as_set(
        containers.AttrsOf(
            later(needed(attrs, "elemType", "types.attrsWith")),
            lazy=want_bool(attrs.get("lazy", False)),
            placeholder=want_text(attrs.get("placeholder", "name")),
        )
    )


def path_with(arguments: Value) -> Value:
    """`types.pathWith`."""
    attrs = want_attrs(arguments)
    known(attrs, frozenset({"absolute", "inStore"}), "types.pathWith")

    def choice(name: str) -> bool | None:
        value = force(attrs.get(name))
        return None if value is None else want_bool(value)

    return as_set(paths.path_with(absolute=choice("absolute"), in_store=choice("inStore")))


def _unique(arguments: Value, inside: Value) -> Value:
    message = want_text(want_attrs(arguments).get("message", ""))
    return as_set(wrapped.Unique(later(inside), message))


def _coerced(source: Value, convert: Value, target: Value) -> Value:
    return as_set(alternatives.CoercedTo(as_type(source), convert, later(target)))


def _either(left: Value, right: Value) -> Value:
    return as_set(alternatives.Either(later(left), later(right)))


def _add_check(inside: Value, check: Value) -> Value:
    return as_set(wrapped.Checked(as_type(inside), check))


def _around() -> dict[str, Value]:
    """The types around one type."""

    def wrap(name: str, make: Callable[[Inside], OptionType]) -> Builtin:
        return function(name, 1, lambda inside: as_set(make(later(inside))))

    return {
        "attrsOf": wrap("attrsOf", lambda t: containers.AttrsOf(t, lazy=False)),
        "lazyAttrsOf": wrap("lazyAttrsOf", lambda t: containers.AttrsOf(t, lazy=True)),
        "listOf": wrap("listOf", containers.ListOf),
        "nonEmptyListOf": wrap("nonEmptyListOf", lambda t: containers.ListOf(t, non_empty=True)),
        "nullOr": wrap("nullOr", wrapped.NullOr),
        "functionTo": wrap("functionTo", function_to.FunctionTo),
        "passwdEntry": wrap("passwdEntry", lambda t: texts.PasswdEntry(opened(t))),
        "uniq": wrap("uniq", wrapped.Unique),
    }


def composed() -> dict[str, Value]:
    """The types that take parameters, but for those that are modules."""
    return {
        **_around(),
        "attrsWith": function("attrsWith", 1, attrs_with),
        "unique": function("unique", 2, _unique),
        "either": function("either", 2, _either),
        "oneOf": function("oneOf", 1, _one_of),
        "coercedTo": function("coercedTo", 3, _coerced),
        "attrTag": function("attrTag", 1, lambda tags: as_set(attr_tag(want_attrs(tags)))),
        "addCheck": function("addCheck", 2, _add_check),
        "enum": function("enum", 1, lambda values: as_set(scalars.Enum(want_list(values)))),
        "strMatching": function(
            "strMatching", 1, lambda pattern: as_set(texts.matching(want_text(pattern)))
        ),
        "separatedString": function(
            "separatedString", 1, lambda sep: as_set(texts.separated(want_text(sep)))
        ),
        "pathWith": function("pathWith", 1, path_with),
    }

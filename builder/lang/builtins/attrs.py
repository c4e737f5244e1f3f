"""Sets."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from builder.lang import embedded_files
from builder.lang.builtins.table import PURE
from builder.lang.errors import TypeMismatch
from builder.lang.expect import (
    want_attrs,
    want_function,
    want_in,
    want_list,
    want_name,
)
from builder.lang.operators import missing
from builder.lang.printing import formal_pos
from builder.lang.source import is_file
from builder.lang.thunks import call, force
from builder.lang.values import (
    AskedPositions,
    Attrs,
    Curried2,
    Thunk,
    formals_of,
    is_function,
    make_attrs,
)


def like(items: dict[str, Any], origin: dict[str, Any]) -> dict[str, Any]:
    """A new set that keeps the positions of another."""
    if type(origin) is Attrs and origin.positions is not None:
        return make_attrs(items, AskedPositions(items, origin.positions.find))
    return items


@PURE.add("attrNames", "s")
def attr_names(attrs: Any) -> list[Any]:
    """The names of a set, sorted."""
    return sorted(want_attrs(attrs))


@PURE.add("attrValues", "s")
def attr_values(attrs: Any) -> list[Any]:
    """The values of a set in the order of names."""
    given = want_attrs(attrs)
    return [given[name] for name in sorted(given)]


@PURE.add("hasAttr", "st")
def has_attr(name: Any, attrs: Any) -> bool:
    """Whether a set has a name."""
    return want_name(name) in want_attrs(attrs)


@PURE.add("getAttr", "st")
def get_attr(name: Any, attrs: Any) -> Any:
    """The value of a name in a set."""
    wanted, given = want_name(name), want_attrs(attrs)
    if wanted not in given:
        raise missing(given, wanted)
    return force(given[wanted])


@PURE.add("unsafeGetAttrPos", "st")
def attr_position(name: Any, attrs: Any) -> Any:
    """Where a name was bound: `{ file, line, column }`, or null."""
    wanted, given = want_name(name), want_attrs(attrs)
    if wanted not in given or type(given) is not Attrs or given.positions is None:
        return None
    found = given.positions.find(wanted)
    if found is None or not is_file(found[0]):
        return None
    return {"file": embedded_files.own_name(found[0]), "line": found[1], "column": found[2]}


@PURE.add("removeAttrs", "st")
def remove_attrs(attrs: Any, names: Any) -> dict[str, Any]:
    """A set without some names."""
    given = want_attrs(attrs)
    gone = {want_name(name) for name in want_list(names)}
    if gone.isdisjoint(given):
        return given
    return like({name: value for name, value in given.items() if name not in gone}, given)


_NAME = (
    "while evaluating the `name` attribute of an element of the list passed to builtins.listToAttrs"
)


@PURE.add("listToAttrs", "s")
def list_to_attrs(items: Any) -> dict[str, Any]:
    """A set of `{ name, value }` pairs; the first of a name wins."""
    result = Attrs()
    pairs: dict[str, Any] = {}
    for item in want_list(items):
        pair = want_attrs(item)
        if "name" not in pair:
            raise missing(pair, "name")
        name = want_in(pair, "name", want_name, _NAME)
        if name not in result:
            if "value" not in pair:
                raise missing(pair, "value")
            result[name] = pair["value"]
            pairs[name] = pair
    result.positions = AskedPositions(pairs, lambda name: _value_position(pairs.get(name)))
    return result


def _value_position(pair: Any) -> tuple[str, int, int] | None:
    """Where a pair's value was bound: that is where `listToAttrs` binds its name."""
    if type(pair) is not Attrs or pair.positions is None:
        return None
    return pair.positions.find("value")


@PURE.add("mapAttrs", "ls")
def map_attrs(function: Any, attrs: Any) -> dict[str, Any]:
    """The function applied to each name and value, lazily."""
    given = want_attrs(attrs)
    run = function.run if type(function) is Curried2 else None
    if run is not None:
        return {name: Thunk((run, name, item)) for name, item in given.items()}
    return {name: Thunk((call, function, name, item)) for name, item in given.items()}


@PURE.add("intersectAttrs", "st")
def intersect_attrs(left: Any, right: Any) -> dict[str, Any]:
    """The part of the second set whose names the first has."""
    one, two = want_attrs(left), want_attrs(right)
    # Of arguments and packages the few names are looked up in the many, which need not be made.
    if len(one) < 256 or len(one) < len(two):
        return like({name: two[name] for name in one if name in two}, two)
    return like({name: value for name, value in two.items() if name in one}, two)


@PURE.add("catAttrs", "st")
def cat_attrs(name: Any, items: Any) -> list[Any]:
    """The values of a name in those sets that have it."""
    wanted = want_name(name)
    sets = (want_attrs(item) for item in want_list(items))
    return [attrs[wanted] for attrs in sets if wanted in attrs]


@PURE.add("zipAttrsWith", "st")
def zip_attrs_with(function: Any, items: Any) -> dict[str, Any]:
    """For each name of several sets, the function of the name and all its values."""
    function = want_function(function)
    gathered: dict[str, list[Any]] = {}
    for item in want_list(items):
        for name, value in want_attrs(item).items():
            if name in gathered:
                gathered[name].append(value)
            else:
                gathered[name] = [value]
    if type(function) is Curried2:
        run = function.run
        return {name: Thunk((run, name, values)) for name, values in gathered.items()}
    return {name: Thunk((call, function, name, values)) for name, values in gathered.items()}


@PURE.add("functionArgs", "s")
def function_args(function: Any) -> dict[str, Any]:
    """The names of a function's set pattern and whether each has a default."""
    value = force(function)
    if type(value) is FunctionType:
        formals = formals_of(value)
        if formals is None:
            return {}
        names: dict[str, Any] = dict(formals.names)
        return make_attrs(names, AskedPositions(names, lambda name: formal_pos(value, name)))
    if is_function(value):
        return {}
    raise TypeMismatch("'functionArgs' requires a function")

"""Lists."""

from __future__ import annotations

from functools import cmp_to_key
from types import FunctionType
from typing import Any

from builder.lang.builtins.table import PURE
from builder.lang.comparison import equal, sort_key
from builder.lang.errors import EvalError
from builder.lang.expect import want_attrs, want_bool, want_function, want_int, want_list
from builder.lang.operators import missing
from builder.lang.thunks import call, callee, callee2, force
from builder.lang.values import Builtin, Path, Thunk


@PURE.add("length", "s")
def length(items: Any) -> int:
    """How many elements a list has."""
    return len(want_list(items))


@PURE.add("elemAt", "ss")
def elem_at(items: Any, index: Any) -> Any:
    """The element at an index, from 0."""
    values, at = want_list(items), want_int(index)
    if not 0 <= at < len(values):
        raise EvalError(f"'builtins.elemAt' called with index {at} on a list of size {len(values)}")
    return force(values[at])


@PURE.add("head", "s")
def head(items: Any) -> Any:
    """The first element."""
    values = want_list(items)
    if not values:
        raise EvalError("'builtins.head' called on an empty list")
    return force(values[0])


@PURE.add("tail", "s")
def tail(items: Any) -> list[Any]:
    """All but the first element."""
    values = want_list(items)
    if not values:
        raise EvalError("'builtins.tail' called on an empty list")
    return values[1:]


@PURE.add("map", "ls")
def map_list(function: Any, items: Any) -> list[Any]:
    """The function applied to each element, lazily."""
    values = want_list(items)
    if not values:
        return values
    if type(function) is FunctionType:
        return [Thunk((function, item)) for item in values]
    return [Thunk((call, function, item)) for item in values]


@PURE.add("filter", "ls")
def filter_list(function: Any, items: Any) -> list[Any]:
    """The elements for which the function gives true."""
    values = want_list(items)
    if not values:
        return values
    run = callee(want_function(function))
    return [item for item in values if want_bool(run(item))]


@PURE.add("elem", "ls")
def elem(wanted: Any, items: Any) -> bool:
    """Whether a list has an element equal to the first argument."""
    values = want_list(items)
    return bool(values) and any(equal(force(wanted), force(item)) for item in values)


@PURE.add("concatLists", "s")
def concat(lists: Any) -> list[Any]:
    """A list of lists as one list."""
    result: list[Any] = []
    for item in want_list(lists):
        result.extend(want_list(item))
    return result


@PURE.add("concatMap", "ls")
def concat_map(function: Any, items: Any) -> list[Any]:
    """The lists that the function gives for each element, as one list."""
    values = want_list(items)
    result: list[Any] = []
    if not values:
        return result
    run = callee(want_function(function))
    for item in values:
        result.extend(want_list(run(item)))
    return result


@PURE.add("foldl'", "lls")
def fold(function: Any, start: Any, items: Any) -> Any:
    """Fold from the left; the accumulator is forced at each step."""
    values = want_list(items)
    if not values:
        return force(start)
    run = callee2(want_function(function))
    result = start
    for item in values:
        result = run(result, item)
    return result


@PURE.add("genList", "ls")
def gen_list(function: Any, size: Any) -> list[Any]:
    """The function applied to 0, 1, ... lazily."""
    count = want_int(size)
    if count < 0:
        raise EvalError(f"cannot create list of size {count}")
    if type(function) is FunctionType:
        return [Thunk((function, index)) for index in range(count)]
    return [Thunk((call, function, index)) for index in range(count)]


@PURE.add("all", "ls")
def every(function: Any, items: Any) -> bool:
    """Whether the function gives true for all elements."""
    values = want_list(items)
    if not values:
        return True
    run = callee(want_function(function))
    return all(want_bool(run(item)) for item in values)


@PURE.add("any", "ls")
def some(function: Any, items: Any) -> bool:
    """Whether the function gives true for some element."""
    values = want_list(items)
    if not values:
        return False
    run = callee(want_function(function))
    return any(want_bool(run(item)) for item in values)


@PURE.add("partition", "ls")
def partition(function: Any, items: Any) -> dict[str, Any]:
    """The elements for which the function gives true (`right`) and false (`wrong`)."""
    right: list[Any] = []
    wrong: list[Any] = []
    for item in want_list(items):
        (right if want_bool(call(function, item)) else wrong).append(item)
    return {"right": right, "wrong": wrong}


@PURE.add("groupBy", "ls")
def group_by(function: Any, items: Any) -> dict[str, Any]:
    """Elements collected under the name that the function gives."""
    from builder.lang.expect import want_name

    groups: dict[str, Any] = {}
    for item in want_list(items):
        groups.setdefault(want_name(call(function, item)), []).append(item)
    return groups


@PURE.add("sort", "ls")
def sort(function: Any, items: Any) -> list[Any]:
    """The elements in the order of a "comes before" function; stable."""
    values = want_list(items)
    if len(values) < 2:
        return values
    before = want_function(function)
    comes_before = callee2(before)
    if isinstance(before, Builtin) and before.name == "lessThan":
        forced = [force(item) for item in values]
        if all(type(item) is str for item in forced):
            return sorted(forced, key=sort_key)

    def compare(left: Any, right: Any) -> int:
        # Python asks only whether `left` stands before `right`.
        return -1 if want_bool(comes_before(left, right)) else 1

    return sorted(values, key=cmp_to_key(compare))


def _key(value: Any) -> Any:
    """Something hashable that is the same for equal keys of `genericClosure`."""
    value = force(value)
    if isinstance(value, (str, Path)):
        return value
    if type(value) is int or type(value) is float:
        return ("number", value)
    if type(value) is list:
        return ("list", tuple(_key(item) for item in value))
    from builder.lang.comparison import text_of
    from builder.lang.values import ContextString, describe

    if isinstance(value, ContextString):
        return text_of(value)
    raise EvalError(f"cannot compare {describe(value)} with {describe(value)}")


@PURE.add("genericClosure", "s")
def generic_closure(attrs: Any) -> list[Any]:
    """All items reachable from `startSet` by `operator`, one for each `key`."""
    given = want_attrs(attrs)
    for name in ("startSet", "operator"):
        if name not in given:
            raise missing(given, name)
    work = list(want_list(given["startSet"]))
    operator = force(given["operator"]) if work else None
    seen: set[Any] = set()
    result: list[Any] = []
    index = 0
    while index < len(work):
        item = work[index]
        index += 1
        fields = want_attrs(item)
        if "key" not in fields:
            raise missing(fields, "key")
        key = _key(fields["key"])
        if key in seen:
            continue
        seen.add(key)
        result.append(item)
        work.extend(want_list(call(operator, item)))
    return result

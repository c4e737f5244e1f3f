"""Lists."""

from __future__ import annotations

from typing import Any

from builder.lang.builtins.ordered_set import OrderedSet
from builder.lang.builtins.ordering import stable_sorted
from builder.lang.builtins.table import PURE
from builder.lang.comparison import equal, less, sort_key
from builder.lang.errors import EvalError
from builder.lang.expect import (
    want_attrs,
    want_bool,
    want_function,
    want_int,
    want_list,
    want_name,
)
from builder.lang.operators import missing
from builder.lang.thunks import applier, applier2, force
from builder.lang.values import Builtin, ContextString, Path, Thunk


@PURE.add("length", "s")
def length(items: Any) -> int:
    """How many elements a list has."""
    return len(want_list(items))


@PURE.add("elemAt", "ts")
def elem_at(items: Any, index: Any) -> Any:
    """The element at an index, from 0."""
    at, values = want_int(index), want_list(items)
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
    run = applier(want_function(function))
    return [Thunk((run, item)) for item in values]


@PURE.add("filter", "ls")
def filter_list(function: Any, items: Any) -> list[Any]:
    """The elements for which the function gives true."""
    values = want_list(items)
    if not values:
        return values
    run = applier(want_function(function))
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


@PURE.add("concatMap", "st")
def concat_map(function: Any, items: Any) -> list[Any]:
    """The lists that the function gives for each element, as one list."""
    run = applier(want_function(function))
    result: list[Any] = []
    for item in want_list(items):
        result.extend(want_list(run(item)))
    return result


@PURE.add("foldl'", "slt")
def fold(function: Any, start: Any, items: Any) -> Any:
    """Fold from the left; the accumulator is forced at each step."""
    run = applier2(want_function(function))
    values = want_list(items)
    if not values:
        return force(start)
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
    run = applier(want_function(function))
    return [Thunk((run, index)) for index in range(count)]


@PURE.add("all", "st")
def every(function: Any, items: Any) -> bool:
    """Whether the function gives true for all elements."""
    run = applier(want_function(function))
    return all(want_bool(run(item)) for item in want_list(items))


@PURE.add("any", "st")
def some(function: Any, items: Any) -> bool:
    """Whether the function gives true for some element."""
    run = applier(want_function(function))
    return any(want_bool(run(item)) for item in want_list(items))


@PURE.add("partition", "st")
def partition(function: Any, items: Any) -> dict[str, Any]:
    """The elements for which the function gives true (`right`) and false (`wrong`)."""
    run = applier(want_function(function))
    right: list[Any] = []
    wrong: list[Any] = []
    for item in want_list(items):
        force(item)
        (right if want_bool(run(item)) else wrong).append(item)
    return {"right": right, "wrong": wrong}


@PURE.add("groupBy", "st")
def group_by(function: Any, items: Any) -> dict[str, Any]:
    """Elements collected under the name that the function gives."""
    run = applier(want_function(function))
    groups: dict[str, Any] = {}
    for item in want_list(items):
        groups.setdefault(want_name(run(item)), []).append(item)
    return groups


@PURE.add("sort", "ls")
def sort(function: Any, items: Any) -> list[Any]:
    """The elements in the order of a "comes before" function; stable."""
    values = want_list(items)
    if not values:
        return values
    before = want_function(function)
    comes_before = applier2(before)
    forced = [force(item) for item in values]
    if isinstance(before, Builtin) and before.name == "lessThan":
        if all(type(item) is str for item in forced):
            return sorted(values, key=lambda item: sort_key(force(item)))
        if all(type(item) is int for item in forced):
            return sorted(values, key=force)
        return stable_sorted(values, lambda left, right: less(force(left), force(right)))
    return stable_sorted(values, comes_before)


_HASHABLE = (str, ContextString, Path, int, float)


class _Seen:
    """The keys that `genericClosure` has met; they must be comparable with each other."""

    def __init__(self) -> None:
        self._first: Any = None
        self._keys: set[Any] = set()
        self._others = OrderedSet(less)

    def add(self, value: Any) -> bool:
        """Whether a forced key is new. Raises `EvalError`."""
        if self._keys:
            less(value, self._first)
        elif type(value) in _HASHABLE and self._others.is_empty():
            self._first = value
        else:  # lists, or what cannot be compared
            return self._others.add(value)
        key = value.text if isinstance(value, ContextString) else value
        if key in self._keys:
            return False
        self._keys.add(key)
        return True


@PURE.add("genericClosure", "s")
def generic_closure(attrs: Any) -> list[Any]:
    """All items reachable from `startSet` by `operator`, one for each `key`."""
    given = want_attrs(attrs)
    if "startSet" not in given:
        raise missing(given, "startSet")
    work = list(want_list(given["startSet"]))
    if not work:
        return work
    if "operator" not in given:
        raise missing(given, "operator")
    operator = applier(want_function(given["operator"]))
    seen = _Seen()
    result: list[Any] = []
    index = 0
    while index < len(work):
        item = work[index]
        index += 1
        fields = want_attrs(item)
        if "key" not in fields:
            raise missing(fields, "key")
        if seen.add(force(fields["key"])):
            result.append(item)
            work.extend(force(new) for new in want_list(operator(item)))
    return result

"""Sorting with the comparisons that the reference makes, in its order.

Which elements a function is asked about shows: in what it traces, in which
comparison fails first, and in the result when it is no strict order. The
reference sorts with `std::stable_sort` of GNU's C++ library: each half of the
list is cut into runs that insertion sorts, the runs are merged pairwise, and
last the two halves are merged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.lang.expect import want_bool

Before = Callable[[Any, Any], Any]
_RUN = 7  # elements that insertion sorts at once


def stable_sorted(items: list[Any], before: Before) -> list[Any]:
    """The items so that none stands before one that `before` puts first.

    `before` is asked whether its first argument must stand before its second.
    Raises `TypeMismatch` when it gives what is no Boolean.
    """
    middle = (len(items) + 1) // 2
    left = _half(items[:middle], before)
    right = _half(items[middle:], before)
    if len(left) <= len(right):
        return _merged(left, right, before)
    return _merged_from_behind(left, right, before)


def _half(items: list[Any], before: Before) -> list[Any]:
    for start in range(0, len(items), _RUN):
        _insertion(items, start, min(start + _RUN, len(items)), before)
    step = _RUN
    while step < len(items):
        runs = [items[start : start + step] for start in range(0, len(items), step)]
        if len(runs) % 2:
            runs.append([])
        pairs = zip(runs[::2], runs[1::2], strict=True)
        items = [item for left, right in pairs for item in _merged(left, right, before)]
        step *= 2
    return items


def _insertion(items: list[Any], start: int, end: int, before: Before) -> None:
    """Sort a part of a list in place."""
    for index in range(start + 1, end):
        item = items[index]
        at = index
        answer = before(item, items[start])
        if answer is True or (answer is not False and want_bool(answer)):
            at = start
        else:
            while at > start:
                answer = before(item, items[at - 1])
                if answer is False or (answer is not True and not want_bool(answer)):
                    break
                at -= 1
        if at != index:
            del items[index]
            items.insert(at, item)


def _merged(left: list[Any], right: list[Any], before: Before) -> list[Any]:
    """Two sorted lists as one, looked through from their starts."""
    made: list[Any] = []
    one = two = 0
    while one < len(left) and two < len(right):
        answer = before(right[two], left[one])
        if answer is True or (answer is not False and want_bool(answer)):
            made.append(right[two])
            two += 1
        else:
            made.append(left[one])
            one += 1
    made += left[one:]
    made += right[two:]
    return made


def _merged_from_behind(left: list[Any], right: list[Any], before: Before) -> list[Any]:
    """Two sorted lists as one, looked through from their ends."""
    made: list[Any] = []
    one, two = len(left), len(right)
    while one and two:
        if want_bool(before(right[two - 1], left[one - 1])):
            one -= 1
            made.append(left[one])
        else:
            two -= 1
            made.append(right[two])
    made.reverse()
    return [*left[:one], *right[:two], *made]

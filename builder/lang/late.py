"""Items of very long lists and sets, made slice by slice when the first one is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import EllipsisType, FunctionType
from typing import Any

from builder.lang.values import Thunk, Value

Key = str | int


class Slice:
    """Items of one list or of one group of bindings; `make` gives them by their keys.

    What it gives is held by nothing else.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Mapping[Key, Value]]) -> None:
        self._make: Callable[[], Mapping[Key, Value]] | None = make
        self._made: Mapping[Key, Value] = {}

    def content(self, key: Key) -> Any:
        """What the cell of the thunk for an item holds in the place of this and the key."""
        if self._make is not None:
            self._made = self._make()
            self._make = None
        made = self._made[key]
        if type(made) is Thunk:
            return made.cell_contents
        return (made,) if type(made) is FunctionType else made


def late_items(
    make: Callable[[], Mapping[Key, Value]] | None,
    keys: Iterable[Key],
    values: Iterable[Value | EllipsisType | tuple[Key]],
    table: dict[Key, Value] | None = None,
) -> dict[Key, Value]:
    """The values by the keys, in `table` if there is one.

    What is `...` is made by `make` once it is needed; a tuple of a key stands for the value
    of that key.
    """
    whole = None if make is None else Slice(make)
    if table is None:
        return {
            key: Thunk((whole, key)) if value is ... else value
            for key, value in zip(keys, values, strict=True)
        }
    for key, value in zip(keys, values, strict=True):
        if value is ...:
            value = Thunk((whole, key))
        elif type(value) is tuple:
            value = table[value[0]]
        table[key] = value
    return table


def chosen(
    table: Mapping[str, Value], names: Iterable[str], variables: Iterable[str]
) -> dict[str, Value]:
    """What the table holds for the variables, by the names."""
    return dict(zip(names, map(table.__getitem__, variables), strict=True))

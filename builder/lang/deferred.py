"""Sets too big to make whole when a few of their names are used."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from typing import Any

from builder.lang.thunks import force
from builder.lang.values import Attrs, Thunk, Value


def _late(find: Callable[[str], Value], name: str) -> Value:
    return Thunk(lambda: force(find(name)))


class DeferredAttrs(Attrs):
    """A set whose attributes are found one by one.

    `find` gives an attribute's value (or a thunk), or raises `KeyError`;
    `names` gives all names, and is asked only when something needs them all.
    ``deferred // set`` stays deferred (see `over`).
    """

    __slots__ = ("_find", "_full", "_names")

    def __init__(self, find: Callable[[str], Value], names: Callable[[], Iterable[str]]) -> None:
        super().__init__()
        self.positions = None
        self._find = find
        self._names = names
        self._full = False

    def over(self, changes: dict[str, Value]) -> DeferredAttrs:
        """``self // changes``"""

        def find(name: str) -> Value:
            return changes[name] if name in changes else self[name]

        made = DeferredAttrs(find, lambda: {*self, *changes})
        if isinstance(changes, Attrs):
            made.positions = changes.positions
        return made

    def _fill(self) -> None:
        if not self._full:
            self._full = True
            for name in self._names():
                if not super().__contains__(name):
                    super().__setitem__(name, _late(self._find, name))

    def __missing__(self, name: str) -> Value:
        if self._full:
            raise KeyError(name)
        value = self._find(name)
        super().__setitem__(name, value)
        return value

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        if self._full or not isinstance(name, str):
            return False
        try:
            self.__missing__(name)
        except KeyError:
            return False
        return True

    def get(self, name: str, default: Any = None) -> Any:
        """The attribute, or the default."""
        if name in self:
            return self[name]
        return default

    def __bool__(self) -> bool:
        return True

    def __len__(self) -> int:
        self._fill()
        return super().__len__()

    def __iter__(self) -> Iterator[str]:
        self._fill()
        return super().__iter__()

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """All names."""
        self._fill()
        return KeysView(self)

    def items(self) -> ItemsView[str, Value]:  # type: ignore[override]
        """All names and values."""
        self._fill()
        return ItemsView(self)

    def values(self) -> ValuesView[Value]:  # type: ignore[override]
        """All values."""
        self._fill()
        return ValuesView(self)

    def __eq__(self, other: object) -> bool:
        self._fill()
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

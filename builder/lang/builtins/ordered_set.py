"""A set of keys that only comparisons can tell apart, with those that the reference makes.

Which keys are compared shows in what is forced of them. The reference keeps keys in
`std::set` of GNU's C++ library: a red-black tree, balanced as usual after each insertion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Node:
    """A key between its smaller (`sides[False]`) and its larger ones (`sides[True]`)."""

    __slots__ = ("above", "key", "red", "sides")

    def __init__(self, key: Any, above: _Node | None) -> None:
        self.key = key
        self.above = above
        self.red = above is not None
        self.sides: list[_Node | None] = [None, None]


class OrderedSet:
    """Keys in the order of `less`."""

    def __init__(self, less: Callable[[Any, Any], bool]) -> None:
        self._less = less
        self._root: _Node | None = None

    def is_empty(self) -> bool:
        """Whether nothing was added yet."""
        return self._root is None

    def add(self, key: Any) -> bool:
        """Whether a key is new. Raises what `less` raises."""
        above, side = None, True
        node = self._root
        while node is not None:
            above, side = node, not self._less(key, node.key)
            node = node.sides[side]
        if above is None:
            self._root = _Node(key, None)
            return True
        before = above if side else _before(above)
        if before is not None and not self._less(before.key, key):
            return False
        made = _Node(key, above)
        above.sides[side] = made
        self._balance(made)
        return True

    def _balance(self, node: _Node) -> None:
        """Let no red node stand below a red one."""
        while (above := node.above) is not None and above.red:
            top = above.above
            assert top is not None  # the root is black
            side = top.sides[True] is above
            other = top.sides[not side]
            if other is not None and other.red:
                above.red = other.red = False
                top.red = True
                node = top
                continue
            if above.sides[not side] is node:
                self._rotate(above, side)
                node, above = above, node
            above.red, top.red = False, True
            self._rotate(top, not side)
        assert self._root is not None
        self._root.red = False

    def _rotate(self, node: _Node, side: bool) -> None:
        """Put a node below its child of the other side, as that one's child at `side`."""
        child = node.sides[not side]
        assert child is not None
        inner = child.sides[side]
        node.sides[not side] = inner
        if inner is not None:
            inner.above = node
        above = node.above
        child.above = above
        if above is None:
            self._root = child
        else:
            above.sides[above.sides[True] is node] = child
        child.sides[side] = node
        node.above = child


def _before(node: _Node) -> _Node | None:
    """The node of the next smaller key, of one that has no smaller child."""
    above = node.above
    while above is not None and above.sides[False] is node:
        node, above = above, above.above
    return above

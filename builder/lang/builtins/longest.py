"""Searching for an expression with ``|``: both sides are tried, the longest match wins.

The order in which things are tried, and so which of two matches of the same
length is taken, is libstdc++'s depth first search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy

from builder.lang.builtins.posix import (
    Chars,
    Choice,
    Edge,
    Group,
    Node,
    Repeat,
    Sequence,
)
from builder.lang.stack import interruptible

_AT_ONE_PLACE = 2  # times
Span = tuple[int, int] | None
Then = Callable[[int], None]


class Search:
    """One expression over one text. `spans` are those of the whole match and of its groups.

    `anywhere` is the same expression for `re`: it may find another match, but where it
    finds none there is none. It may take long for more than `long` bytes.
    """

    def __init__(
        self, tree: Node, groups: int, text: bytes, anywhere: re.Pattern[bytes], long: int
    ) -> None:
        self.tree = tree
        self.anywhere = anywhere
        self.long = long
        self.groups = groups
        self.text = text
        self._chars: dict[bytes, re.Pattern[bytes]] = {}
        self._spans: list[Span] = []
        self._found = False
        self._best: tuple[int, list[Span]] | None = None
        # Where a repetition was last tried, and how often there.
        self._entered: dict[tuple[int, int], tuple[int, int]] = {}
        self._copies: dict[tuple[int, int], Node] = {}

    def matches(self) -> Iterator[list[Span]]:
        """All matches from left to right, as `re.finditer` would give them."""
        start, empty = 0, True
        while (first := self._next(start)) is not None:
            if first.start() > start:
                start, empty = first.start(), True
            found = self._at(start, empty)
            if found is None:
                if start == len(self.text):
                    return
                start, empty = start + 1, True
                continue
            yield found
            assert found[0] is not None
            end = found[0][1]
            # After an empty match there may be a longer one at the same place.
            start, empty = end, found[0][0] != end

    def _next(self, start: int) -> re.Match[bytes] | None:
        """Where there may be a match, at `start` or later."""
        if len(self.text) - start > self.long:
            return interruptible(lambda: self.anywhere.search(self.text, start))
        return self.anywhere.search(self.text, start)

    def _at(self, start: int, empty: bool) -> list[Span] | None:
        self._spans = [None] * (self.groups + 1)
        self._found, self._best = False, None
        self._entered.clear()

        def accept(end: int) -> None:
            if end == start and not empty:
                return
            self._found = True
            if self._best is None or self._best[0] < end:
                self._best = end, [(start, end), *self._spans[1:]]

        self._match(self.tree, start, accept)
        return None if self._best is None else self._best[1]

    def _match(self, node: Node, at: int, then: Then) -> None:
        match node:
            case Chars():
                pattern = self._chars.get(node.pattern)
                if pattern is None:
                    pattern = self._chars[node.pattern] = re.compile(node.pattern, re.DOTALL)
                if pattern.match(self.text, at):
                    then(at + 1)
            case Edge():
                if at == (len(self.text) if node.end else 0):
                    then(at)
            case Group():
                self._group(node, at, then)
            case Sequence():
                self._sequence(node.items, 0, at, then)
            case Repeat():
                self._repeat(node, 0, at, then)
            case Choice():
                found = self._found
                for option in node.options:
                    self._found = False
                    self._match(option, at, then)
                    found = found or self._found
                self._found = found

    def _group(self, node: Group, at: int, then: Then) -> None:
        before = self._spans[node.number]

        def close(end: int) -> None:
            inner = self._spans[node.number]
            self._spans[node.number] = (at, end)
            then(end)
            self._spans[node.number] = inner

        self._match(node.inner, at, close)
        self._spans[node.number] = before

    def _sequence(self, items: tuple[Node, ...], index: int, at: int, then: Then) -> None:
        if index == len(items):
            then(at)
            return
        self._match(items[index], at, lambda end: self._sequence(items, index + 1, end, then))

    def _repeat(self, node: Repeat, count: int, at: int, then: Then) -> None:
        """All that follows `count` repetitions."""
        if count == node.most:
            then(at)
            return
        # Without end the last of the copies that the reference makes is repeated.
        is_loop = node.most is None and count >= node.least
        copy = self._copy(node, node.least if is_loop else count)

        def once_more() -> None:
            self._match(copy, at, lambda end: self._repeat(node, count + 1, end, then))

        if count < node.least:
            once_more()
            return
        # The reference goes on with a loop twice at the same place, though nothing was matched.
        key = id(node), -1 if is_loop else count
        before = self._entered.get(key, (at, 0))
        times = before[1] if before[0] == at else 0
        if times < _AT_ONE_PLACE:
            self._entered[key] = at, times + 1
            once_more()
            self._entered[key] = before
        if not self._found:
            then(at)

    def _copy(self, node: Repeat, index: int) -> Node:
        """What is repeated; each copy is an object of its own, for the repetitions inside."""
        if index == 0 or (node.least, node.most) == (1, None):
            return node.inner
        found = self._copies.get((id(node), index))
        if found is None:
            found = self._copies[id(node), index] = deepcopy(node.inner)
        return found

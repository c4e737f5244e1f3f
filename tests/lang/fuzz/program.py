"""Programs as trees of text, so that they can be made smaller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """An expression: pieces of text and expressions, written one after the other."""

    parts: tuple[str | Node, ...]

    def __str__(self) -> str:
        pieces: list[str] = []
        stack: list[str | Node] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                pieces.append(item)
            else:
                stack.extend(reversed(item.parts))
        return "".join(pieces)

    def size(self) -> int:
        """The number of characters."""
        return len(str(self))


def node(*parts: str | Node) -> Node:
    """An expression in parentheses where it could be taken apart otherwise."""
    return Node(parts)


_SIMPLE = tuple(Node((text,)) for text in ("1", '"a"', "[ ]", "{ }", "null", "true", "(x: x)"))


def smaller(program: Node) -> Iterator[Node]:
    """Programs with one expression replaced by a part of it or by something simple."""
    for path, item in _walk(program, ()):
        inner = [part for part in item.parts if isinstance(part, Node)]
        for choice in (*inner, *_SIMPLE):
            if choice.size() < item.size():
                yield _replace(program, path, choice)


def _walk(item: Node, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Node]]:
    yield path, item
    for index, part in enumerate(item.parts):
        if isinstance(part, Node):
            yield from _walk(part, (*path, index))


def _replace(item: Node, path: tuple[int, ...], new: Node) -> Node:
    if not path:
        return new
    index, *rest = path
    part = item.parts[index]
    assert isinstance(part, Node)
    changed = _replace(part, tuple(rest), new)
    return Node((*item.parts[:index], changed, *item.parts[index + 1 :]))

"""A source that was compiled, kept for messages: from places back to the tree.

The parser is imported only when a message needs the tree.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from weakref import WeakValueDictionary

from builder.lang.source import Pos, Source
from builder.lang.words import attribute

if TYPE_CHECKING:
    from builder.lang.tree import Binding, DynamicBinding, Expr, Formal, Function

Node: TypeAlias = "Expr | Binding | DynamicBinding | Formal"


# What is evaluated in this process, and the names that stand for several texts of it.
_LOADED: WeakValueDictionary[str, LoadedSource] = WeakValueDictionary()
_AMBIGUOUS: set[str] = set()


def text_named(name: str) -> str | None:
    """The text of the source of that name; None when there is none, or more than one."""
    found = None if name in _AMBIGUOUS else _LOADED.get(name)
    return None if found is None else found.text


class LoadedSource:
    """A source by name and text; parsed again only when a message needs it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        known = _LOADED.get(name)
        if known is not None and known.text != text:
            _AMBIGUOUS.add(name)
        _LOADED[name] = self

    @cached_property
    def source(self) -> Source:
        """The text with its lines counted."""
        return Source(self.text, self.name)

    @cached_property
    def tree(self) -> Expr:
        """The syntax tree."""
        from builder.lang.parser import parse

        # What is evaluated was allowed.
        return parse(self.source, frozenset({"pipe-operators"}))

    def pos(self, line: int, column: int) -> Pos:
        """A place in it, column from 1."""
        return Pos(file=self.name, line=line, column=column, text=self.text)

    def path_to(self, line: int, column: int, end_line: int, end_column: int) -> list[Node]:
        """The nodes from the root down to the one at a place (columns from 1)."""
        from builder.lang.tree import Binding, DynamicBinding, Expr, Formal

        start = self.source.offset(line, column)
        end = self.source.offset(end_line, end_column)
        best: list[Node] = []
        stack: list[tuple[object, tuple[Node, ...]]] = [(self.tree, ())]
        while stack:
            item, above = stack.pop()
            if isinstance(item, Expr):
                if not item.start <= start or not end <= item.end:
                    continue
                above = (*above, item)
                if len(above) > len(best):
                    best = list(above)
            elif isinstance(item, (Binding, DynamicBinding, Formal)):
                above = (*above, item)
                inherited = isinstance(item, Binding) and item.value is None
                if inherited and item.pos == start:
                    return list(above)
            for child in children(item):
                stack.append((child, above))
        return best

    def function_at(
        self,
        line: int,
        column: int,
        end_line: int,
        end_column: int,
        inner: int = 0,
        *,
        pattern: bool = False,
    ) -> tuple[Function | None, str]:
        """The function whose body's first code is at a place, and ``name @ file:line:column``.

        That code belongs to the last of `inner` functions directly inside of it. What a
        function with a `pattern` does first has its own place.
        """
        from builder.lang.tree import Function

        path = self.path_to(line, column, end_line, end_column)
        if not pattern and path and isinstance(path[-1], Function):
            path.pop()  # the code makes that inner function
        for index in range(len(path) - 1, -1, -1):
            node = path[index]
            if isinstance(node, Function):
                if inner:
                    inner -= 1
                    continue
                name = name_of(path, index)
                return node, f"{name + ' ' if name else ''}@ {self.source.at(node.pos)}"
        return None, f"@ {self.pos(line, column)}"


def _constant_name(binding: DynamicBinding) -> str:
    """The name of a computed binding that is a mere text, "" for any other."""
    from builder.lang.tree import Str

    parts = binding.name.parts if isinstance(binding.name, Str) else ()
    while len(parts) == 1 and isinstance(parts[0], Str):
        parts = parts[0].parts
    texts = [part for part in parts if isinstance(part, str)]
    return attribute("".join(texts)) if texts and len(texts) == len(parts) else ""


def name_of(path: list[Node], index: int) -> str:
    """The name that the function at `index` was bound to, curried functions between; or ""."""
    from builder.lang.tree import Binding, DynamicBinding, Function

    for node in reversed(path[:index]):
        if isinstance(node, Binding):
            return attribute(node.name)
        if isinstance(node, DynamicBinding):
            return _constant_name(node)
        if not isinstance(node, Function):
            break
    return ""


def children(item: object) -> list[object]:
    """What a node is made of, nodes or not."""
    if isinstance(item, tuple):
        return list(item)
    if is_dataclass(item) and not isinstance(item, type):
        return [getattr(item, field.name) for field in fields(item)]
    return []

"""Bindings while they are read: nested attribute paths merge into one set."""

from __future__ import annotations

from dataclasses import dataclass, field

from builder.lang.errors import ParseError
from builder.lang.source import Source
from builder.lang.tree import AttrSet, Binding, Bindings, DynamicBinding, Expr


@dataclass(slots=True)
class Draft:
    """A set's bindings while they are read.

    `static` maps a name to its binding or, for a set that further paths may
    still merge into, to the draft of that set with its name's offset. `made` is
    the set, once it was asked for, until further bindings come.
    """

    recursive: bool = False
    start: int = 0
    end: int = 0
    static: dict[str, Binding | tuple[Draft, int]] = field(default_factory=dict)
    sources: list[Expr] = field(default_factory=list)
    dynamic: list[tuple[Expr, int, Expr | Draft]] = field(default_factory=list)
    made: AttrSet | None = None

    def finish(self) -> Bindings:
        """The bindings, frozen."""
        static = [
            entry
            if isinstance(entry, Binding)
            else Binding(name, entry[1], entry[0].as_set(), None)
            for name, entry in self.static.items()
        ]
        dynamic = [
            DynamicBinding(name, pos, value.as_set() if isinstance(value, Draft) else value)
            for name, pos, value in self.dynamic
        ]
        return Bindings(tuple(static), tuple(self.sources), tuple(dynamic))

    def as_set(self) -> AttrSet:
        """The set that these bindings make."""
        if self.made is None:
            self.made = AttrSet(self.start, self.start, self.end, self.recursive, self.finish())
        return self.made


class BindingReader:
    """Adds bindings to drafts and reports names that are given twice."""

    __slots__ = ("alive", "drafts", "source")

    def __init__(self, source: Source) -> None:
        self.source = source
        # The draft behind each set literal, for `a = { ... }; a.b = ...;`.
        self.drafts: dict[int, Draft] = {}
        # Keeps those literals alive, so that an identity is never used twice.
        self.alive: list[AttrSet] = []

    def add(self, draft: Draft, path: list[tuple[str | Expr, int]], value: Expr) -> None:
        """Bind ``path = value``. Raises `ParseError` for a name already bound.

        Each name of the path is placed where the whole path begins.
        """
        pos = path[0][1]
        for depth in range(len(path) - 1):
            name = path[depth][0]
            draft.made = None
            if isinstance(name, str):
                draft = self._descend(draft, path, depth, name, pos, value)
            else:
                inner = Draft(start=pos, end=value.end)
                draft.dynamic.append((name, pos, inner))
                draft = inner
        draft.made = None
        name = path[-1][0]
        if not isinstance(name, str):
            draft.dynamic.append((name, pos, value))
            return
        inner_draft = self.drafts.get(id(value)) if isinstance(value, AttrSet) else None
        old = draft.static.get(name)
        if old is None:
            if inner_draft is not None:
                draft.static[name] = (inner_draft, pos)
            else:
                draft.static[name] = Binding(name, pos, value, None)
        elif isinstance(old, tuple) and inner_draft is not None:
            self._merge(old[0], inner_draft, path)
        else:
            self._duplicate(path, len(path) - 1, old, pos)

    def _descend(
        self,
        draft: Draft,
        path: list[tuple[str | Expr, int]],
        depth: int,
        name: str,
        pos: int,
        value: Expr,
    ) -> Draft:
        old = draft.static.get(name)
        if old is None:
            inner = Draft(start=pos, end=value.end)
            draft.static[name] = (inner, pos)
            return inner
        if isinstance(old, Binding):
            self._duplicate(path, depth, old, pos)
            raise AssertionError
        old[0].end = max(old[0].end, value.end)
        return old[0]

    def _merge(self, into: Draft, other: Draft, path: list[tuple[str | Expr, int]]) -> None:
        into.made = None
        shift = len(into.sources)
        into.sources.extend(other.sources)
        for name, entry in other.static.items():
            old = into.static.get(name)
            if old is not None:
                pos = entry.pos if isinstance(entry, Binding) else entry[1]
                whole = [*path, (name, pos)]
                if isinstance(old, Binding) or isinstance(entry, Binding):
                    self._duplicate(whole, len(path), old, pos)
                else:
                    self._merge(old[0], entry[0], whole)
                continue
            if isinstance(entry, Binding) and entry.source is not None and entry.value is None:
                entry = Binding(entry.name, entry.pos, None, entry.source + shift)
            into.static[name] = entry
        into.dynamic.extend(other.dynamic)

    def _duplicate(
        self,
        path: list[tuple[str | Expr, int]],
        depth: int,
        old: Binding | tuple[Draft, int],
        pos: int,
    ) -> None:
        shown = ".".join(n if isinstance(n, str) else "${...}" for n, _ in path[: depth + 1])
        first = old.pos if isinstance(old, Binding) else old[1]
        raise ParseError(
            f"attribute '{shown}' already defined at {self.source.at(first)}",
            self.source.at(pos),
        )

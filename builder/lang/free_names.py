"""The names that an expression takes from around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from builder.lang.scope import STAND_FOR
from builder.lang.tree import (
    OUTSIDE,
    Apply,
    Assert,
    AttrSet,
    Binary,
    Bindings,
    Expr,
    Function,
    HasAttr,
    If,
    Let,
    ListLit,
    Negate,
    Not,
    PathLit,
    SearchPath,
    Select,
    Str,
    Var,
    With,
)

# The names of what lies so many levels below are looked for apart, and remembered: who
# looks at each of many nested expressions looks at few levels twice.
_FAR = 50


@dataclass(slots=True)
class FreeNames:
    """What `look` found, in the order of the text.

    `certain` are names that nothing inside binds; a name in `possible` may come
    from the set of a ``with`` inside. `known` has what was found before, by the
    identity of the expression, which it keeps alive; for all of a file.
    """

    known: dict[int, tuple[Expr, FreeNames]]
    certain: dict[str, None] = field(default_factory=dict)
    possible: dict[str, None] = field(default_factory=dict)
    _bound: dict[str, int] = field(default_factory=dict)
    _withs: int = 0
    _level: int = 0

    def look(self, expr: Expr) -> None:
        """Add the free names of an expression."""
        if isinstance(expr, Var):
            self._name(expr.name)
            return
        if isinstance(expr, Str):
            self._path(expr.parts)
            return
        look = _LOOKS.get(type(expr))
        if look is None:
            return
        if self._level == _FAR or (self.known and id(expr) in self.known):
            self._look_apart(expr)
            return
        self._level += 1
        look(self, expr)
        self._level -= 1

    def _look_apart(self, expr: Expr) -> None:
        if id(expr) not in self.known:
            inside = FreeNames(self.known)
            inside.look(expr)
            self.known[id(expr)] = expr, inside
        inside = self.known[id(expr)][1]
        for name in inside.certain:
            self._name(name)
        self.possible.update((name, None) for name in inside.possible if not self._bound.get(name))

    def _apply(self, expr: Apply) -> None:
        self.look(expr.function)
        for argument in expr.args:
            self.look(argument)

    def _list(self, expr: ListLit) -> None:
        for item in expr.items:
            self.look(item)

    def _if(self, expr: If) -> None:
        self.look(expr.condition)
        self.look(expr.yes)
        self.look(expr.no)

    def _assert(self, expr: Assert) -> None:
        self.look(expr.condition)
        self.look(expr.body)

    def _binary(self, expr: Binary) -> None:
        left: Expr = expr
        rights = []
        while isinstance(left, Binary):  # a sum may have very many terms
            rights.append(left.right)
            if left.operator in STAND_FOR:
                self._own_meaning(STAND_FOR[left.operator])
            left = left.left
        self.look(left)
        for right in reversed(rights):
            self.look(right)

    def _select(self, expr: Select) -> None:
        self.look(expr.subject)
        self._path(expr.path)
        if expr.default is not None:
            self.look(expr.default)

    def _has(self, expr: HasAttr) -> None:
        self.look(expr.subject)
        self._path(expr.path)

    def _let(self, expr: Let) -> None:
        names = [binding.name for binding in expr.bindings.static]
        self._bind(names, 1)
        self._bindings(expr.bindings)
        self.look(expr.body)
        self._bind(names, -1)
        self._outside(expr.bindings)

    def _with(self, expr: With) -> None:
        self.look(expr.scope)
        self._withs += 1
        self.look(expr.body)
        self._withs -= 1

    def _search_path(self) -> None:
        self._own_meaning("__findFile", "__nixPath")

    def _negate(self, expr: Negate) -> None:
        self._own_meaning("__sub")
        self.look(expr.operand)

    def _own_meaning(self, *names: str) -> None:
        """Names that have a meaning of their own when nothing binds them."""
        self.possible.update((name, None) for name in names if not self._bound.get(name))

    def _name(self, name: str) -> None:
        if not self._bound.get(name):
            (self.possible if self._withs else self.certain)[name] = None

    def _path(self, parts: tuple[str | Expr, ...]) -> None:
        for part in parts:
            if not isinstance(part, str):
                self.look(part)

    def _bind(self, names: Iterable[str], change: int) -> None:
        """Let so many more bindings of the names be around what is looked at."""
        bound = self._bound
        for name in names:
            bound[name] = bound.get(name, 0) + change

    def _bindings(self, bindings: Bindings) -> None:
        """All that sees what the bindings themselves see."""
        for source in bindings.sources:
            self.look(source)
        for binding in bindings.static:
            if binding.value is not None and binding.source != OUTSIDE:
                self.look(binding.value)
        for entry in bindings.dynamic:
            self.look(entry.name)
            self.look(entry.value)

    def _outside(self, bindings: Bindings) -> None:
        """What ``inherit`` takes from around the bindings."""
        for binding in bindings.static:
            if binding.value is not None and binding.source == OUTSIDE:
                self.look(binding.value)

    def _set(self, expr: AttrSet) -> None:
        if expr.recursive:
            names = [binding.name for binding in expr.bindings.static]
            self._bind(names, 1)
            self._bindings(expr.bindings)
            self._bind(names, -1)
            self._outside(expr.bindings)
            return
        for source in expr.bindings.sources:
            self.look(source)
        for binding in expr.bindings.static:
            if binding.value is not None:
                self.look(binding.value)
        for entry in expr.bindings.dynamic:
            self.look(entry.name)
            self.look(entry.value)

    def _function(self, expr: Function) -> None:
        formals = expr.formals.names if expr.formals is not None else ()
        names = [formal.name for formal in formals]
        if expr.param is not None:
            names.append(expr.param)
        self._bind(names, 1)
        for formal in formals:
            if formal.default is not None:
                self.look(formal.default)
        self.look(expr.body)
        self._bind(names, -1)


# What has no entry has no names.
_LOOKS: dict[type, Callable[[FreeNames, Any], None]] = {
    PathLit: lambda free, expr: free._path(expr.parts),
    SearchPath: lambda free, _: free._search_path(),
    Select: FreeNames._select,
    HasAttr: FreeNames._has,
    Function: FreeNames._function,
    Apply: FreeNames._apply,
    AttrSet: FreeNames._set,
    Let: FreeNames._let,
    ListLit: FreeNames._list,
    With: FreeNames._with,
    Assert: FreeNames._assert,
    If: FreeNames._if,
    Not: lambda free, expr: free.look(expr.operand),
    Negate: FreeNames._negate,
    Binary: FreeNames._binary,
}

"""Which of a file's undefined variables is told: the first that the reference binds.

It goes through bindings and the parameters of patterns in the order of `symbols`, through
everything else in the order in which its tree has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from builder.lang.scope import Resolved, Scope, resolve
from builder.lang.symbols import in_order
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
    Select,
    Str,
    Var,
    With,
)

_Inside = Sequence[tuple[Expr, Scope | None]]
# Operators that the reference reads as calls with the operands the other way round.
_SWAPPED = frozenset({">", "<="})


def first_undefined(
    tree: Expr, scope: Scope | None, is_global: Callable[[str], bool]
) -> tuple[Var, Scope | None]:
    """The variable, and where it stands, of a tree that has one that nothing binds."""
    stack = [(tree, scope)]
    while stack:
        expr, around = stack.pop()
        if isinstance(expr, Var):
            if resolve(around, expr.name) == Resolved() and not is_global(expr.name):
                return expr, around
        elif type(expr) in _INSIDE:
            stack.extend(reversed(_INSIDE[type(expr)](expr, around)))
    raise AssertionError


def _layer(scope: Scope | None, names: Iterable[str]) -> Scope:
    return Scope(scope, dict.fromkeys(names, ""))


def _all(parts: Iterable[Expr | str | None], scope: Scope | None) -> _Inside:
    return [(part, scope) for part in parts if part is not None and not isinstance(part, str)]


def _bindings(bindings: Bindings, inner: Scope | None, outer: Scope | None) -> _Inside:
    made = [(source, inner) for source in bindings.sources]
    static = {binding.name: binding for binding in bindings.static}
    for binding in map(static.__getitem__, in_order(static)):
        if binding.value is not None:
            made.append((binding.value, outer if binding.source == OUTSIDE else inner))
    for dynamic in bindings.dynamic:
        made += [(dynamic.name, inner), (dynamic.value, inner)]
    return made


def _set(expr: AttrSet, scope: Scope | None) -> _Inside:
    inner = scope
    if expr.recursive:
        inner = _layer(scope, (binding.name for binding in expr.bindings.static))
    return _bindings(expr.bindings, inner, scope)


def _let(expr: Let, scope: Scope | None) -> _Inside:
    inner = _layer(scope, (binding.name for binding in expr.bindings.static))
    return [*_bindings(expr.bindings, inner, scope), (expr.body, inner)]


def _function(expr: Function, scope: Scope | None) -> _Inside:
    formals = {} if expr.formals is None else {f.name: f.default for f in expr.formals.names}
    inner = _layer(scope, [*formals, *([] if expr.param is None else [expr.param])])
    return _all([*map(formals.__getitem__, in_order(formals)), expr.body], inner)


def _binary(expr: Binary, scope: Scope | None) -> _Inside:
    sides = (expr.left, expr.right)
    return _all(reversed(sides) if expr.operator in _SWAPPED else sides, scope)


def _with(expr: With, scope: Scope | None) -> _Inside:
    return [(expr.scope, scope), (expr.body, Scope(scope, scope=""))]


_INSIDE: dict[type, Callable[[Any, Scope | None], _Inside]] = {
    Str: lambda expr, scope: _all(expr.parts, scope),
    PathLit: lambda expr, scope: _all(expr.parts, scope),
    Select: lambda expr, scope: _all((expr.subject, expr.default, *expr.path), scope),
    HasAttr: lambda expr, scope: _all((expr.subject, *expr.path), scope),
    Apply: lambda expr, scope: _all((expr.function, *expr.args), scope),
    ListLit: lambda expr, scope: _all(expr.items, scope),
    Assert: lambda expr, scope: _all((expr.condition, expr.body), scope),
    If: lambda expr, scope: _all((expr.condition, expr.yes, expr.no), scope),
    Not: lambda expr, scope: _all((expr.operand,), scope),
    Negate: lambda expr, scope: _all((expr.operand,), scope),
    AttrSet: _set,
    Let: _let,
    Function: _function,
    Binary: _binary,
    With: _with,
}

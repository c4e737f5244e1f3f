"""A tree as text, fully parenthesised: the form in which Nix shows expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from builder.lang.paths import canonical
from builder.lang.tree import (
    Apply,
    Assert,
    AttrSet,
    Binary,
    Bindings,
    CurPos,
    Expr,
    Float,
    Function,
    HasAttr,
    If,
    Int,
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
from builder.lang.words import attribute, quoted


def _path(path: tuple[str | Expr, ...]) -> str:
    return ".".join(
        attribute(name) if isinstance(name, str) else f'"${{{show(name)}}}"' for name in path
    )


def _bindings(bindings: Bindings) -> str:
    parts = []
    outside = sorted(b.name for b in bindings.static if b.source == -1)
    if outside:
        parts.append("inherit " + " ".join(attribute(name) for name in outside) + "; ")
    for index, source in enumerate(bindings.sources):
        names = sorted(attribute(b.name) for b in bindings.static if b.source == index)
        parts.append(f"inherit ({show(source)}) {' '.join(names)}; ")
    for binding in sorted(bindings.static, key=lambda b: b.name):
        if binding.value is not None and binding.source is None:
            parts.append(f"{attribute(binding.name)} = {show(binding.value)}; ")
    for entry in bindings.dynamic:
        parts.append(f'"${{{show(entry.name)}}}" = {show(entry.value)}; ')
    return "".join(parts)


def _concatenation(parts: tuple[str | Expr, ...]) -> str:
    shown = [quoted(part) if isinstance(part, str) else show(part) for part in parts]
    return f"({' + '.join(shown)})"


def _function(expr: Function) -> str:
    head = ""
    if expr.formals is not None:
        shown = [
            f.name if f.default is None else f"{f.name} ? {show(f.default)}"
            for f in sorted(expr.formals.names, key=lambda f: f.name)
        ]
        if expr.formals.ellipsis:
            shown.append("...")
        head = f"{{ {', '.join(shown)} }}"
        if expr.param:
            head += f" @ {expr.param}"
    else:
        head = expr.param or ""
    return f"({head}: {show(expr.body)})"


def show(expr: Expr) -> str:
    """The expression as ``nix-instantiate --parse`` prints it."""
    match expr:
        case Int():
            return str(expr.value)
        case Float():
            return f"{expr.value:g}"
        case Str():
            if not expr.parts:
                return '""'
            if len(expr.parts) == 1 and isinstance(expr.parts[0], str):
                return quoted(expr.parts[0])
            return _concatenation(expr.parts)
        case PathLit():
            if len(expr.parts) == 1 and isinstance(expr.parts[0], str):
                return expr.parts[0]
            rest = _concatenation(expr.parts[1:])[1:]
            return f"({expr.parts[0]} + {rest}"
        case SearchPath():
            return f'(__findFile __nixPath "{expr.name}")'
        case Var():
            return expr.name
        case Select():
            shown = f"({show(expr.subject)}).{_path(expr.path)}"
            return shown if expr.default is None else f"{shown} or ({show(expr.default)})"
        case HasAttr():
            return f"(({show(expr.subject)}) ? {_path(expr.path)})"
        case Function():
            return _function(expr)
        case Apply():
            return f"({' '.join([show(expr.function), *map(show, expr.args)])})"
        case AttrSet():
            return f"{'rec ' if expr.recursive else ''}{{ {_bindings(expr.bindings)}}}"
        case Let():
            return f"(let {_bindings(expr.bindings)}in {show(expr.body)})"
        case ListLit():
            return f"[ {''.join(f'({show(item)}) ' for item in expr.items)}]"
        case With():
            return f"(with {show(expr.scope)}; {show(expr.body)})"
        case Assert():
            return f"assert {show(expr.condition)}; {show(expr.body)}"
        case If():
            return f"(if {show(expr.condition)} then {show(expr.yes)} else {show(expr.no)})"
        case Not():
            return f"(! {show(expr.operand)})"
        case Negate():
            return f"(__sub 0 {show(expr.operand)})"
        case Binary():
            return _binary(expr)
        case CurPos():
            return "__curPos"
    raise TypeError(f"no way to show {type(expr).__name__}")


def resolved(expr: Expr, base: str, home: str) -> Expr:
    """The tree with all literal paths absolute: relative ones to `base`, ``~`` being `home`."""

    def absolute(first: str, kind: str) -> str:
        if kind == "home":
            return home + first[1:]
        return first if first.startswith("/") else f"{base}/{first}"

    return _with_paths(expr, absolute)


def canonised(expr: Expr) -> Expr:
    """The tree with absolute literal paths in their shortest form."""
    return _with_paths(expr, lambda first, kind: first if first.startswith("/") else None)


def relative_paths(expr: Expr) -> Iterator[PathLit]:
    """The literal paths in a tree that are relative, to a folder or to the user's home."""
    stack: list[Any] = [expr]
    while stack:
        item = stack.pop()
        if isinstance(item, PathLit) and not str(item.parts[0]).startswith("/"):
            yield item
        if isinstance(item, tuple):
            stack.extend(item)
        elif is_dataclass(item) and not isinstance(item, type):
            stack.extend(getattr(item, field.name) for field in fields(item))


def _with_paths(expr: Expr, place: Callable[[str, str], str | None]) -> Expr:
    """The tree with what `place` makes of the first parts of literal paths and their kinds,
    those that it gives None for as they are."""

    def moved(path: PathLit) -> PathLit:
        first = path.parts[0]
        assert isinstance(first, str)
        whole = place(first, path.kind)
        if whole is None:
            return path
        shown = canonical(whole)
        if len(path.parts) > 1 and first.endswith("/"):
            shown += "/"
        return replace(path, parts=(shown, *map(walk, path.parts[1:])))

    def walk(item: Any) -> Any:
        if isinstance(item, PathLit):
            return moved(item)
        if isinstance(item, tuple):
            return tuple(walk(part) for part in item)
        if is_dataclass(item) and not isinstance(item, type):
            changes = {field.name: walk(getattr(item, field.name)) for field in fields(item)}
            return replace(item, **changes)
        return item

    made: Expr = walk(expr)
    return made


def _binary(expr: Binary) -> str:
    left, right = show(expr.left), show(expr.right)
    match expr.operator:
        case "-":
            return f"(__sub {left} {right})"
        case "*":
            return f"(__mul {left} {right})"
        case "/":
            return f"(__div {left} {right})"
        case "<":
            return f"(__lessThan {left} {right})"
        case ">":
            return f"(__lessThan {right} {left})"
        case "<=":
            return f"(! (__lessThan {right} {left}))"
        case ">=":
            return f"(! (__lessThan {left} {right}))"
    return f"({left} {expr.operator} {right})"

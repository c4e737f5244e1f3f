"""What Nix 2.26 says that it was doing, by the construct that an error came up in."""

from __future__ import annotations

from builder.lang.argument_notes import kind, line
from builder.lang.compiled import TOP_LEVEL
from builder.lang.errors import Note
from builder.lang.loaded import LoadedSource, Node
from builder.lang.source import Pos
from builder.lang.tree import (
    Apply,
    Assert,
    AttrSet,
    Binary,
    Expr,
    Float,
    If,
    Int,
    Let,
    ListLit,
    Negate,
    Not,
    PathLit,
    Select,
    Str,
    Var,
    is_literal,
)

_SIDES = {
    "&&": "operand of the AND (&&) operator",
    "||": "operand of the OR (||) operator",
    "->": "operand of the IMPL (->) operator",
    "//": "operand of the update (//) operator",
}
# Operators that are calls of builtins.
OPERATORS = {
    "-": "sub",
    "*": "mul",
    "/": "div",
    "<": "lessThan",
    ">": "lessThan",
    "<=": "lessThan",
    ">=": "lessThan",
}


def builtin_called(node: Node) -> str | None:
    """The name of the builtin that an application names directly."""
    if isinstance(node, Negate):
        return "sub"
    if isinstance(node, Binary):
        return OPERATORS.get(node.operator)
    if not isinstance(node, Apply):
        return None
    function = node.function
    if isinstance(function, Select) and isinstance(function.subject, Var):
        if function.subject.name == "builtins" and isinstance(function.path[0], str):
            return function.path[0]
        return None
    if isinstance(function, Var):
        if function.name in ("true", "false", "null", "builtins"):
            return None
        if function.name in TOP_LEVEL:
            return function.name
        if function.name.startswith("__"):
            return function.name[2:]
    return None


def is_old_let(node: Node, source: LoadedSource) -> bool:
    """Whether it is a ``let { ... body = ...; }``, as the set or as its body: it has no place."""
    if isinstance(node, Select) and node.path == ("body",):
        node = node.subject
    return isinstance(node, AttrSet) and source.source.text.startswith("let", node.start)


def own_pos(node: Expr, source: LoadedSource) -> Pos | None:
    """The place that Nix knows of an expression by itself: literals have none."""
    if isinstance(node, Not):
        return own_pos(node.operand, source)
    if isinstance(node, ListLit) and node.items:
        return own_pos(node.items[0], source)
    if isinstance(node, (Int, Float, ListLit, Let)):
        return None
    if is_old_let(node, source):
        return None
    if isinstance(node, (Str, PathLit)) and is_literal(node.parts):
        return None
    return source.source.at(node.pos)


def step_notes(parent: Node, child: Node, source: LoadedSource) -> list[Note]:
    """The lines, outermost first, of an error that came up in a part of a construct."""
    at = source.source.at(parent.pos)
    match parent:
        case If(condition=condition) if condition is child:
            return [Note("while evaluating a branch condition", at)]
        case Assert(condition=condition) if condition is child:
            return [Note("in the condition of the assert statement", at)]
        case Not(operand=operand):
            return [Note("in the argument of the not operator", own_pos(operand, source))]
        case Binary(operator=operator) if operator in _SIDES:
            side = "left" if parent.left is child else "right"
            return [Note(f"in the {side} {_SIDES[operator]}", at)]
        case Binary() | Negate() if builtin_called(parent):
            return [Note(f"while calling the '{builtin_called(parent)}' builtin", at)]
        case Apply() if child in parent.args:
            name = builtin_called(parent)
            if name is None and isinstance(parent.function, Var):
                # Only the arguments of builtins are evaluated where they stand, and a
                # variable that is known to be one was inherited under the builtin's name.
                name = parent.function.name
            if name is None or name == "addErrorContext":
                return []
            notes = [Note(f"while calling the '{name}' builtin", at)]
            index = parent.args.index(child)
            if kind(name, index) == "any":
                notes.append(Note(line(name, index), None))
            return notes
    return []


def side_note(node: Binary, right: bool, source: LoadedSource) -> Note | None:
    """The line of an operand that has the wrong type."""
    if node.operator not in _SIDES:
        return None
    side = "right" if right else "left"
    return Note(f"in the {side} {_SIDES[node.operator]}", source.source.at(node.pos))


def segment_pos(node: Node, index: int | None, source: LoadedSource) -> Pos | None:
    """Where the part of a string, a path or a sum begins whose type is wrong."""
    if isinstance(node, Binary):
        side = node.left if index == 0 else node.right
        return source.source.at(side.start)
    if not isinstance(node, (Str, PathLit)):
        return source.source.at(node.pos)
    parts = [part for part in node.parts if isinstance(part, Expr)]
    if index is None and len(parts) > 1:
        return source.source.at(node.pos)
    part = node.parts[index] if index is not None else parts[0]
    if not isinstance(part, Expr):
        return source.source.at(node.pos)
    return source.source.at(source.text.rfind("${", node.start, part.start + 1))

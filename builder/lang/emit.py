"""Making Python syntax trees that carry Nix positions.

Every Python node is given the line and the column of the Nix expression that
it comes from, so a Python traceback through generated code is a Nix trace
and nothing has to be recorded while evaluating.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from types import EllipsisType
from typing import Any, TypeVar

from builder.lang.source import Source
from builder.lang.tree import Expr

_LOAD = ast.Load()
_STORE = ast.Store()
_IS = ast.Is()
_IS_NOT = ast.IsNot()
_IN = ast.In()
_NOT = ast.Not()
_OR = ast.Or()
_OPERATORS: dict[str, ast.operator] = {"+": ast.Add(), "-": ast.Sub(), "*": ast.Mult()}
_COMPARISONS: dict[str, ast.cmpop] = {"==": ast.Eq(), "<": ast.Lt()}
_MOST_OPERANDS = 400
Place = tuple[int, int, int, int]
Constant = str | int | float | EllipsisType | tuple[Any, ...] | None
_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")
Node = TypeVar("Node", bound=ast.AST)


class Emitter:
    """Node constructors for one source. `place` is where new nodes are put.

    What is made for a part of the source has a `label`, and no variable's name in common
    with the rest.
    """

    def __init__(self, source: Source, label: str = "") -> None:
        self.source = source
        self.label = label
        self.place: Place = (1, 0, 1, 0)
        self.used: set[str] = set()
        self._counter = 0

    def place_of(self, expr: Expr) -> Place:
        """The place of a Nix expression: its position and its end."""
        return self.span(expr.pos, expr.end)

    def span(self, pos: int, end: int) -> Place:
        """The place from one offset to another."""
        line, column = self.source.line_column(pos)
        end_line, end_column = self.source.line_column(max(end, pos))
        return line, column - 1, end_line, end_column - 1

    def place_in(self, made: ast.expr) -> Place:
        """The place of what was made."""
        places: Place = tuple(made.__dict__[name] for name in _PLACE)
        return places

    def fresh(self) -> str:
        """A new Python variable."""
        self._counter += 1
        return f"v{self._counter}{self.label}"

    def name(self, name: str) -> ast.expr:
        """A variable read."""
        self.used.add(name)
        return self._node(ast.Name, {"id": name, "ctx": _LOAD})

    def constant(self, value: Constant) -> ast.expr:
        """A constant."""
        return self._node(ast.Constant, {"value": value, "kind": None})

    def call(self, function: str | ast.expr, *args: ast.expr) -> ast.expr:
        """A call of a runtime function by name, or of an expression."""
        if isinstance(function, str):
            function = self.name(function)
        return self._node(ast.Call, {"func": function, "args": list(args), "keywords": []})

    def bind(self, name: str, value: ast.expr) -> ast.expr:
        """``(name := value)``"""
        target = self._node(ast.Name, {"id": name, "ctx": _STORE})
        return self._node(ast.NamedExpr, {"target": target, "value": value})

    def choose(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
        """``yes if test else no``"""
        return self._node(ast.IfExp, {"test": test, "body": yes, "orelse": no})

    def same(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left is right``"""
        return self._compare(left, (_IS, right))

    def differs(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left is not right``"""
        return self._compare(left, (_IS_NOT, right))

    def has_type(self, name: str, *values: ast.expr) -> ast.expr:
        """``type(a) is type(b) is name``, of one or two values; all of them are evaluated."""
        first, *others = [self.call("type", value) for value in values]
        return self._compare(first, *((_IS, kind) for kind in others), (_IS, self.name(name)))

    def compared(self, operator: str, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left == right``, ``left < right``"""
        return self._compare(left, (_COMPARISONS[operator], right))

    def between(self, low: int, value: ast.expr, high: int) -> ast.expr:
        """``low < value < high``"""
        less = _COMPARISONS["<"]
        return self._compare(self.constant(low), (less, value), (less, self.constant(high)))

    def contains(self, item: ast.expr, whole: ast.expr) -> ast.expr:
        """``item in whole``"""
        return self._compare(item, (_IN, whole))

    def _compare(self, first: ast.expr, *others: tuple[ast.cmpop, ast.expr]) -> ast.expr:
        operators = [operator for operator, _ in others]
        values = [value for _, value in others]
        return self._node(ast.Compare, {"left": first, "ops": operators, "comparators": values})

    def arithmetic(self, operator: str, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left + right``, ``-``, ``*``"""
        return self._node(ast.BinOp, {"left": left, "op": _OPERATORS[operator], "right": right})

    def joined(self, parts: Sequence[ast.expr]) -> ast.expr:
        """``f"..."`` of parts that are strings."""
        shown = [
            part
            if isinstance(part, ast.Constant)
            else self._node(
                ast.FormattedValue, {"value": part, "conversion": -1, "format_spec": None}
            )
            for part in parts
        ]
        return self._node(ast.JoinedStr, {"values": shown})

    def attribute(self, value: ast.expr, name: str) -> ast.expr:
        """``value.name``, of a Python object"""
        return self._node(ast.Attribute, {"value": value, "attr": name, "ctx": _LOAD})

    def logic(self, operator: ast.boolop, *operands: ast.expr) -> ast.expr:
        """``left and right``, ``left or right``"""
        return self._node(ast.BoolOp, {"op": operator, "values": list(operands)})

    def negation(self, operand: ast.expr) -> ast.expr:
        """``not operand``"""
        return self._node(ast.UnaryOp, {"op": _NOT, "operand": operand})

    def item(self, whole: ast.expr, key: ast.expr) -> ast.expr:
        """``whole[key]``"""
        return self._node(ast.Subscript, {"value": whole, "slice": key, "ctx": _LOAD})

    def sequence(self, steps: Sequence[ast.expr], last: ast.expr) -> ast.expr:
        """Evaluate `steps` for their bindings, then give `last`."""
        if not steps:
            return last
        # No value is Python's `...`, so every test fails and the last operand is the result.
        tests = [self.same(step, self.constant(...)) for step in steps]
        # Python is slow with operations in operations, so what is a sequence itself is taken in;
        # and with operations that have very many functions in them.
        operands = [*tests, *getattr(last, "in_order", (last,))]
        if len(operands) < _MOST_OPERANDS:
            made = self.logic(_OR, *operands)
        else:
            made = self.item(self.list_of(operands), self.constant(-1))
        made.__dict__["in_order"] = operands
        return made

    def tuple_of(self, items: Sequence[ast.expr]) -> ast.expr:
        """``(a, b, ...)``"""
        return self._node(ast.Tuple, {"elts": list(items), "ctx": _LOAD})

    def list_of(self, items: Sequence[ast.expr]) -> ast.expr:
        """``[a, b, ...]``"""
        return self._node(ast.List, {"elts": list(items), "ctx": _LOAD})

    def joined_lists(self, lists: Sequence[ast.expr]) -> ast.expr:
        """``[*a, *b, ...]``"""
        if len(lists) == 1:
            return lists[0]
        return self.list_of(
            [self._node(ast.Starred, {"value": one, "ctx": _LOAD}) for one in lists]
        )

    def joined_dicts(self, dicts: Sequence[ast.expr]) -> ast.expr:
        """``{**a, **b, ...}``"""
        if len(dicts) == 1:
            return dicts[0]
        return self._node(ast.Dict, {"keys": [None] * len(dicts), "values": list(dicts)})

    def dict_of(self, items: Sequence[tuple[ast.expr, ast.expr]]) -> ast.expr:
        """``{a: b, ...}``"""
        keys, values = [key for key, _ in items], [value for _, value in items]
        return self._node(ast.Dict, {"keys": keys, "values": values})

    def function(
        self, body: ast.expr, params: Sequence[str] = (), default: ast.expr | None = None
    ) -> ast.expr:
        """``lambda [param, ... [, f=default]]: body``"""
        names = params if default is None else [*params, "f"]
        args = [
            self._node(ast.arg, {"arg": name, "annotation": None, "type_comment": None})
            for name in names
        ]
        defaults = [] if default is None else [default]
        arguments = ast.arguments([], args, None, [], [], None, defaults)
        return self._node(ast.Lambda, {"args": arguments, "body": body})

    def _node(self, kind: type[Node], fields: dict[str, Any]) -> Node:
        # Python's own constructors take three times as long, and there are many nodes.
        made = kind.__new__(kind)
        fields["lineno"], fields["col_offset"], fields["end_lineno"], fields["end_col_offset"] = (
            self.place
        )
        made.__dict__ = fields
        return made

"""Making Python syntax trees that carry Nix positions.

Every Python node is given the line and the column of the Nix expression that
it comes from, so a Python traceback through generated code is a Nix trace
and nothing has to be recorded while evaluating.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from types import EllipsisType

from builder.lang.source import Source
from builder.lang.tree import Expr

_LOAD = ast.Load()
_STORE = ast.Store()
_IS = ast.Is()
_IS_NOT = ast.IsNot()
_IN = ast.In()
_OPERATORS: dict[str, ast.operator] = {"+": ast.Add(), "-": ast.Sub(), "*": ast.Mult()}
_COMPARISONS: dict[str, ast.cmpop] = {"==": ast.Eq(), "<": ast.Lt()}
Place = tuple[int, int, int, int]


class Emitter:
    """Node constructors for one source. `place` is where new nodes are put."""

    def __init__(self, source: Source) -> None:
        self.source = source
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

    def fresh(self) -> str:
        """A new Python variable."""
        self._counter += 1
        return f"v{self._counter}"

    def name(self, name: str) -> ast.expr:
        """A variable read."""
        self.used.add(name)
        a, b, c, d = self.place
        return ast.Name(name, _LOAD, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def constant(self, value: str | int | float | EllipsisType | None) -> ast.expr:
        """A constant."""
        a, b, c, d = self.place
        return ast.Constant(value, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def call(self, function: str | ast.expr, *args: ast.expr) -> ast.expr:
        """A call of a runtime function by name, or of an expression."""
        a, b, c, d = self.place
        if isinstance(function, str):
            function = self.name(function)
        return ast.Call(
            function, list(args), [], lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
        )

    def bind(self, name: str, value: ast.expr) -> ast.expr:
        """``(name := value)``"""
        a, b, c, d = self.place
        target = ast.Name(name, _STORE, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)
        return ast.NamedExpr(target, value, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def choose(self, test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
        """``yes if test else no``"""
        a, b, c, d = self.place
        return ast.IfExp(test, yes, no, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def same(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left is right``"""
        return self._compare(_IS, left, right)

    def differs(self, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left is not right``"""
        return self._compare(_IS_NOT, left, right)

    def has_type(self, name: str, *values: ast.expr) -> ast.expr:
        """``type(a) is type(b) is name``, of one or two values; all of them are evaluated."""
        kinds = [self.call("type", value) for value in values]
        a, b, c, d = self.place
        return ast.Compare(
            kinds[0],
            [_IS] * len(kinds),
            [*kinds[1:], self.name(name)],
            lineno=a,
            col_offset=b,
            end_lineno=c,
            end_col_offset=d,
        )

    def compared(self, operator: str, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left == right``, ``left < right``"""
        return self._compare(_COMPARISONS[operator], left, right)

    def between(self, low: int, value: ast.expr, high: int) -> ast.expr:
        """``low < value < high``"""
        a, b, c, d = self.place
        return ast.Compare(
            self.constant(low),
            [_COMPARISONS["<"]] * 2,
            [value, self.constant(high)],
            lineno=a,
            col_offset=b,
            end_lineno=c,
            end_col_offset=d,
        )

    def arithmetic(self, operator: str, left: ast.expr, right: ast.expr) -> ast.expr:
        """``left + right``, ``-``, ``*``"""
        a, b, c, d = self.place
        return ast.BinOp(
            left, _OPERATORS[operator], right,
            lineno=a, col_offset=b, end_lineno=c, end_col_offset=d,
        )  # fmt: skip

    def joined(self, parts: Sequence[ast.expr]) -> ast.expr:
        """``f"..."`` of parts that are strings."""
        a, b, c, d = self.place
        shown: list[ast.expr] = [
            part if isinstance(part, ast.Constant)
            else ast.FormattedValue(
                part, -1, None, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
            )
            for part in parts
        ]  # fmt: skip
        return ast.JoinedStr(shown, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def attribute(self, value: ast.expr, name: str) -> ast.expr:
        """``value.name``, of a Python object"""
        a, b, c, d = self.place
        return ast.Attribute(
            value, name, _LOAD, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
        )

    def contains(self, item: ast.expr, whole: ast.expr) -> ast.expr:
        """``item in whole``"""
        return self._compare(_IN, item, whole)

    def _compare(self, operator: ast.cmpop, left: ast.expr, right: ast.expr) -> ast.expr:
        a, b, c, d = self.place
        return ast.Compare(
            left, [operator], [right], lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
        )

    def logic(self, operator: ast.boolop, *operands: ast.expr) -> ast.expr:
        """``left and right``, ``left or right``"""
        a, b, c, d = self.place
        return ast.BoolOp(
            operator, list(operands), lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
        )

    def negation(self, operand: ast.expr) -> ast.expr:
        """``not operand``"""
        a, b, c, d = self.place
        return ast.UnaryOp(
            ast.Not(), operand, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
        )

    def item(self, whole: ast.expr, key: ast.expr) -> ast.expr:
        """``whole[key]``"""
        a, b, c, d = self.place
        return ast.Subscript(
            whole, key, _LOAD, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d
        )

    def sequence(self, steps: Sequence[ast.expr], last: ast.expr) -> ast.expr:
        """Evaluate `steps` for their bindings, then give `last`."""
        if not steps:
            return last
        # No value is Python's `...`, so every test fails and the last operand is the result.
        tests = [self.same(step, self.constant(...)) for step in steps]
        return self.logic(ast.Or(), *tests, last)

    def tuple_of(self, items: Sequence[ast.expr]) -> ast.expr:
        """``(a, b, ...)``"""
        a, b, c, d = self.place
        return ast.Tuple(list(items), _LOAD, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def list_of(self, items: Sequence[ast.expr]) -> ast.expr:
        """``[a, b, ...]``"""
        a, b, c, d = self.place
        return ast.List(list(items), _LOAD, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

    def dict_of(self, items: Sequence[tuple[ast.expr, ast.expr]]) -> ast.expr:
        """``{a: b, ...}``"""
        a, b, c, d = self.place
        return ast.Dict(
            [key for key, _ in items],
            [value for _, value in items],
            lineno=a,
            col_offset=b,
            end_lineno=c,
            end_col_offset=d,
        )

    def function(
        self, body: ast.expr, params: Sequence[str] = (), default: ast.expr | None = None
    ) -> ast.expr:
        """``lambda [param, ... [, f=default]]: body``"""
        a, b, c, d = self.place
        names = params if default is None else [*params, "f"]
        args = [
            ast.arg(name, None, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)
            for name in names
        ]
        defaults = [] if default is None else [default]
        arguments = ast.arguments([], args, None, [], [], None, defaults)
        return ast.Lambda(arguments, body, lineno=a, col_offset=b, end_lineno=c, end_col_offset=d)

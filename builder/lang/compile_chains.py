"""Compiling sums of very many terms: code that does not nest."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from builder.lang.compile_operators import FUNCTIONS, OperatorCompiler
from builder.lang.scope import Scope
from builder.lang.tree import Binary, Expr

# Of more operators the code is made flat: it is slower, but neither Python's compiler nor
# ours goes deeper with each.
_LONG = 200
_OPERATORS = frozenset({"+", "-", "*", "/"})
# So many results are kept until the code of all of them has run.
_KEPT = 200


class ChainCompiler(OperatorCompiler):
    """The part of the compiler that deals with ``a + b - c ...``."""

    def binary(self, expr: Binary, scope: Scope | None) -> ast.expr:
        """``left operator right``"""
        if expr.operator in _OPERATORS:
            nodes = self._chain(expr, scope)
            if len(nodes) > _LONG:
                return self._flat(nodes, scope)
        return super().binary(expr, scope)

    def _chain(self, expr: Binary, scope: Scope | None) -> list[Binary]:
        """The operators one inside of the other's left operand, the innermost first."""
        nodes: list[Binary] = []
        left: Expr = expr
        while isinstance(left, Binary) and left.operator in _OPERATORS:
            if self.is_called(left, scope):
                break
            nodes.append(left)
            left = left.left
        nodes.reverse()
        return nodes

    def _flat(self, nodes: Sequence[Binary], scope: Scope | None) -> ast.expr:
        result = self.scratch()
        steps = [self.bind(result, self.strict(nodes[0].left, scope))]
        for node in nodes:
            outer, self.place = self.place, self.place_of(node)
            left = self.name(result)
            if node.operator == "+" and self.must_check_left("+", (node.left, node.right)):
                left, name = self.checked_left("+", left)
                self.kept(name)
            right = self.strict(node.right, scope)
            steps.append(self.bind(result, self.call(FUNCTIONS[node.operator], left, right)))
            self.place = outer
        self.release()
        pieces = [steps[i : i + _KEPT] for i in range(0, len(steps), _KEPT)]
        made = [self.sequence(piece[:-1], piece[-1]) for piece in pieces]
        return self.sequence(made[:-1], made[-1])

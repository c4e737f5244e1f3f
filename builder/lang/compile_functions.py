"""Compiling functions."""

from __future__ import annotations

import ast
from abc import abstractmethod

from builder.lang.compile_parts import LEAST, PartCompiler
from builder.lang.scope import Scope
from builder.lang.source import Source
from builder.lang.tree import Expr, Formals, Function

# Functions of up to so many parameters become one Python function.
_MOST = 3


def parameters(expr: Expr | None) -> int:
    """How many arguments the Python function of a function literal takes; 0 for others."""
    if not isinstance(expr, Function):
        return 0
    if expr.formals is not None:
        return 1
    count = 0
    inner: Expr = expr
    while isinstance(inner, Function) and inner.formals is None and count < _MOST:
        count += 1
        inner = inner.body
    return count


class FunctionCompiler(PartCompiler):
    """The part of the compiler that deals with functions.

    `formals` are the tables of set patterns: whether each name has a default, and whether
    others are allowed. `outermost` are the identities of the functions that the file itself
    is, which are called once or a few times.
    """

    def __init__(self, source: Source, label: str = "") -> None:
        super().__init__(source, label)
        self.formals: list[tuple[dict[str, bool], bool]] = []
        self.outermost: frozenset[int] = frozenset()

    @abstractmethod
    def strict(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for the forced value."""

    @abstractmethod
    def lazy(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a value or a thunk."""

    def function_value(self, expr: Function, scope: Scope | None) -> ast.expr:
        """``x: body``, ``x: y: body`` and ``{ ... }: body``"""
        bare = self._bare(expr, scope)
        count = parameters(expr)
        return bare if count == 1 else self.call(f"Curried{count}", bare)

    def _bare(self, expr: Function, scope: Scope | None) -> ast.expr:
        """The Python function of as many arguments as `parameters` says."""
        is_part = self.is_deep or (not self.often and id(expr) not in self.outermost)
        captured = self.captured(expr, scope) if is_part else None
        outer, self.often = self.often, self.often or self._runs_often(expr)
        pattern = None if expr.formals is None else self._formals(expr.formals)
        if captured is None:
            made = self._function(expr, scope, pattern)
        else:
            made = self._late_function(expr, scope, pattern, captured)
        self.often = outer
        return made

    def _runs_often(self, expr: Function) -> bool:
        is_one_of_many = self.among_many and expr.end - expr.start < LEAST
        return id(expr) not in self.outermost and not is_one_of_many

    def _formals(self, formals: Formals) -> str:
        """The name of the table of a set pattern."""
        names = {formal.name: formal.default is not None for formal in formals.names}
        self.formals.append((names, formals.ellipsis))
        return f"F{len(self.formals) - 1}{self.label}"

    def _late_function(
        self, expr: Function, scope: Scope | None, pattern: str | None, captured: tuple[str, ...]
    ) -> ast.expr:
        """A stub for the function."""

        def make(compiler: PartCompiler) -> ast.expr:
            assert isinstance(compiler, FunctionCompiler)
            compiler.often = True
            return compiler._function(expr, scope, pattern, captured)

        params = [self.fresh() for _ in range(parameters(expr))]
        body = self.put_off(expr, captured, make, params)
        return self.stub(expr, body, params, None if pattern is None else self.name(pattern))

    def _function(
        self,
        expr: Function,
        scope: Scope | None,
        pattern: str | None,
        captured: tuple[str, ...] = (),
    ) -> ast.expr:
        """The Python function; it has the `captured` variables whether it reads them or not."""
        if pattern is not None:
            argument = self.fresh()
            body = self.later(
                lambda: self.holding(captured, self._pattern_body(expr, scope, argument)),
                [argument],
            )
            return self.function(body, [argument], self.name(pattern))
        params: list[str] = []
        inner: Expr = expr
        for _ in range(parameters(expr)):
            assert isinstance(inner, Function) and inner.param is not None
            params.append(self.fresh())
            scope = Scope(scope, {inner.param: params[-1]})
            inner = inner.body
        body = self.later(lambda: self.holding(captured, self.strict(inner, scope)), params)
        return self.function(body, params)

    def _pattern_body(self, expr: Function, scope: Scope | None, argument: str) -> ast.expr:
        assert expr.formals is not None
        whole = self.fresh()
        many = len(expr.formals.names)
        variables = {formal.name: self.local(many) for formal in expr.formals.names}
        self.plain.add(whole)
        seen = variables if expr.param is None else {**variables, expr.param: whole}
        inner = Scope(scope, seen)
        accepted = self.call("accept", self.name(argument), self.name("f"))
        steps = [("", self.assign(whole, accepted))]
        with_default = []
        for formal in expr.formals.names:
            variable = variables[formal.name]
            if formal.default is None:
                value = self.item(self.name(whole), self.constant(formal.name))
                steps.append((variable, self.assign(variable, value)))
            else:
                with_default.append((formal.name, formal.default))
        self.pending = {variables[name] for name, _ in with_default}
        for name, default in with_default:
            given = self.item(self.name(whole), self.constant(name))
            test = self.contains(self.constant(name), self.name(whole))
            value = self.choose(test, given, self.lazy(default, inner))
            steps.append((variables[name], self.assign(variables[name], value)))
            self.pending.discard(variables[name])
        body = self.strict(expr.body, inner)
        # A name that nothing reads is only checked to be given.
        wanted = [code for name, code in steps if not name or name in self.used]
        return self.sequence(wanted, body)

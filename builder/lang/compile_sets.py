"""Compiling what binds names: sets, `let` and functions."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable

from builder.lang.emit import Emitter
from builder.lang.scope import Scope
from builder.lang.source import Source
from builder.lang.tree import OUTSIDE, AttrSet, Bindings, Expr, Function, Let

Step = tuple[str, ast.expr]


class SetCompiler(Emitter):
    """The part of the compiler that deals with bindings.

    `pending` are variables of the group of bindings under construction that
    are not assigned yet: code that runs at once must not read them, code in a
    thunk or a function may. `plain` are variables that never hold a thunk.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.positions: list[dict[str, tuple[int, int]]] = []
        self.formals: list[tuple[dict[str, bool], bool]] = []
        self.paths: list[str] = []
        self.pending: frozenset[str] = frozenset()
        self.plain: set[str] = set()

    @abstractmethod
    def strict(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for the forced value."""

    @abstractmethod
    def lazy(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a value or a thunk."""

    @abstractmethod
    def is_ready(self, expr: Expr) -> bool:
        """Whether building the value needs no evaluation."""

    def later(self, make: Callable[[], ast.expr]) -> ast.expr:
        """Make code that runs only once all bindings of the group are assigned."""
        pending, self.pending = self.pending, frozenset()
        made = make()
        self.pending = pending
        return made

    def thunk(self, make: Callable[[], ast.expr]) -> ast.expr:
        """Code that puts the made code off."""
        return self.call("Thunk", self.function(self.later(make)))

    def _sources(self, bindings: Bindings, scope: Scope | None) -> tuple[list[str], list[ast.expr]]:
        """Variables for the ``(e)`` of each ``inherit (e) ...``, and their assignments."""
        names, steps = [], []
        for source in bindings.sources:
            name = self.fresh()
            names.append(name)
            steps.append(self.bind(name, self.lazy(source, scope)))
        return names, steps

    def _inherited(self, variable: str, name: str, pos: int) -> ast.expr:
        outer, self.place = self.place, self.span(pos, pos + len(name))
        made = self.thunk(
            lambda: self.call(
                "select", self.call("force", self.name(variable)), self.constant(name)
            )
        )
        self.place = outer
        return made

    def _group(
        self, bindings: Bindings, scope: Scope | None, dictionary: str | None = None
    ) -> tuple[Scope, list[ast.expr], list[tuple[str, str]]]:
        """Bindings that see each other: their scope, assignments and (name, variable)s."""
        variables = {binding.name: self.fresh() for binding in bindings.static}
        inner = Scope(scope, variables, dictionary=dictionary)
        outer_pending = self.pending
        self.pending = outer_pending | frozenset(variables.values())
        sources, steps = self._sources(bindings, inner)
        for binding in bindings.static:
            variable = variables[binding.name]
            if binding.value is None:
                assert binding.source is not None
                value = self._inherited(sources[binding.source], binding.name, binding.pos)
            elif binding.source == OUTSIDE:
                value = self.lazy(binding.value, scope)
            else:
                value = self.lazy(binding.value, inner)
                if self.is_ready(binding.value):
                    self.plain.add(variable)
            steps.append(self.bind(variable, value))
            self.pending = self.pending - {variable}
        self.pending = outer_pending
        return inner, steps, list(variables.items())

    def let(self, expr: Let, scope: Scope | None) -> ast.expr:
        """``let ... in body``"""
        inner, steps, _ = self._group(expr.bindings, scope)
        return self.sequence(steps, self.strict(expr.body, inner))

    def _positioned(self, made: ast.expr, bindings: Bindings) -> ast.expr:
        table = {b.name: self.source.line_column(b.pos) for b in bindings.static}
        self.positions.append(table)
        return self.call("make_attrs", made, self.name(f"P{len(self.positions) - 1}"))

    def attr_set(self, expr: AttrSet, scope: Scope | None) -> ast.expr:
        """``{ ... }`` and ``rec { ... }``"""
        bindings = expr.bindings
        if not bindings.static and not bindings.dynamic:
            return self.dict_of([])
        steps: list[ast.expr] = []
        items: list[tuple[ast.expr, ast.expr]] = []
        inner = scope
        if expr.recursive:
            if any(binding.name == "__overrides" for binding in bindings.static):
                return self._overridden(expr, scope)
            inner, steps, variables = self._group(bindings, scope)
            items = [(self.constant(name), self.name(var)) for name, var in variables]
        else:
            sources, steps = self._sources(bindings, scope)
            for binding in bindings.static:
                if binding.value is None:
                    assert binding.source is not None
                    value = self._inherited(sources[binding.source], binding.name, binding.pos)
                else:
                    value = self.lazy(binding.value, scope)
                items.append((self.constant(binding.name), value))
        made = self.dict_of(items)
        made = self._dynamic(made, bindings, inner)
        if bindings.static:
            made = self._positioned(made, bindings)
        return self.sequence(steps, made)

    def _dynamic(self, made: ast.expr, bindings: Bindings, scope: Scope | None) -> ast.expr:
        if not bindings.dynamic:
            return made
        entries = [
            self.tuple_of([self.strict(entry.name, scope), self.lazy(entry.value, scope)])
            for entry in bindings.dynamic
        ]
        return self.call("dynamic_attrs", made, self.tuple_of(entries))

    def _overridden(self, expr: AttrSet, scope: Scope | None) -> ast.expr:
        """A recursive set whose names are looked up in the final set, for ``__overrides``."""
        whole = self.fresh()
        _, steps, variables = self._group(expr.bindings, scope, dictionary=whole)
        items = [(self.constant(name), self.name(var)) for name, var in variables]
        steps.append(self.bind(whole, self._positioned(self.dict_of(items), expr.bindings)))
        return self.sequence(steps, self.call("overriding", self.name(whole)))

    def function_value(self, expr: Function, scope: Scope | None) -> ast.expr:
        """``x: body`` and ``{ ... }: body``"""
        return self.later(lambda: self._function(expr, scope))

    def _function(self, expr: Function, scope: Scope | None) -> ast.expr:
        argument = self.fresh()
        if expr.formals is None:
            assert expr.param is not None
            inner = Scope(scope, {expr.param: argument})
            return self.function(self.strict(expr.body, inner), argument)
        formals = expr.formals
        names = {formal.name: formal.default is not None for formal in formals.names}
        self.formals.append((names, formals.ellipsis))
        pattern = self.name(f"F{len(self.formals) - 1}")
        whole = self.fresh()
        variables = {formal.name: self.fresh() for formal in formals.names}
        if expr.param is not None:
            variables[expr.param] = whole
            self.plain.add(whole)
        inner = Scope(scope, variables)
        steps = [self.bind(whole, self.call("accept", self.name(argument), self.name("f")))]
        with_default = []
        for formal in formals.names:
            if formal.default is None:
                value = self.item(self.name(whole), self.constant(formal.name))
                steps.append(self.bind(variables[formal.name], value))
            else:
                with_default.append((formal.name, formal.default))
        self.pending = frozenset(variables[name] for name, _ in with_default)
        for name, default in with_default:
            given = self.item(self.name(whole), self.constant(name))
            test = self.contains(self.constant(name), self.name(whole))
            value = self.choose(test, given, self.lazy(default, inner))
            steps.append(self.bind(variables[name], value))
            self.pending = self.pending - {variables[name]}
        body = self.strict(expr.body, inner)
        return self.function(self.sequence(steps, body), argument, pattern)

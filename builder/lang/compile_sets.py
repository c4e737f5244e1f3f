"""Compiling what binds names: sets, `let` and functions."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Mapping, Set

from builder.lang.compile_parts import PartCompiler
from builder.lang.scope import Scope, resolve
from builder.lang.source import Source
from builder.lang.tree import (
    OUTSIDE,
    AttrSet,
    Bindings,
    Expr,
    Formals,
    Function,
    Let,
    ListLit,
    Var,
)

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


def awaits(expr: Expr, scope: Scope | None, pending: Set[str]) -> bool:
    """Whether the value of an expression that is ready itself holds a variable that is not
    assigned yet.

    Such a list or set is made when it is needed, so that it holds the variable and
    not a thunk that reads it: printing shows which of its parts are the same value.
    """
    rest = [expr] if pending else []
    while rest:
        expr = rest.pop()
        if isinstance(expr, Var):
            if resolve(scope, expr.name).variable in pending:
                return True
        elif isinstance(expr, ListLit):
            rest.extend(expr.items)
        elif isinstance(expr, AttrSet) and not expr.recursive and not expr.bindings.dynamic:
            rest.extend(expr.bindings.sources)
            rest.extend(b.value for b in expr.bindings.static if b.value is not None)
    return False


class SetCompiler(PartCompiler):
    """The part of the compiler that deals with bindings.

    `builtin_variables` maps the Nix variables that certainly are builtins to the
    builtins' names. `builtins` maps each builtin's name to the strictness of its arguments, or
    to None for one that is no function. `outermost` are the identities of the
    functions that the file itself is, which are called once or a few times.
    """

    def __init__(self, source: Source, builtins: Mapping[str, str | None], label: str = "") -> None:
        super().__init__(source, label)
        self.builtins = builtins
        self.builtin_variables: dict[str, str] = {}
        self.positions: list[dict[str, tuple[int, int]]] = []
        self.formals: list[tuple[dict[str, bool], bool]] = []
        self.paths: list[str] = []
        self.outermost: frozenset[int] = frozenset()

    @abstractmethod
    def strict(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for the forced value."""

    @abstractmethod
    def lazy(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a value or a thunk."""

    @abstractmethod
    def at_hand(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a value that is ready and awaits no variable."""

    @abstractmethod
    def is_ready(self, expr: Expr) -> bool:
        """Whether building the value needs no evaluation, so no thunk unless it `awaits`
        variables."""

    def is_builtins(self, expr: Expr, scope: Scope | None) -> bool:
        """Whether an expression is the set of all builtins."""
        if not isinstance(expr, Var) or expr.name != "builtins":
            return False
        found = resolve(scope, "builtins")
        return found.variable is None and found.dictionary is None

    def _sources(self, bindings: Bindings, scope: Scope | None) -> tuple[list[str], list[ast.expr]]:
        """Variables for the ``(e)`` of each ``inherit (e) ...``, and their assignments."""
        names, steps = [], []
        for source in bindings.sources:
            name = self.fresh()
            names.append(name)
            steps.append(self.assign(name, self.lazy(source, scope)))
        return names, steps

    def _inherited(self, variable: str, name: str, pos: int) -> ast.expr:
        outer, self.place = self.place, self.span(pos, pos + len(name))
        made = self.thunk(lambda: self.call("select", self.read(variable), self.constant(name)))
        self.place = outer
        return made

    def _declare(
        self, bindings: Bindings, scope: Scope | None, dictionary: str | None
    ) -> tuple[dict[str, str], Scope]:
        """Variables for names and the scope that they make, with what is known of their
        values beforehand."""
        variables = {binding.name: self.fresh() for binding in bindings.static}
        inner = Scope(scope, variables, dictionary=dictionary)
        pending = self.pending.union(variables.values())
        for binding in bindings.static:
            variable = variables[binding.name]
            if binding.value is not None and binding.source != OUTSIDE:
                count = parameters(binding.value)
                if count:
                    self.direct[variable] = (variable if count == 1 else self.fresh(), count)
                if self.is_ready(binding.value) and not awaits(binding.value, inner, pending):
                    self.plain.add(variable)
            pending.discard(variable)
        return variables, inner

    def _group(
        self, bindings: Bindings, scope: Scope | None, dictionary: str | None = None
    ) -> tuple[Scope, list[tuple[str, ast.expr]], list[tuple[str, str]]]:
        """Bindings that see each other: their scope, assignments and (name, variable)s.

        An assignment is the variable and the code that binds it.
        """
        variables, inner = self._declare(bindings, scope, dictionary)
        for binding in bindings.static:
            if binding.value is None and self.builtins.get(binding.name) is not None:
                assert binding.source is not None
                if self.is_builtins(bindings.sources[binding.source], inner):
                    self.builtin_variables[variables[binding.name]] = binding.name
                    self.plain.add(variables[binding.name])
        outer_pending = self.pending
        self.pending = outer_pending.union(variables.values())
        sources, first = self._sources(bindings, inner)
        steps = list(zip(sources, first, strict=True))
        for binding in bindings.static:
            variable = variables[binding.name]
            if binding.value is None:
                assert binding.source is not None
                if variable in self.builtin_variables:
                    value = self.name(f"g_{binding.name}")
                else:
                    value = self._inherited(sources[binding.source], binding.name, binding.pos)
            elif binding.source == OUTSIDE:
                value = self.lazy(binding.value, scope)
            elif isinstance(binding.value, Function) and self.direct[variable][0] != variable:
                bare, count = self.direct[variable]
                outer, self.place = self.place, self.place_of(binding.value)
                function = self.assign(bare, self._bare(binding.value, inner))
                steps.append((bare, function))
                value = self.call(f"Curried{count}", self.name(bare))
                self.place = outer
            elif variable in self.plain:
                value = self.at_hand(binding.value, inner)
            else:
                value = self.lazy(binding.value, inner)
            steps.append((variable, self.assign(variable, value)))
            self.pending.discard(variable)
        self.pending = outer_pending
        return inner, steps, list(variables.items())

    def let(self, expr: Let, scope: Scope | None) -> ast.expr:
        """``let ... in body``"""
        inner, steps, _ = self._group(expr.bindings, scope)
        body = self.strict(expr.body, inner)
        # What nothing reads is not made.
        return self.sequence([code for name, code in steps if name in self.used], body)

    def _positioned(self, made: ast.expr, bindings: Bindings) -> ast.expr:
        return self.call("make_attrs", made, self._table(bindings))

    def _table(self, bindings: Bindings) -> ast.expr:
        """Where the names are bound."""
        self.positions.append({b.name: self.source.line_column(b.pos) for b in bindings.static})
        return self.name(f"P{len(self.positions) - 1}{self.label}")

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
            inner, group, variables = self._group(bindings, scope)
            steps = [code for _, code in group]
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
        if bindings.dynamic:
            made = self._dynamic(made, bindings, inner)
        else:
            made = self._positioned(made, bindings)
        return self.sequence(steps, made)

    def _dynamic(self, made: ast.expr, bindings: Bindings, scope: Scope | None) -> ast.expr:
        # Each name is looked at before the next one is evaluated.
        several = len(bindings.dynamic) > 1
        entries = [
            self.tuple_of(
                [
                    self.lazy(entry.name, scope) if several else self.strict(entry.name, scope),
                    self.lazy(entry.value, scope),
                ]
            )
            for entry in bindings.dynamic
        ]
        places = [
            self.tuple_of([self.constant(number) for number in self.source.line_column(entry.pos)])
            for entry in bindings.dynamic
        ]
        table = self._table(bindings)
        return self.call(
            "dynamic_attrs", made, self.tuple_of(entries), table, self.tuple_of(places)
        )

    def _overridden(self, expr: AttrSet, scope: Scope | None) -> ast.expr:
        """A recursive set whose names are looked up in the final set, for ``__overrides``."""
        whole = self.fresh()
        _, group, variables = self._group(expr.bindings, scope, dictionary=whole)
        steps = [code for _, code in group]
        items = [(self.constant(name), self.name(var)) for name, var in variables]
        steps.append(self.assign(whole, self._positioned(self.dict_of(items), expr.bindings)))
        return self.sequence(steps, self.call("overriding", self.name(whole)))

    def function_value(self, expr: Function, scope: Scope | None) -> ast.expr:
        """``x: body``, ``x: y: body`` and ``{ ... }: body``"""
        bare = self._bare(expr, scope)
        count = parameters(expr)
        return bare if count == 1 else self.call(f"Curried{count}", bare)

    def _bare(self, expr: Function, scope: Scope | None) -> ast.expr:
        """The Python function of as many arguments as `parameters` says."""
        is_part = not self.often and id(expr) not in self.outermost
        captured = self.captured(expr, scope) if is_part else None
        outer, self.often = self.often, self.often or id(expr) not in self.outermost
        pattern = None if expr.formals is None else self._formals(expr.formals)
        if captured is None:
            made = self._function(expr, scope, pattern)
        else:
            made = self._late_function(expr, scope, pattern, captured)
        self.often = outer
        return made

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
            assert isinstance(compiler, SetCompiler)
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
        variables = {formal.name: self.fresh() for formal in expr.formals.names}
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

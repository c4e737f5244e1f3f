"""Compiling what binds names: sets and `let`."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from builder.lang import flow
from builder.lang.compile_functions import FunctionCompiler, parameters
from builder.lang.compile_parts import PartCompiler, is_sliced
from builder.lang.scope import Scope, resolve
from builder.lang.source import Source
from builder.lang.tree import (
    OUTSIDE,
    AttrSet,
    Binding,
    Bindings,
    Expr,
    Function,
    Let,
    ListLit,
    Var,
)


def awaits(expr: Expr, scope: Scope | None, pending: Set[str], changing: Set[str]) -> bool:
    """Whether the value of an expression that is ready itself holds a variable that is not
    assigned yet, or is looked up in a set that changes.

    Such a list or set is made when it is needed, so that it holds the variable and
    not a thunk that reads it: printing shows which of its parts are the same value.
    A long one is too: making thunks for all of it takes time.
    """
    rest = [expr] if pending or changing else []
    while rest:
        expr = rest.pop()
        if isinstance(expr, Var):
            found = resolve(scope, expr.name)
            if found.variable in pending or found.dictionary in changing:
                return True
        elif isinstance(expr, ListLit):
            if is_sliced(expr.items):
                return True
            rest.extend(expr.items)
        elif isinstance(expr, AttrSet) and not expr.recursive and not expr.bindings.dynamic:
            if is_sliced(expr.bindings.static):
                return True
            rest.extend(expr.bindings.sources)
            rest.extend(b.value for b in expr.bindings.static if b.value is not None)
    return False


def _is_wide(bindings: Bindings, dictionary: str | None) -> bool:
    """Whether there are so many bindings that they are made slice by slice, in a dict."""
    count = len(bindings.static)
    return dictionary is None and is_sliced(bindings.static) and count > flow.MOST_LOCALS


class SetCompiler(FunctionCompiler):
    """The part of the compiler that deals with bindings.

    `builtin_variables` maps the Nix variables that certainly are builtins to the
    builtins' names. `builtins` maps each builtin's name to the strictness of its arguments, or
    to None for one that is no function. `changing` are the sets whose values ``__overrides``
    replaces: what has one of them in it is made when it is needed.
    """

    def __init__(self, source: Source, builtins: Mapping[str, str | None], label: str = "") -> None:
        super().__init__(source, label)
        self.builtins = builtins
        self.builtin_variables: dict[str, str] = {}
        self.changing: set[str] = set()
        self.positions: list[dict[str, tuple[int, int]]] = []
        self.paths: list[str] = []

    @abstractmethod
    def at_once(self, expr: Expr, scope: Scope | None) -> ast.expr | None:
        """Python code as of `lazy` for what is a value already, and for variables."""

    @abstractmethod
    def unshared(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code as of `lazy`, for a value or a thunk that nothing else holds."""

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
            name = self.local()
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
        values beforehand: of very many, nothing."""
        many = len(bindings.static)
        variables = {binding.name: self.local(many) for binding in bindings.static}
        inner = Scope(scope, variables, dictionary=dictionary)
        pending = self.pending.union(variables.values())
        for binding in bindings.static if not _is_wide(bindings, dictionary) else ():
            variable = variables[binding.name]
            if binding.value is not None and binding.source != OUTSIDE:
                count = parameters(binding.value)
                if count:
                    self.direct[variable] = (variable if count == 1 else self.local(many), count)
                if self.is_ready(binding.value) and not awaits(
                    binding.value, inner, pending, self.changing
                ):
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
        if dictionary is not None:
            self.pending.add(dictionary)
        sources, first = self._sources(bindings, inner)
        steps = list(zip(sources, first, strict=True))

        if _is_wide(bindings, dictionary):
            steps.extend(("", code) for code in self._wide(bindings, variables, inner, sources))
        else:
            for binding in bindings.static:
                steps.extend(self._bound(binding, variables, (scope, inner), sources))
        self.pending = outer_pending
        return inner, steps, list(variables.items())

    def _wide(
        self,
        bindings: Bindings,
        variables: Mapping[str, str],
        inner: Scope,
        sources: Sequence[str],
    ) -> Iterator[ast.expr]:
        """The assignments of very many bindings that see each other, slice by slice."""

        table = self.tables[next(iter(variables.values()))]
        before: set[str] = set()

        def at_once(binding: Binding) -> ast.expr | None:
            made = self._at_once(binding, variables, inner, before)
            before.add(variables[binding.name])
            return made

        items = [(variables[binding.name], binding) for binding in bindings.static]
        made = self._maker(inner, sources)
        return self.sliced(items, inner, at_once, made, [*sources, items[0][0]], table)

    def _at_once(
        self, binding: Binding, variables: Mapping[str, str], inner: Scope, before: Set[str]
    ) -> ast.expr | None:
        """Code for one of very many bindings, as of `at_once`; what is another name of one
        of those `before` is a tuple of its variable."""
        if binding.value is None:
            is_builtin = variables[binding.name] in self.builtin_variables
            return self.name(f"g_{binding.name}") if is_builtin else None
        if binding.source == OUTSIDE:
            return self.lazy(binding.value, inner.parent)
        if isinstance(binding.value, Var):
            other = resolve(inner, binding.value.name).variable
            if other in before:
                return self.constant((other,))
        return self.at_once(binding.value, inner)

    def _maker(
        self, scope: Scope | None, sources: Sequence[str]
    ) -> Callable[[PartCompiler, Binding], ast.expr]:
        """What makes the value or thunk of a binding that is not taken from outside."""

        def make(compiler: PartCompiler, binding: Binding) -> ast.expr:
            assert isinstance(compiler, SetCompiler)
            if binding.value is not None:
                return compiler.unshared(binding.value, scope)
            assert binding.source is not None
            return compiler._inherited(sources[binding.source], binding.name, binding.pos)

        return make

    def _bound(
        self,
        binding: Binding,
        variables: Mapping[str, str],
        scopes: tuple[Scope | None, Scope],
        sources: Sequence[str],
    ) -> list[tuple[str, ast.expr]]:
        """The assignments of one binding; `scopes` are the one around the group and its own."""
        scope, inner = scopes
        variable = variables[binding.name]
        steps = []
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
        return steps

    def let(self, expr: Let, scope: Scope | None) -> ast.expr:
        """``let ... in body``"""
        inner, steps, _ = self._group(expr.bindings, scope)
        body = self.strict(expr.body, inner)
        # What nothing reads is not made.
        return self.sequence([code for name, code in steps if not name or name in self.used], body)

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
        inner = scope
        if expr.recursive:
            if any(binding.name == "__overrides" for binding in bindings.static):
                return self._overridden(expr, scope)
            inner, group, variables = self._group(bindings, scope)
            steps = [code for _, code in group]
            made = self._of_group(bindings, variables)
        else:
            sources, steps = self._sources(bindings, scope)
            made = self._apart(bindings, scope, sources)
        if bindings.dynamic:
            made = self._dynamic(made, bindings, inner)
        else:
            made = self._positioned(made, bindings)
        return self.sequence(steps, made)

    def _of_group(self, bindings: Bindings, variables: Sequence[tuple[str, str]]) -> ast.expr:
        """The dict of names and variables that were bound together."""
        if not _is_wide(bindings, None):
            return self.dict_of([(self.constant(name), self.name(var)) for name, var in variables])
        names, places = zip(*variables, strict=True)
        table = self.name(self.tables[places[0]])
        return self.call("chosen", table, self.constant(names), self.constant(places))

    def _apart(self, bindings: Bindings, scope: Scope | None, sources: Sequence[str]) -> ast.expr:
        """The dict of what is bound in a set that is not recursive."""

        def at_once(binding: Binding) -> ast.expr | None:
            return None if binding.value is None else self.at_once(binding.value, scope)

        if is_sliced(bindings.static):
            items = [(binding.name, binding) for binding in bindings.static]
            make = self._maker(scope, sources)
            return self.joined_dicts([*self.sliced(items, scope, at_once, make, sources)])
        made = []
        for binding in bindings.static:
            if binding.value is None:
                assert binding.source is not None
                value = self._inherited(sources[binding.source], binding.name, binding.pos)
            else:
                value = self.lazy(binding.value, scope)
            made.append((self.constant(binding.name), value))
        return self.dict_of(made)

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
        self.changing.add(whole)
        bindings = expr.bindings
        inner, group, variables = self._group(bindings, scope, dictionary=whole)
        steps = [code for _, code in group]
        items = [(self.constant(name), self.name(var)) for name, var in variables]
        steps.append(self.assign(whole, self._positioned(self.dict_of(items), bindings)))
        made = self.call("overriding", self.name(whole))
        if bindings.dynamic:
            made = self._dynamic(made, bindings, inner)
        return self.sequence(steps, made)

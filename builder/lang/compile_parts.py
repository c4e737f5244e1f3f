"""Parts of a file: long functions and long values, compiled when they are first needed.

Of most files little is evaluated, and compiling takes several times as long as
reading. Code at the outside of a file, which runs but once or a few times,
therefore holds in the place of a long function or thunk only a stub, with the
variables that the part takes from around it. `builder.lang.parts` has what a stub
calls.
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable, Sequence

from builder.lang.compiled import Compiled
from builder.lang.emit import Place
from builder.lang.flow import Flow
from builder.lang.free_names import FreeNames
from builder.lang.scope import Scope, resolve
from builder.lang.source import Source
from builder.lang.tree import Expr

# Shorter ones cost more as parts than they save. Characters.
LEAST = 300
# Python's sign for code that stands nowhere in a source: traces leave it out.
_NOWHERE: Place = (-1, -1, -1, -1)


class PartCompiler(Flow):
    """The part of the compiler that puts parts off.

    `put_aside` compiles each of them by its name. `direct` maps the Nix variables that
    certainly are function literals to the Python variable of the bare Python function and
    the number of its arguments.
    """

    def __init__(self, source: Source, label: str = "") -> None:
        super().__init__(source, label)
        self.put_aside: dict[str, Callable[[], Compiled]] = {}
        self.direct: dict[str, tuple[str, int]] = {}

    @abstractmethod
    def top_level(self, name: str) -> str | None:
        """The builtin that a variable stands for when nothing binds it."""

    @abstractmethod
    def for_part(self, name: str, forced: frozenset[str]) -> PartCompiler:
        """A compiler for a part of that name, before which `forced` variables are forced."""

    @abstractmethod
    def finished(self, code: ast.expr) -> Compiled:
        """The code with the tables that were made with it."""

    def captured(self, expr: Expr, scope: Scope | None) -> tuple[str, ...] | None:
        """The Python variables that a part takes from around it, None for what is no part."""
        if self.often or self.label or expr.end - expr.start < LEAST:
            return None
        if _name(expr) in self.put_aside:
            return None
        free = FreeNames()
        free.look(expr)
        variables: dict[str, None] = {}
        for name in (*free.certain, *free.possible):
            found = resolve(scope, name)
            if found.variable is not None:
                variables[found.variable] = None
                if found.variable in self.direct:
                    variables[self.direct[found.variable][0]] = None
            elif found.dictionary is not None:
                variables[found.dictionary] = None
            elif found.scopes:
                variables.update(dict.fromkeys(found.scopes))
            elif name in free.certain and self.top_level(name) is None:
                return None  # an undefined variable: compiling says so at once
        variables.pop("SCOPE", None)
        return tuple(variables)

    def put_off(
        self,
        expr: Expr,
        captured: Sequence[str],
        make: Callable[[PartCompiler], ast.expr],
        params: Sequence[str] = (),
    ) -> ast.expr:
        """The body of the stub, a Python function of `params`.

        `make` is given a compiler later, and makes the part's value with it, for a
        function of `params` that function.
        """
        name = _name(expr)
        forced = frozenset(self.forced)

        def compiled() -> Compiled:
            compiler = self.for_part(name, forced)
            compiler.place = self.place_of(expr)
            body = compiler.later(lambda: make(compiler), captured)
            return compiler.finished(compiler.function(body, captured))

        self.put_aside[name] = compiled
        outer, self.place = self.place, _NOWHERE
        got = self.call("part", self.constant(name))
        made = self.call(got, *(self.name(variable) for variable in captured))
        if params:
            made = self.call(made, *(self.name(param) for param in params))
        self.place = outer
        return made

    def stub(
        self, expr: Expr, body: ast.expr, params: Sequence[str], default: ast.expr | None
    ) -> ast.expr:
        """The function that stands for a function, until that takes its place."""
        outer, self.place = self.place, _NOWHERE
        function = self.function(body, params, default)
        made = self.call("late", self.constant(_name(expr)), function)
        self.place = outer
        return made

    def holding(self, captured: Sequence[str], body: ast.expr) -> ast.expr:
        """`body`, in a function that then has all captured variables, as its stub has them.

        What reads them here never runs, and Python leaves it out of the code.
        """
        if not captured:
            return body
        names = self.tuple_of([self.name(variable) for variable in captured])
        return self.choose(self.constant(True), body, names)


def _name(expr: Expr) -> str:
    return f"{expr.start}_{expr.end}"

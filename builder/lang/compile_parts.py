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
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar, cast

from builder.lang.compiled import Compiled
from builder.lang.emit import Place
from builder.lang.flow import Flow
from builder.lang.free_names import FreeNames
from builder.lang.scope import Scope, resolve
from builder.lang.source import Source
from builder.lang.tree import Binding, Expr

# Shorter ones cost more as parts than they save. Characters.
LEAST = 300
# Python takes time and memory by the square of how deep functions nest: it gives each one
# a name that holds those of all around it.
_DEEPEST = 100
# So many items of a list or of bindings are one part.
_SLICE = 200
# Python's sign for code that stands nowhere in a source: traces leave it out.
_NOWHERE: Place = (-1, -1, -1, -1)


Item = TypeVar("Item", Expr, Binding)


def is_sliced(items: Sequence[Item]) -> bool:
    """Whether there are so many that `PartCompiler.sliced` makes parts."""
    return len(items) > _SLICE


class PartCompiler(Flow):
    """The part of the compiler that puts parts off.

    `put_aside` compiles each of them by its name. `direct` maps the Nix variables that
    certainly are function literals to the Python variable of the bare Python function and
    the number of its arguments. `free_names` is what `FreeNames` remembers.
    """

    def __init__(self, source: Source, label: str = "") -> None:
        super().__init__(source, label)
        self.put_aside: dict[str, Callable[[], Compiled]] = {}
        self.free_names: dict[int, tuple[Expr, FreeNames]] = {}
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

    @property
    def is_deep(self) -> bool:
        """Whether functions nest so deep here that the next one is to be a part."""
        return self.nesting >= _DEEPEST

    def captured(self, expr: Expr, scope: Scope | None) -> tuple[str, ...] | None:
        """The Python variables that a part takes from around it, None for what is no part."""
        if not self.is_deep and (self.often or self.label):
            return None
        if expr.end - expr.start < LEAST:
            return None
        if part_name(expr) in self.put_aside:
            return None
        return self._taken([expr], scope)

    def _taken(
        self, exprs: Iterable[Expr], scope: Scope | None, read: Sequence[str] = ()
    ) -> tuple[str, ...] | None:
        """The Python variables that the code of expressions takes from around it, None where
        one that is undefined should be found."""
        free = FreeNames(self.free_names)
        for expr in exprs:
            free.look(expr)
        variables: dict[str, None] = {}
        for variable in read:
            self._take(variable, variables)
        for name in (*free.certain, *free.possible):
            found = resolve(scope, name)
            if found.variable is not None:
                self._take(found.variable, variables)
                if found.variable in self.direct:
                    self._take(self.direct[found.variable][0], variables)
            elif found.dictionary is not None:
                variables[found.dictionary] = None
            elif found.scopes:
                for variable in found.scopes:
                    self._take(variable, variables)
                if found.others is not None:
                    self._take(found.others, variables)
            elif name in free.certain and self.top_level(name) is None:
                return None  # an undefined variable: compiling says so at once
        variables.pop("SCOPE", None)
        return tuple(variables)

    def _take(self, variable: str, taken: dict[str, None]) -> None:
        """Add to what a part takes: a variable, or the dict that holds it."""
        self.used.add(variable)
        taken[self.tables.get(variable, variable)] = None

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
        name = part_name(expr)
        self._put_aside(name, self.place_of(expr), captured, make)
        return self._of_part(name, captured, params)

    def _put_aside(
        self,
        name: str,
        place: Place,
        captured: Sequence[str],
        make: Callable[[PartCompiler], ast.expr],
    ) -> None:
        forced = frozenset(self.forced)

        def compiled() -> Compiled:
            compiler = self.for_part(name, forced)
            compiler.place = place
            body = compiler.later(partial(make, compiler), captured)
            function = compiler.function(body, captured)
            return compiler.finished(function)

        self.put_aside[name] = compiled

    def _of_part(self, name: str, captured: Sequence[str], params: Sequence[str] = ()) -> ast.expr:
        """Code for a part's value, or for what the function that it is gives for `params`."""
        outer, self.place = self.place, _NOWHERE
        got = self.call("part", self.constant(name))
        made = self.call(got, *(self.name(variable) for variable in captured))
        if params:
            made = self.call(made, *(self.name(param) for param in params))
        self.place = outer
        return made

    def sliced(
        self,
        items: Sequence[tuple[str | int, Item]],
        scope: Scope | None,
        at_once: Callable[[Item], ast.expr | None],
        make: Callable[[PartCompiler, Item], ast.expr],
        read: Sequence[str] = (),
        table: str | None = None,
    ) -> Iterator[ast.expr]:
        """Code for dicts of what so many keys and items stand for, slice by slice.

        What `at_once` gives code for is made there. The others of a slice are a part: one of
        them is made by `make`, a value or a thunk that nothing else holds, when the first of
        them is needed. `read` are variables that the code reads besides those of the items'
        expressions. Instead of dicts of their own, `table` is filled, if there is one.
        """
        into = [] if table is None else [self.name(table)]
        for index in range(0, len(items), _SLICE):
            some = items[index : index + _SLICE]
            codes = [at_once(item) for _, item in some]
            late = [entry for entry, code in zip(some, codes, strict=True) if code is None]
            stub: ast.expr = self.constant(None)
            if late:
                name = f"{late[0][1].start}_{late[-1][1].end}"
                taken = self._taken(_expressions(item for _, item in late), scope, read)
                if taken is None or name in self.put_aside:
                    codes = [make(self, item) if code is None else code
                             for (_, item), code in zip(some, codes, strict=True)]  # fmt: skip
                else:
                    self._put_aside(name, self.place, taken, _of_items(make, late))
                    stub = self.function(self.later(partial(self._of_part, name, taken)))
            keys = self.constant(tuple(key for key, _ in some))
            yield self.call("late_items", stub, keys, self._pattern(codes), *into)

    def _pattern(self, codes: Sequence[ast.expr | None]) -> ast.expr:
        """The codes as a tuple, with Python's `...` where there is none."""
        items = [self.constant(...) if code is None else code for code in codes]
        if all(isinstance(item, ast.Constant) for item in items):
            return self.constant(tuple(cast(ast.Constant, item).value for item in items))
        return self.tuple_of(items)

    def stub(
        self, expr: Expr, body: ast.expr, params: Sequence[str], default: ast.expr | None
    ) -> ast.expr:
        """The function that stands for a function, until that takes its place."""
        outer, self.place = self.place, _NOWHERE
        function = self.function(body, params, default)
        made = self.call("late", self.constant(part_name(expr)), function)
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


def _of_items(
    make: Callable[[PartCompiler, Item], ast.expr], items: Sequence[tuple[str | int, Item]]
) -> Callable[[PartCompiler], ast.expr]:
    def made(compiler: PartCompiler) -> ast.expr:
        return compiler.dict_of(
            [(compiler.constant(key), make(compiler, item)) for key, item in items]
        )

    return made


def _expressions(items: Iterable[Expr | Binding]) -> Iterator[Expr]:
    for item in items:
        if isinstance(item, Expr):
            yield item
        elif item.value is not None:
            yield item.value


def part_name(expr: Expr) -> str:
    """The name of an expression as a part: where it begins and ends."""
    return f"{expr.start}_{expr.end}"

"""Trees to Python code.

Each Nix expression becomes one Python expression, in one of two forms: the
strict form gives the forced value; the lazy form gives something that can be
stored, a thunk where there is work to put off. Variables become Python
variables, so looking one up costs what it costs in Python.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from builder.lang.compile_calls import CallCompiler
from builder.lang.compile_parts import PartCompiler, is_sliced
from builder.lang.compile_sets import awaits
from builder.lang.compiled import TOP_LEVEL, Compiled
from builder.lang.errors import UndefinedVariable, nearest
from builder.lang.scope import Scope, resolve, visible, withs
from builder.lang.show import canonised, show
from builder.lang.source import Source, is_file
from builder.lang.tree import (
    Apply,
    Assert,
    AttrSet,
    Binary,
    CurPos,
    Expr,
    Float,
    Function,
    HasAttr,
    If,
    Int,
    Let,
    ListLit,
    Negate,
    Not,
    PathLit,
    SearchPath,
    Select,
    Str,
    Var,
    With,
)
from builder.lang.undefined import first_undefined

# So many sets of ``with``s are variables of whatever looks for a name in them.
_LISTED = 4
_Method = Callable[[Expr, Scope | None], ast.expr]


class Compiler(CallCompiler):
    """Compiles one source; see `SetCompiler` for `builtins`."""

    def __init__(self, source: Source, builtins: Mapping[str, str | None], label: str = "") -> None:
        super().__init__(source, builtins, label)
        self._strict: dict[type, _Method] = {
            kind: cast(_Method, method)
            for kind, method in (
                (Int, self._literal),
                (Float, self._literal),
                (Str, self.string),
                (PathLit, self._path),
                (SearchPath, self._search_path),
                (Var, self._variable),
                (Select, self.select),
                (HasAttr, self.has),
                (Function, self.function_value),
                (Apply, self.apply),
                (AttrSet, self.attr_set),
                (Let, self.let),
                (ListLit, self._list),
                (With, self._with),
                (Assert, self._assert),
                (If, self._if),
                (Not, self.negated),
                (Negate, self.negative),
                (Binary, self.binary),
                (CurPos, self._cur_pos),
            )
        }

    def strict(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for the forced value."""
        outer, self.place = self.place, self.place_of(expr)
        made = self._strict[type(expr)](expr, scope)
        self.place = outer
        return made

    def lazy(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for something that can be stored: a value or a thunk."""
        if self.is_ready(expr) and not awaits(expr, scope, self.pending, self.changing):
            return self.at_hand(expr, scope)
        outer, self.place = self.place, self.place_of(expr)
        found = self._lazy_variable(expr, scope) if isinstance(expr, Var) else None
        if found is None:
            found = self._thunk(expr, scope)
        self.place = outer
        return found

    def at_once(self, expr: Expr, scope: Scope | None) -> ast.expr | None:
        """Python code as of `lazy` for what is a value already, and for variables; None for
        others."""
        if isinstance(expr, Var):
            return self._lazy_variable(expr, scope)
        if isinstance(expr, (Int, Float)):
            return self.constant(expr.value)
        if isinstance(expr, (Str, PathLit)) and self.is_ready(expr):
            return self.strict(expr, scope)
        return None

    def unshared(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code as of `lazy`, for a value or a thunk that nothing else holds."""
        outer, self.among_many = self.among_many, True
        made = self._thunk(expr, scope) if isinstance(expr, Var) else self.lazy(expr, scope)
        self.among_many = outer
        return made

    def at_hand(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a value that is ready and awaits no variable."""
        # What is in it does not wait either.
        pending, self.pending = self.pending, set()
        made = self.strict(expr, scope)
        self.pending = pending
        return made

    def _thunk(self, expr: Expr, scope: Scope | None) -> ast.expr:
        captured = self.captured(expr, scope)
        if captured is None:
            return self.thunk(lambda: self.strict(expr, scope))

        def make(compiler: PartCompiler) -> ast.expr:
            assert isinstance(compiler, Compiler)
            return compiler.strict(expr, scope)

        return self.thunk(lambda: self.put_off(expr, captured, make))

    def for_part(self, name: str, forced: frozenset[str]) -> Compiler:
        """A compiler for a part of that name, before which `forced` variables are forced."""
        made = Compiler(self.source, self.builtins, f"_{name}")
        made.plain, made.forced, made.direct = self.plain, set(forced), self.direct
        made.builtin_variables, made.outermost = self.builtin_variables, self.outermost
        made.put_aside, made.free_names = self.put_aside, self.free_names
        made.tables, made.often, made.changing = self.tables, self.often, self.changing
        return made

    def finished(self, code: ast.expr) -> Compiled:
        """The code with the tables that were made with it."""
        return Compiled(
            code=compile(ast.Expression(code), "<nix>", "eval"),
            label=self.label,
            positions=tuple(self.positions),
            formals=tuple(self.formals),
            paths=tuple(self.paths),
        )

    def is_ready(self, expr: Expr) -> bool:
        """Whether building the value needs no evaluation, so no thunk unless it `awaits`
        variables."""
        if isinstance(expr, (Int, Float, Function, ListLit)):
            return True
        if isinstance(expr, Str):
            return all(isinstance(part, str) for part in expr.parts)
        if isinstance(expr, PathLit):
            return expr.kind != "home" and len(expr.parts) == 1
        if isinstance(expr, AttrSet):
            return not expr.recursive and not expr.bindings.dynamic
        return False

    def _lazy_variable(self, expr: Var, scope: Scope | None) -> ast.expr | None:
        found = resolve(scope, expr.name)
        if found.variable is not None:
            return None if found.variable in self.pending else self.stored(found.variable)
        if found.dictionary is not None:
            if found.dictionary in self.pending:
                return None
            return self.item(self.name(found.dictionary), self.constant(expr.name))
        builtin = self.top_level(expr.name)
        return None if builtin is None else self.builtin_value(builtin, strict=False)

    def _variable(self, expr: Var, scope: Scope | None) -> ast.expr:
        found = resolve(scope, expr.name)
        if found.variable is not None:
            return self.read(found.variable)
        if found.dictionary is not None:
            return self.call("select", self.name(found.dictionary), self.constant(expr.name))
        builtin = self.top_level(expr.name)
        if builtin is not None:
            return self.builtin_value(builtin, strict=True)
        if not found.scopes:
            raise self.undefined(expr, scope)
        first, *others = found.scopes
        made = self.read(first)
        holder = self.known(first)
        assert holder is not None
        rest = [self.name(variable) for variable in others]
        around = self.constant(None) if found.others is None else self.name(found.others)
        wanted = self.constant(expr.name)
        if not self.often:
            return self.call("from_with", wanted, around, made, *rest)
        slow = self.call("from_with", wanted, around, self.name(holder), *rest)
        return self.attribute_or(made, holder, expr.name, slow)

    def undefined(self, name: Var, scope: Scope | None) -> UndefinedVariable:
        """The error about a variable that nothing binds."""
        return UndefinedVariable(
            f"undefined variable '{name.name}'",
            self.source.at(name.pos),
            suggestions=nearest(name.name, visible(scope) | (TOP_LEVEL & self.builtins.keys())),
        )

    def _literal(self, expr: Int | Float, scope: Scope | None) -> ast.expr:
        return self.constant(expr.value)

    def _path(self, expr: PathLit, scope: Scope | None) -> ast.expr:
        first = expr.parts[0]
        if expr.kind != "home" and len(expr.parts) == 1 and isinstance(first, str):
            self.paths.append(first)
            return self.name(f"K{len(self.paths) - 1}{self.label}")
        parts = self.parts(expr.parts, scope, "path_piece")
        if expr.kind == "home":
            assert isinstance(first, str)
            parts[0] = self.call("home", self.constant(first[1:]))
        return self.call("interpolate_path", self.name("BASE"), *parts)

    def _search_path(self, expr: SearchPath, scope: Scope | None) -> ast.expr:
        found = [resolve(scope, name) for name in ("__findFile", "__nixPath")]
        if all(one.variable is None and one.dictionary is None for one in found):
            return self.call("search", self.constant(expr.name))
        finder, path = (
            Var(expr.pos, expr.start, expr.end, name) for name in ("__findFile", "__nixPath")
        )
        name = Str(expr.pos, expr.start, expr.end, (expr.name,))
        call = Apply(expr.pos, expr.start, expr.end, finder, (path, name))
        return self.strict(call, scope)

    def _list(self, expr: ListLit, scope: Scope | None) -> ast.expr:
        if not is_sliced(expr.items):
            return self.list_of([self.lazy(item, scope) for item in expr.items])

        def make(compiler: PartCompiler, item: Expr) -> ast.expr:
            assert isinstance(compiler, Compiler)
            return compiler.unshared(item, scope)

        items = list(enumerate(expr.items))
        slices = self.sliced(items, scope, lambda item: self.at_once(item, scope), make)
        return self.joined_lists([self.call(self.attribute(one, "values")) for one in slices])

    def _with(self, expr: With, scope: Scope | None) -> ast.expr:
        variable = self.local()
        steps = [self.assign(variable, self.lazy(expr.scope, scope))]
        around, others = withs(scope)
        if len(around) == _LISTED:
            chain = self.constant(None) if others is None else self.name(others)
            for one in reversed(around):
                chain = self.tuple_of([self.name(one), chain])
            others = self.local()
            steps.append(self.assign(others, chain))
        else:
            others = None
        inner = Scope(scope, scope=variable, others=others)
        return self.sequence(steps, self.strict(expr.body, inner))

    def _assert(self, expr: Assert, scope: Scope | None) -> ast.expr:
        condition = self.condition(expr.condition, scope)
        failed = self.branch(lambda: self._failed(expr.condition, scope))
        return self.choose(condition, self.strict(expr.body, scope), failed)

    def _failed(self, condition: Expr, scope: Scope | None) -> ast.expr:
        shown = self.constant(show(canonised(condition)))
        if not isinstance(condition, Binary) or condition.operator != "==":
            return self.call("assert_failed", shown)
        sides = [self.lazy(side, scope) for side in (condition.left, condition.right)]
        return self.call("assert_unequal", shown, *sides)

    def _if(self, expr: If, scope: Scope | None) -> ast.expr:
        condition = self.condition(expr.condition, scope)
        yes = self.branch(lambda: self.strict(expr.yes, scope))
        no = self.branch(lambda: self.strict(expr.no, scope))
        return self.choose(condition, yes, no)

    def _cur_pos(self, expr: CurPos, scope: Scope | None) -> ast.expr:
        """A place in a file; what is typed has none, as in Nix."""
        if not is_file(self.source.name):
            return self.constant(None)
        line, column = self.source.line_column(expr.pos)
        return self.dict_of(
            [
                (self.constant("file"), self.name("FILE")),
                (self.constant("line"), self.constant(line)),
                (self.constant("column"), self.constant(column)),
            ]
        )


def _outermost(tree: Expr) -> Iterator[int]:
    """The identities of the functions that a file's expression is, one inside of the other."""
    while isinstance(tree, (Function, Let, With, Assert)):
        if isinstance(tree, Function):
            yield id(tree)
        tree = tree.body


def compile_tree(
    tree: Expr,
    source: Source,
    builtins: Mapping[str, str | None],
    scoped: frozenset[str] | None = None,
) -> tuple[Compiled, Mapping[str, Callable[[], Compiled]]]:
    """Compile a whole file: its outside, and what compiles its parts, by their names.

    `scoped` are names that the caller binds in the global ``SCOPE``, a set.
    Raises `UndefinedVariable`.
    """
    compiler = Compiler(source, builtins)
    compiler.outermost = frozenset(_outermost(tree))
    scope = None
    if scoped is not None:
        scope = Scope(None, dict.fromkeys(scoped, "SCOPE"), dictionary="SCOPE")
    try:
        body = compiler.with_table(compiler.strict(tree, scope))
    except UndefinedVariable:
        known = compiler.top_level
        found = first_undefined(tree, scope, lambda name: known(name) is not None)
        raise compiler.undefined(*found) from None
    outside = compiler.finished(compiler.function(body))
    return outside, compiler.put_aside

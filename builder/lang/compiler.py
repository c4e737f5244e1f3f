"""Trees to Python code.

Each Nix expression becomes one Python expression, in one of two forms: the
strict form gives the forced value; the lazy form gives something that can be
stored, a thunk where there is work to put off. Variables become Python
variables, so looking one up costs what it costs in Python.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import cast

from builder.lang.compile_sets import SetCompiler
from builder.lang.compiled import TOP_LEVEL, Compiled
from builder.lang.errors import UndefinedVariable, nearest
from builder.lang.scope import Scope, resolve, visible
from builder.lang.show import show
from builder.lang.source import Source
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

_BOOLEAN = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "->"})
_CALLS = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "//": "update",
    "++": "concat_lists",
}


class Compiler(SetCompiler):
    """Compiles one source.

    `builtins` maps each builtin's name to the strictness of its arguments, or
    to None for one that is no function.
    """

    def __init__(self, source: Source, builtins: Mapping[str, str | None]) -> None:
        super().__init__(source)
        self.builtins = builtins
        self._strict: dict[type, Callable[[Expr, Scope | None], ast.expr]] = {
            kind: cast(Callable[[Expr, Scope | None], ast.expr], method)
            for kind, method in (
                (Int, self._literal),
                (Float, self._literal),
                (Str, self._string),
                (PathLit, self._path),
                (SearchPath, self._search_path),
                (Var, self._variable),
                (Select, self._select),
                (HasAttr, self._has),
                (Function, self.function_value),
                (Apply, self._apply),
                (AttrSet, self.attr_set),
                (Let, self.let),
                (ListLit, self._list),
                (With, self._with),
                (Assert, self._assert),
                (If, self._if),
                (Not, self._not),
                (Negate, self._negate),
                (Binary, self._binary),
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
        if self.is_ready(expr):
            return self.strict(expr, scope)
        outer, self.place = self.place, self.place_of(expr)
        made = self._lazy_variable(expr, scope) if isinstance(expr, Var) else None
        if made is None:
            made = self.thunk(lambda: self.strict(expr, scope))
        self.place = outer
        return made

    def is_ready(self, expr: Expr) -> bool:
        """Whether building the value needs no evaluation, so no thunk."""
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
            return None if found.variable in self.pending else self.name(found.variable)
        if found.dictionary is None:
            builtin = self._global(expr.name)
            if builtin is not None:
                return self._global_value(builtin, strict=False)
        return None

    def _global(self, name: str) -> str | None:
        if name in TOP_LEVEL and name in self.builtins:
            return name
        if name.startswith("__") and name[2:] in self.builtins:
            return name[2:]
        return None

    def _global_value(self, name: str, *, strict: bool) -> ast.expr:
        if name in ("true", "false", "null"):
            return self.constant({"true": True, "false": False, "null": None}[name])
        made = self.name(f"g_{name}")
        if strict and self.builtins[name] is None:
            return self.call("force", made)
        return made

    def _variable(self, expr: Var, scope: Scope | None) -> ast.expr:
        found = resolve(scope, expr.name)
        if found.variable is not None:
            name = found.variable
            if name in self.plain:
                return self.name(name)
            kind = self.call("type", self.name(name))
            forced = self.call("force", self.name(name))
            return self.choose(self.same(kind, self.name("Thunk")), forced, self.name(name))
        if found.dictionary is not None:
            return self.call("select", self.name(found.dictionary), self.constant(expr.name))
        builtin = self._global(expr.name)
        if builtin is not None:
            return self._global_value(builtin, strict=True)
        if not found.scopes:
            names = visible(scope) | (TOP_LEVEL & self.builtins.keys())
            raise UndefinedVariable(
                f"undefined variable '{expr.name}'",
                self.source.at(expr.pos),
                suggestions=nearest(expr.name, names),
            )
        scopes = [self.name(variable) for variable in found.scopes]
        return self.call("from_with", self.constant(expr.name), *scopes)

    def _literal(self, expr: Int | Float, scope: Scope | None) -> ast.expr:
        return self.constant(expr.value)

    def _parts(self, parts: tuple[str | Expr, ...], scope: Scope | None) -> list[ast.expr]:
        return [
            self.constant(part) if isinstance(part, str) else self.strict(part, scope)
            for part in parts
        ]

    def _string(self, expr: Str, scope: Scope | None) -> ast.expr:
        if all(isinstance(part, str) for part in expr.parts):
            return self.constant("".join(cast(tuple[str, ...], expr.parts)))
        return self.call("interpolate", *self._parts(expr.parts, scope))

    def _path(self, expr: PathLit, scope: Scope | None) -> ast.expr:
        first = expr.parts[0]
        if expr.kind != "home" and len(expr.parts) == 1 and isinstance(first, str):
            self.paths.append(first)
            return self.name(f"K{len(self.paths) - 1}")
        parts = self._parts(expr.parts, scope)
        if expr.kind == "home":
            assert isinstance(first, str)
            parts[0] = self.call("home", self.constant(first[1:]))
        return self.call("interpolate_path", self.name("BASE"), *parts)

    def _search_path(self, expr: SearchPath, scope: Scope | None) -> ast.expr:
        return self.call("search", self.constant(expr.name))

    def _names(self, path: tuple[str | Expr, ...], scope: Scope | None) -> list[ast.expr]:
        return [
            self.constant(name)
            if isinstance(name, str)
            else self.call("attribute_name", self.strict(name, scope))
            for name in path
        ]

    def _is_builtins(self, expr: Expr, scope: Scope | None) -> bool:
        return (
            isinstance(expr, Var)
            and expr.name == "builtins"
            and resolve(scope, "builtins").variable is None
            and resolve(scope, "builtins").dictionary is None
        )

    def _known_builtin(self, expr: Expr, scope: Scope | None) -> str | None:
        """The builtin that an expression certainly is."""
        if isinstance(expr, Var):
            found = resolve(scope, expr.name)
            if found.variable is None and found.dictionary is None:
                return self._global(expr.name)
        elif (
            isinstance(expr, Select)
            and len(expr.path) == 1
            and self._is_builtins(expr.subject, scope)
        ):
            name = expr.path[0]
            if isinstance(name, str) and name in self.builtins:
                return name
        return None

    def _select(self, expr: Select, scope: Scope | None) -> ast.expr:
        builtin = self._known_builtin(expr, scope)
        if builtin is not None:
            return self._global_value(builtin, strict=True)
        made = self.strict(expr.subject, scope)
        names = self._names(expr.path, scope)
        if expr.default is None:
            for name in names:
                made = self.call("select", made, name)
            return made
        found = self.bind("t", self.call("walk", made, *names))
        default = self.strict(expr.default, scope)
        return self.choose(self.same(found, self.name("MISSING")), default, self.name("t"))

    def _has(self, expr: HasAttr, scope: Scope | None) -> ast.expr:
        return self.call("has", self.strict(expr.subject, scope), *self._names(expr.path, scope))

    def _apply(self, expr: Apply, scope: Scope | None) -> ast.expr:
        args = expr.args
        builtin = self._known_builtin(expr.function, scope)
        mask = None if builtin is None else self.builtins[builtin]
        if mask is not None and len(args) >= len(mask):
            values = [
                self.strict(arg, scope) if kind == "s" else self.lazy(arg, scope)
                for arg, kind in zip(args, mask, strict=False)
            ]
            made = self.call(f"b_{builtin}", *values)
            args = args[len(mask) :]
        else:
            made = self.strict(expr.function, scope)
        for arg in args:
            kind = self.call("type", self.bind("t", made))
            direct = self.same(kind, self.name("Function"))
            function = self.choose(direct, self.name("t"), self.call("callee", self.name("t")))
            made = self.call(function, self.lazy(arg, scope))
        return made

    def _list(self, expr: ListLit, scope: Scope | None) -> ast.expr:
        return self.list_of([self.lazy(item, scope) for item in expr.items])

    def _with(self, expr: With, scope: Scope | None) -> ast.expr:
        variable = self.fresh()
        bound = self.bind(variable, self.lazy(expr.scope, scope))
        body = self.strict(expr.body, Scope(scope, scope=variable))
        return self.sequence([bound], body)

    def condition(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a Boolean."""
        made = self.strict(expr, scope)
        if isinstance(expr, (Not, HasAttr)):
            return made
        if isinstance(expr, Binary) and expr.operator in _BOOLEAN:
            return made
        outer, self.place = self.place, self.place_of(expr)
        made = self.call("truth", made)
        self.place = outer
        return made

    def _assert(self, expr: Assert, scope: Scope | None) -> ast.expr:
        failed = self.call("assert_failed", self.constant(show(expr.condition)))
        return self.choose(
            self.condition(expr.condition, scope), self.strict(expr.body, scope), failed
        )

    def _if(self, expr: If, scope: Scope | None) -> ast.expr:
        return self.choose(
            self.condition(expr.condition, scope),
            self.strict(expr.yes, scope),
            self.strict(expr.no, scope),
        )

    def _not(self, expr: Not, scope: Scope | None) -> ast.expr:
        return self.negation(self.condition(expr.operand, scope))

    def _negate(self, expr: Negate, scope: Scope | None) -> ast.expr:
        if isinstance(expr.operand, (Int, Float)):
            return self.constant(-expr.operand.value)
        return self.call("negate", self.strict(expr.operand, scope))

    def _concat(self, expr: Expr, scope: Scope | None) -> list[ast.expr]:
        if isinstance(expr, Binary) and expr.operator == "++":
            return [*self._concat(expr.left, scope), *self._concat(expr.right, scope)]
        return [self.strict(expr, scope)]

    def _binary(self, expr: Binary, scope: Scope | None) -> ast.expr:
        operator = expr.operator
        if operator in ("&&", "||", "->"):
            left = self.condition(expr.left, scope)
            right = self.condition(expr.right, scope)
            if operator == "->":
                left = self.negation(left)
            return self.logic(ast.And() if operator == "&&" else ast.Or(), left, right)
        if operator == "++":
            return self.call("concat_lists", *self._concat(expr, scope))
        left = self.strict(expr.left, scope)
        right = self.strict(expr.right, scope)
        if operator in _CALLS:
            return self.call(_CALLS[operator], left, right)
        if operator in ("==", "!="):
            made = self.call("equal", left, right)
            return made if operator == "==" else self.negation(made)
        if operator in (">", "<="):
            left, right = right, left
        made = self.call("less", left, right)
        return made if operator in ("<", ">") else self.negation(made)

    def _cur_pos(self, expr: CurPos, scope: Scope | None) -> ast.expr:
        line, column = self.source.line_column(expr.pos)
        return self.dict_of(
            [
                (self.constant("file"), self.name("FILE")),
                (self.constant("line"), self.constant(line)),
                (self.constant("column"), self.constant(column)),
            ]
        )


def compile_tree(
    tree: Expr,
    source: Source,
    builtins: Mapping[str, str | None],
    scoped: frozenset[str] | None = None,
) -> Compiled:
    """Compile a whole file.

    `scoped` are names that the caller binds in the global ``SCOPE``, a set.
    Raises `UndefinedVariable`.
    """
    compiler = Compiler(source, builtins)
    scope = None
    if scoped is not None:
        scope = Scope(None, dict.fromkeys(scoped, "SCOPE"), dictionary="SCOPE")
    body = ast.Expression(compiler.function(compiler.strict(tree, scope)))
    code = compile(body, "<nix>", "eval")
    return Compiled(
        code=code,
        positions=tuple(compiler.positions),
        formals=tuple(compiler.formals),
        paths=tuple(compiler.paths),
    )

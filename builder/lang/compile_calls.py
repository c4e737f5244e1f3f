"""Compiling applications and selections."""

from __future__ import annotations

import ast

from builder.lang.compile_chains import ChainCompiler
from builder.lang.compile_operators import is_constant
from builder.lang.compiled import TOP_LEVEL
from builder.lang.scope import Scope, resolve
from builder.lang.tree import Apply, Expr, HasAttr, Int, Select, Str, Var

_PREDICATES = frozenset(
    {
        *("all", "any", "elem", "hasAttr", "hasContext", "isAttrs", "isBool", "isFloat"),
        *("isFunction", "isInt", "isList", "isNull", "isPath", "isString", "lessThan"),
        *("pathExists",),
    }
)
# Builtins whose other arguments are integers where a "t" one waits for them; else strings.
_OF_NUMBERS = frozenset({"bitAnd", "bitOr", "bitXor", "elemAt", "substring"})
_MOST = 3  # arguments that are handed over in one Python call


# Builtins that look at their first argument first, which no constant fits.
_OF_NO_CONSTANT = frozenset(
    {
        *("all", "any", "concatMap", "foldl'", "groupBy", "intersectAttrs", "partition"),
        *("removeAttrs", "zipAttrsWith"),
    }
)


def _at_once(name: str | None, index: int, mask: str, args: tuple[Expr, ...]) -> bool:
    """Whether a builtin's argument may be evaluated before the call (see `Builtin`)."""
    if mask[index] != "t" or name in _OF_NO_CONSTANT:
        return mask[index] == "s"
    fitting = Int if name in _OF_NUMBERS else Str
    return all(
        isinstance(arg, fitting) and is_constant(arg)
        for other, arg in enumerate(args[: len(mask)])
        if other != index and (mask[other] == "s" or (mask[other] == "t" and other < index))
    )


class CallCompiler(ChainCompiler):
    """The part of the compiler that deals with calls and attributes."""

    def top_level(self, name: str) -> str | None:
        """The builtin that a variable stands for when nothing binds it."""
        if name in TOP_LEVEL and name in self.builtins:
            return name
        if name.startswith("__") and name[2:] in self.builtins:
            return name[2:]
        return None

    def builtin_value(self, name: str, *, strict: bool) -> ast.expr:
        """A builtin's value."""
        if name in ("true", "false", "null"):
            return self.constant({"true": True, "false": False, "null": None}[name])
        made = self.name(f"g_{name}")
        if strict and self.builtins[name] is None:
            return self.call("force", made)
        return made

    def known_builtin(self, expr: Expr, scope: Scope | None) -> str | None:
        """The builtin that an expression certainly is."""
        if isinstance(expr, Var):
            found = resolve(scope, expr.name)
            if found.variable is None and found.dictionary is None:
                return self.top_level(expr.name)
            if found.variable is not None:
                return self.builtin_variables.get(found.variable)
        elif (
            isinstance(expr, Select)
            and len(expr.path) == 1
            and self.is_builtins(expr.subject, scope)
        ):
            name = expr.path[0]
            if isinstance(name, str) and name in self.builtins:
                return name
        return None

    def gives_boolean(self, expr: Expr, scope: Scope | None) -> bool:
        """Whether an application certainly gives a Boolean."""
        if not isinstance(expr, Apply):
            return False
        name = self.known_builtin(expr.function, scope)
        return name in _PREDICATES and len(expr.args) == len(self.builtins[name] or "")

    def names(self, path: tuple[str | Expr, ...], scope: Scope | None) -> list[ast.expr]:
        """The names of an attribute path."""
        return [
            self.constant(name) if isinstance(name, str) else self._computed_name(name, scope)
            for name in path
        ]

    def _computed_name(self, name: Expr, scope: Scope | None) -> ast.expr:
        """A name that is evaluated, by code that stands where its expression does."""
        outer, self.place = self.place, self.place_of(name)
        made = self.call("attribute_name", self.strict(name, scope))
        self.place = outer
        return made

    def _late_names(self, path: tuple[str | Expr, ...], scope: Scope | None) -> list[ast.expr]:
        """As `names`, those after the first put off until the way there is known to exist."""
        late = [
            self.constant(name) if isinstance(name, str) else self.lazy(name, scope)
            for name in path[1:]
        ]
        return [*self.names(path[:1], scope), *late]

    def select(self, expr: Select, scope: Scope | None) -> ast.expr:
        """``e.a.b``, ``e.a.b or default``"""
        builtin = self.known_builtin(expr, scope)
        if builtin is not None:
            return self.builtin_value(builtin, strict=True)
        if expr.default is None and not self.often:
            made = self.strict(expr.subject, scope)
            for name in expr.path:
                made = self.call("select", made, *self.names((name,), scope))
            return made
        if expr.default is None:
            made, holder = self.held(expr.subject, scope)
            for index, name in enumerate(expr.path):
                if index:
                    holder = self.scratch()
                    made = self.bind(holder, made)
                if isinstance(name, str) and holder is not None:
                    slow = self.call("select", self.name(holder), self.constant(name))
                    made = self.attribute_or(made, holder, name, slow)
                else:
                    made = self.call("select", made, *self.names((name,), scope))
                self.kept(holder)
            return made
        made = self.strict(expr.subject, scope)
        holder = self.scratch()
        found = self.bind(holder, self.call("walk", made, *self._late_names(expr.path, scope)))
        self.release()
        default = expr.default
        is_missing = self.same(found, self.name("MISSING"))
        return self.choose(
            is_missing, self.branch(lambda: self.strict(default, scope)), self.name(holder)
        )

    def attribute_or(self, made: ast.expr, holder: str, name: str, slow: ast.expr) -> ast.expr:
        """An attribute of what `made` gives and `holder` then holds, where it is a set that has
        it, evaluated; else `slow`."""
        value = self.scratch()
        is_set = self.call("isinstance", made, self.name("dict"))
        get = self.attribute(self.name(holder), "get")
        found = self.bind(value, self.call(get, self.constant(name), self.name("UNKNOWN")))
        is_value = self.logic(
            ast.And(), is_set, self.differs(self.call("type", found), self.name("Thunk"))
        )
        self.release()
        return self.choose(is_value, self.name(value), slow)

    def has(self, expr: HasAttr, scope: Scope | None) -> ast.expr:
        """``e ? a.b``"""
        made, holder = self.held(expr.subject, scope)
        names = self._late_names(expr.path, scope)
        self.kept(holder)
        # A computed name is evaluated even for what is no set.
        if len(names) > 1 or holder is None or not isinstance(expr.path[0], str):
            return self.call("has", made, *names)
        is_set = self.call("isinstance", made, self.name("dict"))
        return self.logic(ast.And(), is_set, self.contains(names[0], self.name(holder)))

    def apply(self, expr: Apply, scope: Scope | None) -> ast.expr:
        """``f a b c``"""
        args = expr.args
        builtin = self.known_builtin(expr.function, scope)
        mask = None if builtin is None else self.builtins[builtin]
        direct = self._direct(expr.function, scope)
        if mask is not None and len(args) >= len(mask):
            values = [
                self.strict(arg, scope)
                if _at_once(builtin, index, mask, args)
                else self.argument(arg, scope)
                for index, arg in enumerate(args[: len(mask)])
            ]
            made = self.call(f"b_{builtin}", *values)
            args = args[len(mask) :]
        elif direct is not None and len(args) >= direct[1]:
            count = direct[1]
            made = self.call(direct[0], *(self.argument(arg, scope) for arg in args[:count]))
            args = args[count:]
        else:
            made = self.strict(expr.function, scope)
        while args:
            count = min(len(args), _MOST)
            values = [self.argument(arg, scope) for arg in args[:count]]
            made = self.call(self._callee(made, count), *values)
            args = args[count:]
        return made

    def argument(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a value or a thunk; the value where it is cheap to have.

        Not for what sets and lists hold: there a trace shows what was not evaluated.
        """
        found = self.early(expr, scope)
        made = self.lazy(expr, scope)
        return made if found is None else self.choose(*found, made)

    def _direct(self, function: Expr, scope: Scope | None) -> tuple[str, int] | None:
        if not isinstance(function, Var):
            return None
        variable = resolve(scope, function.name).variable
        return None if variable is None else self.direct.get(variable)

    def _callee(self, function: ast.expr, count: int) -> ast.expr:
        """What Python must call with `count` arguments."""
        if not self.often:
            return self.call("callee" if count == 1 else f"callee{count}", function)
        name = self.scratch()
        self.release()
        bound = self.bind(name, function)
        if count == 1:
            is_plain = self.has_type("Function", bound)
            return self.choose(is_plain, self.name(name), self.call("callee", self.name(name)))
        is_curried = self.has_type(f"Curried{count}", bound)
        run = self.attribute(self.name(name), "run")
        return self.choose(is_curried, run, self.call(f"callee{count}", self.name(name)))

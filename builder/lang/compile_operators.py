"""Compiling operators and strings: common types inline, the rest by the runtime's functions."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import cast

from builder.lang.compile_sets import SetCompiler
from builder.lang.scope import STAND_FOR, Scope, resolve
from builder.lang.tree import (
    Apply,
    AttrSet,
    Binary,
    Expr,
    Float,
    HasAttr,
    Int,
    ListLit,
    Negate,
    Not,
    PathLit,
    SearchPath,
    Str,
    Var,
    is_literal,
)

_BOOLEAN = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||", "->"})
FUNCTIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "//": "update"}
_INLINE = frozenset({"+", "-", "*"})
# Results between these need no look at 64 bits, and Python compares such integers quickly.
_SMALL = 2**30 - 1
_WORDS = {"null": None, "true": True, "false": False}


def is_constant(expr: Expr) -> bool:
    """Whether an expression is a literal of one value."""
    return isinstance(expr, (Int, Float)) or (
        isinstance(expr, Str) and all(isinstance(part, str) for part in expr.parts)
    )


def _literal_type(expr: Expr) -> type:
    return int if isinstance(expr, Int) else float if isinstance(expr, Float) else str


# More parts of a string are not worth the longer code that is faster.
_MANY = 50
# How many operands of a chain of `+` are looked at for a string.
_LOOKED_AT = 8


def _adds_text(expr: Binary) -> bool:
    """Whether strings are what a `+` most likely adds."""
    side: Expr = expr
    for _ in range(_LOOKED_AT):
        if not isinstance(side, Binary) or side.operator != "+":
            break
        if isinstance(side.right, Str):
            return True
        side = side.left
    return isinstance(side, Str)


class OperatorCompiler(SetCompiler):
    """The part of the compiler that deals with operators."""

    @abstractmethod
    def gives_boolean(self, expr: Expr, scope: Scope | None) -> bool:
        """Whether an application certainly gives a Boolean."""

    @abstractmethod
    def known_builtin(self, expr: Expr, scope: Scope | None) -> str | None:
        """The builtin that an expression certainly is."""

    def held(self, expr: Expr, scope: Scope | None) -> tuple[ast.expr, str | None]:
        """Code for a forced value, and the variable that then holds it.

        None for a constant, whose code can be used twice. The variable may have
        been taken by `scratch`: see `kept`.
        """
        if isinstance(expr, Var):
            variable = resolve(scope, expr.name).variable
            if variable is not None:
                made = self.strict(expr, scope)
                return made, self.known(variable)
        if is_constant(expr):
            return self.strict(expr, scope), None
        name = self.scratch()
        return self.bind(name, self.strict(expr, scope)), name

    def again(self, expr: Expr, scope: Scope | None, name: str | None) -> ast.expr:
        """The value that `held` made once more."""
        return self.strict(expr, scope) if name is None else self.name(name)

    def kept(self, *names: str | None) -> None:
        """Give back what `held` took."""
        self.release(sum(name is not None and name.startswith("t") for name in names))

    def _by_type(
        self,
        kind: type,
        sides: tuple[Expr, Expr],
        scope: Scope | None,
        fast: Callable[[ast.expr, ast.expr], ast.expr],
        slow: str,
    ) -> ast.expr:
        """``fast`` where both sides are of the Python type `kind`, else the function `slow`."""
        constants = [side for side in sides if is_constant(side)]
        fitting = all(_literal_type(side) is kind for side in constants)
        if not self.often or len(constants) == 2 or not fitting:
            first = self.strict(sides[0], scope)
            if slow == "add" and self.must_check_left("+", sides):
                first, name = self.checked_left("+", first)
                self.kept(name)
            return self.call(slow, first, self.strict(sides[1], scope))
        held = [self.held(sides[0], scope)]
        taken = held[0][1]
        if slow == "add" and self.must_check_left("+", sides):
            held[0] = self.checked_left("+", held[0][0])
        else:
            taken = None
        held.append(self.held(sides[1], scope))
        evaluated = [code for (code, _), side in zip(held, sides, strict=True)
                     if not is_constant(side)]  # fmt: skip

        def both() -> list[ast.expr]:
            made = zip(sides, held, strict=True)
            return [self.again(side, scope, name) for side, (_, name) in made]

        test = self.has_type(kind.__name__, *evaluated)
        one, two = both()
        made = self.choose(test, fast(one, two), self.call(slow, *both()))
        self.kept(taken, *(name for _, name in held))
        return made

    def early(self, expr: Expr, scope: Scope | None) -> tuple[ast.expr, ast.expr] | None:
        """Code that finds out whether a value can be had at once, and then the value.

        Only where evaluation is cheap and can neither fail nor be noticed.
        """
        if not isinstance(expr, Binary) or expr.operator not in _INLINE:
            return None
        sides = (expr.left, expr.right)
        variables = []
        for side in sides:
            if isinstance(side, Var):
                variable = resolve(scope, side.name).variable
                if variable is None or variable in self.pending:
                    return None
                variables.append(self.known(variable) or variable)
            elif not isinstance(side, Int):
                return None
        if not variables:
            return None
        test = self.has_type("int", *map(self.name, variables))
        names = iter(variables)
        one, two = (
            self.constant(side.value) if isinstance(side, Int) else self.name(next(names))
            for side in sides
        )
        result = self.scratch()
        value = self.bind(result, self.arithmetic(expr.operator, one, two))
        self.release()
        small = self.between(-_SMALL, value, _SMALL)
        return self.logic(ast.And(), test, small), self.name(result)

    def condition(self, expr: Expr, scope: Scope | None) -> ast.expr:
        """Python code for a Boolean."""
        made = self.strict(expr, scope)
        if self._is_boolean(expr, scope):
            return made
        return self._truth(made, "truth")

    def _truth(self, made: ast.expr, check: str) -> ast.expr:
        """A value that must be a Boolean; the runtime's function `check` says that it is none."""
        if not self.often:
            return self.call(check, made)
        name = self.scratch()
        is_true = self.same(self.bind(name, made), self.constant(True))
        is_other = self.differs(self.name(name), self.constant(False))
        checked = self.logic(ast.And(), is_other, self.call(check, self.name(name)))
        self.release()
        return self.logic(ast.Or(), is_true, checked)

    def negated(self, expr: Not, scope: Scope | None) -> ast.expr:
        """``!operand``"""
        operand = expr.operand
        outer, self.place = self.place, self.place_of(operand)
        made = self.strict(operand, scope)
        if not self._is_boolean(operand, scope):
            first: Expr = operand
            while isinstance(first, ListLit) and first.items:
                first = first.items[0]  # a list is where its first element is
            self.place = self.place_of(first)
            nowhere = isinstance(first, (Int, Float, PathLit, ListLit, SearchPath))
            nowhere |= isinstance(first, Str) and is_literal(first.parts)
            made = self._truth(made, "unplaced_truth" if nowhere else "truth")
        self.place = outer
        return self.negation(made)

    def _is_boolean(self, expr: Expr, scope: Scope | None) -> bool:
        if isinstance(expr, (Not, HasAttr)) or self.gives_boolean(expr, scope):
            return True
        return isinstance(expr, Binary) and expr.operator in _BOOLEAN

    def negative(self, expr: Negate, scope: Scope | None) -> ast.expr:
        """``-operand``"""
        if self._is_bound("__sub", scope):
            zero = Int(expr.pos, expr.pos, expr.pos, 0)
            taken = Binary(expr.pos, expr.start, expr.end, "-", zero, expr.operand)
            return self._called(taken, "__sub", scope)
        if isinstance(expr.operand, (Int, Float)):
            return self.constant(0 - expr.operand.value)
        return self.call("negate", self.strict(expr.operand, scope))

    def string(self, expr: Str, scope: Scope | None) -> ast.expr:
        """``"...${e}..."``"""
        if all(isinstance(part, str) for part in expr.parts):
            return self.constant("".join(cast(tuple[str, ...], expr.parts)))
        values = [part for part in expr.parts if not isinstance(part, str)]
        short = len(values) <= 2 and all(map(self._cannot_fail, values[1:]))
        if not self.often or not short:
            return self.call("interpolate", *self.parts(expr.parts, scope))
        held = [self.held(value, scope) for value in values]
        test = self.has_type("str", *(code for code, _ in held))
        names = [name for _, name in held]

        def parts() -> list[ast.expr]:
            left = iter(names)
            return [
                self.constant(part)
                if isinstance(part, str)
                else self.again(part, scope, next(left))
                for part in expr.parts
            ]

        made = self.choose(test, self.joined(parts()), self.call("interpolate", *parts()))
        self.kept(*names)
        return made

    def parts(
        self, parts: tuple[str | Expr, ...], scope: Scope | None, check: str = "piece"
    ) -> list[ast.expr]:
        """The parts of a string or a path, forced.

        Each has become a string, by the runtime's function `check`, before the next
        one is evaluated.
        """
        last = max((i for i, part in enumerate(parts) if not isinstance(part, str)), default=0)
        made: list[ast.expr] = []
        for index, part in enumerate(parts):
            if isinstance(part, str):
                made.append(self.constant(part))
            elif index == last or (check == "piece" and isinstance(part, Str)):
                made.append(self.strict(part, scope))
            elif len(parts) > _MANY:
                made.append(self.call(check, self.strict(part, scope)))
            else:
                name = self.scratch()
                is_text = self.has_type("str", self.bind(name, self.strict(part, scope)))
                self.release()
                checked = self.call(check, self.name(name))
                made.append(self.choose(is_text, self.name(name), checked))
        return made

    def _cannot_fail(self, expr: Expr) -> bool:
        """Whether an operand has its value without evaluating anything."""
        return self.is_ready(expr)

    def must_check_left(self, operator: str, sides: tuple[Expr, Expr]) -> bool:
        """Whether the left operand's type is to be looked at before the right is evaluated."""
        left, right = sides
        if self._cannot_fail(right):
            return False
        if operator == "+":
            return not isinstance(left, (Int, Float, PathLit, Str)) and not (
                isinstance(left, Binary) and left.operator in _INLINE
            )
        return not isinstance(left, AttrSet) and not (
            isinstance(left, Binary) and left.operator == "//"
        )

    def checked_left(self, operator: str, made: ast.expr) -> tuple[ast.expr, str]:
        """A left operand that the operator can go on with, held by the scratch variable."""
        kinds, check = {"+": ("ADDABLE", "first_operand"), "//": ("SETS", "left_set")}[operator]
        name = self.scratch()
        fits = self.contains(self.call("type", self.bind(name, made)), self.name(kinds))
        checked = self.bind(name, self.call(check, self.name(name)))
        return self.choose(fits, self.name(name), checked), name

    def binary(self, expr: Binary, scope: Scope | None) -> ast.expr:
        """``left operator right``"""
        operator = expr.operator
        if self.is_called(expr, scope):
            return self._called(expr, STAND_FOR[operator], scope)
        if operator in ("&&", "||", "->"):
            return self._logical(expr, scope)
        if operator == "++":
            return self.call("concat_lists", *self._concat(expr, scope))
        if operator in _INLINE:
            return self._arithmetic(expr, scope)
        if operator in FUNCTIONS:
            left = self.strict(expr.left, scope)
            if operator == "//" and self.must_check_left(operator, (expr.left, expr.right)):
                left, name = self.checked_left(operator, left)
                self.kept(name)
            return self.call(FUNCTIONS[operator], left, self.strict(expr.right, scope))
        if operator in ("==", "!="):
            made = self._equality(expr.left, expr.right, scope)
            return made if operator == "==" else self.negation(made)
        if operator in (">", "<="):
            made = self._order(expr.right, expr.left, scope)
        else:
            made = self._order(expr.left, expr.right, scope)
        return made if operator in ("<", ">") else self.negation(made)

    def _logical(self, expr: Binary, scope: Scope | None) -> ast.expr:
        """``a && b && ...``, ``a || b || ...``, ``a -> b``"""
        operator = expr.operator
        first, others = expr.left, [expr.right]
        while operator != "->" and isinstance(first, Binary) and first.operator == operator:
            others.append(first.right)
            first = first.left
        left = self.condition(first, scope)
        if operator == "->":
            left = self.negation(left)
        rest = [self.branch(partial(self.condition, other, scope)) for other in reversed(others)]
        return self.logic(ast.And() if operator == "&&" else ast.Or(), left, *rest)

    def is_called(self, expr: Binary, scope: Scope | None) -> bool:
        """Whether the program has a function of its own in the place of the operator's."""
        function = STAND_FOR.get(expr.operator)
        return function is not None and self._is_bound(function, scope)

    def _is_bound(self, name: str, scope: Scope | None) -> bool:
        """Whether a program binds the name that an operator stands for."""
        found = resolve(scope, name)
        return found.variable is not None or found.dictionary is not None

    def _called(self, expr: Binary, function: str, scope: Scope | None) -> ast.expr:
        """An operator as the call of the function that the program puts in its place."""
        name = Var(expr.pos, expr.pos, expr.end, function)
        sides = (expr.left, expr.right)
        if expr.operator in (">", "<="):
            sides = (expr.right, expr.left)
        made = self.strict(Apply(expr.pos, expr.start, expr.end, name, sides), scope)
        if expr.operator in ("<=", ">="):
            return self.negation(self._truth(made, "truth"))
        return made

    def _concat(self, expr: Expr, scope: Scope | None) -> list[ast.expr]:
        if isinstance(expr, Binary) and expr.operator == "++":
            return [self.strict(expr.left, scope), *self._concat(expr.right, scope)]
        return [self.strict(expr, scope)]

    def _arithmetic(self, expr: Binary, scope: Scope | None) -> ast.expr:
        operator, sides = expr.operator, (expr.left, expr.right)
        if operator == "+" and _adds_text(expr):
            join = partial(self.arithmetic, "+")
            return self._by_type(str, sides, scope, join, "add")

        def checked(one: ast.expr, two: ast.expr) -> ast.expr:
            result = self.scratch()
            value = self.bind(result, self.arithmetic(operator, one, two))
            small = self.between(-_SMALL, value, _SMALL)
            self.release()
            again = self.call(FUNCTIONS[operator], one, two)
            return self.choose(small, self.name(result), again)

        return self._by_type(int, sides, scope, checked, FUNCTIONS[operator])

    def _equality(self, left: Expr, right: Expr, scope: Scope | None) -> ast.expr:
        for value, other in ((left, right), (right, left)):
            word = self.known_builtin(value, scope)
            if isinstance(value, Var) and word in _WORDS and not is_constant(other):
                made, known = self.strict(other, scope), self.constant(_WORDS[word])
                if isinstance(made, ast.Constant):  # a negative number: Python warns of `is`
                    return self.compared("==", made, known)
                return self.same(made, known)
        kind = next((_literal_type(side) for side in (left, right) if is_constant(side)), None)
        if kind is None or kind is float:
            first = self.strict(left, scope)
            return self.call("equal", first, self.strict(right, scope))
        compared = partial(self.compared, "==")
        return self._by_type(kind, (left, right), scope, compared, "equal")

    def _order(self, left: Expr, right: Expr, scope: Scope | None) -> ast.expr:
        return self._by_type(int, (left, right), scope, partial(self.compared, "<"), "less")

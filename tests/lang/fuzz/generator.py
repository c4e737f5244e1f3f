"""A seeded generator of programs: typed, so that most have a value.

Types are "int", "float", "bool", "string", "null", "path", ("list", T),
("set", ((name, T), ...)) and ("function", A, R). Now and then an expression of
another type is put where one is expected, and now and then one that fails
when it is evaluated, so that laziness and the order of evaluation show.
"""

from __future__ import annotations

from random import Random
from typing import Any

from tests.lang.fuzz.builtin_calls import CALLS
from tests.lang.fuzz.documents import KINDS, document
from tests.lang.fuzz.program import Node, node
from tests.lang.fuzz.words import NAMES, quoted_literal, text

Type = Any
Scope = tuple[tuple[str, Type], ...]
SIMPLE: tuple[Type, ...] = ("int", "int", "int", "string", "string", "bool", "float", "null")


class Generator:
    """Makes one program after the other from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def program(self) -> Node:
        """A whole program."""
        return self.make(self.type(2), (), self.random.randint(2, 6))

    # Types

    def type(self, depth: int) -> Type:
        """Some type, nested at most `depth` deep."""
        chance = self.random.random()
        if depth <= 0 or chance < 0.5:
            return self.random.choice(SIMPLE)
        if chance < 0.72:
            return ("list", self.type(depth - 1))
        if chance < 0.94:
            return self.set_type(depth - 1)
        return ("function", self.type(depth - 1), self.type(depth - 1))

    def set_type(self, depth: int) -> Type:
        """Some set's type."""
        names = self.random.sample(NAMES, self.random.randint(0, 3))
        return ("set", tuple((name, self.type(depth)) for name in names))

    # Expressions

    def make(self, wanted: Type, scope: Scope, depth: int) -> Node:
        """An expression of a type (nearly always)."""
        chance = self.random.random()
        if chance < 0.012:
            wanted = self.type(1)
        elif chance < 0.024:
            return self.failing()
        if depth <= 0 or wanted in ("small", "name", *KINDS):
            return self.leaf(wanted, scope)
        if chance < 0.2:
            return self.leaf(wanted, scope)
        if chance < 0.55:
            return self.common(wanted, scope, depth - 1)
        return self.special(wanted, scope, depth - 1)

    def failing(self) -> Node:
        """An expression that fails when it is evaluated."""
        number = self.random.randint(0, 9)
        return node(
            self.random.choice(
                [
                    f'(throw "t{number}")',
                    f'(throw "t{number}")',
                    f'(abort "a{number}")',
                    "(assert false; 1)",
                    "(1 / 0)",
                    "{ }.a",
                    "(let x = x; in x)",
                    "(builtins.head [ ])",
                    "(9223372036854775807 + 1)",
                    "(null null)",
                ]
            )
        )

    def leaf(self, wanted: Type, scope: Scope) -> Node:
        """A variable or the simplest expression of a type."""
        fitting = [name for name, kind in scope if kind == wanted]
        if fitting and self.random.random() < 0.7:
            return node(self.random.choice(fitting))
        return self.literal(wanted, scope)

    def literal(self, wanted: Type, scope: Scope) -> Node:
        """A literal of a type."""
        random = self.random
        match wanted:
            case "int":
                big = random.choice([0, 1, 2, 3, 7, 10, 100, 2**31, 2**62, 2**63 - 1])
                number = random.randint(0, 12) if random.random() < 0.9 else big
                return node(str(number)) if random.random() < 0.9 else node(f"(-{number})")
            case "small":
                return node(random.choice(["0", "1", "2", "3", "(-1)", "(1 + 1)"]))
            case "float":
                floats = ["0.5", "1.0", "2.25", "1e3", "3.14159", ".1", "1.5e-7", "123456789.0"]
                return node(random.choice([*floats, "1.0e20", "(-0.0)", "0.1"]))
            case "bool":
                return node(random.choice(["true", "false"]))
            case "null":
                return node("null")
            case "name":
                return node(f'"{random.choice(NAMES)}"')
            case str() if wanted in KINDS:
                return node(document(wanted, random))
            case "path":
                # No name that the reference has met before any program, as `x`.
                return node(random.choice(["/a/b", "/q", "/a/../c", "/d/e.nix"]))
            case "string":
                return node(quoted_literal(random))
            case ("list", item):
                items = [self.leaf(item, scope) for _ in range(random.randint(0, 3))]
                return node("[ ", *[part for made in items for part in (made, " ")], "]")
            case ("set", fields):
                return self.set_of(fields, lambda kind: self.leaf(kind, scope))
            case ("function", argument, result):
                return self.function(argument, result, scope, 0)
        raise AssertionError(wanted)

    def set_of(self, fields: Any, make: Any) -> Node:
        """A set literal whose fields `make` makes."""
        parts: list[str | Node] = ["{ "]
        for name, kind in fields:
            shown = name
            if self.random.random() < 0.1:
                shown = self.random.choice([f'"{name}"', f'${{"{name}"}}', f'"${{"{name}"}}"'])
            parts += [f"{shown} = ", make(kind), "; "]
        return node(*parts, "}")

    def function(self, argument: Type, result: Type, scope: Scope, depth: int) -> Node:
        """A function, with a pattern where it takes a set."""
        random = self.random
        if isinstance(argument, tuple) and argument[0] == "set" and random.random() < 0.7:
            return self.pattern(argument[1], result, scope, depth)
        name = random.choice(NAMES)
        body = self.make(result, ((name, argument), *_without(scope, {name})), depth)
        return node(f"({name}: ", body, ")")

    def pattern(self, fields: Any, result: Type, scope: Scope, depth: int) -> Node:
        """A function with a set pattern."""
        random = self.random
        taken = [field for field in fields if random.random() < 0.95]
        bound = {name for name, _ in taken}
        inner = (*taken, *_without(scope, bound))
        whole = random.choice(["", "", "whole"])
        parts: list[str | Node] = [f"({whole} @ {{ " if whole else "({ "]
        listed: list[list[str | Node]] = [
            [name] if random.random() < 0.7 else [f"{name} ? ", self.make(kind, inner, depth - 2)]
            for name, kind in taken
        ]
        if random.random() < 0.2:
            extra = random.choice([name for name in NAMES if name not in dict(fields)])
            kind = self.type(0)
            listed.append([f"{extra} ? ", self.make(kind, inner, depth - 2)])
            inner = ((extra, kind), *_without(inner, {extra}))
        if (len(taken) < len(fields) or random.random() < 0.2) and random.random() < 0.9:
            listed.append(["..."])
        for index, item in enumerate(listed):
            parts += [", "] if index else []
            parts += item
        if whole:
            inner = ((whole, ("set", fields)), *_without(inner, {whole}))
        return node(*parts, " }: ", self.make(result, inner, depth), ")")

    def common(self, wanted: Type, scope: Scope, depth: int) -> Node:
        """A construct that any type can come from."""
        choices = (
            *(self._let, self._let, self._if, self._call, self._call, self._select),
            *(self._with, self._rec, self._assert, self._has_default, self._traced, self._head),
            *(self._seq, self._functor, self._or_default, self._dynamic, self._try, self._inherit),
            *(self._old_let, self._overriding, self._piped, self._annotated),
        )
        return self.random.choice(choices)(wanted, scope, depth)

    def _bound(self, scope: Scope) -> tuple[list[tuple[str, Type]], Scope]:
        names = self.random.sample(NAMES, self.random.randint(1, 3))
        fields = [(name, self.type(1)) for name in names]
        return fields, (*fields, *_without(scope, set(names)))

    def _let(self, wanted: Type, scope: Scope, depth: int) -> Node:
        fields, inner = self._bound(scope)
        parts: list[str | Node] = ["(let "]
        for index, (name, kind) in enumerate(fields):
            # Names bound later may be used rarely: they may recurse without end.
            visible = inner if self.random.random() < 0.05 else (*fields[:index], *scope)
            seen = _without(visible, {n for n, _ in fields[index:]}) if visible != inner else inner
            parts += [f"{name} = ", self.make(kind, seen, depth), "; "]
        return node(*parts, "in ", self.make(wanted, inner, depth), ")")

    def _rec(self, wanted: Type, scope: Scope, depth: int) -> Node:
        fields, inner = self._bound(scope)
        parts: list[str | Node] = ["(rec { "]
        for index, (name, kind) in enumerate(fields):
            hidden = {n for n, _ in fields[index:]}
            parts += [
                f"{name} = ",
                self.make(kind, (*fields[:index], *_without(scope, hidden)), depth),
                "; ",
            ]
        parts += ["result = ", self.make(wanted, inner, depth), "; }).result"]
        return node("(", *parts, ")")

    def _if(self, wanted: Type, scope: Scope, depth: int) -> Node:
        test, yes = self.make("bool", scope, depth), self.make(wanted, scope, depth)
        return node("(if ", test, " then ", yes, " else ", self.make(wanted, scope, depth), ")")

    def _call(self, wanted: Type, scope: Scope, depth: int) -> Node:
        argument = self.type(2)
        function = self.function(argument, wanted, scope, depth)
        return node("(", function, " ", self.make(argument, scope, depth), ")")

    def _select(self, wanted: Type, scope: Scope, depth: int) -> Node:
        fields = (*self.set_type(1)[1], ("got", wanted))
        return node("(", self.set_of(fields, lambda kind: self.make(kind, scope, depth)), ").got")

    def _has_default(self, wanted: Type, scope: Scope, depth: int) -> Node:
        subject = self.make(self.set_type(1), scope, depth)
        return node("((", subject, ").nope or ", self.make(wanted, scope, depth), ")")

    def _or_default(self, wanted: Type, scope: Scope, depth: int) -> Node:
        fields = (("got", wanted),)
        subject = self.set_of(fields, lambda kind: self.make(kind, scope, depth))
        return node("((", subject, ").got or ", self.failing(), ")")

    def _with(self, wanted: Type, scope: Scope, depth: int) -> Node:
        # No lists: whether two of them are «repeated» depends on how the reference
        # stores short ones.
        fields = [(name, kind) for name, kind in self._bound(())[0] if kind[0] != "list"]
        subject = self.set_of(fields, lambda kind: self.make(kind, scope, depth))
        bound = {name for name, _ in scope}
        inner = (*scope, *[field for field in fields if field[0] not in bound])
        return node("(with ", subject, "; ", self.make(wanted, inner, depth), ")")

    def _assert(self, wanted: Type, scope: Scope, depth: int) -> Node:
        test = self.make("bool", scope, depth) if self.random.random() < 0.2 else node("true")
        return node("(assert ", test, "; ", self.make(wanted, scope, depth), ")")

    def _traced(self, wanted: Type, scope: Scope, depth: int) -> Node:
        said = self.make(self.type(1), scope, 0) if self.random.random() < 0.3 else None
        word = said or node(f'"{text(self.random)}"')
        return node("(builtins.trace ", word, " ", self.make(wanted, scope, depth), ")")

    def _head(self, wanted: Type, scope: Scope, depth: int) -> Node:
        items = self.make(("list", wanted), scope, depth)
        return node("(builtins.head ([ ", self.make(wanted, scope, depth), " ] ++ ", items, "))")

    def _seq(self, wanted: Type, scope: Scope, depth: int) -> Node:
        which = self.random.choice(["seq", "deepSeq"])
        first = self.make(self.type(2), scope, depth)
        return node(f"(builtins.{which} ", first, " ", self.make(wanted, scope, depth), ")")

    def _functor(self, wanted: Type, scope: Scope, depth: int) -> Node:
        body = self.make(wanted, (("self", "int"), ("arg", "int"), *scope), depth)
        functor = node("{ __functor = self: arg: ", body, "; }")
        return node("(", functor, " ", self.make("int", scope, depth), ")")

    def _dynamic(self, wanted: Type, scope: Scope, depth: int) -> Node:
        name = self.random.choice(NAMES)
        subject = self.set_of(((name, wanted),), lambda kind: self.make(kind, scope, depth))
        return node("((", subject, ').${"', name, '"})')

    def _try(self, wanted: Type, scope: Scope, depth: int) -> Node:
        tried = node("(builtins.tryEval ", self.make(wanted, scope, depth), ")")
        other = self.make(wanted, scope, depth - 1)
        return node("(let t = ", tried, "; in if t.success then t.value else ", other, ")")

    def _inherit(self, wanted: Type, scope: Scope, depth: int) -> Node:
        fields, inner = self._bound(scope)
        subject = self.set_of(fields, lambda kind: self.make(kind, scope, depth))
        names = " ".join(name for name, _ in fields)
        body = self.make(wanted, inner, depth)
        return node("(let inherit (", subject, f") {names}; in ", body, ")")

    def _old_let(self, wanted: Type, scope: Scope, depth: int) -> Node:
        name, kind = self.random.choice(NAMES), self.type(1)
        bound = self.make(kind, _without(scope, {name, "body"}), depth)
        inner = ((name, kind), *_without(scope, {name, "body"}))
        return node(
            f"(let {{ {name} = ", bound, "; body = ", self.make(wanted, inner, depth), "; })"
        )

    def _overriding(self, wanted: Type, scope: Scope, depth: int) -> Node:
        name = self.random.choice(NAMES)
        outer = _without(scope, {name})
        first, other = self.make(wanted, outer, depth - 1), self.make(wanted, outer, depth)
        parts = ("(rec { __overrides = { ", f"{name} = ", other, f"; }}; {name} = ", first, "; ")
        return node(*parts, f"result = {name}; }}).result")

    def _piped(self, wanted: Type, scope: Scope, depth: int) -> Node:
        kind = self.type(1)
        function, given = self.function(kind, wanted, scope, depth), self.make(kind, scope, depth)
        if self.random.random() < 0.5:
            return node("(", given, " |> ", function, ")")
        return node("(", function, " <| ", given, ")")

    def _annotated(self, wanted: Type, scope: Scope, depth: int) -> Node:
        how = self.random.choice(['traceVerbose "v"', 'addErrorContext "c"', 'warn "w"'])
        return node(f"(builtins.{how} ", self.make(wanted, scope, depth), ")")

    def special(self, wanted: Type, scope: Scope, depth: int) -> Node:
        """A construct or a builtin that gives this very type."""
        if isinstance(wanted, tuple) and wanted[0] == "function":
            return self.function(wanted[1], wanted[2], scope, depth)
        if isinstance(wanted, tuple) and wanted[0] == "set" and self.random.random() < 0.5:
            return self.set_of(wanted[1], lambda kind: self.make(kind, scope, depth))
        key = wanted[0] if isinstance(wanted, tuple) else wanted
        template = self.random.choice(CALLS[key])
        return node("(", *template(self, wanted, scope, depth), ")")


def _without(scope: Scope, names: set[str]) -> Scope:
    return tuple(field for field in scope if field[0] not in names)

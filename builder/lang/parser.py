"""The grammar of Nix 2.26: text to tree, by recursive descent."""

from __future__ import annotations

from collections.abc import Set
from math import isinf

from builder.lang.binding_parser import BindingParser
from builder.lang.errors import ParseError, switched_off
from builder.lang.grammar import (
    ATOMS,
    BEGINNINGS,
    CLOSERS,
    LEVELS,
    NEGATE,
    NOT,
    PATH_PIECE,
    PATH_TEXT,
    PIPES,
    PREFIXES,
    STARTS,
)
from builder.lang.integers import MOST
from builder.lang.lexer import KEYWORDS
from builder.lang.literals import SIMPLE, read_indented, read_string
from builder.lang.patterns import is_pattern, read_function
from builder.lang.source import Source
from builder.lang.tree import (
    Apply,
    Assert,
    Binary,
    CurPos,
    Expr,
    Float,
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


class Parser(BindingParser):
    """The expressions."""

    def whole(self) -> Expr:
        """``expr EOF``"""
        expr = self.expression()
        if self.lexer.kind != "eof":
            raise self.unexpected("end of file")
        return expr

    def expression(self) -> Expr:
        """``function | assert | with | let | if | pipe``"""
        lexer = self.lexer
        kind = lexer.kind
        if kind in ATOMS:
            follower = lexer.text[lexer.next : lexer.next + 1]
            if follower in CLOSERS:
                return self._select()
            if kind == "id" and (follower == ":" or follower == "@"):
                return read_function(self)
        elif kind == "{":
            if is_pattern(lexer.text, lexer.end):
                return read_function(self)
        elif kind in BEGINNINGS and not (kind == "let" and self._old_let()):
            return self._beginning(kind)
        left = self._binary(0) if kind in PREFIXES else self._apply()
        if lexer.kind in LEVELS:
            left = self._operators(left, 0)
        return self._pipe(left) if lexer.kind in PIPES else left

    def _beginning(self, kind: str) -> Expr:
        """``assert | with | let | if``"""
        lexer = self.lexer
        start = lexer.start
        if kind == "if":
            lexer.advance()
            condition = self.expression()
            self.expect("then")
            yes = self.expression()
            self.expect("else")
            no = self.expression()
            return If(start, start, no.end, condition, yes, no)
        if kind in ("assert", "with"):
            lexer.advance()
            head = self.expression()
            self.expect(";")
            body = self.expression()
            made = Assert if kind == "assert" else With
            return made(start, start, body.end, head, body)
        lexer.advance()
        draft = self.binding_list("in", "let")
        self.expect("in")
        body = self.expression()
        if draft.dynamic:
            raise ParseError("dynamic attributes not allowed in let", self.source.at(start))
        return Let(start, start, body.end, draft.finish(), body)

    def _old_let(self) -> bool:
        return self.lexer.text.startswith("{", self.lexer.next)

    def _pipe(self, left: Expr) -> Expr:
        """``op ('|>' op)* | op ('<|' op)*``, the latter from the right; `left` is the first."""
        if self.lexer.kind == "<|":
            return self._pipe_from(left)
        while self.lexer.kind == "|>":
            pos = self._pipe_operator()
            right = self._binary(0)
            left = _call(pos, left.start, right.end, right, (left,))
        return left

    def _pipe_from(self, left: Expr) -> Expr:
        pos = self._pipe_operator()
        right = self._binary(0)
        if self.lexer.kind == "<|":
            right = self._pipe_from(right)
        return _call(pos, left.start, right.end, left, (right,))

    def _pipe_operator(self) -> int:
        """Use the operator up; its offset. Raises `ParseError` unless pipes are switched on."""
        pos = self.lexer.start
        if "pipe-operators" not in self.features:
            raise ParseError(switched_off("pipe-operators"), self.source.at(pos))
        self.lexer.advance()
        return pos

    def _binary(self, least: int) -> Expr:
        """Operators that bind at least as closely as `least`."""
        lexer = self.lexer
        start = lexer.start
        left: Expr
        if lexer.kind == "!":
            lexer.advance()
            operand = self._binary(NOT)
            left = Not(start, start, operand.end, operand)
        elif lexer.kind == "-":
            lexer.advance()
            operand = self._binary(NEGATE)
            left = Negate(start, start, operand.end, operand)
        else:
            left = self._apply()
        return self._operators(left, least)

    def _operators(self, left: Expr, least: int) -> Expr:
        """What follows the operand `left`, as far as it binds at least as closely as `least`."""
        lexer = self.lexer
        refused = -1
        while True:
            operator = lexer.kind
            level = LEVELS.get(operator)
            if level is None or level[0] < least:
                return left
            if level[0] == refused:
                raise self.unexpected("")
            pos = lexer.start
            lexer.advance()
            if operator == "?":
                path = tuple(name for name, _ in self.attribute_path())
                left = HasAttr(pos, left.start, lexer.last, left, path)
            else:
                right = self._binary(level[0] + (level[1] != "right"))
                left = Binary(pos, left.start, right.end, operator, left, right)
            refused = level[0] if level[1] == "none" else -1

    def _apply(self) -> Expr:
        """``select select*``"""
        function = self._select()
        lexer = self.lexer
        if lexer.kind not in STARTS:
            return function
        args = [self._select()]
        while lexer.kind in STARTS:
            args.append(self._select())
        start = function.start
        return _call(start, start, args[-1].end, function, tuple(args))

    def _select(self) -> Expr:
        """``simple ['.' path ['or' select]] | simple 'or'``"""
        lexer = self.lexer
        kind, start = lexer.kind, lexer.start
        path: tuple[str | Expr, ...] = ()
        if kind == "id":
            simple = self._variable(start, lexer.value)
            lexer.advance()
        elif kind == "names":
            name, *names = lexer.value.split(".")
            simple, path = self._variable(start, name), tuple(names)
            self.met.update(dict.fromkeys(names))
            lexer.advance()
        else:
            simple = self._simple(kind)
        following = lexer.kind
        if following == ".":
            lexer.advance()
            path += tuple(name for name, _ in self.attribute_path())
            following = lexer.kind
        if not path:
            return simple if following != "or" else self._applied_to_or(simple)
        default = None
        if following == "or":
            lexer.advance()
            default = self._select()
        return Select(start, start, lexer.last, simple, path, default)

    def _variable(self, start: int, name: str) -> Expr:
        if name == "__curPos":
            return CurPos(start, start, start + 8)
        self.met[name] = None
        return Var(start, start, start + len(name), name)

    def _applied_to_or(self, simple: Expr) -> Expr:
        """Before `or` was a keyword it was a name: ``f or`` applies f to it."""
        lexer = self.lexer
        self.uses_or = True
        word = Var(simple.start, lexer.start, lexer.end, "or")
        lexer.advance()
        return Apply(simple.start, simple.start, word.end, simple, (word,))

    def _simple(self, kind: str) -> Expr:
        """What is neither a variable nor made of other expressions by operators."""
        lexer = self.lexer
        start, end, value = lexer.start, lexer.end, lexer.value
        if kind == "str":
            lexer.advance()
            return Str(start, start, end, (value,) if value else ())
        if kind == '"' or kind == "''":
            return self.string()
        if kind == "int":
            # Python refuses to read very long ones.
            digits = value.lstrip("0") or "0"
            if len(digits) > len(str(MOST)) or int(digits) > MOST:
                raise ParseError(f"invalid integer '{value}'", self.source.at(start))
            lexer.advance()
            return Int(start, start, end, int(digits))
        if kind == "float":
            if isinf(float(value)):
                raise ParseError(f"invalid float '{value}'", self.source.at(start))
            lexer.advance()
            return Float(start, start, end, float(value))
        if kind in ("path", "hpath"):
            return self._path()
        if kind == "spath":
            lexer.advance()
            return SearchPath(start, start, end, value[1:-1])
        if kind == "uri":
            if "no-url-literals" in self.features:
                raise ParseError("URL literals are disabled", self.source.at(start))
            lexer.advance()
            return Str(start, start, end, (value,))
        if kind == "(":
            return self._parenthesised(start)
        if kind == "[":
            return self._list()
        if kind in ("{", "rec", "let"):
            return self._set()
        raise self.unexpected("")

    def _parenthesised(self, start: int) -> Expr:
        """``'(' expr ')'``: the expression, which begins at the parenthesis."""
        self.lexer.advance()
        expr = self.expression()
        self.expect(")")
        expr.start, expr.end = start, self.lexer.last
        return expr

    def _list(self) -> Expr:
        start = self.lexer.start
        self.lexer.advance()
        items = []
        while self.lexer.kind != "]":
            if self.lexer.kind not in STARTS:
                raise self.unexpected("")
            items.append(self._select())
        self.lexer.advance()
        return ListLit(start, start, self.lexer.last, tuple(items))

    def _set(self) -> Expr:
        """``['rec'] '{' bindings '}' | 'let' '{' bindings '}'``"""
        lexer = self.lexer
        start, kind = lexer.start, lexer.kind
        if kind != "{":
            lexer.advance()
        self.expect("{")
        draft = self.binding_list("}", "let {" if kind == "let" else kind)
        lexer.advance()
        draft.recursive, draft.start, draft.end = kind != "{", start, lexer.last
        made = draft.as_set()
        if kind == "let":
            return Select(start, start, lexer.last, made, ("body",), None)
        self.bindings.drafts[id(made)] = draft
        self.bindings.alive.append(made)
        return made

    def _interpolation(self, offset: int) -> tuple[Expr, int]:
        lexer = self.lexer
        if simple := SIMPLE.match(lexer.text, offset):
            names = simple[1].split(".")
            if KEYWORDS.isdisjoint(names):
                made = self._variable(offset, names[0])
                if len(names) > 1:
                    self.met.update(dict.fromkeys(names[1:]))
                    end = simple.end() - 1
                    made = Select(offset, offset, end, made, tuple(names[1:]), None)
                return made, simple.end()
        lexer.jump(offset)
        expr = self.expression()
        if lexer.kind != "}":
            raise self.unexpected("'}'")
        return expr, lexer.end

    def string(self) -> Expr:
        lexer = self.lexer
        start = lexer.start
        if lexer.kind == "str":
            return self._simple("str")
        read = read_string if lexer.kind == '"' else read_indented
        parts, end = read(self.source, lexer.end, self._interpolation)
        lexer.jump(end)
        return Str(start, start, end, tuple(parts))

    def _path(self) -> Expr:
        lexer = self.lexer
        text, start, end, value = lexer.text, lexer.start, lexer.end, lexer.value
        kind = "home" if lexer.kind == "hpath" else "relative"
        if value.startswith("/"):
            kind = "absolute"
        parts: list[str | Expr] = [value]
        while True:
            if text.startswith("${", end):
                expr, end = self._interpolation(end + 2)
                parts.append(expr)
            elif (len(parts) > 1 or value.endswith("/")) and (more := PATH_TEXT.match(text, end)):
                parts.append(more[0])
                end = more.end()
            else:
                break
        if value.endswith("/") and len(parts) > 1 and isinstance(parts[1], str):
            self._check_second(start, start + len(value), end, alone=len(parts) == 2)
        last = parts[-1]
        if isinstance(last, str) and last.endswith("/"):
            # The reference has looked at the next token then; at the end there is none.
            where = end if end < len(text) else end - len(last) if len(parts) > 1 else start
            raise ParseError("path has a trailing slash", self.source.at(where))
        lexer.jump(end)
        return PathLit(start, start, end, kind, tuple(parts))

    def _check_second(self, start: int, second: int, end: int, *, alone: bool) -> None:
        """Refuse a path's literal text after ``/a/``, at `second`, that is not one piece with
        an interpolation after it."""
        text = self.lexer.text
        piece = PATH_PIECE.match(text, second)
        assert piece is not None
        if PATH_TEXT.match(text, piece.end()):
            where, what = piece.end(), "STR"
        elif alone and not piece[0].endswith("/"):
            # The reference looks back then, twice at the end of the text.
            where, what = second if end < len(text) else start, "PATH_END"
        else:
            return
        message = f"syntax error, unexpected {what}, expecting DOLLAR_CURLY"
        raise ParseError(message, self.source.at(where))


def _call(pos: int, start: int, end: int, function: Expr, args: tuple[Expr, ...]) -> Apply:
    """A call; ``(f x) y`` is one, of two arguments, at the place of the inner one."""
    if isinstance(function, Apply):
        return Apply(function.pos, start, end, function.function, (*function.args, *args))
    return Apply(pos, start, end, function, args)


def parse(source: Source, features: Set[str] = frozenset()) -> Expr:
    """The tree of `source`, with these of `grammar.FEATURES`. Raises `ParseError`."""
    return Parser(source, features).whole()

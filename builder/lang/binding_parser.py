"""The grammar of what stands between braces: names, attribute paths, bindings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Set

from builder.lang.bindings import BindingReader, Draft
from builder.lang.errors import ParseError
from builder.lang.grammar import BINDERS, FOLLOWERS, KINDS, NAMES
from builder.lang.lexer import Lexer
from builder.lang.source import Source
from builder.lang.tree import OUTSIDE, Binding, Expr, Str, Var, is_literal


class BindingParser(ABC):
    """One text being read; `lexer` stands at the next token that is not yet used."""

    def __init__(self, source: Source, features: Set[str]) -> None:
        self.source = source
        self.lexer = Lexer(source)
        self.features = features
        self.uses_or = False  # as a name, as in `f or`
        self.met: dict[str, None] = {}  # names, as `symbols` wants them
        self.bindings = BindingReader(source)

    @abstractmethod
    def expression(self) -> Expr:
        """Read an expression."""

    @abstractmethod
    def string(self) -> Expr:
        """Read a string."""

    def unexpected(self, wanted: str) -> ParseError:
        """The error for the current token."""
        kind = self.lexer.kind
        shown = KINDS.get(kind, f"'{kind}'")
        tail = f", expecting {wanted}" if wanted else ""
        return ParseError(
            f"syntax error, unexpected {shown}{tail}", self.source.at(self.lexer.start)
        )

    def expect(self, kind: str) -> None:
        """Use the current token up, which must be `kind`."""
        if self.lexer.kind != kind:
            raise self.unexpected(KINDS.get(kind, f"'{kind}'"))
        self.lexer.advance()

    def attribute_path(self) -> list[tuple[str | Expr, int]]:
        """``name ('.' name)*``"""
        lexer = self.lexer
        path: list[tuple[str | Expr, int]] = []
        while True:
            if lexer.kind == "names":
                offset = lexer.start
                for name in lexer.value.split("."):
                    path.append((name, offset))
                    self.met[name] = None
                    offset += len(name) + 1
                lexer.advance()
            else:
                path.append(self.attribute_name())
            if lexer.kind != ".":
                return path
            lexer.advance()

    def attribute_name(self) -> tuple[str | Expr, int]:
        """``ID | 'or' | string | '${' expr '}'``"""
        lexer = self.lexer
        lexer.cut()
        start, kind = lexer.start, lexer.kind
        if kind == "id" or kind == "or" or kind == "str":
            name = lexer.value
            lexer.advance()
            self.met[name] = None
            return name, start
        if kind == '"':
            expr = self.string()
        elif kind == "${":
            lexer.advance()
            expr = self.expression()
            self.expect("}")
        else:
            raise self.unexpected(NAMES)
        if isinstance(expr, Str) and is_literal(expr.parts):
            name = "".join(part for part in expr.parts if isinstance(part, str))
            self.met[name] = None
            return name, start
        return expr, start

    def binding_list(self, closer: str, opener: str) -> Draft:
        """Bindings up to `closer`; `opener` is a key of `FOLLOWERS`.

        ``(path '=' expr ';' | 'inherit' ['(' expr ')'] name* ';')*``
        """
        lexer = self.lexer
        draft = Draft()
        while lexer.kind != closer:
            if lexer.kind == "inherit":
                lexer.advance()
                self._inherit(draft)
                continue
            if lexer.kind not in BINDERS:
                raise self.unexpected(FOLLOWERS[opener])
            path = self.attribute_path()
            if lexer.kind != "=":
                raise self.unexpected("'.' or '='")
            lexer.advance()
            value = self.expression()
            self.expect(";")
            self.bindings.add(draft, path, value)
        return draft

    def _inherit(self, draft: Draft) -> None:
        lexer = self.lexer
        source = None
        if lexer.kind == "(":
            lexer.advance()
            draft.sources.append(self.expression())
            source = len(draft.sources) - 1
            self.expect(")")
        names = []
        while lexer.kind != ";":
            if lexer.kind not in BINDERS:
                raise self.unexpected("")
            name, pos = self.attribute_name()
            if not isinstance(name, str):
                raise ParseError("dynamic attributes not allowed in inherit", self.source.at(pos))
            names.append((name, pos, lexer.last))
        lexer.advance()
        for name, pos, end in names:
            if name in draft.static:
                old = draft.static[name]
                first = old.pos if isinstance(old, Binding) else old[1]
                raise ParseError(
                    f"attribute '{name}' already defined at {self.source.at(first)}",
                    self.source.at(pos),
                )
            if source is None:
                outer = Var(pos, pos, end, name)
                draft.static[name] = Binding(name, pos, outer, OUTSIDE)
            else:
                draft.static[name] = Binding(name, pos, None, source)

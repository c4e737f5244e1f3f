"""Functions: the parameter before the colon."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.lang.errors import ParseError
from builder.lang.grammar import NAME_TEXT
from builder.lang.lexer import KEYWORDS, skip_blank
from builder.lang.tree import Formal, Formals, Function

if TYPE_CHECKING:
    from builder.lang.parser import Parser

_NAME = re.compile(NAME_TEXT)


def is_pattern(text: str, offset: int) -> bool:
    """Whether the brace before `offset` opens a set pattern rather than a set.

    A pattern begins with ``}``, followed by ``:`` or ``@``, with ``...``, or
    with a name that is followed by ``,``, ``?`` or ``}``.
    """
    offset = skip_blank(text, offset)
    if text.startswith("}", offset):
        after = skip_blank(text, offset + 1)
        return text[after : after + 1] in (":", "@")
    if text.startswith("...", offset):
        return True
    name = _NAME.match(text, offset)
    if name is None or name.group() in KEYWORDS:
        return False
    after = skip_blank(text, name.end())
    return text[after : after + 1] in (",", "?", "}")


def read_function(parser: Parser) -> Function:
    """``ID ':' expr | pattern ['@' ID] ':' expr | ID '@' pattern ':' expr``"""
    lexer = parser.lexer
    start = lexer.start
    param: str | None = None
    formals: Formals | None = None
    if lexer.kind == "id":
        param = lexer.value
        lexer.advance()
        if lexer.kind == "@":
            lexer.advance()
            if lexer.kind != "{":
                raise parser.unexpected("'{'")
            formals = _formals(parser)
    else:
        formals = _formals(parser)
        if lexer.kind == "@":
            lexer.advance()
            lexer.cut()
            if lexer.kind != "id":
                raise parser.unexpected("ID")
            param = lexer.value
            lexer.advance()
    if lexer.kind != ":":
        plain = formals is not None and param is None
        raise parser.unexpected("':' or '@'" if plain else "':'")
    lexer.advance()
    if formals is not None and param is not None and any(f.name == param for f in formals.names):
        raise ParseError(f"duplicate formal function argument '{param}'", parser.source.at(start))
    body = parser.expression()
    if param is not None:
        parser.met[param] = None
    return Function(start, start, body.end, param, formals, body)


def _formals(parser: Parser) -> Formals:
    """``'{' [ID ['?' expr] (',' ...)*] ['...'] '}'``"""
    lexer = parser.lexer
    lexer.advance()
    names: dict[str, Formal] = {}
    ellipsis = False
    while lexer.kind != "}":
        if lexer.kind == "...":
            ellipsis = True
            lexer.advance()
            break
        lexer.cut()
        name, pos = lexer.value, lexer.start
        if lexer.kind != "id":
            raise parser.unexpected("ID or ELLIPSIS or '}'")
        lexer.advance()
        if name in names:
            raise ParseError(f"duplicate formal function argument '{name}'", parser.source.at(pos))
        default = None
        if lexer.kind == "?":
            lexer.advance()
            default = parser.expression()
        names[name] = Formal(name, pos, default)
        parser.met[name] = None
        if lexer.kind == "}":
            break
        if lexer.kind != ",":
            raise parser.unexpected("'}' or ','")
        lexer.advance()
    parser.expect("}")
    return Formals(tuple(names.values()), ellipsis)

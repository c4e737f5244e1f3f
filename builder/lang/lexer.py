"""Text to tokens, on demand: the parser asks for the next one.

Strings and interpolated paths are read by the parser itself, because they
contain expressions; the lexer only reports where they begin.
"""

from __future__ import annotations

import re

from builder.lang.source import Source

KEYWORDS = frozenset(
    {"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"},
)

_SKIP = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)*")
_PATH_CHAR = r"[a-zA-Z0-9._\-+]"
_TOKEN = re.compile(
    rf"""
      (?P<path>{_PATH_CHAR}*(?:/{_PATH_CHAR}+)+/?|{_PATH_CHAR}*/(?=\$\{{))
    | (?P<hpath>~(?:/{_PATH_CHAR}+)+/?|~/(?=\$\{{))
    | (?P<spath><{_PATH_CHAR}+(?:/{_PATH_CHAR}+)*>)
    | (?P<uri>[a-zA-Z][a-zA-Z0-9+\-.]*:[a-zA-Z0-9%/?:@&=+$,\-_.!~*']+)
    | (?P<id>[a-zA-Z_][a-zA-Z0-9_'\-]*)
    | (?P<float>(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    | (?P<int>[0-9]+)
    | (?P<op>\.\.\.|==|!=|<=|>=|&&|\|\||->|//|\+\+|\|>|<\||''|\$\{{
        |[-+*/<>=!?.,:;@(){{}}\[\]"])
    """,
    re.VERBOSE,
)


def skip_blank(text: str, offset: int) -> int:
    """The offset after the white space and comments at `offset`."""
    match = _SKIP.match(text, offset)
    assert match is not None
    return match.end()


class Lexer:
    """The current token of a text.

    `kind` is "id", "int", "float", "path", "hpath", "spath", "uri", "eof", "bad" (a character
    that begins no token), or
    the token's own text for keywords and operators. `start` and `end` are
    offsets; `last` is where the token before ended.
    """

    __slots__ = ("end", "kind", "last", "source", "start", "text", "value")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.kind = ""
        self.value = ""
        self.start = self.end = self.last = 0
        self.advance()

    def advance(self) -> None:
        """Go to the next token."""
        self.last = self.end
        self.jump(self.end)

    def jump(self, offset: int) -> None:
        """Read the token at or after `offset`."""
        text = self.text
        self.start = start = skip_blank(text, offset)
        match = _TOKEN.match(text, start)
        if match is None:
            end = start >= len(text)
            self.kind, self.value = ("eof", "") if end else ("bad", text[start])
            self.end = min(start + 1, len(text))
            return
        self.end = match.end()
        self.value = value = match.group()
        kind = match.lastgroup or ""
        if kind == "op" or (kind == "id" and value in KEYWORDS):
            kind = value
        self.kind = kind

"""Text to tokens, on demand: the parser asks for the next one.

Strings and interpolated paths are read by the parser itself, because they
contain expressions; the lexer only reports where they begin.
"""

from __future__ import annotations

import re

from builder.lang.grammar import PATH_CHAR
from builder.lang.source import Source

KEYWORDS = frozenset(
    {"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"},
)

_BLANK = r"(?:[ \t\r\n]+|\#[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)*+"
_SKIP = re.compile(_BLANK)
_URI_CHAR = r"[a-zA-Z0-9%/?:@&=+$,\-_.!~*']"
# Most tokens are names that cannot be the beginning of a path or a URI.
_TOKEN = re.compile(
    rf"""
    {_BLANK}
    (?:
      (?P<name>[a-zA-Z_][a-zA-Z0-9_'\-]*+(?!{PATH_CHAR}*+(?:/|:{_URI_CHAR})))
    | (?P<path>{PATH_CHAR}*+(?:/{PATH_CHAR}++)++/?|{PATH_CHAR}*+/(?=\$\{{))
    | (?P<hpath>~(?:/{PATH_CHAR}+)+/?|~/(?=\$\{{))
    | (?P<spath><{PATH_CHAR}+(?:/{PATH_CHAR}+)*>)
    | (?P<uri>[a-zA-Z][a-zA-Z0-9+\-.]*+:{_URI_CHAR}+)
    | (?P<id>[a-zA-Z_][a-zA-Z0-9_'\-]*)
    | (?P<float>(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    | (?P<int>[0-9]+)
    | (?P<op>\.\.\.|==|!=|<=|>=|&&|\|\||->|//|\+\+|\|>|<\||''|\$\{{
        |[-+*/<>=!?.,:;@(){{}}\[\]"])
    )?
    """,
    re.VERBOSE,
)

_MATCH = _TOKEN.match
_NAME, _ID, _OP = (_TOKEN.groupindex[name] for name in ("name", "id", "op"))
_KINDS = {index: name for name, index in _TOKEN.groupindex.items()}


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
        self.last = end = self.end
        match = _MATCH(self.text, end)
        assert match is not None  # it matches where there is no token too
        index = match.lastindex
        if index is None:
            self._no_token(match.end())
            return
        self.start, self.end = match.span(index)
        self.value = value = match[index]
        if index == _NAME:
            self.kind = value if value in KEYWORDS else "id"
        elif index == _OP or (index == _ID and value in KEYWORDS):
            self.kind = value
        else:
            self.kind = _KINDS[index]

    def jump(self, offset: int) -> None:
        """Read the token at or after `offset`."""
        self.end = offset
        self.advance()

    def _no_token(self, start: int) -> None:
        end = start >= len(self.text)
        self.start = start
        self.kind, self.value = ("eof", "") if end else ("bad", self.text[start])
        self.end = min(start + 1, len(self.text))

"""Text to tokens, on demand: the parser asks for the next one.

Strings and interpolated paths are read by the parser itself, because they
contain expressions; the lexer only reports where they begin. What is most of a
file is one token each: names with points between, and strings of mere text.
"""

from __future__ import annotations

import re

from builder.lang.grammar import NAME_TEXT, PATH_CHAR
from builder.lang.source import Source

KEYWORDS = frozenset(
    {"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit", "or"},
)

_BLANK = r"[ \t\r\n]*+(?:(?:\#[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)[ \t\r\n]*+)*+"
_SKIP = re.compile(_BLANK)
_URI_CHAR = r"[a-zA-Z0-9%/?:@&=+$,\-_.!~*']"
# Most tokens are names that cannot be the beginning of a path or a URI, signs that are
# part of no longer one, and strings.
_TOKEN = re.compile(
    rf"""
    (?:
      (?P<name>{NAME_TEXT}(?:\.{NAME_TEXT})*+(?!{PATH_CHAR}*+(?:/|:{_URI_CHAR})))
    | (?P<sign>[;{{}}()\[\]:,@]|=(?!=))
    | "(?P<str>[^"\\$\r\0]*)"
    | (?P<path>{PATH_CHAR}*+(?:/{PATH_CHAR}++)++/?|{PATH_CHAR}*+/(?=\$\{{))
    | (?P<hpath>~(?:/{PATH_CHAR}+)+/?|~/(?=\$\{{))
    | (?P<spath><{PATH_CHAR}+(?:/{PATH_CHAR}+)*>)
    | (?P<uri>[a-zA-Z][a-zA-Z0-9+\-.]*+:{_URI_CHAR}+)
    | (?P<id>{NAME_TEXT})
    | (?P<float>(?:[1-9][0-9]*\.[0-9]*|0?\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    | (?P<int>[0-9]+)
    | (?P<op>\.\.\.|==|!=|<=|>=|&&|\|\||->|//|\+\+|\|>|<\||''|\$\{{|[-+*/<>!?."])
    )
    {_BLANK}
    """,
    re.VERBOSE,
)

_MATCH = _TOKEN.match
_NAME, _SIGN, _STR, _ID, _OP = (
    _TOKEN.groupindex[name] for name in ("name", "sign", "str", "id", "op")
)
_KINDS = {index: name for name, index in _TOKEN.groupindex.items()}


def skip_blank(text: str, offset: int) -> int:
    """The offset after the white space and comments at `offset`."""
    match = _SKIP.match(text, offset)
    assert match is not None
    return match.end()


class Lexer:
    """The current token of a text.

    `kind` is "id", "names" (some with points between, the first and none of the others a
    keyword), "str" (a string of mere text, which is the `value`), "int", "float", "path",
    "hpath", "spath", "uri", "eof", "bad" (a character that begins no token), or
    the token's own text for keywords and operators. `value` is the text of others. `start`
    and `end` are offsets; `last` is where the token before ended, `next` where the next one
    begins.
    """

    __slots__ = ("end", "kind", "last", "next", "source", "start", "text", "value")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.kind = ""
        self.value = ""
        self.start = self.end = self.last = 0
        self.next = 0
        self.jump(0)

    def advance(self) -> None:
        """Go to the next token."""
        self.last = self.end
        self.start = start = self.next
        match = _MATCH(self.text, start)
        if match is None:
            self._no_token(start)
            return
        self.next = match.end()
        index = match.lastindex
        assert index is not None
        if index == _SIGN:
            self.kind = match[index]
            self.end = start + 1
            return
        self.value = value = match[index]
        self.end = start + len(value)
        if index == _NAME:
            if "." in value:
                self._names(value)
            else:
                self.kind = value if value in KEYWORDS else "id"
        elif index == _OP:
            self.kind = value
        elif index == _STR:
            self.end += 2
            self.kind = "str"
        elif index == _ID and value in KEYWORDS:
            self.kind = value
        else:
            self.kind = _KINDS[index]

    def jump(self, offset: int) -> None:
        """Read the token at or after `offset`."""
        self.end = offset
        self.next = skip_blank(self.text, offset)
        self.advance()

    def cut(self) -> None:
        """Take of several names only the first one."""
        if self.kind == "names":
            self._first(self.value.partition(".")[0], "id")

    def _names(self, value: str) -> None:
        if KEYWORDS.isdisjoint(value.split(".")):
            self.kind = "names"
        else:
            first = value.partition(".")[0]
            self._first(first, first if first in KEYWORDS else "id")

    def _first(self, name: str, kind: str) -> None:
        self.kind, self.value = kind, name
        self.end = self.next = self.start + len(name)

    def _no_token(self, start: int) -> None:
        if self.text.startswith("\0", start):  # Nix reads no further
            self.start = start = start + 1
            end = True
        else:
            end = start >= len(self.text)
        self.kind, self.value = ("eof", "") if end else ("bad", self.text[start])
        self.end = self.next = min(start + 1, len(self.text))

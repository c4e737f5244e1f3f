"""Keys and values of a TOML text, read as the reference does to find their faults."""

from __future__ import annotations

from builder.lang import toml_grammar as grammar
from builder.lang import toml_scalars as scalars
from builder.lang.toml_excerpt import Fault, Place
from builder.lang.toml_scalars import Type, here, missing
from builder.lang.toml_skipping import Skipper
from builder.lang.toml_tables import Kind, Node, Way, insert

LINE_END = "newline (LF / CRLF) or EOF is expected"
_COMMENTS = "Hint: most of the control characters are not allowed in comments"
_KEYS = "Hint: non-ASCII scripts are allowed in toml v1.1.0, but not in v1.0.0.\n"


class ValueReader(Skipper):
    """Reads comments, keys and values; notes faults that it goes on after."""

    def __init__(self, data: bytes, at: int) -> None:
        super().__init__(data, at)
        self.faults: list[Fault] = []
        self.dated = False

    def next(self) -> bytes:
        """The next byte, nothing at the end."""
        return self.data[self.at : self.at + 1]

    def here(self, title: str, note: str = "here", hints: str = "") -> Fault:
        """A fault at the next byte."""
        return here(title, self.data, self.at, note, hints)

    def comment(self) -> bool:
        """Read a comment and its line's end, if there is one. Raises `Fault`."""
        first = self.at
        self.take(grammar.WHITE)
        if not self.take(grammar.COMMENT):
            self.at = first
            return False
        if not self.ended and not self.take(grammar.NEWLINE):
            self.at += 1
            line = self.data.find(b"\n", self.at)
            self.at = len(self.data) if line < 0 else line + 1
            raise self.here(f"toml::parse_comment_line: {LINE_END}", "but got this", _COMMENTS)
        return True

    def spacer(self) -> tuple[bool, bool]:
        """Skip white space, lines and comments: whether there was any, and a line's end."""
        first, lines = self.at, False
        while not self.ended:
            start = self.at
            if self.take(grammar.COMMENT):
                if not self.take(grammar.NEWLINE):
                    self.at = start
                    break
                lines = True
            elif self.take(grammar.NEWLINE):
                lines = True
            elif not self.take(grammar.WHITE) or self.at == start:
                break
        return self.at != first, lines

    # -- keys ------------------------------------------------------------

    def _simple_key(self) -> bytes:
        start = self.at
        if self.next() == b'"':
            self.at = scalars.string_end(self.data, start, grammar.BASIC_STRING, "basic")
            return scalars.unescape(self.data[start + 1 : self.at - 1])
        if self.next() == b"'":
            self.at = scalars.string_end(self.data, start, grammar.LITERAL_STRING, "literal")
            return self.data[start + 1 : self.at - 1]
        if not self.take(grammar.BARE_KEY):
            title = (
                'toml::parse_simple_key: invalid key: key must be "quoted", '
                "'quoted-literal', or bare key."
            )
            raise missing(title, grammar.BARE_KEY, self.data, start, _KEYS)
        return self.data[start : self.at]

    def _key(self) -> list[bytes]:
        keys: list[bytes] = []
        while not self.ended:
            keys.append(self._simple_key())
            if not self.take(grammar.DOT):
                break
        if not keys:
            raise self.here("toml::parse_key: expected a new key, but got nothing", "reached EOF")
        return keys

    def pair(self) -> tuple[list[bytes], Place, Node]:
        """A key, where it is, and its value. Raises `Fault`."""
        first = self.at
        try:
            keys = self._key()
            place = Place.between(self.data, first, self.at)
            if not self.take(grammar.EQUALS):
                title = "toml::parse_key_value_pair: invalid key value separator `=`"
                raise missing(title, grammar.EQUALS, self.data, self.at)
        except Fault:
            self.at = first
            raise
        return keys, place, self._value()

    # -- values ----------------------------------------------------------

    def _value(self) -> Node:
        kind, start = scalars.guess(self.data, self.at), self.at
        if kind is Type.ARRAY:
            return self._array()
        if kind is Type.TABLE:
            return self._inline_table()
        if kind is Type.STRING:
            self._string()
        elif kind is Type.BOOLEAN:
            if not self.take(grammar.BOOLEAN):
                title = (
                    "toml::parse_boolean: invalid boolean: boolean must be `true` or `false`, "
                    'in lowercase. string must be surrounded by `"`'
                )
                raise missing(title, grammar.BOOLEAN, self.data, start)
        elif kind is Type.INTEGER:
            self.at = scalars.integer(self.data, start)
        elif kind is Type.FLOATING:
            # Its loc has moved when the value is found too large.
            end = grammar.FLOATING.scan(self.data, start)
            self.at = start if end is None else end
            scalars.floating(self.data, start)
        else:
            self._time(kind)
        return Node(kind=Kind.PLAIN, place=Place.between(self.data, start, self.at))

    def _string(self) -> None:
        data, start = self.data, self.at
        if data.startswith(b"'''", start):
            self.at = scalars.string_end(data, start, grammar.ML_LITERAL_STRING, "ml_literal")
        elif data.startswith(b"'", start):
            self.at = scalars.string_end(data, start, grammar.LITERAL_STRING, "literal")
        elif data.startswith(b'"""', start):
            self.at = scalars.string_end(data, start, grammar.ML_BASIC_STRING, "ml_basic")
            inside = data[start + 3 : self.at - 3]
            scalars.unescape(inside.removeprefix(b"\r").removeprefix(b"\n"))
        else:
            self.at = scalars.string_end(data, start, grammar.BASIC_STRING, "basic")
            scalars.unescape(data[start + 1 : self.at - 1])

    def _time(self, kind: Type) -> None:
        self.dated = True
        first, data = self.at, self.data
        if kind is not Type.LOCAL_TIME:
            end = grammar.LOCAL_DATE.scan(data, first)
            scalars.date(data, first)
            self.at = first if end is None else end
            if kind is Type.LOCAL_DATE:
                return
            self.at += 1
        self.at = scalars.time(data, self.at)
        if kind is Type.OFFSET_DATETIME:
            self.at = scalars.offset(data, first, self.at)

    def _array(self) -> Node:
        known, first = len(self.faults), self.at
        items: list[Node] = []
        self.at += 1
        self.spacer()
        comma = True
        while not self.ended and self.next() != b"]":
            if not comma:
                raise self.here("toml::parse_array: expected value-separator `,` or closing `]`")
            try:
                items.append(self._value())
            except Fault as fault:
                self.faults.append(fault)
                before = self.at
                self.skip_value()
                if self.at == before:
                    break
                continue
            self.spacer()
            comma = self.next() == b","
            self.at += comma
            try:
                self.comment()
            except Fault as fault:
                self.faults.append(fault)
            if comma:
                self.spacer()
        if self.next() != b"]":
            title = "toml::parse_array: missing closing bracket `]`"
            raise self.here(title, "expected `]`, reached EOF")
        self.at += 1
        if len(self.faults) != known:
            raise self.faults[-1]  # toml11 tells it once more
        place = Place.between(self.data, first, self.at)
        return Node(kind=Kind.LIST, place=place, items=items)

    def _inline_table(self) -> Node:
        known, first = len(self.faults), self.at
        table = Node(kind=Kind.INLINE, place=Place.at(self.data, first))
        title = "toml::parse_inline_table: "
        self.at += 1
        self.take(grammar.WHITE)
        empty, comma = True, False
        while not self.ended:
            if self.next() == b"}":
                if comma:
                    raise self.here(f"{title}trailing comma is not allowed in TOML-v1.0.0)")
                break
            if not comma and not empty:
                raise self.here(f"{title}expected value-separator `,` or closing `}}`")
            empty = False
            try:
                keys, place, value = self.pair()
            except Fault as fault:
                self.faults.append(fault)
                self.skip_past(b"}\n")
                break
            try:
                insert(Way.KEY, table, keys, place, value)
            except Fault as fault:
                self.faults.append(fault)
                self.skip_past(b",\n}")
                comma = self.next() == b","
                continue
            self.take(grammar.WHITE)
            comma = self.next() == b","
            self.at += comma
            self.take(grammar.WHITE)
        if self.next() != b"}":
            note = "expected `}`, reached line end"
            raise self.here(f"{title}missing closing bracket `}}`", note)
        self.at += 1
        if known < len(self.faults):
            raise self.faults.pop()
        table.place = Place.between(self.data, first, self.at)
        return table

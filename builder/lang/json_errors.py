"""What is wrong with a JSON text, in the words that the reference uses.

The reference reads JSON with nlohmann's library, whose messages name the line,
the column (both from 1, in bytes, of the last byte read), what was being read
and what was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERALS = {b"t": b"true", b"f": b"false", b"n": b"null"}
_MARKS = {b"[": "'['", b"]": "']'", b"{": "'{'", b"}": "'}'", b":": "':'", b",": "','"}
_VALUE = "'[', '{', or a literal"
_STRING, _NUMBER_NAME, _END = "string literal", "number literal", "end of input"
_VALUES = (_STRING, _NUMBER_NAME, "true literal", "false literal", "null literal")
_CONTROLS = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR"),
    *("SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB"),
    *("ESC", "FS", "GS", "RS", "US"),
)


@dataclass(frozen=True, slots=True)
class _Bad(Exception):
    """The text is wrong: what was found, what was read when, and what was expected."""

    found: str
    context: str = "value"
    expected: str = ""


class _Reader:
    """Reads tokens; `at` is the offset after the last byte looked at.

    `read_number` is given each number before the next token is read.
    """

    def __init__(self, data: bytes, read_number: Callable[[str], object]) -> None:
        self.data = data
        self.read_number = read_number
        self.at = 0
        self.token = ""
        # Where the last string or number began: errors show what was read since.
        self.since = 0

    def _fail(self, message: str) -> _Bad:
        read = self.data[self.since : self.at].decode("utf-8", "surrogateescape")
        shown = "".join(f"<U+{ord(c):04X}>" if ord(c) < 32 else c for c in read)
        return _Bad(f"{message}; last read: '{shown}'")

    def next(self) -> None:
        """Read a token. Raises `_Bad`."""
        while self.data[self.at : self.at + 1] in (b" ", b"\t", b"\n", b"\r"):
            self.at += 1
        start, first = self.at, self.data[self.at : self.at + 1]
        self.at += 1
        if not first:
            self.token = _END
        elif first in _MARKS:
            self.token = _MARKS[first]
        elif first == b'"':
            self.since = start
            self._string()
            self.token = _STRING
        elif first in _LITERALS:
            self._literal(start, _LITERALS[first])
            self.token = f"{_LITERALS[first].decode()} literal"
        elif first in b"-0123456789":
            self.since = start
            self._number(start)
            self.token = _NUMBER_NAME
        else:
            raise self._fail("invalid literal")

    def _literal(self, start: int, word: bytes) -> None:
        for index in range(1, len(word)):
            self.at = start + index + 1
            if self.data[start + index : start + index + 1] != word[index : index + 1]:
                raise self._fail("invalid literal")

    def _number(self, start: int) -> None:
        match = _NUMBER.match(self.data, start)
        end = match.end() if match else start + 1
        rest = self.data[end : end + 2]
        problem, more = "", 1
        if match is None:
            problem = "expected digit after '-'"
        elif rest[:1] == b"." and match.group().lstrip(b"-").isdigit():
            problem, more = "expected digit after '.'", 2
        elif rest[:1] in (b"e", b"E") and rest[:1] and b"e" not in match.group().lower():
            signed = rest[1:] in (b"+", b"-") and len(rest) == 2
            problem = "expected digit after exponent sign" if signed else (
                "expected '+', '-', or digit after exponent"
            )  # fmt: skip
            more = 3 if signed else 2
        self.at = end
        if problem:
            self.at = end + more
            raise self._fail(f"invalid number; {problem}")

    def _string(self) -> None:
        while True:
            byte = self.data[self.at : self.at + 1]
            self.at += 1
            if not byte:
                raise self._fail("invalid string: missing closing quote")
            if byte == b'"':
                return
            if byte == b"\\":
                self._escape()
            elif byte[0] < 32:
                code, name = byte[0], _CONTROLS[byte[0]]
                short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}.get(code)
                how = f"\\u{code:04X}" + (f" or {short}" if short else "")
                raise self._fail(
                    f"invalid string: control character U+{code:04X} ({name}) must be escaped "
                    f"to {how}"
                )

    def _escape(self) -> None:
        kind = self.data[self.at : self.at + 1]
        self.at += 1
        if kind != b"u":
            if kind not in (b'"', b"\\", b"/", b"b", b"f", b"n", b"r", b"t"):
                raise self._fail("invalid string: forbidden character after backslash")
            return
        code = self._hex()
        if 0xD800 <= code <= 0xDBFF:
            lone = "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF"
            for wanted in (b"\\", b"u"):
                found = self.data[self.at : self.at + 1]
                self.at += 1
                if found != wanted:
                    raise self._fail(lone)
            if not 0xDC00 <= self._hex() <= 0xDFFF:
                raise self._fail(lone)
        elif 0xDC00 <= code <= 0xDFFF:
            raise self._fail("invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF")

    def _hex(self) -> int:
        code = 0
        for _ in range(4):
            digit = self.data[self.at : self.at + 1]
            self.at += 1
            if not digit or digit not in b"0123456789abcdefABCDEF":
                raise self._fail("invalid string: '\\u' must be followed by 4 hex digits")
            code = code * 16 + int(digit, 16)
        return code

    def expect(self, token: str, context: str) -> None:
        """Insist on the current token."""
        if self.token != token:
            raise _Bad(f"unexpected {self.token}", context, token)

    def take(self, context: str, expected: str = "") -> None:
        """Read a token while reading `context`, where `expected` alone would do."""
        try:
            self.next()
        except _Bad as bad:
            raise _Bad(bad.found, context, expected) from None


def _check(reader: _Reader) -> None:
    """Read a whole text. Raises `_Bad`."""
    closers: list[str] = []
    reader.take("value")
    while True:
        # A value begins at the current token.
        if reader.token == "'{'":
            reader.take("object key", _STRING)
            if reader.token != "'}'":
                _key(reader)
                closers.append("'}'")
                continue
        elif reader.token == "'['":
            reader.take("value")
            if reader.token != "']'":
                closers.append("']'")
                continue
        elif reader.token == _NUMBER_NAME:
            reader.read_number(reader.data[reader.since : reader.at].decode())
        elif reader.token not in _VALUES:
            raise _Bad(f"unexpected {reader.token}", "value", _VALUE)
        # The value has ended.
        while closers:
            context = "array" if closers[-1] == "']'" else "object"
            reader.take(context, closers[-1])
            if reader.token == "','":
                if context == "array":
                    reader.take("value")
                else:
                    reader.take("object key", _STRING)
                    _key(reader)
                break
            reader.expect(closers.pop(), context)
        else:
            reader.take("value", _END)
            reader.expect(_END, "value")
            return


def _key(reader: _Reader) -> None:
    reader.expect(_STRING, "object key")
    reader.take("object separator", "':'")
    reader.expect("':'", "object separator")
    reader.take("value")


def explain(text: str, read_number: Callable[[str], object]) -> str | None:
    """The reference's message for a text that is not JSON; None for one that is.

    Raises what `read_number` raises for a number before which nothing is wrong.
    """
    if not text:
        return (
            "[json.exception.parse_error.101] parse error at line 1, column 1: attempting to parse "
            "an empty input; check that your input string or stream contains the expected JSON"
        )
    reader = _Reader(text.encode("utf-8", "surrogateescape"), read_number)
    try:
        _check(reader)
    except _Bad as bad:
        before = reader.data[: reader.at]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1)
        # The end of the text counts as one more byte.
        column += max(reader.at - len(reader.data), 0)
        expected = f"; expected {bad.expected}" if bad.expected else ""
        return (
            f"[json.exception.parse_error.101] parse error at line {line}, column {column}: "
            f"syntax error while parsing {bad.context} - {bad.found}{expected}"
        )
    return None

"""The tokens of TOML 1.0, and what the reference says it expected where one is missing.

A rule scans bytes from an offset without ever going back on a repetition. The
wording of `expected` is that of toml11, which the reference reads TOML with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol


class Rule(Protocol):
    """What a part of a text must look like."""

    def scan(self, data: bytes, at: int) -> int | None:
        """The offset after the part that begins at `at`; None if there is none."""

    def expected(self, data: bytes, at: int) -> tuple[str, int]:
        """What was expected when `scan` failed, and the offset where."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a regular expression matches, and its name in messages."""

    pattern: re.Pattern[bytes]
    says: str

    def scan(self, data: bytes, at: int) -> int | None:
        match = self.pattern.match(data, at)
        return None if match is None else match.end()

    def expected(self, data: bytes, at: int) -> tuple[str, int]:
        return self.says, at


@dataclass(frozen=True, slots=True)
class Sequence:
    """Rules one after the other."""

    parts: tuple[Rule, ...]

    def scan(self, data: bytes, at: int) -> int | None:
        here: int | None = at
        for part in self.parts:
            if here is None:
                break
            here = part.scan(data, here)
        return here

    def expected(self, data: bytes, at: int) -> tuple[str, int]:
        for part in self.parts:
            after = part.scan(data, at)
            if after is None:
                return part.expected(data, at)
            at = after
        return "", at


@dataclass(frozen=True, slots=True)
class Either:
    """The first rule of several that holds."""

    parts: tuple[Rule, ...]

    def scan(self, data: bytes, at: int) -> int | None:
        for part in self.parts:
            after = part.scan(data, at)
            if after is not None:
                return after
        return None

    def expected(self, data: bytes, at: int) -> tuple[str, int]:
        # Where one rule went on before it failed, the next one is asked from there.
        names = []
        for part in self.parts:
            name, at = part.expected(data, at)
            names.append(name)
        if len(names) < 3:
            return " or ".join(names), at
        return ", ".join([*names[:-1], f"or {names[-1]}"]), at


def _leaf(pattern: bytes, says: str = "") -> Leaf:
    return Leaf(re.compile(pattern), says)


def _literal(text: str) -> Leaf:
    return _leaf(re.escape(text.encode()), text)


def _sequence(*parts: Rule) -> Sequence:
    return Sequence(parts)


def _either(*parts: Rule) -> Either:
    return Either(parts)


_WIDE = (
    rb"[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])"
    rb"[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}"
)
_ESCAPED = rb'\\(?:["\\bfnrt]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})'
_BASIC = rb"(?:[\t !\x23-\x5b\x5d-\x7e]|" + _WIDE + rb"|" + _ESCAPED + rb")"
_LITERAL = rb"(?:[\t\x20-\x26\x28-\x7e]|" + _WIDE + rb")"
_LINE_END = rb"\r?\n"
_BASIC_LINES = rb"(?:" + _BASIC + rb"|" + _LINE_END + rb"|\\[ \t]*+\r?\n(?:[ \t]|\r?\n)*+)"
_LITERAL_LINES = rb"(?:" + _LITERAL + rb"|" + _LINE_END + rb")"

WHITE = _leaf(rb"[ \t]*")
NEWLINE = _leaf(_LINE_END, "0x0a(LINE FEED) or \n")
COMMENT = _leaf(rb"#(?:[\t\x20-\x7e]|" + _WIDE + rb")*+")

BOOLEAN = _either(_literal("true"), _literal("false"))

_DIGIT = _leaf(rb"[0-9]", "digit [0-9]")
_HEX = _leaf(rb"[0-9a-fA-F]", "hex [0-9a-fA-F]")
_SIGN = _leaf(rb"[+-]?")
DEC_INT = _sequence(
    _SIGN,
    _either(
        _sequence(
            _leaf(rb"[1-9]", "from `1` to `9`"),
            _leaf(rb"(?:[0-9]|_[0-9])++", "digit [0-9] or _"),
        ),
        _DIGIT,
    ),
)
HEX_INT = _sequence(_literal("0x"), _HEX, _leaf(rb"(?:[0-9a-fA-F]|_[0-9a-fA-F])*+"))
OCT_INT = _sequence(
    _literal("0o"), _leaf(rb"[0-7]", "from `0` to `7`"), _leaf(rb"(?:[0-7]|_[0-7])*+")
)
BIN_INT = _sequence(_literal("0b"), _leaf(rb"[01]", "0 or 1"), _leaf(rb"(?:[01]|_[01])*+"))
INTEGER = _either(HEX_INT, OCT_INT, BIN_INT, DEC_INT)
_DIGITS = _sequence(_DIGIT, _leaf(rb"(?:[0-9]|_[0-9])*+"))
_EXPONENT = _sequence(_leaf(rb"[eE]", "e or E"), _SIGN, _DIGITS)
_FRACTION = _sequence(_literal("."), _DIGITS)
_EXPONENT_MAYBE = _leaf(rb"(?:[eE][+-]?[0-9](?:[0-9]|_[0-9])*+)?+")
FLOATING = _either(
    _sequence(DEC_INT, _either(_EXPONENT, _sequence(_FRACTION, _EXPONENT_MAYBE))),
    _sequence(_SIGN, _either(_literal("inf"), _literal("nan"))),
)

_TWO = (_DIGIT, _DIGIT)
LOCAL_DATE = _sequence(*_TWO, *_TWO, _literal("-"), *_TWO, _literal("-"), *_TWO)
LOCAL_TIME = _sequence(
    *_TWO, _literal(":"), *_TWO, _literal(":"), *_TWO, _leaf(rb"(?:\.[0-9]++)?+")
)
TIME_OFFSET = _either(
    _leaf(rb"[zZ]", "z or Z"),
    _sequence(_leaf(rb"[+-]", "+ or -"), *_TWO, _literal(":"), *_TWO),
)
LOCAL_DATETIME = _sequence(LOCAL_DATE, _leaf(rb"[Tt ]", "T, t, or 0x20(SPACE)"), LOCAL_TIME)
OFFSET_DATETIME = _sequence(LOCAL_DATETIME, TIME_OFFSET)

BASIC_STRING = _sequence(_literal('"'), _leaf(_BASIC + rb"*+"), _literal('"'))
LITERAL_STRING = _sequence(_literal("'"), _leaf(_LITERAL + rb"*+"), _literal("'"))
ML_BASIC_STRING = _sequence(
    _literal('"""'),
    _leaf(_BASIC_LINES + rb'*+(?:""?+' + _BASIC_LINES + rb"++)*+"),
    _literal('"""'),
    _leaf(rb'"{0,2}+'),
)
ML_LITERAL_STRING = _sequence(
    _literal("'''"),
    _leaf(_LITERAL_LINES + rb"*+(?:''?+" + _LITERAL_LINES + rb"++)*+"),
    _literal("'''"),
    _leaf(rb"'{0,2}+"),
)
ESCAPED_NEWLINE = _leaf(rb"\\[ \t]*+\r?\n(?:[ \t]|\r?\n)*+")

BARE_KEY = _leaf(rb"[A-Za-z0-9_-]++", "alpha [a-zA-Z], digit [0-9], -, or _")
DOT = _sequence(WHITE, _literal("."), WHITE)
EQUALS = _sequence(WHITE, _literal("="), WHITE)
_KEY = _leaf(
    rb"(?:%s)(?:[ \t]*+\.[ \t]*+(?:%s))*+"
    % ((rb"[A-Za-z0-9_-]++|\"" + _BASIC + rb"*+\"|'" + _LITERAL + rb"*+'",) * 2),
    "basic key([a-zA-Z0-9_-]) or quoted key(\" or ')",
)
STD_TABLE = _sequence(_literal("["), WHITE, _KEY, WHITE, _literal("]"))
ARRAY_TABLE = _sequence(_literal("[["), WHITE, _KEY, WHITE, _literal("]]"))

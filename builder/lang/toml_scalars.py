"""Strings, numbers, dates and times of TOML, checked in the order in which the reference does."""

from __future__ import annotations

import math
from enum import Enum

from builder.lang import toml_grammar as grammar
from builder.lang.integers import LEAST, MOST
from builder.lang.toml_excerpt import Fault, Place
from builder.lang.toml_grammar import Rule

_TEMPORARY = "internal temporary"
_SIMPLE = {b'"': 34, b"\\": 92, b"b": 8, b"f": 12, b"n": 10, b"r": 13, b"t": 9}
_INTEGERS = (
    "Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755\n"
    "Hint: invalid: _42, 1__000, 0123\n"
)
_FLOATS = (
    "Hint: valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan\n"
    "Hint: invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0\n"
)
_TIMES = (
    "Hint: valid  : 1979-05-27T07:32:00, 1979-05-27 07:32:00.999999\n"
    "Hint: invalid: 1979-05-27T7:32:00, 1979-05-27 17:32\n"
)
_OFFSETS = "Hint: valid  : +09:00, -05:30\nHint: invalid: +9:00,  -5:30\n"
_DATETIMES = (
    "Hint: valid  : 1979-05-27T07:32:00-07:00, 1979-05-27 07:32:00.999999Z\n"
    "Hint: invalid: 1979-05-27T7:32:00-7:00, 1979-05-27 7:32-00:30"
)
_UNQUOTED = "A string must be surrounded by quotes."


class Type(Enum):
    """What kind of value a text begins with."""

    STRING = "string"
    BOOLEAN = "boolean"
    ARRAY = "array"
    TABLE = "inline table"
    FLOATING = "floating"
    INTEGER = "integer"
    LOCAL_DATE = "local date"
    LOCAL_TIME = "local time"
    LOCAL_DATETIME = "local datetime"
    OFFSET_DATETIME = "offset datetime"


_STARTS = {
    b'"': Type.STRING,
    b"'": Type.STRING,
    b"[": Type.ARRAY,
    b"{": Type.TABLE,
    b"t": Type.BOOLEAN,
    b"f": Type.BOOLEAN,
}


def missing(title: str, rule: Rule, data: bytes, at: int, hints: str = "") -> Fault:
    """The fault that a rule does not hold at an offset."""
    expected, where = rule.expected(data, at)
    return Fault(title, ((Place.at(data, where), f"expected {expected}"),), hints)


def here(title: str, data: bytes, at: int, note: str = "here", hints: str = "") -> Fault:
    """A fault at one byte."""
    return Fault(title, ((Place.at(data, at), note),), hints)


def guess(data: bytes, at: int) -> Type:
    """The type of the value that begins at an offset. Raises `Fault`."""
    first = data[at : at + 1]
    if first in _STARTS:
        return _STARTS[first]
    for word, rule in (
        (b"true", grammar.BOOLEAN),
        (b"false", grammar.BOOLEAN),
        (b"inf", grammar.FLOATING),
        (b"nan", grammar.FLOATING),
    ):
        if first and first.lower() == word[:1]:
            if data.startswith(word, at):
                return Type.FLOATING
            title = f"toml::parse_value: `{word.decode()}` must be in lowercase. {_UNQUOTED}"
            raise missing(title, rule, data, at)
    return _guess_time(data, at) or _guess_number(data, at)


def _guess_time(data: bytes, at: int) -> Type | None:
    if grammar.OFFSET_DATETIME.scan(data, at) is not None:
        return Type.OFFSET_DATETIME
    end = grammar.LOCAL_DATETIME.scan(data, at)
    if end is not None:
        if data[end : end + 1] in (b"+", b"-"):
            title = "bad offset: must be [+-]HH:MM or Z"
            raise missing(title, grammar.TIME_OFFSET, data, end, _OFFSETS)
        return Type.LOCAL_DATETIME
    end = grammar.LOCAL_DATE.scan(data, at)
    if end is not None:
        next_one, digit = data[end : end + 1], data[end + 1 : end + 2].isdigit()
        if next_one in (b"T", b"t") or (next_one == b" " and digit):
            title = "bad time: must be HH:MM:SS.subsec"
            raise missing(title, grammar.LOCAL_TIME, data, end + 1, _TIMES)
        if next_one.isdigit():
            title = "bad datetime: missing T or space"
            raise here(title, data, end, "expected T, t, or 0x20(SPACE)", _TIMES)
        return Type.LOCAL_DATE
    return None if grammar.LOCAL_TIME.scan(data, at) is None else Type.LOCAL_TIME


def _guess_number(data: bytes, at: int) -> Type:
    end = grammar.FLOATING.scan(data, at)
    if end is not None:
        if data[end : end + 1] == b"_":
            title = "bad float: `_` must be surrounded by digits"
            raise here(title, data, end, "invalid underscore", _FLOATS)
        return Type.FLOATING
    end = grammar.INTEGER.scan(data, at)
    if end is not None:
        _check_after_integer(data, at, end)
        return Type.INTEGER
    if data[at : at + 1] == b".":
        title = "bad float: integer part is required before decimal point"
        raise here(title, data, at, "missing integer part", _FLOATS)
    if data[at : at + 1] == b"_":
        title = "bad number: `_` must be surrounded by digits"
        raise here(title, data, at, "digits required before `_`", _INTEGERS)
    raise here("bad format: unknown value appeared", data, at)


def _check_after_integer(data: bytes, at: int, end: int) -> None:
    after = data[end : end + 1]
    if after == b"_":
        if data[at:end] in (b"0", b"-0", b"+0"):
            title = "bad integer: leading zero is not allowed in decimal int"
            raise here(title, data, end, "leading zero", _INTEGERS)
        title = "bad integer: `_` must be surrounded by digits"
        raise here(title, data, end, "invalid underscore", _INTEGERS)
    if after == b"0":
        note = "leading zero is not allowed"
        raise here("bad integer: leading zero", data, end - 1, note, _INTEGERS)
    if after.isdigit():
        title = "bad integer: invalid digit after an integer"
        raise here(title, data, end, "this digit is not allowed", _INTEGERS)
    if after and after in b":-":
        raise here("bad datetime: invalid format", data, end, "here", _DATETIMES)
    if after and after in b".eE":
        raise here("bad float: invalid format", data, end, "here", _FLOATS)


def integer(data: bytes, at: int) -> int:
    """The offset after an integer. Raises `Fault`."""
    start = at + (data[at : at + 1] in (b"+", b"-"))
    prefix = data[start + 1 : start + 2] if data[start : start + 1] == b"0" else b""
    name, rule, like, base = {
        b"b": ("bin", grammar.BIN_INT, "0b0101, 0b1111_0000", 2),
        b"o": ("oct", grammar.OCT_INT, "0o775, 0o04_44", 8),
        b"x": ("hex", grammar.HEX_INT, "0xC0FFEE, 0xdead_beef", 16),
    }.get(prefix, ("dec", grammar.DEC_INT, "42, 123_456_789", 10))
    title = f"toml::parse_{name}_integer: "
    end = rule.scan(data, at)
    if end is None:
        raise missing(f"{title}invalid integer: {name}_int must be like: {like}", rule, data, at)
    if not LEAST <= int(data[at:end].replace(b"_", b""), base) <= MOST:
        most = "digits" if base == 10 else "value"
        title += f"too large integer: current max {most} = 2^63"
        raise here(title, data, end, "must be < 2^63")
    return end


def floating(data: bytes, at: int) -> int:
    """The offset after a floating-point number. Raises `Fault`."""
    end = grammar.FLOATING.scan(data, at)
    if end is None:
        title = (
            "toml::parse_floating: invalid floating: float must be like: -3.14159_26535, "
            "6.022e+23, inf, or nan (lowercase)."
        )
        raise missing(title, grammar.FLOATING, data, at)
    text = data[at:end].replace(b"_", b"")
    if text[-1:].isdigit() and math.isinf(float(text)):
        title = "toml::parse_floating: failed to read floating point value from stream"
        raise here(title, data, end)
    return end


def date(data: bytes, at: int) -> int:
    """The offset after a date whose form is known to be right. Raises `Fault`."""
    year, month, day = (int(part) for part in data[at : at + 10].split(b"-"))
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (29 if leap else 28) if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    if not 1 <= month <= 12 or not 1 <= day <= days:
        note = "month must be 01-12, day must be any of 01-28,29,30,31 depending on the month/year."
        raise here("toml::parse_local_date: invalid date.", data, at, note)
    return at + 10


def time(data: bytes, at: int) -> int:
    """The offset after a time whose form is known to be right. Raises `Fault`."""
    hour, minute, second = (int(part) for part in data[at : at + 8].split(b":"))
    title = "toml::parse_local_time: invalid time."
    if hour > 23 or minute > 59:
        raise here(title, data, at, "hour must be 00-23, minute must be 00-59.")
    if second > 60:
        raise here(title, data, at, "second must be 00-60.")
    end = grammar.LOCAL_TIME.scan(data, at)
    return at + 8 if end is None else end


def offset(data: bytes, first: int, at: int) -> int:
    """The offset after a time's distance to UTC; `first` is where the date began.

    Raises `Fault`.
    """
    end = grammar.TIME_OFFSET.scan(data, at)
    if end is None:
        raise here("toml::parse_offset_datetime: invalid offset", data, at)
    if end - at > 1 and (int(data[at + 1 : at + 3]) > 24 or int(data[at + 4 : at + 6]) > 60):
        title = "toml::parse_offset_datetime: too large offset: |hour| <= 24, |minute| <= 60"
        raise Fault(title, ((Place.between(data, first, end), "here"),))
    return end


def string_end(data: bytes, at: int, rule: Rule, name: str) -> int:
    """The offset after a string whose escapes are not looked at yet. Raises `Fault`."""
    end = rule.scan(data, at)
    if end is None:
        raise missing(f"toml::parse_{name}_string: invalid string format", rule, data, at)
    return end


def unescape(text: bytes) -> bytes:
    """What the inside of a basic string stands for. Raises `Fault`."""
    out, at = bytearray(), 0
    while at < len(text):
        if text[at] != 92:
            out.append(text[at])
            at += 1
            continue
        line = grammar.ESCAPED_NEWLINE.scan(text, at)
        if line is not None:
            at = line
            continue
        kind = text[at + 1 : at + 2]
        if kind in _SIMPLE:
            out.append(_SIMPLE[kind])
            at += 2
            continue
        end = at + (6 if kind == b"u" else 10)
        out += _codepoint(text[at:], end - at)
        at = end
    return bytes(out)


def _codepoint(rest: bytes, length: int) -> bytes:
    code = int(rest[2:length], 16)
    title = "toml::parse_utf8_codepoint: "
    place = Place.between(rest, 1, length, _TEMPORARY)
    if 0xD800 <= code <= 0xDFFF:
        raise Fault(f"{title}[0xD800, 0xDFFF] is not a valid UTF-8", ((place, "here"),))
    if code > 0x10FFFF:
        note = "must be in range [0x00, 0x10FFFF]"
        raise Fault(f"{title}input codepoint is too large.", ((place, note),))
    return chr(code).encode()

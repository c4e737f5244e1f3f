"""Values from TOML."""

from __future__ import annotations

import math
import re
import tomllib
from typing import Any

from builder.lang.errors import EvalError, StackOverflow
from builder.lang.integers import LEAST, MOST
from builder.lang.json_text import refuse_null_bytes

# `tomllib` lets dotted keys reopen tables that dotted headers imply, which is no TOML.
_DOTTED_HEADER = re.compile(r"^[ \t]*\[[^\n]*\.", re.MULTILINE)
_DOTTED_KEY = re.compile(r"^[ \t]*[^\s\[#][^\n]*\.[^\n]*=", re.MULTILINE)


def from_toml(text: str) -> Any:
    """The value that a TOML text describes. Raises `EvalError`, also for dates and times."""
    try:
        text.encode()  # bytes that are no UTF-8 are refused, which tomllib would not see
        value = _load(text)
        if _DOTTED_HEADER.search(text) and _DOTTED_KEY.search(text) and (wrong := _explain(text)):
            raise EvalError(f"while parsing TOML: {wrong}")
    except RecursionError as error:
        raise StackOverflow("stack overflow (possible infinite recursion)") from error
    except ValueError as error:
        raise EvalError(f"while parsing TOML: {_explain(text) or error}") from error
    try:
        refuse_null_bytes(value)
    except EvalError as error:
        raise EvalError(f"while parsing TOML: error: {error.message}") from error
    return value


def _load(text: str) -> Any:
    """The plain value of a text. Raises `ValueError`."""
    try:
        value = tomllib.loads(text.removeprefix("\ufeff"), parse_float=_float)
    except tomllib.TOMLDecodeError:
        if _explain(text) is not None:
            raise
        from builder.lang.toml_errors import parted

        lines = parted(text.encode()).decode()
        value = tomllib.loads(lines.removeprefix("\ufeff"), parse_float=_float)
    _check(value)
    return value


def _explain(text: str) -> str | None:
    from builder.lang.toml_errors import explain  # rarely needed, slow to import

    try:
        return explain(text.encode("utf-8", "surrogateescape"))
    except RecursionError as error:
        raise StackOverflow("stack overflow (possible infinite recursion)") from error


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number) and text.lstrip("+-") != "inf":
        raise ValueError(f"the number {text} is too large for 64 bits; write a smaller one")
    return number


def _check(value: Any) -> None:
    """Raise `ValueError` for what TOML has and the language has not."""
    if isinstance(value, dict):
        for item in value.values():
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)
    elif isinstance(value, int):
        if not LEAST <= value <= MOST:
            raise ValueError(f"the number {value} is too large for 64 bits; write a smaller one")
    elif not isinstance(value, (str, float)):
        raise ValueError("Dates and times are not supported")

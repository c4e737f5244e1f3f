"""Values to and from JSON."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from builder.lang.coerce import RESULT, Coercion, Context
from builder.lang.errors import EvalError, InfiniteRecursion, NixError
from builder.lang.integers import LEAST, MOST
from builder.lang.json_floats import json_float
from builder.lang.printing import function_pos
from builder.lang.thunks import call, force, place_in
from builder.lang.values import Builtin, ContextString, Partial, Path, Value, describe


def to_json(value: Value, context: Context, coercion: Coercion, *, copy: bool = True) -> Any:
    """The value as what `dump` takes, all forced.

    With `copy` paths are copied into the store; what strings refer to is added to
    `context`. Raises `EvalError` for functions.
    """
    value = force(value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return number(value)
    if isinstance(value, ContextString):
        context |= value.context
        return value.text
    if isinstance(value, list):
        return [_element(item, index, context, coercion, copy) for index, item in enumerate(value)]
    if isinstance(value, Path):
        return coercion.text(value, context, copy=copy)
    if isinstance(value, dict):
        if "__toString" in value:
            return coercion.text(
                call(value["__toString"], value), context, copy=False, doing=RESULT
            )
        if "outPath" in value:
            return to_json(value["outPath"], context, coercion, copy=copy)
        return {name: _attribute(value, name, context, coercion, copy) for name in sorted(value)}
    error = EvalError(f"cannot convert {describe(value)} to JSON")
    error.pos = None if isinstance(value, (Builtin, Partial)) else function_pos(value)
    raise error


def _element(item: Value, index: int, context: Context, coercion: Coercion, copy: bool) -> Any:
    try:
        return to_json(item, context, coercion, copy=copy)
    except NixError as error:
        error.passes(f"while evaluating list element at index {index}")
        raise


def _attribute(
    attrs: dict[str, Value], name: str, context: Context, coercion: Coercion, copy: bool
) -> Any:
    try:
        return to_json(attrs[name], context, coercion, copy=copy)
    except NixError as error:
        place = place_in(attrs, name)
        if error.pos is None and _needs_itself(error):
            error.pos = place
        error.passes(f"while evaluating attribute '{name}'", place)
        raise


def _needs_itself(error: NixError) -> bool:
    """Whether what is being shown is a part of itself, not what is evaluated for it."""
    from builder.lang.traceback_frames import GENERATED  # rarely needed

    if not isinstance(error, InfiniteRecursion):
        return False
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == GENERATED:
            return False
        traceback = traceback.tb_next
    return True


# Begins what stands for a float that Python writes otherwise; no string of Nix has it.
_MARK = "\0"
_MARKED = re.compile(r'"\\u0000([^"]*)"')


def number(value: float) -> float | str | None:
    """What `dump` takes for a float: null for what JSON has no number for, infinities and
    what is no number."""
    if not math.isfinite(value):
        return None
    text = json_float(value)
    return value if text == repr(value) else _MARK + text


def dump(value: Any) -> str:
    """What `to_json` gives as one line, names sorted. Raises `EvalError` for a string that
    is no UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if "\\u0000" in text:
        text = _MARKED.sub(r"\1", text)
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse_broken(value)
    return text


def _refuse_broken(value: Any) -> None:
    """Raise `EvalError` for the first string in a value that is no UTF-8."""
    if isinstance(value, dict):
        for name in sorted(value):
            _refuse_broken(name)
            _refuse_broken(value[name])
    elif isinstance(value, list):
        for item in value:
            _refuse_broken(item)
    elif isinstance(value, str):
        data = value.encode("utf-8", "surrogateescape")
        try:
            data.decode()
        except UnicodeDecodeError as error:
            wrong = f"incomplete UTF-8 string; last byte: 0x{data[-1]:02X}"
            if not error.reason.startswith("unexpected end"):
                at = error.start if "start byte" in error.reason else error.end
                wrong = f"invalid UTF-8 byte at index {at}: 0x{data[at]:02X}"
            shown = f"JSON serialization error: [json.exception.type_error.316] {wrong}"
            raise EvalError(shown) from None


def _integer(text: str) -> int | float:
    number = int(text)
    if LEAST <= number <= MOST:
        return number
    if MOST < number < 2**64:
        raise EvalError(f"unsigned json number {number} outside of Nix integer range")
    return float(text)


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise EvalError(f"[json.exception.out_of_range.406] number overflow parsing '{text}'")
    return number


def _number(text: str) -> int | float:
    return _float(text) if set(text) & {".", "e", "E"} else _integer(text)


def refuse_null_bytes(value: Any) -> None:
    """Raise `EvalError` for the first string or name in a value that holds a null byte."""
    if isinstance(value, str) and "\0" in value:
        shown = value.replace("\0", "␀")
        raise EvalError(
            f"input string '{shown}' cannot be represented as Nix string because it contains "
            "null bytes"
        )
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            refuse_null_bytes(item)


def _explain(text: str) -> str | None:
    from builder.lang.json_errors import explain  # rarely needed, slow to import

    return explain(text, _number)


def from_json(text: str) -> Any:
    """The value that a JSON text describes. Raises `EvalError`."""
    try:
        # Python reads some things that are not JSON, all of which contain one of these.
        doubtful = "\\u" in text or "N" in text or "I" in text
        wrong = _explain(text) if doubtful else None
        if wrong is None:
            made = json.loads(text, parse_int=_integer, parse_float=_float)
            if "\\u0000" in text:
                refuse_null_bytes(made)
            return made
    except ValueError as error:
        wrong = _explain(text) or f"while parsing a JSON string: {error}"
    raise EvalError(wrong)

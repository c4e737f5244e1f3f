"""Values to and from JSON."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from builder.lang.coerce import Coercion, Context
from builder.lang.errors import EvalError, NixError, Note
from builder.lang.thunks import call, force
from builder.lang.values import ContextString, Path, Value, describe

_LOW, _HIGH = -(2**63), 2**63 - 1


def to_json(value: Value, context: Context, coercion: Coercion) -> Any:
    """The value as what `json.dumps` takes, all forced.

    Paths are copied into the store; what strings refer to is added to
    `context`. Raises `EvalError` for functions.
    """
    value = force(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, ContextString):
        context |= value.context
        return value.text
    if isinstance(value, list):
        return [_element(item, index, context, coercion) for index, item in enumerate(value)]
    if isinstance(value, Path):
        return coercion.copy(value.text, context)
    if isinstance(value, dict):
        if "__toString" in value:
            return coercion.text(call(value["__toString"], value), context)
        if "outPath" in value:
            return to_json(value["outPath"], context, coercion)
        return {name: _attribute(value, name, context, coercion) for name in sorted(value)}
    raise EvalError(f"cannot convert {describe(value)} to JSON")


def _element(item: Value, index: int, context: Context, coercion: Coercion) -> Any:
    try:
        return to_json(item, context, coercion)
    except NixError as error:
        error.contexts.append(Note(f"while evaluating list element at index {index}", None))
        raise


def _attribute(attrs: dict[str, Value], name: str, context: Context, coercion: Coercion) -> Any:
    try:
        return to_json(attrs[name], context, coercion)
    except NixError as error:
        error.contexts.append(Note(f"while evaluating attribute '{name}'", None))
        raise


def _integer(text: str) -> int | float:
    number = int(text)
    return number if _LOW <= number <= _HIGH else float(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def from_json(text: str) -> Any:
    """The value that a JSON text describes. Raises `EvalError`."""
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise EvalError(
            f"while parsing a JSON string: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from error
    except ValueError as error:
        raise EvalError(f"while parsing a JSON string: {error}") from error

"""Asking for types, and numbers."""

from __future__ import annotations

import math
from typing import Any

from builder.lang.builtins.table import PURE
from builder.lang.comparison import less
from builder.lang.expect import want_int, want_number
from builder.lang.integers import LEAST
from builder.lang.operators import add_numbers, divide, multiply, subtract
from builder.lang.thunks import force
from builder.lang.values import ContextString, Path, is_function, type_name


@PURE.add("typeOf", "s")
def type_of(value: Any) -> str:
    """The name of a value's type."""
    return type_name(force(value))


@PURE.add("isNull", "s")
def is_null(value: Any) -> bool:
    """Whether it is null."""
    return force(value) is None


@PURE.add("isBool", "s")
def is_bool(value: Any) -> bool:
    """Whether it is a Boolean."""
    return type(force(value)) is bool


@PURE.add("isInt", "s")
def is_int(value: Any) -> bool:
    """Whether it is an integer."""
    return type(force(value)) is int


@PURE.add("isFloat", "s")
def is_float(value: Any) -> bool:
    """Whether it is a float."""
    return type(force(value)) is float


@PURE.add("isString", "s")
def is_string(value: Any) -> bool:
    """Whether it is a string."""
    kind = type(force(value))
    return kind is str or kind is ContextString


@PURE.add("isPath", "s")
def is_path(value: Any) -> bool:
    """Whether it is a path."""
    return type(force(value)) is Path


@PURE.add("isList", "s")
def is_list(value: Any) -> bool:
    """Whether it is a list."""
    return type(force(value)) is list


@PURE.add("isAttrs", "s")
def is_attrs(value: Any) -> bool:
    """Whether it is a set."""
    return isinstance(force(value), dict)


@PURE.add("isFunction", "s")
def is_a_function(value: Any) -> bool:
    """Whether it is a function; a set with `__functor` is not."""
    return is_function(force(value))


@PURE.add("add", "ss")
def add(left: Any, right: Any) -> Any:
    """The sum of two numbers."""
    return add_numbers(force(left), force(right))


@PURE.add("sub", "ss")
def sub(left: Any, right: Any) -> Any:
    """The difference of two numbers."""
    return subtract(force(left), force(right))


@PURE.add("mul", "ss")
def mul(left: Any, right: Any) -> Any:
    """The product of two numbers."""
    return multiply(force(left), force(right))


@PURE.add("div", "ss")
def div(left: Any, right: Any) -> Any:
    """The quotient of two numbers."""
    return divide(force(left), force(right))


@PURE.add("lessThan", "ss")
def less_than(left: Any, right: Any) -> bool:
    """Whether the first stands before the second."""
    return less(force(left), force(right))


@PURE.add("bitAnd", "st")
def bit_and(left: Any, right: Any) -> int:
    """Bitwise and."""
    return want_int(left) & want_int(right)


@PURE.add("bitOr", "st")
def bit_or(left: Any, right: Any) -> int:
    """Bitwise or."""
    return want_int(left) | want_int(right)


@PURE.add("bitXor", "st")
def bit_xor(left: Any, right: Any) -> int:
    """Bitwise exclusive or."""
    return want_int(left) ^ want_int(right)


def _whole(value: Any, rounded: Any) -> int:
    number = float(want_number(value))
    # As the processor converts: what does not fit is the least integer.
    if math.isnan(number) or not -(2.0**63) <= number < 2.0**63:
        return LEAST
    return int(rounded(number))


@PURE.add("ceil", "s")
def ceil(value: Any) -> int:
    """The least integer that is not smaller."""
    return _whole(value, math.ceil)


@PURE.add("floor", "s")
def floor(value: Any) -> int:
    """The greatest integer that is not larger."""
    return _whole(value, math.floor)

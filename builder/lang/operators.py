"""The operators, as generated code calls them. Operands are forced already."""

from __future__ import annotations

from typing import Any, NoReturn

from builder.lang.deferred import DeferredAttrs
from builder.lang.errors import (
    ArgumentMismatch,
    EvalError,
    MissingAttribute,
    TypeMismatch,
    nearest,
)
from builder.lang.expect import mismatch, want_attrs
from builder.lang.thunks import force
from builder.lang.values import (
    Attrs,
    ContextString,
    Formals,
    MergedPositions,
    Thunk,
    Value,
    describe,
)

MISSING: Any = object()
_REPLACING = frozenset({bool, int, str, ContextString, list, dict, Attrs, type(None)})
_LOW, _HIGH = -(2**63), 2**63 - 1


def _overflow(verb: str, left: int, right: int, sign: str) -> NoReturn:
    raise EvalError(f"integer overflow in {verb} {left} {sign} {right}")


def _number(value: Any) -> Any:
    if type(value) is int or type(value) is float:
        return value
    raise mismatch("an integer", value)


def add_numbers(left: Any, right: Any) -> Any:
    """``left + right`` of numbers."""
    if type(left) is int and type(right) is int:
        result = left + right
        return result if _LOW <= result <= _HIGH else _overflow("adding", left, right, "+")
    return _number(left) + _number(right)


def subtract(left: Any, right: Any) -> Any:
    """``left - right``."""
    if type(left) is int and type(right) is int:
        result = left - right
        return result if _LOW <= result <= _HIGH else _overflow("subtracting", left, right, "-")
    return _number(left) - _number(right)


def multiply(left: Any, right: Any) -> Any:
    """``left * right``."""
    if type(left) is int and type(right) is int:
        result = left * right
        return result if _LOW <= result <= _HIGH else _overflow("multiplying", left, right, "*")
    return _number(left) * _number(right)


def divide(left: Any, right: Any) -> Any:
    """``left / right``: integers truncate toward zero."""
    if type(left) is int and type(right) is int and left >= 0 and right > 0:
        return left // right
    if _number(right) == 0:
        raise EvalError("division by zero")
    if type(_number(left)) is int and type(right) is int:
        quotient = abs(left) // abs(right)
        if (left < 0) != (right < 0):
            quotient = -quotient
        # Of all quotients only that of the least integer by -1 is too big.
        return quotient if quotient <= _HIGH else _overflow("dividing", left, right, "/")
    return left / right


def negate(value: Any) -> Any:
    """``-value``."""
    if type(value) is float:
        return -value
    return subtract(0, value)


def concat_lists(*lists: Any) -> list[Any]:
    """``a ++ b ++ ...``."""
    result: list[Any] = []
    for item in lists:
        if type(item) is not list:
            raise mismatch("a list", item)
        if item:
            result = result + item if result else item
    return result


def update(left: Any, right: Any) -> Any:
    """``left // right``."""
    if not isinstance(left, dict):
        raise mismatch("a set", left)
    if not isinstance(right, dict):
        raise mismatch("a set", right)
    if not right:
        return left
    if not left:
        return right
    if type(left) is DeferredAttrs:
        return left.over(right)
    first = left.positions if type(left) is Attrs else None
    second = right.positions if type(right) is Attrs else None
    if first is None and second is None:
        return {**left, **right}
    made = Attrs(left)
    made.update(right)
    if first is None or first is second:
        made.positions = second
    elif second is None:
        made.positions = first
    else:
        made.positions = MergedPositions(first, second)
    return made


def truth(value: Any) -> bool:
    """A condition, which must be a Boolean."""
    if value is True or value is False:
        return value is True
    raise mismatch("a Boolean", value)


def missing(attrs: Any, name: str) -> EvalError:
    """The error for ``attrs.name``."""
    if isinstance(attrs, dict):
        return MissingAttribute(f"attribute '{name}' missing", suggestions=nearest(name, attrs))
    return mismatch("a set", attrs)


def select(attrs: Any, name: Any) -> Any:
    """``attrs.name``, forced; the set then holds the value instead of the thunk.

    Not a function: whether two of them are equal depends on whether they are
    the same element (see `comparison`).
    """
    if not isinstance(attrs, dict) or name not in attrs:
        raise missing(attrs, name)
    value = attrs[name]
    if type(value) is not Thunk:
        return value
    value = force(value)
    if type(value) in _REPLACING:
        attrs[name] = value
    return value


def walk(attrs: Any, *names: str) -> Any:
    """``attrs.a.b...`` forced, or MISSING when a step is not there."""
    for name in names:
        if not isinstance(attrs, dict) or name not in attrs:
            return MISSING
        attrs = attrs[name]
        if type(attrs) is Thunk:
            attrs = force(attrs)
    return attrs


def has(attrs: Any, *names: str) -> bool:
    """``attrs ? a.b...``; the last step is not forced."""
    for index, name in enumerate(names):
        if index:
            attrs = force(attrs)
        if not isinstance(attrs, dict) or name not in attrs:
            return False
        attrs = attrs[name]
    return True


def from_with(name: str, *scopes: Any) -> Any:
    """A variable that only ``with`` can bind, innermost scope first; forced."""
    for scope in scopes:
        attrs = want_attrs(scope)
        if name in attrs:
            return select(attrs, name)
    seen = [known for scope in scopes for known in want_attrs(scope)]
    raise MissingAttribute(f"undefined variable '{name}'", suggestions=nearest(name, seen))


def accept(argument: Any, formals: Formals) -> dict[str, Value]:
    """Check a function's argument against its pattern."""
    attrs = force(argument)
    if not isinstance(attrs, dict):
        raise mismatch("a set", attrs)
    for name in formals.required:
        if name not in attrs:
            lacking = min(formals.required - attrs.keys())
            raise ArgumentMismatch(f"function called without required argument '{lacking}'")
    if formals.ellipsis or len(attrs) == len(formals.required):
        return attrs
    if not formals.allowed >= attrs.keys():
        extra = min(attrs.keys() - formals.allowed)
        raise ArgumentMismatch(
            f"function called with unexpected argument '{extra}'",
            suggestions=nearest(extra, formals.allowed),
        )
    return attrs


def dynamic_attrs(
    static: dict[str, Value], entries: tuple[tuple[Any, Value], ...]
) -> dict[str, Value]:
    """A set literal with computed names; a name that is null adds nothing."""
    for name, value in entries:
        if name is None:
            continue
        if type(name) is ContextString or type(name) is not str:
            if isinstance(name, ContextString):
                raise EvalError(f"the string '{name.text}' is not allowed to refer to a store path")
            raise mismatch("a string", name)
        if name in static:
            raise EvalError(f"dynamic attribute '{name}' already defined")
        static[name] = value
    return static


def attribute_name(value: Any) -> str:
    """A computed name in a selection."""
    if type(value) is str:
        return value
    if isinstance(value, ContextString):
        return value.text
    raise TypeMismatch(f"expected a string but found {describe(value)}")


def overriding(recursive: dict[str, Value]) -> dict[str, Value]:
    """Apply ``__overrides`` of a recursive set, in place."""
    recursive.update(want_attrs(recursive["__overrides"]))
    return recursive

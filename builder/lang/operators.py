"""The operators, as generated code calls them. Operands are forced already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from builder.lang.deferred import DeferredAttrs
from builder.lang.errors import (
    ArgumentMismatch,
    DuplicateAttribute,
    EvalError,
    MissingAttribute,
    TypeMismatch,
    nearest,
)
from builder.lang.expect import mismatch, want_attrs, want_name
from builder.lang.integers import LEAST, MOST
from builder.lang.symbols import in_order
from builder.lang.thunks import force
from builder.lang.values import (
    AnyPositions,
    Attrs,
    ContextString,
    Formals,
    NoPositions,
    Path,
    Positions,
    Thunk,
    Value,
    describe,
    make_attrs,
    merged,
)
from builder.lang.words import attribute

MISSING: Any = object()
_REPLACING = frozenset({bool, int, str, ContextString, dict, Attrs, type(None)})


def _overflow(verb: str, left: int, right: int, sign: str) -> NoReturn:
    raise EvalError(f"integer overflow in {verb} {left} {sign} {right}")


def _numbers(left: Any, right: Any) -> None:
    """Insist on two numbers: floats when one is a float, integers otherwise."""
    wanted = "a float" if type(left) is float or type(right) is float else "an integer"
    for value in (left, right):
        if type(value) is not int and type(value) is not float:
            raise mismatch(wanted, value)


def add_operands(left: Any, right: Any) -> Any:
    """``left + right`` where the left one is a number."""
    if type(right) is int or type(right) is float:
        result = left + right
        if type(result) is not int or LEAST <= result <= MOST:
            return result
        error = EvalError(f"integer overflow in adding {left} + {right}")
    else:
        kind = "a float" if type(left) is float else "an integer"
        error = EvalError(f"cannot add {describe(right)} to {kind}")
    error.operand = 1
    raise error


def add_numbers(left: Any, right: Any) -> Any:
    """`builtins.add`."""
    if type(left) is int and type(right) is int:
        result = left + right
        return result if LEAST <= result <= MOST else _overflow("adding", left, right, "+")
    _numbers(left, right)
    return left + right


def subtract(left: Any, right: Any) -> Any:
    """``left - right``."""
    if type(left) is int and type(right) is int:
        result = left - right
        return result if LEAST <= result <= MOST else _overflow("subtracting", left, right, "-")
    _numbers(left, right)
    return left - right


def multiply(left: Any, right: Any) -> Any:
    """``left * right``."""
    if type(left) is int and type(right) is int:
        result = left * right
        return result if LEAST <= result <= MOST else _overflow("multiplying", left, right, "*")
    _numbers(left, right)
    return left * right


def divide(left: Any, right: Any) -> Any:
    """``left / right``: integers truncate toward zero."""
    if type(left) is int and type(right) is int and left >= 0 and right > 0:
        return left // right
    if type(right) is not int and type(right) is not float:
        raise mismatch("a float", right)
    if right == 0:
        raise EvalError("division by zero")
    if type(left) is not int or type(right) is not int:
        _numbers(left, right)
    else:
        quotient = abs(left) // abs(right)
        if (left < 0) != (right < 0):
            quotient = -quotient
        # Of all quotients only that of the least integer by -1 is too big.
        return quotient if quotient <= MOST else _overflow("dividing", left, right, "/")
    return left / right


def negate(value: Any) -> Any:
    """``-value``."""
    return subtract(0, value)


def concat_lists(*lists: Any) -> list[Any]:
    """``a ++ b ++ ...``, which is ``a ++ (b ++ ...)``: the last two are looked at first."""
    result: list[Any] = []
    for item in lists:
        if type(item) is not list:
            order = [*lists[-2:], *reversed(lists[:-2])]
            raise mismatch("a list", next(each for each in order if type(each) is not list))
        if item:
            result = result + item if result else item
    return result


# What `+` and `//` can begin with; what is none of these is an error before the
# right operand is looked at, or has to become a string first.
ADDABLE = frozenset({str, int, float, ContextString, Path})
SETS = frozenset({dict, Attrs, DeferredAttrs})


def left_set(value: Any) -> Any:
    """The left operand of ``//``."""
    return want_attrs(value)


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
    made.positions = merged(first, NoPositions(right) if second is None else second)
    return made


def truth(value: Any) -> bool:
    """A condition, which must be a Boolean."""
    if value is True or value is False:
        return value is True
    raise mismatch("a Boolean", value)


def unplaced_truth(value: Any) -> bool:
    """What `!` is applied to, where that has no place of its own."""
    if value is True or value is False:
        return value is True
    error = mismatch("a Boolean", value)
    error.placeless = True
    raise error


def missing(attrs: Any, name: str) -> EvalError:
    """The error for ``attrs.name``."""
    if isinstance(attrs, dict):
        return MissingAttribute(
            f"attribute '{attribute(name)}' missing", suggestions=nearest(name, attrs)
        )
    return mismatch("a set", attrs)


def select(attrs: Any, name: Any) -> Any:
    """``attrs.name``, forced; the set then holds the value instead of the thunk.

    Not a function: whether two of them are equal depends on whether they are
    the same element (see `comparison`). Nor a list: whether a short one is shown
    as repeated does, too (see `printing`).
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


def walk(attrs: Any, *names: Any) -> Any:
    """``attrs.a.b...`` forced, or MISSING when a step is not there.

    A computed name may be a thunk, or no name: it is looked at only when the walk comes to it.
    """
    for name in names:
        if type(name) is not str:
            name = attribute_name(name)
        if not isinstance(attrs, dict) or name not in attrs:
            return MISSING
        value = attrs[name]
        attrs = force(value) if type(value) is Thunk else value
    return attrs


def has(attrs: Any, *names: Any) -> bool:
    """``attrs ? a.b...``; the last step is not forced. Names as for `walk`."""
    for index, name in enumerate(names):
        if index:
            attrs = force(attrs)
        if type(name) is not str:
            name = attribute_name(name)
        if not isinstance(attrs, dict) or name not in attrs:
            return False
        attrs = attrs[name]
    return True


def _withs(scopes: tuple[Any, ...], others: Any) -> Iterator[Any]:
    yield from scopes
    while others is not None:
        scope, others = others
        yield scope


def from_with(name: str, others: Any, *scopes: Any) -> Any:
    """A variable that only ``with`` can bind, innermost scope first; forced.

    `others` are the sets around `scopes`: None, or a pair of the next one and its others.
    """
    for scope in _withs(scopes, others):
        attrs = force(scope)
        if not isinstance(attrs, dict):
            error = mismatch("a set", attrs)
            error.placeless = True
            raise error
        if name in attrs:
            return select(attrs, name)
    seen = [known for scope in _withs(scopes, others) for known in want_attrs(scope)]
    raise MissingAttribute(f"undefined variable '{name}'", suggestions=nearest(name, seen))


def accept(argument: Any, formals: Formals) -> dict[str, Value]:
    """Check a function's argument against its pattern."""
    attrs = force(argument)
    if not isinstance(attrs, dict):
        error = mismatch("a set", attrs)
        error.placeless = True
        raise error
    for name in formals.required:
        if name not in attrs:
            lacking = in_order(name for name in formals.required if name not in attrs)[0]
            raise ArgumentMismatch(
                f"function called without required argument '{attribute(lacking)}'"
            )
    if formals.ellipsis or len(attrs) == len(formals.required):
        return attrs
    if not formals.allowed >= attrs.keys():
        extra = in_order(name for name in attrs if name not in formals.allowed)[0]
        raise ArgumentMismatch(
            f"function called with unexpected argument '{attribute(extra)}'",
            suggestions=nearest(extra, formals.allowed),
        )
    return attrs


def dynamic_attrs(
    static: dict[str, Value],
    entries: tuple[tuple[Any, Value], ...],
    positions: Positions,
    places: tuple[tuple[int, int], ...],
) -> Attrs:
    """A set literal with computed names; a name that is null adds nothing.

    `positions` are those of its other names, `places` the lines and columns of the computed.
    """
    known: AnyPositions = positions
    if type(static) is Attrs and static.positions is not None:
        known = static.positions  # of what `__overrides` gave, too
    at: dict[str, tuple[int, int]] = {}
    for index, (name, value) in enumerate(entries):
        name = force(name)
        if name is None:
            continue
        try:
            name = want_name(name)
        except EvalError as error:
            error.operand = index
            raise
        if name in static:
            first = (positions.file, *at[name]) if name in at else known.find(name)
            raise DuplicateAttribute(name, index, first)
        static[name] = value
        at[name] = places[index]
    if not at:
        return make_attrs(static, known)
    if known is not positions:
        return make_attrs(static, merged(known, Positions(positions.file, at)))
    return make_attrs(static, Positions(positions.file, {**positions.at, **at}))


def attribute_name(value: Any) -> str:
    """A computed name in a selection."""
    value = force(value)
    try:
        return want_name(value)
    except TypeMismatch as error:
        error.placeless = True
        raise


def overriding(recursive: dict[str, Value]) -> dict[str, Value]:
    """Apply ``__overrides`` of a recursive set, in place."""
    overrides = force(recursive["__overrides"])
    try:
        given = want_attrs(overrides)
    except TypeMismatch as error:
        error.placeless = True
        raise
    recursive.update(given)
    if type(given) is Attrs and type(recursive) is Attrs and given.positions is not None:
        recursive.positions = merged(recursive.positions, given.positions)
    return recursive

"""Laziness: making, forcing and calling.

A thunk's cell holds, while it is pending, a Python function of no arguments
or, smaller, a tuple: of a Python function and its arguments, or of a `Slice`
and a key; afterwards its value, where a value that is itself a Python function
is wrapped in a tuple of one so that it is not taken for pending work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from builder.lang.errors import InfiniteRecursion, NotAFunction, StackOverflow
from builder.lang.late import Slice
from builder.lang.parts import settle
from builder.lang.source import Pos
from builder.lang.symbols import in_order
from builder.lang.values import Attrs, Builtin, Curried2, Curried3, Partial, Thunk, Value, describe


def _blackhole() -> Value:
    raise InfiniteRecursion("infinite recursion encountered")


def force(value: Any) -> Any:
    """The value itself, evaluated to its outermost constructor."""
    if type(value) is not Thunk:
        return value
    held = value.cell_contents
    kind = type(held)
    if kind is FunctionType:
        value.cell_contents = _blackhole
        try:
            result = held()
        except BaseException:
            value.cell_contents = held
            raise
        value.cell_contents = (result,) if type(result) is FunctionType else result
        return result
    if kind is not tuple:
        return held
    if len(held) == 1:
        return held[0]
    if type(held[0]) is Slice:
        held = held[0].content(held[1])
        if not _is_work(held):
            value.cell_contents = held
            return held[0] if type(held) is tuple else held
    value.cell_contents = _blackhole
    try:
        result = held() if type(held) is FunctionType else held[0](*held[1:])
    except BaseException:
        value.cell_contents = held
        raise
    value.cell_contents = (result,) if type(result) is FunctionType else result
    return result


def _is_work(held: Any) -> bool:
    """Whether what a cell holds is pending work."""
    return type(held) is FunctionType or (type(held) is tuple and len(held) > 1)


def make_thunk(compute: Callable[[], Value]) -> Value:
    """A value that `compute` gives when it is first needed."""
    if type(compute) is FunctionType and compute.__code__.co_argcount == 0:
        return Thunk(compute)
    return Thunk(lambda: force(compute()))


def is_pending(value: Value) -> bool:
    """Whether the value is a thunk that nothing has forced yet, or is still being forced."""
    if type(value) is not Thunk:
        return False
    held = value.cell_contents
    if type(held) is tuple and type(held[0]) is Slice:
        held = value.cell_contents = held[0].content(held[1])
    return _is_work(held)


def is_running(value: Value) -> bool:
    """Whether the value is a thunk that is being forced."""
    return type(value) is Thunk and value.cell_contents is _blackhole


def _second(run: Callable[[Any, Any], Any], one: Any) -> Any:
    return lambda two: run(one, two)


def _third(run: Callable[[Any, Any, Any], Any], one: Any, two: Any) -> Any:
    return lambda three: run(one, two, three)


def _last_two(run: Callable[[Any, Any, Any], Any], one: Any) -> Curried2:
    return Curried2(lambda two, three: run(one, two, three))


_PARTIAL = frozenset(
    code
    for function in (_second, _third, _last_two)
    for code in function.__code__.co_consts
    if isinstance(code, CodeType)
)


def written(function: Any) -> tuple[FunctionType, int]:
    """The generated Python function behind a function of the language, and how many of its
    parameters follow the one that the value waits for."""
    missing = 0
    while True:
        if type(function) is Curried2 or type(function) is Curried3:
            missing += 1 if type(function) is Curried2 else 2
            function = function.run
        elif function.__code__ in _PARTIAL:
            function = _run_of(function)
        else:
            settle(function)
            return function, missing


def _run_of(function: FunctionType) -> Any:
    """The function that a partial application goes on with."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    return cells["run"].cell_contents


def callee(function: Any) -> Any:
    """What Python must call to apply a forced Nix value to one argument."""
    kind = type(function)
    if kind is FunctionType:
        return function
    if kind is Curried2:
        run = function.run
        return lambda one: _second(run, one)
    if kind is Curried3:
        run = function.run
        return lambda one: _last_two(run, one)
    if kind is Builtin:
        if len(function.strict) == 1:
            return function.run
        return Partial(function, ()).apply
    if kind is Partial:
        return function.apply
    if isinstance(function, dict) and "__functor" in function:
        return _functor(function)
    from builder.lang.printing import brief

    raise NotAFunction(
        "attempt to call something which is not a function but "
        f"{describe(function)}: {brief(function)}"
    )


def _functor(function: dict[str, Any]) -> Any:
    """What to call for a set with `__functor`; an error about it is placed where that is bound."""
    functor = force(function["__functor"])
    try:
        ask = callee(functor)
    except NotAFunction as error:
        error.pos = error.pos or place_in(function, "__functor")
        raise
    made = ask(function)
    try:
        run = callee(made)
    except NotAFunction as error:
        error.pos = error.pos or place_in(function, "__functor")
        raise
    # A frame of its own, by whose variable a trace tells that a set was called.
    return lambda argument, function=function: run(argument)


def place_in(attrs: dict[str, Any], name: str) -> Pos | None:
    """Where a name of a set was bound, if that is known."""
    positions = attrs.positions if isinstance(attrs, Attrs) else None
    found = None if positions is None else positions.find(name)
    return None if found is None else Pos(file=found[0], line=found[1], column=found[2])


def applier(function: Any) -> Any:
    """As `callee`, for several calls: a set's `__functor` is asked at each of them."""
    return (lambda one: call(function, one)) if isinstance(function, dict) else callee(function)


def applier2(function: Any) -> Any:
    """As `callee2`, for several calls."""
    if isinstance(function, dict):
        return lambda one, two: call(function, one, two)
    return callee2(function)


def callee2(function: Any) -> Any:
    """What Python must call to apply a forced Nix value to two arguments at once."""
    kind = type(function)
    if kind is Curried2:
        return function.run
    if kind is Curried3:
        run = function.run
        return lambda one, two: _third(run, one, two)
    if kind is Builtin and len(function.strict) == 2:
        return function.run
    first = function if kind is FunctionType else callee(function)

    def both(one: Any, two: Any) -> Any:
        second = first(one)
        return (second if type(second) is FunctionType else callee(second))(two)

    return both


def callee3(function: Any) -> Any:
    """What Python must call to apply a forced Nix value to three arguments at once."""
    kind = type(function)
    if kind is Curried3 or (kind is Builtin and len(function.strict) == 3):
        return function.run
    first = callee2(function)

    def all_three(one: Any, two: Any, three: Any) -> Any:
        second = first(one, two)
        return (second if type(second) is FunctionType else callee(second))(three)

    return all_three


def call(function: Value, *args: Value) -> Any:
    """Apply a function (forced or not) to arguments; the forced result."""
    result: Any = force(function)
    for arg in args:
        result = (result if type(result) is FunctionType else callee(result))(arg)
    return result


def lazy_call(function: Value, *args: Value) -> Value:
    """A thunk for `call`."""
    if len(args) == 1 and type(function) is FunctionType:
        return Thunk((function, *args))
    if len(args) == 2 and type(function) is Curried2:
        return Thunk((function.run, *args))
    return Thunk((call, function, *args))


# How deep a value may nest that is forced as a whole: the reference's stack ends there too.
DEEPEST = 100_000


def force_deep(value: Value) -> Any:
    """Force a value and everything in it, in the order of `symbols`; cycles are followed once."""
    top = force(value)
    seen = set[int]()
    # With each iterator goes what it walks over: a trace tells the way by them.
    stack: list[tuple[Iterator[Value], Any]] = [(iter((top,)), None)]
    while stack:
        if len(stack) > DEEPEST:
            raise StackOverflow("stack overflow (possible infinite recursion)")
        for child in stack[-1][0]:
            item = force(child)
            if isinstance(item, (list, dict)) and id(item) not in seen:
                seen.add(id(item))
                inner = item if isinstance(item, list) else [item[name] for name in in_order(item)]
                stack.append((iter(inner), item))
                break
        else:
            stack.pop()
    return top

"""What the functions of a ``debian:`` input are given, and how they fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from builder.debian.errors import DebianError
from builder.lang.errors import EvalError
from builder.lang.thunks import force
from builder.lang.values import ContextString, Value

T = TypeVar("T")


def arguments(who: str, argument: Value, names: tuple[str, ...]) -> dict[str, Value]:
    """The set that the function `who` is called with, which must have `names`."""
    given = force(argument)
    if not isinstance(given, dict):
        raise EvalError(f"debian.lib.{who} takes a set with {', '.join(names)}")
    for name in names:
        if name not in given:
            raise EvalError(f"debian.lib.{who} needs the argument '{name}'")
    return given


def text(value: Value) -> str:
    """A string of the language."""
    forced: Any = force(value)
    return forced.text if isinstance(forced, ContextString) else str(forced)


def texts(value: Value) -> list[str]:
    """A list of strings of the language."""
    forced: Any = force(value)
    return [text(item) for item in forced]


def guarded(work: Callable[[], T]) -> T:
    """What `work` gives; what is wrong with the archive is an error of the evaluation."""
    try:
        return work()
    except DebianError as error:
        hint = getattr(error, "hint", "")
        raise EvalError(f"{error}\n{hint}" if hint else str(error)) from error

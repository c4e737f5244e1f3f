"""What can go wrong with a Nix expression."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from builder.lang.source import Pos
from builder.lang.words import attribute


class Shown(Enum):
    """When a line of a trace is shown: with `--show-trace`, in short traces too while they are
    not full, or always."""

    WHOLE = "whole"
    SHORT = "short"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Note:
    """One line of a trace: what was being evaluated, and where."""

    text: str
    pos: Pos | None
    shown: Shown = Shown.SHORT


class NixError(Exception):
    """Base: a message, the place it is about, and suggestions of near names.

    `contexts` are the lines that `addErrorContext` and the embedder added,
    innermost first. `trace` is filled when the error leaves the evaluator,
    outermost first.
    """

    def __init__(
        self, message: str, pos: Pos | None = None, *, suggestions: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.pos = pos
        self.suggestions = suggestions
        self.contexts: list[Note] = []
        # The same of functions that the error came through, by the identities of their frames.
        self.placed: dict[int, list[Note]] = {}
        self.trace: list[Note] = []
        self.trace_is_whole = True
        # Which operand of an operator it is about, from 0.
        self.operand: int | None = None
        # Whether it is about no place of its own, only about those of its trace.
        self.placeless = False
        self.located = False

    def within(self, text: str) -> None:
        """Add what an embedder was doing, which traces always show."""
        self.contexts.append(Note(text, None, Shown.ALWAYS))

    def passes(self, text: str, pos: Pos | None = None, shown: Shown = Shown.SHORT) -> None:
        """Add the line of a trace that the calling function has to say of what it did."""
        self.placed.setdefault(id(sys._getframe(1)), []).append(Note(text, pos, shown))


def switched_off(feature: str) -> str:
    """The message about an experimental feature that would be needed."""
    return (
        f"experimental Nix feature '{feature}' is disabled; add '--extra-experimental-features "
        f"{feature}' to enable it"
    )


class ParseError(NixError):
    """The text is not a Nix expression."""


class UndefinedVariable(ParseError):
    """A name that nothing binds."""


class EvalError(NixError):
    """Evaluation failed."""


class TypeMismatch(EvalError):
    """A value of another type was needed."""


class NotAFunction(TypeMismatch):
    """Something was called that cannot be."""


class ArgumentMismatch(TypeMismatch):
    """A function with a set pattern was given too few or too many names.

    The message begins with "function"; the function's name is put in when the
    error is located.
    """


class DuplicateAttribute(EvalError):
    """A computed name is there already, bound at `place` (file, line, column).

    `operand` is the index of its computed binding.
    """

    def __init__(self, name: str, index: int, place: tuple[str, int, int] | None) -> None:
        shown = "«none»" if place is None else ":".join(map(str, place))
        super().__init__(f"dynamic attribute '{attribute(name)}' already defined at {shown}")
        self.operand = index


class MissingAttribute(EvalError):
    """A set has no attribute of that name."""


class ForbiddenPath(EvalError):
    """A path that pure or restricted evaluation must not see."""


class ThrownError(EvalError):
    """`throw` was called, or ``<name>`` is not found; `tryEval` catches it."""


class AssertionFailed(EvalError):
    """An `assert` did not hold; `tryEval` catches it."""


class Aborted(EvalError):
    """`abort` was called."""


class InfiniteRecursion(EvalError):
    """A value needs itself."""


class StackOverflow(EvalError):
    """Calls or values nest too deeply."""


class CallTooDeep(StackOverflow):
    """Calls nest too deeply."""


def nearest(name: str, names: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The names most like `name`: at most two edits away (one for very short names)."""
    reach = 2 if len(name) > 3 else 1
    scored = []
    for other in names:
        if abs(len(other) - len(name)) <= reach:
            distance = _distance(name, other)
            if distance <= reach:
                scored.append((distance, other))
    return tuple(other for _, other in sorted(scored)[:limit])


def _distance(left: str, right: str) -> int:
    """Damerau-Levenshtein distance (neighbours swapped count once)."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left):
        last, row, older = row, [i + 1], before
        for j, b in enumerate(right):
            cost = min(last[j] + (a != b), last[j + 1] + 1, row[j] + 1)
            if i and j and a == right[j - 1] and left[i - 1] == b:
                cost = min(cost, older[j - 1] + 1)
            row.append(cost)
        before = last
    return row[-1]

"""The table of builtins, and what those that touch the world work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from builder.lang.coerce import Coercion
from builder.lang.errors import EvalError, NixError
from builder.lang.host import Host
from builder.lang.source import Pos
from builder.lang.thunks import force
from builder.lang.values import Builtin, ContextString, Path, Value

Function = Callable[..., Any]


class Table:
    """Builtins by name, in the order of their definition."""

    def __init__(self) -> None:
        self.entries: dict[str, Builtin] = {}

    def add(self, name: str, strict: str) -> Callable[[Function], Function]:
        """Decorator: make a Python function a builtin (see `Builtin.strict`)."""

        def register(run: Function) -> Function:
            self.entries[name] = Builtin(name, strict, run)
            return run

        return register


# Those that need nothing but their arguments.
PURE = Table()


class Importer(Protocol):
    """Evaluates files."""

    def eval_file(self, path: str) -> Value:
        """The value of a file, evaluated once."""
        ...

    def eval_scoped(self, path: str, scope: dict[str, Value]) -> Value:
        """The value of a file in which the names of `scope` are bound too."""
        ...


_REALISING = "while realising the context of a path"


@dataclass(frozen=True, slots=True)
class World:
    """What builtins reach beyond their arguments."""

    host: Host
    coercion: Coercion
    importer: Importer

    def path(self, value: Value, doing: str = _REALISING, pos: Pos | None = None) -> str:
        """An argument that names a file: a path, or an absolute string.

        What a string refers to is built first. Raises `EvalError`; `doing` is the line of
        its trace about a value that is none, `pos` the place of that line.
        """
        context: set[Any] = set()
        try:
            value = force(value)
        except NixError as error:
            error.passes(doing, pos)
            raise
        if type(value) is Path:
            return value.text
        text = self.coercion.text(value, context, copy=False, doing=doing, pos=pos)
        insist_absolute(text, doing, pos)
        if context:
            replaced = self.host.realise(frozenset(context))
            for old, new in replaced.items():
                text = text.replace(old, new)
        return text


def insist_absolute(text: str, doing: str, pos: Pos | None = None) -> None:
    """Raise `EvalError` for what is no absolute path; `doing` and `pos` are a line of its trace."""
    if not text.startswith("/"):
        error = EvalError(f"string '{text}' doesn't represent an absolute path")
        error.passes(doing, pos)
        raise error


def text_and_context(value: str | ContextString) -> tuple[str, frozenset[Any]]:
    """A string's two halves."""
    if isinstance(value, ContextString):
        return value.text, value.context
    return value, frozenset()

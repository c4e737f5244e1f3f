"""Values to strings: interpolation, `+`, `toString`."""

from __future__ import annotations

from typing import Any

from builder.lang.context import Element, PlainPath
from builder.lang.errors import EvalError, Note, TypeMismatch
from builder.lang.host import Host
from builder.lang.operators import add_numbers
from builder.lang.paths import base_name, canonical
from builder.lang.thunks import call, force
from builder.lang.values import ContextString, Path, Value, describe

Context = set[Element]


def make_string(text: str, context: Context | frozenset[Element]) -> str | ContextString:
    """A string value with a context that may be empty."""
    return ContextString(text, frozenset(context)) if context else text


class Coercion:
    """Turns values into strings; paths are copied into the store through `host`."""

    __slots__ = ("copied", "host")

    def __init__(self, host: Host) -> None:
        self.host = host
        self.copied: dict[str, str] = {}

    def copy(self, path: str, context: Context) -> str:
        """The store path of a file or folder outside the store, copied once."""
        stored = self.copied.get(path)
        if stored is None:
            name = base_name(path)
            stored = self.host.add_path(path, name, recursive=True, filter=None, sha256=None)
            self.copied[path] = stored
        context.add(PlainPath(stored))
        return stored

    def text(self, value: Value, context: Context, *, more: bool = False, copy: bool = True) -> str:
        """The text of a value, its context added to `context`.

        With `more`, numbers, Booleans, null and lists are accepted, as
        `toString` and derivations do. Raises `TypeMismatch`.
        """
        value = force(value)
        if type(value) is str:
            return value
        if type(value) is ContextString:
            context |= value.context
            return value.text
        if type(value) is Path:
            return self.copy(value.text, context) if copy else value.text
        if isinstance(value, dict):
            if "__toString" in value:
                made = call(value["__toString"], value)
                return self.text(made, context, more=more, copy=copy)
            if "outPath" in value:
                return self.text(value["outPath"], context, more=more, copy=copy)
        elif more:
            simple = self._more(value, context, copy)
            if simple is not None:
                return simple
        from builder.lang.printing import brief

        raise TypeMismatch(f"cannot coerce {describe(value)} to a string: {brief(value)}")

    def _more(self, value: Any, context: Context, copy: bool) -> str | None:
        if value is None or value is False:
            return ""
        if value is True:
            return "1"
        if type(value) is int:
            return str(value)
        if type(value) is float:
            return f"{value:f}"
        if type(value) is not list:
            return None
        parts = []
        for index, item in enumerate(value):
            item = force(item)
            parts.append(self.text(item, context, more=True, copy=copy))
            if index < len(value) - 1 and not (type(item) is list and not item):
                parts.append(" ")
        return "".join(parts)

    def interpolate(self, *parts: Any) -> str | ContextString:
        """``"...${a}..."``, of forced parts."""
        for part in parts:
            if type(part) is not str:
                break
        else:
            return "".join(parts)
        context: Context = set()
        texts = [part if type(part) is str else self._part(part, context) for part in parts]
        return make_string("".join(texts), context)

    def _part(self, value: Any, context: Context) -> str:
        try:
            return self.text(value, context)
        except EvalError as error:
            error.contexts.append(Note("while evaluating a path segment", None))
            raise

    def interpolate_path(self, base: str, *parts: Any) -> Path:
        """An interpolated path literal; the first part decides where it starts."""
        context: Context = set()
        texts = [self.text(part, context, copy=False) for part in parts]
        text = "".join(texts)
        if context:
            raise EvalError(
                f"a string that refers to a store path cannot be appended to a path: '{text}'"
            )
        return Path(canonical(text if text.startswith("/") else f"{base}/{text}"))

    def add(self, left: Any, right: Any) -> Any:
        """``left + right`` of forced values: numbers, strings, paths."""
        kind = type(left)
        if kind is str and type(right) is str:
            return left + right
        if kind is int or kind is float:
            return add_numbers(left, right)
        context: Context = set()
        if kind is Path:
            text = self.text(right, context, copy=False)
            if context:
                raise EvalError("a string that refers to a store path cannot be appended to a path")
            return Path(canonical(left.text + text))
        if not isinstance(left, (str, ContextString, dict)):
            self.text(left, context)
        text = self.text(left, context, copy=kind is str or kind is ContextString)
        return make_string(text + self.text(right, context), context)

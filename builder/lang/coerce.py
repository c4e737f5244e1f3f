"""Values to strings: interpolation, `+`, `toString`."""

from __future__ import annotations

from typing import Any

from builder.lang import embedded_files
from builder.lang.context import Element, PlainPath
from builder.lang.errors import EvalError, NixError, TypeMismatch
from builder.lang.floats import float_text
from builder.lang.host import Host
from builder.lang.operators import add_operands
from builder.lang.paths import base_name, canonical
from builder.lang.source import Pos
from builder.lang.thunks import call, force
from builder.lang.values import ContextString, Path, Value, describe

Context = set[Element]


def make_string(text: str, context: Context | frozenset[Element]) -> str | ContextString:
    """A string value with a context that may be empty."""
    return ContextString(text, frozenset(context)) if context else text


# Lines of traces.
RESULT = "while evaluating the result of the `__toString` attribute"
ITEM = "while evaluating one element of the list"


def simple_text(value: Any) -> str | None:
    """The text of what only `toString` and derivations take; None when it has none."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if type(value) is int:
        return str(value)
    return float_text(value, "f") if type(value) is float else None


def absent(path: str) -> EvalError:
    """The error about a path that is to go into the store and is not there."""
    error = EvalError(f"path '{embedded_files.shown(path)}' does not exist")
    error.placeless = True
    return error


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
            try:
                stored = self.host.add_path(path, name, recursive=True, filter=None, sha256=None)
            except EvalError as error:
                error.placeless = True
                raise
            except FileNotFoundError:
                raise absent(path) from None
            self.copied[path] = stored
        context.add(PlainPath(stored))
        return stored

    def text(
        self,
        value: Value,
        context: Context,
        *,
        more: bool = False,
        copy: bool = True,
        doing: str = "",
        pos: Pos | None = None,
    ) -> str:
        """The text of a value, its context added to `context`.

        With `more`, numbers, Booleans, null and lists are accepted, as
        `toString` and derivations do. Raises `TypeMismatch`; `doing` and `pos` are
        the line of its trace, and of that of all errors of a list's items.
        """
        value = force(value)
        if type(value) is str:
            return value
        if type(value) is ContextString:
            context |= value.context
            return value.text
        if type(value) is Path:
            return self.copy(value.text, context) if copy else embedded_files.text(value.text)
        if isinstance(value, dict):
            if "__toString" in value:
                made = call(value["__toString"], value)
                return self.text(made, context, more=more, copy=copy, doing=RESULT)
            if "outPath" in value:
                out = value["outPath"]
                return self.text(out, context, more=more, copy=copy, doing=doing, pos=pos)
        elif type(value) is list and more:
            try:
                return self._list(value, context, copy)
            except NixError as error:
                if doing:
                    error.passes(doing, pos)
                raise
        elif more:
            simple = simple_text(value)
            if simple is not None:
                return simple
        from builder.lang.printing import brief

        wrong = TypeMismatch(f"cannot coerce {describe(value)} to a string: {brief(value)}")
        wrong.placeless = True
        if doing:
            wrong.passes(doing, pos)
        raise wrong

    def _list(self, items: list[Any], context: Context, copy: bool) -> str:
        parts = []
        for index, item in enumerate(items):
            item = force(item)
            parts.append(self.text(item, context, more=True, copy=copy, doing=ITEM))
            if index < len(items) - 1 and not (type(item) is list and not item):
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
        texts = [part if type(part) is str else self.text(part, context) for part in parts]
        return make_string("".join(texts), context)

    def piece(self, value: Any) -> str | ContextString:
        """An interpolated value as a string, before the next one is looked at."""
        context: Context = set()
        return make_string(self.text(value, context), context)

    def path_piece(self, value: Any) -> str | ContextString:
        """A value interpolated into a path as a string."""
        context: Context = set()
        return make_string(self.text(value, context, copy=False), context)

    def interpolate_path(self, base: str, *parts: Any) -> Path:
        """An interpolated path literal; the first part decides where it starts."""
        context: Context = set()
        texts = [self.text(part, context, copy=False) for part in parts]
        text = "".join(texts)
        if context:
            raise EvalError("a string that refers to a store path cannot be appended to a path")
        return Path(canonical(text if text.startswith("/") else f"{base}/{text}"))

    def add(self, left: Any, right: Any) -> Any:
        """``left + right`` of forced values: numbers, strings, paths."""
        kind = type(left)
        if kind is str and type(right) is str:
            return left + right
        if kind is int or kind is float:
            return add_operands(left, right)
        context: Context = set()
        # Paths are copied into the store only where a string is added to.
        copy = kind is str or kind is ContextString
        text = self.text(left, context, copy=copy)
        text += self.text(right, context, copy=copy)
        if kind is not Path:
            return make_string(text, context)
        if context:
            raise EvalError("a string that refers to a store path cannot be appended to a path")
        return Path(canonical(text))

    def first_operand(self, value: Any) -> Any:
        """A left operand of ``+`` that is no string, number or path, as a string."""
        context: Context = set()
        return make_string(self.text(value, context, copy=False), context)

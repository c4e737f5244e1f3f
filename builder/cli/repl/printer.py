"""Values as the repl prints them: laid out, in colours, nested ones only when asked for."""

from __future__ import annotations

from typing import Any

from builder.lang.comparison import is_derivation
from builder.lang.errors import NixError
from builder.lang.printing import print_value
from builder.lang.thunks import force
from builder.lang.values import ContextString, Path, Value, is_function
from builder.lang.words import attribute

# A name, where parts have names, and a value.
Part = tuple[str | None, Value]
_RED, _GREEN, _BLUE, _MAGENTA, _CYAN = 31, 32, 34, 35, 36


class Printer:
    """Prints forced values. Errors inside of a value are part of its text; its own is raised."""

    def __init__(self, *, colours: bool, depth: int) -> None:
        self._colours = colours
        self._depth = depth
        self._open: set[int] = set()

    def text(self, value: Value) -> str:
        """A value's text, of several lines where it has parts. Raises `NixError`."""
        return self._text(force(value), 0, "")

    def _paint(self, colour: int, text: str) -> str:
        return f"\033[{colour};1m{text}\033[0m" if self._colours else text

    def _nested(self, value: Value, depth: int, indent: str) -> str:
        try:
            return self._text(force(value), depth, indent)
        except NixError as error:
            return self._paint(_RED, f"«error: {error.message.strip()}»")

    def _text(self, value: Any, depth: int, indent: str) -> str:
        if isinstance(value, dict):
            return self._set(value, depth, indent)
        if isinstance(value, list):
            items: list[Part] = [(None, item) for item in value]
            return self._parts("[", "]", items, value, depth, indent)
        return self._paint(_colour(value), print_value(value))

    def _set(self, attrs: dict[str, Value], depth: int, indent: str) -> str:
        if is_derivation(attrs):
            return self._paint(_GREEN, f"«derivation {self._drv_path(attrs)}»")
        items: list[Part] = [(attribute(name), attrs[name]) for name in sorted(attrs)]
        return self._parts("{", "}", items, attrs, depth, indent)

    def _drv_path(self, attrs: dict[str, Value]) -> str:
        try:
            path = force(attrs["drvPath"]) if "drvPath" in attrs else "???"
        except NixError as error:
            return f"with an error: {error.message.strip()}"
        return path.text if isinstance(path, ContextString) else str(path)

    def _parts(
        self,
        left: str,
        right: str,
        items: list[Part],
        whole: Any,
        depth: int,
        indent: str,
    ) -> str:
        if id(whole) in self._open:
            return self._paint(_MAGENTA, "«repeated»")
        if depth >= self._depth:
            return f"{left} ... {right}"
        if not items:
            return f"{left} {right}"
        self._open.add(id(whole))
        inner = f"{indent}  "
        lines = [
            f"{name} = {self._nested(value, depth + 1, inner)};"
            if name is not None
            else self._nested(value, depth + 1, inner)
            for name, value in items
        ]
        self._open.discard(id(whole))
        if len(items) == 1 and not _structured(items[0][1]):
            return f"{left} {lines[0]} {right}"
        return "\n".join([left, *(inner + line for line in lines), indent + right])


def _structured(value: Value) -> bool:
    """Whether a part is itself laid out in lines."""
    try:
        return isinstance(force(value), (dict, list))
    except NixError:
        return True


def _colour(value: Any) -> int:
    if isinstance(value, (str, ContextString)):
        return _MAGENTA
    if isinstance(value, Path):
        return _GREEN
    return _BLUE if is_function(value) else _CYAN

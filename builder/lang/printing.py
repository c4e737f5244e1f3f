"""Values as text, in Nix's own syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.lang import embedded_files
from builder.lang.comparison import is_derivation
from builder.lang.errors import EvalError, NixError
from builder.lang.floats import float_text
from builder.lang.paths import STORE_PATH
from builder.lang.source import Pos
from builder.lang.tabs import plain
from builder.lang.thunks import force, force_deep, is_pending, is_running, written
from builder.lang.values import Builtin, ContextString, Partial, Path, Value, formals_of
from builder.lang.words import attribute, quoted

if TYPE_CHECKING:
    from builder.lang.coerce import Coercion
    from builder.lang.tree import Function


def param_of(function: Value) -> str:
    """The name of a function's argument, "" for a pattern without; "arg" for one in Python."""
    found = _found(function)
    if found is None:
        return "arg"
    node, _ = found
    return "" if node is None else node.param or ""


def _found(value: Value) -> tuple[Function | None, str] | None:
    """A function's node, and the text of its name and place; None for one written in Python."""
    function, inner = written(value)
    source = function.__globals__.get("SOURCE")
    if source is None or function.__code__.co_filename != "<nix>":
        return None
    for line, end_line, column, end_column in function.__code__.co_positions():
        # The first instructions of a code object have no place of their own.
        if line and end_line and column is not None and end_column:
            found: tuple[Function | None, str] = source.function_at(
                line,
                column + 1,
                end_line,
                end_column + 1,
                inner,
                pattern=formals_of(function) is not None,
            )
            return found
    return None, f"@ {source.name}:{function.__code__.co_firstlineno}:1"


def function_pos(function: Value) -> Pos | None:
    """Where a function stands, if it is not written in Python."""
    found = _found(function)
    if found is None or found[0] is None:
        return None
    made: Pos = written(function)[0].__globals__["SOURCE"].source.at(found[0].pos)
    return made


def formal_pos(function: Value, name: str) -> tuple[str, int, int] | None:
    """The (file, line, column) of a name in a function's set pattern."""
    found = _found(function)
    formals = None if found is None or found[0] is None else found[0].formals
    for formal in formals.names if formals is not None else ():
        if formal.name == name:
            pos: Pos = written(function)[0].__globals__["SOURCE"].source.at(formal.pos)
            return pos.file, pos.line, pos.column
    return None


def function_place(function: Value) -> str:
    """A function's name and place: ``name @ file:line:column``, without the name when it
    has none; "" for one written in Python."""
    found = _found(function)
    return "" if found is None else found[1]


def _function(value: Any) -> str:
    if isinstance(value, Builtin):
        return f"«primop {value.name}»"
    if isinstance(value, Partial):
        return f"«partially applied primop {value.builtin.name}»"
    place = function_place(value)
    return f"«lambda {place}»" if place else "«lambda»"


def _plain_function(value: Any) -> str:
    if isinstance(value, Builtin):
        return "<PRIMOP>"
    return "<PRIMOP-APP>" if isinstance(value, Partial) else "<LAMBDA>"


def _scalar(value: Any) -> str | None:
    """The text of a forced value that has no parts; None for functions, lists and sets."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_text(value, "g")
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, ContextString):
        return quoted(value.text)
    if isinstance(value, Path):
        return embedded_files.shown(value.text)
    return None


# The reference keeps the elements of lists this short in the value itself, so that the
# copy of one which a variable's or a call's result is makes another list.
_INLINE = 2
_EMPTY = 0  # the place of all empty sets: the reference has one for them
_ALL = 2**62  # a depth or a number that nothing reaches


class _Printer:
    """Prints with or without forcing, to a depth and to `width` list elements and as many
    attributes in all.

    `plain` is the older notation, which shows derivations as the sets that they
    are and says nothing about functions.
    """

    def __init__(self, *, forcing: bool, depth: int, width: int, plain: bool) -> None:
        self.forcing = forcing
        self.depth = depth
        self.width = width
        self.plain = plain
        self.seen: set[int] = set()
        # Printed so far, in all lists and in all sets.
        self.items = 0
        self.attributes = 0

    def text(self, value: Value, depth: int = 0) -> str:
        """The value's text."""
        if not self.forcing and is_pending(value):
            return "«potential infinite recursion»" if is_running(value) else "«thunk»"
        forced = force(value)
        scalar = _scalar(forced)
        if scalar is not None:
            return scalar
        if not isinstance(forced, (list, dict)):
            return _plain_function(forced) if self.plain else _function(forced)
        if self._is_seen(value, forced):
            return "«repeated»"
        if isinstance(forced, list):
            return self._list(forced, depth)
        if self.forcing and not self.plain and is_derivation(forced):
            return self._derivation(forced)
        return self._set(forced, depth)

    def _derivation(self, attrs: dict[str, Any]) -> str:
        if "drvPath" not in attrs:
            return "«derivation»"
        return f"«derivation {self.store_path(attrs['drvPath'])}»"

    def store_path(self, value: Value) -> str:
        """The text of a derivation's path."""
        path = force(value)
        return path.text if isinstance(path, ContextString) else str(path)

    def _is_seen(self, value: Value, forced: list[Any] | dict[str, Any]) -> bool:
        """Whether a list or a set was printed before; from now on it was."""
        if forced:
            place = id(value if isinstance(forced, list) and len(forced) <= _INLINE else forced)
        elif self.plain or isinstance(forced, list):
            return False
        else:
            place = _EMPTY
        known = place in self.seen
        self.seen.add(place)
        return known

    def _list(self, items: list[Any], depth: int) -> str:
        if depth >= self.depth:
            return "[ ... ]"
        parts: list[str] = []
        for item in items:
            if self.items >= self.width:
                parts.append(f"«{_count(len(items) - len(parts), 'item')} elided»")
                break
            parts.append(self.text(item, depth + 1))
            self.items += 1
        return f"[ {' '.join(parts)} ]" if parts else "[ ]"

    def _set(self, attrs: dict[str, Any], depth: int) -> str:
        if depth >= self.depth:
            return "{ ... }"
        parts: list[str] = []
        names = sorted(attrs)
        if self.width != _ALL:  # where not all is shown these come first
            names.sort(key=lambda name: name not in ("_type", "type"))
        for name in names:
            if self.attributes >= self.width:
                parts.append(f"«{_count(len(attrs) - len(parts), 'attribute')} elided»")
                break
            parts.append(f"{attribute(name)} = {self.text(attrs[name], depth + 1)};")
            self.attributes += 1
        return f"{{ {' '.join(parts)} }}" if parts else "{ }"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


class _Answer(_Printer):
    """Prints all, forced; errors inside of the value are part of the text."""

    def __init__(self, coercion: Coercion) -> None:
        super().__init__(forcing=True, depth=_ALL, width=_ALL, plain=False)
        self._coercion = coercion

    def text(self, value: Value, depth: int = 0) -> str:
        """The value's text."""
        try:
            return super().text(value, depth)
        except (NixError, RecursionError) as error:
            from builder.lang.tracing import translate  # rarely needed

            message = getattr(translate(error), "message", "")
            return f"«error: {plain(message)}»"

    def store_path(self, value: Value) -> str:
        """The text of a derivation's path. Raises `EvalError` when it is none."""
        path = self._coercion.text(value, set(), copy=False)
        if STORE_PATH.fullmatch(path) is None:
            raise EvalError(f"path '{path}' is not in the Nix store")
        return path


def print_answer(value: Value, coercion: Coercion) -> str:
    """The value as ``nix eval`` prints it: all forced, and errors inside of it shown there.

    Raises `NixError` for the value's own.
    """
    return _Answer(coercion).text(force(value))


def print_value(value: Value) -> str:
    """The value as `print_answer` has it. Raises `NixError` for all that is in it."""
    return _Printer(forcing=True, depth=_ALL, width=_ALL, plain=False).text(value)


def print_plain(value: Value) -> str:
    """The value as ``nix-instantiate --eval --strict`` prints it: all forced."""
    force_deep(value)
    return _Printer(forcing=True, depth=_ALL, width=_ALL, plain=True).text(value)


def as_evaluated(value: Value) -> str:
    """The value as `builtins.trace` shows it: nothing forced."""
    return _Printer(forcing=False, depth=_ALL, width=_ALL, plain=False).text(value)


def brief(value: Value) -> str:
    """The value as messages show it: nothing forced, long ones cut short."""
    return _Printer(forcing=False, depth=10, width=10, plain=False).text(value)

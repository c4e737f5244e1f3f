"""Types of single values: numbers, Booleans, sets as they are, packages, enumerations."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from builder.lang.comparison import equal, is_derivation
from builder.lang.errors import ThrownError
from builder.lang.thunks import force, lazy_call
from builder.lang.values import ContextString, Path, Value, type_name
from builder.modules.definition import Definition, Loc, kind_of, show_loc
from builder.modules.option_type import (
    OptionType,
    merge_equal,
    merge_one,
)
from builder.modules.report import list_files

Accepts = Callable[[Any], bool]
Merge = Callable[[Loc, list[Definition]], Value]


def text_of(value: Any) -> str | None:
    """The text of a forced string; None for other values."""
    if type(value) is str:
        return value
    return value.text if isinstance(value, ContextString) else None


def is_text(value: Any) -> bool:
    """Whether a forced value is a string."""
    return type(value) is str or type(value) is ContextString


def is_string_like(value: Any) -> bool:
    """Whether a forced value can stand where a string is needed."""
    return (
        is_text(value)
        or isinstance(value, Path)
        or (isinstance(value, dict) and ("outPath" in value or "__toString" in value))
    )


class Scalar(OptionType):
    """A type without parts: a test and a way to merge."""

    def __init__(
        self,
        name: str,
        description: str,
        accepts: Accepts,
        merge: Merge = merge_equal,
        *,
        class_: str | None = "noun",
        made_of: dict[str, Value] | None = None,
    ) -> None:
        self.name = name
        self.description = description
        self.description_class = class_
        self._accepts = accepts
        self._merge = merge
        self._made_of = made_of

    def payload(self) -> dict[str, Value] | None:
        """The parameters."""
        return self._made_of

    def accepts(self, value: Any) -> bool:
        """Apply the test."""
        return self._accepts(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Apply the way to merge."""
        if len(definitions) == 1 and self._merge is merge_equal:
            return force(definitions[0].value)
        return self._merge(loc, definitions)

    def combined(self, other: OptionType) -> OptionType | None:
        """The same type declared twice stays; two that differ do not combine."""
        same = isinstance(other, Scalar) and other.name == self.name
        return self if same and other.description == self.description else None


def integer(value: Any) -> bool:
    """Whether a forced value is an integer."""
    return type(value) is int


def number(value: Any) -> bool:
    """Whether a forced value is an integer or a float."""
    return type(value) is int or type(value) is float


def _shown(value: Any) -> str:
    return json.dumps(value)


def between(low: Any, high: Any, *, numbers: bool = False) -> Scalar:
    """Integers (or numbers) from `low` to `high`, both included."""
    family = "numbers" if numbers else "ints"
    if low > high:
        raise ThrownError(f"{family}.between: lowest must be smaller than highest")
    admitted = number if numbers else integer
    return Scalar(
        "numberBetween" if numbers else "intBetween",
        f"{'integer or floating point number' if numbers else 'integer'} between "
        f"{_shown(low)} and {_shown(high)} (both inclusive)",
        lambda value: admitted(value) and low <= value <= high,
        class_="conjunction" if numbers else "noun",
    )


def unsigned(bits: int) -> Scalar:
    """Unsigned integers of a width."""
    top = 2**bits - 1
    return Scalar(
        f"unsignedInt{bits}",
        f"{bits} bit unsigned integer; between 0 and {top} (both inclusive)",
        lambda value: integer(value) and 0 <= value <= top,
    )


def signed(bits: int) -> Scalar:
    """Signed integers of a width."""
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return Scalar(
        f"signedInt{bits}",
        f"{bits} bit signed integer; between {low} and {high} (both inclusive)",
        lambda value: integer(value) and low <= value <= high,
    )


def bounded(name: str, description: str, accepts: Accepts) -> Scalar:
    """Numbers with a bound on one side."""
    return Scalar(name, description, accepts, class_="nonRestrictiveClause")


def merge_bool_or(loc: Loc, definitions: list[Definition]) -> Value:
    """True if any definition is."""
    return any(force(d.value) is True for d in definitions)


class Enum(OptionType):
    """One of some values."""

    name = "enum"

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    def payload(self) -> dict[str, Value] | None:
        """The values."""
        return {"values": self.values}

    @property
    def description(self) -> str:  # type: ignore[override]
        """All values."""
        shown = [_choice(force(value)) for value in self.values]
        if not shown:
            return "impossible (empty enum)"
        if len(shown) == 1:
            return f"value {shown[0]} (singular enum)"
        return f"one of {', '.join(shown)}"

    @property
    def description_class(self) -> str | None:  # type: ignore[override]
        """A noun, unless there is a choice."""
        return "noun" if len(self.values) < 2 else "conjunction"

    def accepts(self, value: Any) -> bool:
        """Whether it equals one of the values."""
        return any(equal(value, force(other)) for other in self.values)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """All definitions must agree."""
        return merge_equal(loc, definitions)

    def combined(self, other: OptionType) -> OptionType | None:
        """Two enums make one with the values of both."""
        if not isinstance(other, Enum):
            return None
        more = [v for v in other.values if not self.accepts(force(v))]
        return Enum([*self.values, *more])


def _choice(value: Any) -> str:
    text = text_of(value)
    if text is not None:
        return f'"{text}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f"<{type_name(value)}>"


class Anything(OptionType):
    """Any value; sets merge deeply, functions merge their results."""

    name = "anything"
    description = "anything"

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Merge by the kind of the values, which must be one for all."""
        from builder.modules.containers import AttrsOf

        values = [force(d.value) for d in definitions]
        kinds = {_kind(v) for v in values}
        if len(kinds) > 1:
            files = list_files(d.where for d in definitions)
            raise ThrownError(
                f"The option `{show_loc(loc)}' has conflicting option types in {files}"
            )
        (kind,) = kinds
        if kind == "set":
            return AttrsOf(self, lazy=False).merge(loc, definitions)
        if kind == "string-like set":
            return merge_one(loc, definitions)
        if kind == "lambda":

            def applied(argument: Value) -> Value:
                inner = [
                    Definition(d.file, lazy_call(d.value, argument), d.place) for d in definitions
                ]
                return self.merge((*loc, "<function body>"), inner)

            return applied
        return values[0] if len(values) == 1 else merge_equal(loc, definitions)


def _kind(value: Any) -> str:
    name = type_name(value)
    return "string-like set" if name == "set" and is_string_like(value) else name


def is_package(value: Any) -> bool:
    """Whether a forced value is a derivation, or an entry of the store."""
    from builder.modules.paths import is_store_path

    return (isinstance(value, dict) and is_derivation(value)) or is_store_path(value)


def is_shell_package(value: Any) -> bool:
    """Whether a forced value is a derivation that says which shell it is."""
    return isinstance(value, dict) and is_derivation(value) and "shellPath" in value


def is_pkgs(value: Any) -> bool:
    """Whether a forced value is a set of packages."""
    return isinstance(value, dict) and force(value.get("_type")) == "pkgs"


def is_lua(value: Any) -> bool:
    """Whether a forced value is `lib.mkLuaInline`'s."""
    return kind_of(value) == "lua-inline"


def is_type(value: Any) -> bool:
    """Whether a forced value is a type."""
    return kind_of(value) == "option-type"


def merge_types(loc: Loc, definitions: list[Definition]) -> Value:
    """The type that all definitions make together. Raises `ThrownError`."""
    from builder.modules.option import Declaration, combine_declarations
    from builder.modules.option_type import as_set, as_type

    if len(definitions) == 1:
        return force(definitions[0].value)
    declarations = [Declaration(d.file, {"type": d.value}, d.place) for d in definitions]
    return as_set(as_type(combine_declarations(loc, declarations)["type"]))

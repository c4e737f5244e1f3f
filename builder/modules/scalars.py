"""Types of single values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from builder.lang.comparison import equal, is_derivation
from builder.lang.thunks import force
from builder.lang.values import ContextString, Path, Value, is_function
from builder.lang.words import quoted
from builder.modules.definition import Definition, Loc, kind_of
from builder.modules.option_type import (
    OptionType,
    join_strings,
    merge_default,
    merge_equal,
    merge_one,
)
from builder.modules.report import conflict

_STORE_PATH = re.compile(r"/nix/store/[0-9a-z]{32}-[0-9a-zA-Z+\-._?=]+(/.*)?\Z", re.DOTALL)
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


def _path_text(value: Any) -> str | None:
    if isinstance(value, Path):
        return value.text
    if isinstance(value, dict) and "outPath" in value:
        return _path_text(force(value["outPath"]))
    return text_of(value)


def is_absolute(value: Any) -> bool:
    """Whether a forced value is a path or stands for one."""
    text = _path_text(value)
    return text is not None and text.startswith("/")


def in_store(value: Any) -> bool:
    """Whether a forced value is something in the store."""
    text = _path_text(value)
    return text is not None and _STORE_PATH.match(text) is not None


class Scalar(OptionType):
    """A type without parts: a test and a way to merge."""

    def __init__(
        self, name: str, description: str, accepts: Accepts, merge: Merge = merge_equal
    ) -> None:
        self.name = name
        self.description = description
        self._accepts = accepts
        self._merge = merge

    def accepts(self, value: Any) -> bool:
        """Apply the test."""
        return self._accepts(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Apply the way to merge."""
        if len(definitions) == 1 and self._merge is merge_equal:
            return force(definitions[0].value)
        return self._merge(loc, definitions)

    def combine(self, other: OptionType) -> OptionType | None:
        """The same type declared twice stays; two that differ do not combine."""
        same = isinstance(other, Scalar) and other.name == self.name
        return self if same and other.description == self.description else None


def integer(value: Any) -> bool:
    """Whether a forced value is an integer."""
    return type(value) is int


def number(value: Any) -> bool:
    """Whether a forced value is an integer or a float."""
    return type(value) is int or type(value) is float


def between(low: Any, high: Any, *, numbers: bool = False) -> Scalar:
    """Integers (or numbers) from `low` to `high`, both included."""
    name, kind = (
        ("numberBetween", "integer or floating point number")
        if numbers
        else (
            "intBetween",
            "integer",
        )
    )
    admitted = number if numbers else integer
    return Scalar(
        name,
        f"{kind} between {low} and {high} (both inclusive)",
        lambda value: admitted(value) and low <= value <= high,
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


def matching(pattern: str) -> Scalar:
    """Strings that a POSIX extended regular expression matches as a whole."""
    from builder.lang.builtins.strings import match

    return Scalar(
        f"strMatching {quoted(pattern)}",
        f"string matching the pattern {pattern}",
        lambda value: is_text(value) and match(pattern, value) is not None,
    )


def separated(separator: str, description: str | None = None) -> Scalar:
    """Strings that are joined by a separator."""

    def merge(loc: Loc, definitions: list[Definition]) -> Value:
        return join_strings(separator, [force(d.value) for d in definitions])

    shown = description or (
        "Concatenated string" if not separator else f"strings concatenated with {quoted(separator)}"
    )
    return Scalar("separatedString", shown, is_text, merge)


def _single_line(value: Any) -> bool:
    text = text_of(value)
    return text is not None and "\n" not in text.removesuffix("\n")


def _merge_single_line(loc: Loc, definitions: list[Definition]) -> Value:
    value = merge_equal(loc, definitions)
    if isinstance(value, ContextString):
        return ContextString(value.text.removesuffix("\n"), value.context)
    return value.removesuffix("\n") if isinstance(value, str) else value


def _merge_package(loc: Loc, definitions: list[Definition]) -> Value:
    return merge_one(loc, definitions)


def _is_package(value: Any) -> bool:
    return (isinstance(value, dict) and is_derivation(value)) or (
        not isinstance(value, dict) and in_store(value)
    )


def _merge_bool_or(loc: Loc, definitions: list[Definition]) -> Value:
    return any(force(d.value) is True for d in definitions)


class Enum(OptionType):
    """One of some values."""

    name = "enum"

    def __init__(self, values: list[Any]) -> None:
        self.values = values

    @property
    def description(self) -> str:  # type: ignore[override]
        """All values."""
        from builder.lang.printing import brief

        shown = [brief(value) for value in self.values]
        if not shown:
            return "impossible (empty enum)"
        if len(shown) == 1:
            return f"value {shown[0]} (singular enum)"
        return f"one of {', '.join(shown)}"

    def accepts(self, value: Any) -> bool:
        """Whether it equals one of the values."""
        return any(equal(value, force(other)) for other in self.values)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """All definitions must agree."""
        return merge_equal(loc, definitions)

    def combine(self, other: OptionType) -> OptionType | None:
        """Two enums make one with the values of both."""
        if not isinstance(other, Enum):
            return None
        more = [v for v in other.values if not self.accepts(force(v))]
        return Enum([*self.values, *more])


class Anything(OptionType):
    """Any value; sets merge deeply, functions merge their results."""

    name = "anything"
    description = "anything"

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Merge by the kind of the values, which must be one for all."""
        from builder.lang.thunks import lazy_call
        from builder.lang.values import type_name
        from builder.modules.containers import AttrsOf

        values = [force(d.value) for d in definitions]
        kinds = {"string-like" if is_string_like(v) else type_name(v) for v in values}
        if len(kinds) > 1:
            raise conflict(loc, definitions)
        (kind,) = kinds
        if kind == "set":
            return AttrsOf(self, lazy=True).merge(loc, definitions)
        if kind == "list":
            if len(definitions) > 1:
                return merge_equal(loc, definitions)
            return values[0]
        if kind == "lambda" and len(definitions) > 1:

            def applied(argument: Value) -> Value:
                inner = [
                    Definition(d.file, lazy_call(d.value, argument), d.place) for d in definitions
                ]
                return self.merge((*loc, "<function body>"), inner)

            return applied
        if kind == "lambda":
            return values[0]
        return merge_equal(loc, definitions)


def _is_option_type(value: Any) -> bool:
    return kind_of(value) == "option-type"


def _merge_raw(loc: Loc, definitions: list[Definition]) -> Value:
    return merge_one(loc, definitions)


def _is_shell_package(value: Any) -> bool:
    return _is_package(value) and isinstance(value, dict) and "shellPath" in value


def _is_pkgs(value: Any) -> bool:
    return isinstance(value, dict) and force(value.get("_type")) == "pkgs"


def simple_types() -> dict[str, OptionType]:
    """The types that take no parameters, by name."""
    return {
        "unspecified": OptionType(),
        "raw": Scalar("raw", "raw value", lambda value: True, _merge_raw),
        "anything": Anything(),
        "bool": Scalar("bool", "boolean", lambda value: type(value) is bool),
        "boolByOr": Scalar(
            "boolByOr", "boolean (merged using or)", lambda v: type(v) is bool, _merge_bool_or
        ),
        "int": Scalar("int", "signed integer", integer),
        "float": Scalar("float", "floating point number", lambda value: type(value) is float),
        "number": Scalar("number", "signed integer or floating point number", number),
        "port": Scalar(
            "unsignedInt16",
            "16 bit unsigned integer; between 0 and 65535 (both inclusive)",
            lambda value: integer(value) and 0 <= value <= 65535,
        ),
        "str": Scalar("str", "string", is_text),
        "nonEmptyStr": Scalar(
            "nonEmptyStr",
            "non-empty string",
            lambda value: is_text(value) and bool((text_of(value) or "").strip(" \t\n")),
        ),
        "singleLineStr": Scalar(
            "singleLineStr",
            "(optionally newline-terminated) single-line string",
            _single_line,
            _merge_single_line,
        ),
        "passwdEntry": Scalar(
            "passwdEntry str",
            "string, not containing newlines or colons",
            lambda value: is_text(value) and not set(text_of(value) or "") & {":", "\n"},
        ),
        "string": separated("", "string"),
        "lines": separated("\n"),
        "commas": separated(","),
        "envVar": separated(":"),
        "path": Scalar("path", "absolute path", is_absolute),
        "pathInStore": Scalar("pathInStore", "path in the Nix store", in_store),
        "package": Scalar("package", "package", _is_package, _merge_package),
        "shellPackage": Scalar(
            "shellPackage", "package that is a shell", _is_shell_package, merge_one
        ),
        "pkgs": Scalar("pkgs", "Nixpkgs package set", _is_pkgs, merge_one),
        "attrs": Scalar(
            "attrs", "attribute set", lambda value: isinstance(value, dict), merge_default
        ),
        "optionType": Scalar("optionType", "optionType", _is_option_type, _merge_type),
        "function": Scalar("function", "function", is_function, merge_one),
    }


def _merge_type(loc: Loc, definitions: list[Definition]) -> Value:
    from builder.modules.option_type import as_set, as_type

    merged = as_type(definitions[0].value)
    for other in definitions[1:]:
        combined = merged.combine(as_type(other.value))
        if combined is None:
            raise conflict(loc, definitions)
        merged = combined
    return as_set(merged) if len(definitions) > 1 else force(definitions[0].value)

"""Types of strings."""

from __future__ import annotations

from typing import Any

from builder.lang.thunks import force
from builder.lang.values import ContextString, Value
from builder.lang.words import quoted
from builder.modules.definition import Definition, Loc
from builder.modules.option_type import OptionType, join_strings, merge_equal, phrase
from builder.modules.scalars import Scalar, is_text, text_of
from builder.modules.wrapped import Wrapped


def matching(pattern: str) -> Scalar:
    """Strings that a POSIX extended regular expression matches as a whole."""
    from builder.lang.builtins.regexes import match

    return Scalar(
        f"strMatching {quoted(pattern)}",
        f"string matching the pattern {pattern}",
        lambda value: is_text(value) and match(pattern, value) is not None,
        made_of={"pattern": pattern},
    )


def separated(separator: str, description: str | None = None) -> Scalar:
    """Strings that are joined by a separator."""

    def merge(loc: Loc, definitions: list[Definition]) -> Value:
        return join_strings(separator, [force(d.value) for d in definitions])

    shown = description or (
        "Concatenated string" if not separator else f"strings concatenated with {quoted(separator)}"
    )
    return Scalar("separatedString", shown, is_text, merge, made_of={"sep": separator})


def non_empty(value: Any) -> bool:
    """Whether a forced value is a string with more than white space."""
    return is_text(value) and bool((text_of(value) or "").strip(" \t\n"))


def single_line(value: Any) -> bool:
    """Whether a forced value is a string of one line, with a newline at its end or without."""
    text = text_of(value)
    return text is not None and not set(text.removesuffix("\n")) & {"\n", "\r"}


def merge_single_line(loc: Loc, definitions: list[Definition]) -> Value:
    """The line that all definitions agree on, without the newline."""
    value = merge_equal(loc, definitions)
    if isinstance(value, ContextString):
        return ContextString(value.text.removesuffix("\n"), value.context)
    return value.removesuffix("\n") if isinstance(value, str) else value


class PasswdEntry(Wrapped):
    """Strings of a type that can be a field of ``/etc/passwd``."""

    description_class = "nonRestrictiveClause"

    def __init__(self, inside: OptionType) -> None:
        super().__init__(inside)
        self.name = f"passwdEntry {inside.name}"

    @property
    def description(self) -> str:  # type: ignore[override]
        """With the type inside."""
        return f"{phrase(self.inside, 'noun')}, not containing newlines or colons"

    def accepts(self, value: Any) -> bool:
        """As inside, without newlines and colons."""
        return self.inside.accepts(value) and not set(text_of(value) or "") & {":", "\n"}


def string_types() -> dict[str, OptionType]:
    """The types of strings that take no parameters, by name."""
    return {
        "str": Scalar("str", "string", is_text),
        "nonEmptyStr": Scalar("nonEmptyStr", "non-empty string", non_empty),
        "singleLineStr": Scalar(
            "singleLineStr",
            "(optionally newline-terminated) single-line string",
            single_line,
            merge_single_line,
        ),
        "lines": separated("\n"),
        "commas": separated(","),
        "envVar": separated(":"),
    }

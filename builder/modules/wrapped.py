"""Types built on one other type: optional, unique, checked."""

from __future__ import annotations

from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.once import once
from builder.lang.thunks import call, force
from builder.lang.values import Value
from builder.modules.definition import Definition, Loc, show_loc
from builder.modules.option_type import (
    Inside,
    OptionType,
    as_set,
    opened,
    phrase,
)
from builder.modules.report import list_files, not_unique


class Wrapped(OptionType):
    """A type built on one other; parts that are not overridden are the other's."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    @once
    def inside(self) -> OptionType:
        """The other type."""
        return opened(self._inside)

    def accepts(self, value: Any) -> bool:
        """As inside."""
        return self.inside.accepts(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """As inside."""
        return self.inside.merge(loc, definitions)

    def empty(self) -> Any:
        """As inside."""
        return self.inside.empty()

    def nested(self) -> dict[str, OptionType]:
        """The type inside."""
        return {"elemType": self.inside}

    def wrapped(self) -> Value:
        """The type inside."""
        return as_set(self.inside)

    def sub_options(self, prefix: Loc) -> Value:
        """As inside."""
        return self.inside.sub_options(prefix)

    def sub_modules(self) -> list[Value] | None:
        """As inside."""
        return self.inside.sub_modules()

    def rebuilt(self, inside: OptionType) -> OptionType:
        """The same around another type."""
        return type(self)(inside)

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """Other modules inside."""
        return self.rebuilt(self.inside.with_sub_modules(modules))

    def combined(self, other: OptionType) -> OptionType | None:
        """Combine what is inside."""
        if type(other) is not type(self) or not isinstance(other, Wrapped):
            return None
        inside = self.inside.combine(other.inside)
        return None if inside is None else self.rebuilt(inside)


class NullOr(Wrapped):
    """Null, or a value of the type inside."""

    name = "nullOr"
    description_class = "conjunction"

    @property
    def description(self) -> str:  # type: ignore[override]
        """With the type inside."""
        return f"null or {phrase(self.inside, 'noun', 'conjunction')}"

    def accepts(self, value: Any) -> bool:
        """Null is accepted too."""
        return value is None or self.inside.accepts(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """All null, or none."""
        nulls = [force(d.value) is None for d in definitions]
        if all(nulls):
            return None
        if any(nulls):
            raise ThrownError(
                f"The option `{show_loc(loc)}` is defined both null and not null, in "
                f"{list_files(d.where for d in definitions)}."
            )
        return self.inside.merge(loc, definitions)

    def empty(self) -> Any:
        """Null."""
        return None


class Unique(Wrapped):
    """A type of which only one definition is allowed."""

    name = "unique"

    def __init__(self, inside: Inside, message: str = "") -> None:
        super().__init__(inside)
        self.message = message

    @property
    def description(self) -> str:  # type: ignore[override]
        """As inside."""
        return self.inside.description

    @property
    def description_class(self) -> str | None:  # type: ignore[override]
        """As inside."""
        return self.inside.description_class

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Refuse a second definition."""
        if len(definitions) > 1:
            raise not_unique(loc, definitions, self.message)
        return self.inside.merge(loc, definitions)

    def rebuilt(self, inside: OptionType) -> OptionType:
        """The same message around another type."""
        return Unique(inside, self.message)


class Checked(Wrapped):
    """The type inside with one more test."""

    def __init__(self, inside: OptionType, check: Value) -> None:
        super().__init__(inside)
        self.check = check
        self.name = inside.name

    @property
    def description(self) -> str:  # type: ignore[override]
        """As inside."""
        return self.inside.description

    @property
    def description_class(self) -> str | None:  # type: ignore[override]
        """As inside."""
        return self.inside.description_class

    def accepts(self, value: Any) -> bool:
        """Both tests."""
        return self.inside.accepts(value) and call(self.check, value) is True

    def nested(self) -> dict[str, OptionType]:
        """As inside."""
        return self.inside.nested()

    def rebuilt(self, inside: OptionType) -> OptionType:
        """The same test on another type."""
        return Checked(inside, self.check)

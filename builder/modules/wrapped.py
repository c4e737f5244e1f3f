"""Types built on other types: optional, unique, checked, one or the other, converted."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.operators import MISSING
from builder.lang.thunks import call, force, lazy_call
from builder.lang.values import Value, is_function
from builder.modules.definition import Definition, Loc, show_loc
from builder.modules.merge import Merged
from builder.modules.option_type import (
    Inside,
    OptionType,
    as_set,
    merge_one,
    opened,
    phrase,
)
from builder.modules.report import list_files, not_unique


class Wrapped(OptionType):
    """A type built on one other; parts that are not overridden are the other's."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    @cached_property
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


class FunctionTo(Wrapped):
    """Functions whose results are of the type inside."""

    name = "functionTo"
    description_class = "composite"

    @property
    def description(self) -> str:  # type: ignore[override]
        """With the results' type."""
        return f"function that evaluates to a(n) {phrase(self.inside, 'noun', 'composite')}"

    def accepts(self, value: Any) -> bool:
        """Whether it can be called."""
        return is_function(value) or (isinstance(value, dict) and "__functor" in value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """A function that merges the results of all."""

        def applied(argument: Value) -> Value:
            parts = [Definition(d.file, lazy_call(d.value, argument), d.place) for d in definitions]
            return Merged((*loc, "<function body>"), self.inside, parts).value()

        return applied

    def empty(self) -> Any:
        """Nothing."""
        return MISSING

    def sub_options(self, prefix: Loc) -> Value:
        """Those of the results."""
        return self.inside.sub_options((*prefix, "<function body>"))


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


class Either(OptionType):
    """A value of one type or of another; definitions must all be of the same."""

    name = "either"
    description_class = "conjunction"

    def __init__(self, left: Inside, right: Inside) -> None:
        self._left = left
        self._right = right

    @cached_property
    def left(self) -> OptionType:
        """The type that is tried first."""
        return opened(self._left)

    @cached_property
    def right(self) -> OptionType:
        """The other type."""
        return opened(self._right)

    @property
    def description(self) -> str:  # type: ignore[override]
        """Both types."""
        if self.left.description_class == "nonRestrictiveClause":
            return f"{self.left.description}, or {phrase(self.right, 'noun', 'conjunction')}"
        left = phrase(self.left, "noun", "conjunction")
        return f"{left} or {phrase(self.right, 'noun', 'conjunction', 'composite')}"

    def accepts(self, value: Any) -> bool:
        """Whether one of them accepts it."""
        return self.left.accepts(value) or self.right.accepts(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Merge by the first type that accepts all."""
        values = [force(d.value) for d in definitions]
        for choice in (self.left, self.right):
            if all(choice.accepts(value) for value in values):
                return choice.merge(loc, definitions)
        return merge_one(loc, definitions)

    def nested(self) -> dict[str, OptionType]:
        """Both types."""
        return {"left": self.left, "right": self.right}

    def wrapped(self) -> Value:
        """Both types."""
        return [as_set(self.left), as_set(self.right)]

    def combined(self, other: OptionType) -> OptionType | None:
        """Combine side by side."""
        if not isinstance(other, Either):
            return None
        left, right = self.left.combine(other.left), self.right.combine(other.right)
        return None if left is None or right is None else Either(left, right)


class CoercedTo(OptionType):
    """Values of one type, made into another by a function."""

    name = "coercedTo"
    description_class = None

    def __init__(self, source: OptionType, convert: Value, target: Inside) -> None:
        if source.sub_modules() is not None:
            raise ThrownError(
                f"coercedTo: coercedType must not have submodules (it’s a {source.description})"
            )
        self.source = source
        self.convert = convert
        self._target = target

    @cached_property
    def target(self) -> OptionType:
        """The type that values are of in the end."""
        return opened(self._target)

    @property
    def description(self) -> str:  # type: ignore[override]
        """Both types."""
        target = phrase(self.target, "noun")
        return f"{target} or {phrase(self.source, 'noun')} convertible to it"

    def _converted(self, value: Any) -> Any:
        return call(self.convert, value) if self.source.accepts(value) else value

    def accepts(self, value: Any) -> bool:
        """Whether it, or what it is converted to, is of the target type."""
        if self.source.accepts(value) and self.target.accepts(call(self.convert, value)):
            return True
        return self.target.accepts(value)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Convert, then merge."""
        converted = [
            Definition(d.file, self._converted(force(d.value)), d.place) for d in definitions
        ]
        return self.target.merge(loc, converted)

    def empty(self) -> Any:
        """The target's."""
        return self.target.empty()

    def nested(self) -> dict[str, OptionType]:
        """Both types."""
        return {"coercedType": self.source, "finalType": self.target}

    def sub_options(self, prefix: Loc) -> Value:
        """The target's."""
        return self.target.sub_options(prefix)

    def sub_modules(self) -> list[Value] | None:
        """The target's."""
        return self.target.sub_modules()

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """Other modules in the target."""
        return CoercedTo(self.source, self.convert, self.target.with_sub_modules(modules))

    def combined(self, other: OptionType) -> OptionType | None:
        """Two functions cannot be told to be one."""
        return None

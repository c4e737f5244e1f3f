"""Types of values that come in two kinds: one or the other, or converted from one to the other."""

from __future__ import annotations

from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.once import once
from builder.lang.thunks import call, force
from builder.lang.values import Value
from builder.modules.definition import Definition, Loc
from builder.modules.option_type import Inside, OptionType, as_set, merge_one, opened, phrase


class Either(OptionType):
    """A value of one type or of another; definitions must all be of the same."""

    name = "either"
    description_class = "conjunction"

    def __init__(self, left: Inside, right: Inside) -> None:
        self._left = left
        self._right = right

    @once
    def left(self) -> OptionType:
        """The type that is tried first."""
        return opened(self._left)

    @once
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

    def payload(self) -> dict[str, Value] | None:
        """Both types."""
        return {"elemType": [as_set(self.left), as_set(self.right)]}

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

    @once
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

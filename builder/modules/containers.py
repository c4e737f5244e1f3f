"""Types with element types."""

from __future__ import annotations

from typing import Any

from builder.lang.expect import want_attrs, want_list
from builder.lang.once import once
from builder.lang.operators import MISSING
from builder.lang.values import Thunk, Value
from builder.modules.definition import Definition, Loc, inner
from builder.modules.merge import Merged
from builder.modules.option_type import Inside, OptionType, as_set, opened, phrase


class AttrsOf(OptionType):
    """Sets whose values are all of one type.

    The lazy kind does not ask whether a value is defined before it is needed.
    """

    description_class = "composite"

    def __init__(self, element: Inside, *, lazy: bool, placeholder: str = "name") -> None:
        self._element = element
        self.lazy = lazy
        self.placeholder = placeholder
        self.name = "lazyAttrsOf" if lazy else "attrsOf"

    @once
    def element(self) -> OptionType:
        """The elements' type."""
        return opened(self._element)

    @property
    def description(self) -> str:  # type: ignore[override]
        """With the elements' type."""
        kind = "lazy attribute set" if self.lazy else "attribute set"
        return f"{kind} of {phrase(self.element, 'noun', 'composite')}"

    def accepts(self, value: Any) -> bool:
        """Whether it is a set; elements are checked when they are merged."""
        return isinstance(value, dict)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Merge the elements of each name."""
        by_name: dict[str, list[Definition]] = {}
        for definition in definitions:
            attrs = want_attrs(definition.value)
            for name in attrs:
                part = inner(attrs, name, definition)
                # The whole set's priority and order are spent; an element has its own.
                element = Definition(part.file, part.value, part.place)
                by_name.setdefault(name, []).append(element)
        result: dict[str, Value] = {}
        for name, parts in by_name.items():
            merged = Merged((*loc, name), self.element, parts)
            if self.lazy:
                result[name] = _later_or_empty(merged)
            elif merged.is_defined:
                result[name] = _later(merged)
        return result

    def empty(self) -> Any:
        """The empty set."""
        return {}

    def nested(self) -> dict[str, OptionType]:
        """The elements' type."""
        return {"elemType": self.element}

    def payload(self) -> dict[str, Value] | None:
        """The arguments of `types.attrsWith`."""
        element = as_set(self.element)
        return {"elemType": element, "lazy": self.lazy, "placeholder": self.placeholder}

    def sub_options(self, prefix: Loc) -> Value:
        """Those of the elements."""
        return self.element.sub_options((*prefix, f"<{self.placeholder}>"))

    def wrapped(self) -> Value:
        """The elements' type."""
        return as_set(self.element)

    def sub_modules(self) -> list[Value] | None:
        """Those of the elements."""
        return self.element.sub_modules()

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """Other modules in the elements."""
        element = self.element.with_sub_modules(modules)
        return AttrsOf(element, lazy=self.lazy, placeholder=self.placeholder)

    def combined(self, other: OptionType) -> OptionType | None:
        """Combine the elements' types; of two placeholders, one must be the usual one."""
        if not isinstance(other, AttrsOf) or other.lazy != self.lazy:
            return None
        placeholders = {self.placeholder, other.placeholder}
        if len(placeholders) > 1:
            placeholders.discard("name")
        element = self.element.combine(other.element)
        if element is None or len(placeholders) > 1:
            return None
        return AttrsOf(element, lazy=self.lazy, placeholder=placeholders.pop())


def _later(merged: Merged) -> Value:
    return Thunk(lambda: merged.value())


def _later_or_empty(merged: Merged) -> Value:
    return Thunk(lambda: merged.value_or_empty())


class ListOf(OptionType):
    """Lists whose elements are all of one type; definitions are joined."""

    name = "listOf"
    description_class = "composite"

    def __init__(self, element: Inside, *, non_empty: bool = False) -> None:
        self._element = element
        self.non_empty = non_empty

    @once
    def element(self) -> OptionType:
        """The elements' type."""
        return opened(self._element)

    @property
    def description(self) -> str:  # type: ignore[override]
        """With the elements' type."""
        shown = f"list of {phrase(self.element, 'noun', 'composite')}"
        return f"non-empty ({shown})" if self.non_empty else shown

    def accepts(self, value: Any) -> bool:
        """Whether it is a list (with something in it, where that is asked)."""
        return type(value) is list and bool(value or not self.non_empty)

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Join the lists; elements that their `mkIf` excludes are left out."""
        result: list[Value] = []
        for number, definition in enumerate(definitions, 1):
            for index, item in enumerate(want_list(definition.value), 1):
                name = f"[definition {number}-entry {index}]"
                part = Definition(definition.file, item, definition.place)
                merged = Merged((*loc, name), self.element, [part])
                if merged.is_defined:
                    result.append(_later(merged))
        return result

    def empty(self) -> Any:
        """The empty list, unless the list must not be empty."""
        return MISSING if self.non_empty else []

    def nested(self) -> dict[str, OptionType]:
        """The elements' type."""
        return {"elemType": self.element}

    def sub_options(self, prefix: Loc) -> Value:
        """Those of the elements."""
        return self.element.sub_options((*prefix, "*"))

    def wrapped(self) -> Value:
        """The elements' type."""
        return as_set(self.element)

    def sub_modules(self) -> list[Value] | None:
        """Those of the elements."""
        return self.element.sub_modules()

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """Other modules in the elements."""
        return ListOf(self.element.with_sub_modules(modules), non_empty=self.non_empty)

    def combined(self, other: OptionType) -> OptionType | None:
        """Combine the elements' types."""
        if not isinstance(other, ListOf) or other.non_empty != self.non_empty:
            return None
        element = self.element.combine(other.element)
        return None if element is None else ListOf(element, non_empty=self.non_empty)

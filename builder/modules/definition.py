"""Definitions of options, and the properties around them.

`mkIf`, `mkMerge`, `mkOverride` and `mkOrder` are sets with `_type` "if",
"merge", "override" and "order", as in nixpkgs; `mkDefinition` gives one with
`_type` "definition" that says its own file. Around a set of options they
are pushed down to each option without being evaluated; an option then settles
its own definitions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.expect import want_int, want_list
from builder.lang.thunks import force
from builder.lang.values import Attrs, Path, Value, type_name

DEFAULT_PRIORITY = 100
OPTION_DEFAULT_PRIORITY = 1500
# That of no definition at all.
LEAST_PRIORITY = 9999
DEFAULT_ORDER = 1000
# The functions that give these priorities and orders.
PRIORITIES = {
    10: "mkVMOverride",
    50: "mkForce",
    60: "mkImageMediaOverride",
    1000: "mkDefault",
    OPTION_DEFAULT_PRIORITY: "mkOptionDefault",
}
ORDERS = {500: "mkBefore", 1500: "mkAfter"}
# Between the file of a module that is an option's value and that option's name.
VIA_OPTION = ", via option "
Place = tuple[str, int, int]
Loc = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A value given to an option (or to a set of options) by a module.

    `file` is the module that it stands in, `place` the exact (file, line,
    column) where known. `conditions` are those of the `mkIf`s around it, not
    yet evaluated; `priority` is that of an outer `mkOverride`, `order` of a
    `mkOrder`; None where there is none.
    """

    file: str
    value: Value
    place: Place | None = None
    conditions: tuple[Value, ...] = ()
    priority: int | None = None
    order: int | None = None

    def settled(self, value: Value) -> Definition:
        """The definition of a value whose conditions hold."""
        return Definition(self.file, value, self.place, (), self.priority, self.order)

    @property
    def where(self) -> str:
        """The file, with line and column where they are known."""
        if self.place is None:
            return self.file
        _, via, option = self.file.partition(VIA_OPTION)
        return ":".join(map(str, self.place)) + via + option

    def with_properties(self) -> Value:
        """The value with the conditions, order and priority around it as sets again."""
        value = self.value
        for condition in reversed(self.conditions):
            value = {"_type": "if", "condition": condition, "content": value}
        if self.order is not None:
            value = {"_type": "order", "priority": self.order, "content": value}
        if self.priority is not None:
            value = {"_type": "override", "priority": self.priority, "content": value}
        return value


def show_loc(loc: Iterable[str]) -> str:
    """An option's name: its parts, quoted where they are no identifiers."""
    from builder.lang.words import attribute

    return ".".join(part if _placeholder(part) else attribute(part) for part in loc)


def _placeholder(part: str) -> bool:
    return part == "*" or (part.startswith("<") and part.endswith(">"))


def kind_of(value: Any) -> str | None:
    """The `_type` of a forced value, or None."""
    if isinstance(value, dict) and "_type" in value:
        kind = force(value["_type"])
        if type(kind) is str:
            return kind
    return None


def part_of(value: dict[str, Any], name: str) -> Value:
    """A part of a set that says which kind of property it is. Raises `ThrownError`."""
    if name not in value:
        raise ThrownError(
            f'a set of `_type` "{force(value["_type"])}" has no `{name}\'; such sets are made by '
            "lib.mkIf, mkMerge, mkOverride, mkOrder and their kin"
        )
    return value[name]


# The folders of libraries that evaluate modules. A set that `lib.setAttrByPath` or
# `lib.nameValuePair` made was bound there, which tells its user nothing.
_libraries: set[str] = set()


def know_library(lib: Value) -> None:
    """Take a library's own folder for no place of definitions from now on."""
    attrs = force(lib)
    if type(attrs) is Attrs and attrs.positions is not None:
        found = attrs.positions.find("evalModules")
        if found is not None:
            _libraries.add(found[0].rpartition("/")[0] + "/")


def place_of(attrs: dict[str, Value], name: str) -> Place | None:
    """Where a set's name was bound, when the set knows; nothing for what a library bound."""
    if type(attrs) is Attrs and attrs.positions is not None:
        found = attrs.positions.find(name)
        if found is not None and not found[0].startswith(tuple(_libraries)):
            return found
    return None


def _located(definition: Definition, value: dict[str, Any]) -> Definition:
    """The definition that a `mkDefinition` gives. It stands where that says: on the line of its
    value when that is known to be in the file."""
    file = file_text(part_of(value, "file"))
    place = place_of(value, "value")
    return replace(
        definition,
        file=file,
        value=part_of(value, "value"),
        place=place if place is not None and place[0] == file else None,
    )


def push_down(definition: Definition, loc: Loc) -> list[tuple[dict[str, Value], Definition]]:
    """The sets of option definitions inside a definition of a set of options.

    With each set comes a definition that carries the properties around it.
    Raises `ThrownError` when there is something else than a set.
    """
    value = force(definition.value)
    kind = kind_of(value)
    if kind == "merge":
        found = []
        for item in want_list(part_of(value, "contents")):
            found.extend(push_down(replace(definition, value=item), loc))
        return found
    if kind == "if":
        conditions = (*definition.conditions, part_of(value, "condition"))
        return push_down(
            replace(definition, value=part_of(value, "content"), conditions=conditions), loc
        )
    if kind == "definition":
        return push_down(_located(definition, value), loc)
    if kind == "override":
        return push_down(_overridden(definition, value), loc)
    if kind == "order":
        return push_down(_ordered(definition, value), loc)
    if not isinstance(value, dict):
        name = ".".join(loc)
        raise ThrownError(
            f"In module `{definition.where}', you're trying to define a value of type "
            f"`{type_name(value)}'\nrather than an attribute set for the option\n`{name}'!\n\n"
            f"This usually happens if `{name}' has option\ndefinitions inside that are not "
            "matched. Please check how to properly define\nthis option by e.g. referring to "
            "`man 5 configuration.nix'!"
        )
    return [(value, definition)]


def _overridden(definition: Definition, value: dict[str, Any]) -> Definition:
    priority = definition.priority
    if priority is None:
        priority = want_int(part_of(value, "priority"))
    return replace(definition, value=part_of(value, "content"), priority=priority)


def _ordered(definition: Definition, value: dict[str, Any]) -> Definition:
    order = definition.order
    if order is None:
        order = want_int(part_of(value, "priority"))
    return replace(definition, value=part_of(value, "content"), order=order)


def inner(attrs: dict[str, Value], name: str, around: Definition) -> Definition:
    """The definition of one name of a set that `push_down` found."""
    return Definition(
        around.file,
        attrs[name],
        place_of(attrs, name),
        around.conditions,
        around.priority,
        around.order,
    )


def _holds(condition: Value) -> bool:
    value = force(condition)
    if type(value) is not bool:
        raise ThrownError("‘mkIf’ called with a non-Boolean condition")
    return value


def settle(definition: Definition) -> list[Definition]:
    """Evaluate the properties of an option's definition: what really applies."""
    if not _applies(definition):
        return []
    value = force(definition.value)
    if not isinstance(value, dict) or "_type" not in value:
        return [definition.settled(value)]
    kind = kind_of(value)
    if kind == "override":
        return settle(replace(_overridden(definition, value), conditions=()))
    if kind == "order":
        return settle(replace(_ordered(definition, value), conditions=()))
    found = _opened(definition, kind, value)
    if found is None:
        return [definition.settled(value)]
    return [settled for part in found for settled in settle(part)]


def weigh(definition: Definition) -> list[tuple[Definition, bool]]:
    """What of an option's definition applies, evaluated no further than to its priorities.

    With each part comes whether it is settled. What stands inside of a `mkOverride` or a
    `mkOrder` is not: a stronger definition may make it unneeded.
    """
    if definition.priority is not None:
        return [(definition, False)]
    if not _applies(definition):
        return []
    value = force(definition.value)
    if not isinstance(value, dict) or "_type" not in value:
        return [(definition.settled(value), True)]
    kind = kind_of(value)
    if kind == "override":
        return [(replace(_overridden(definition, value), conditions=()), False)]
    if kind == "order":
        return [(replace(_ordered(definition, value), conditions=()), False)]
    found = _opened(definition, kind, value)
    if found is None:
        return [(definition.settled(value), True)]
    return [weighed for part in found for weighed in weigh(part)]


def _applies(definition: Definition) -> bool:
    return all(_holds(condition) for condition in definition.conditions)


def _opened(
    definition: Definition, kind: str | None, value: dict[str, Any]
) -> list[Definition] | None:
    """What a `mkMerge`, `mkIf` or `mkDefinition` holds; None for any other set."""
    if kind == "merge":
        return [definition.settled(item) for item in want_list(part_of(value, "contents"))]
    if kind == "if":
        if not _holds(part_of(value, "condition")):
            return []
        return [definition.settled(part_of(value, "content"))]
    if kind == "definition":
        return [replace(_located(definition, value), conditions=())]
    return None


def priority_of(definition: Definition) -> int:
    """The priority; a smaller number wins."""
    return DEFAULT_PRIORITY if definition.priority is None else definition.priority


def order_of(definition: Definition) -> int:
    """The place among those that are joined; a smaller number comes first."""
    return DEFAULT_ORDER if definition.order is None else definition.order


def strongest(definitions: list[Definition]) -> list[Definition]:
    """The definitions of the best priority, in their order."""
    best = min((priority_of(d) for d in definitions), default=LEAST_PRIORITY)
    kept = [d for d in definitions if priority_of(d) == best]
    if any(d.order is not None for d in kept):
        kept.sort(key=order_of)
    return kept


def file_text(value: Value, unknown: str = "<unknown-file>") -> str:
    """A module's `_file` as text."""
    value = force(value)
    if isinstance(value, Path):
        return value.text
    if isinstance(value, str):
        return value
    text = getattr(value, "text", None)
    return text if isinstance(text, str) else unknown

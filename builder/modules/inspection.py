"""Options looked at from outside: who declares one, who sets it, which definition wins and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from builder.lang.errors import NixError
from builder.lang.expect import want_int, want_list
from builder.lang.thunks import force
from builder.lang.values import Value
from builder.modules.definition import (
    DEFAULT_PRIORITY,
    LEAST_PRIORITY,
    OPTION_DEFAULT_PRIORITY,
    ORDERS,
    PRIORITIES,
    Definition,
    kind_of,
    order_of,
    part_of,
    priority_of,
)
from builder.modules.lookup import Found
from builder.modules.merge import Merged
from builder.modules.option import Option, OptionSet

# What sets each priority, for readers.
_PRIORITIES = {
    **PRIORITIES,
    DEFAULT_PRIORITY: "plain",
    OPTION_DEFAULT_PRIORITY: "the option's default",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A definition as a report has it. `applies` is whether its conditions hold."""

    definition: Definition
    applies: bool
    wins: bool
    why: str


def priority_name(priority: int) -> str:
    """A priority with what sets it."""
    return _named(priority, _PRIORITIES)


def order_name(order: int) -> str:
    """A place among definitions that are joined, with what gives it."""
    return _named(order, ORDERS)


def _named(number: int, names: Mapping[int, str]) -> str:
    name = names.get(number)
    return f"{number}" if name is None else f"{number} ({name})"


def is_defined(found: Found) -> bool:
    """Whether anything defines it; a definition that is an error counts."""
    try:
        return found.merged.is_defined
    except NixError:
        return True


def contributions(found: Found) -> list[Contribution]:
    """All definitions in the order of their weight, with what became of each."""
    merged = found.merged
    try:
        best = min(map(priority_of, merged.final), default=LEAST_PRIORITY)
        winners = len(merged.final)
    except NixError:
        best, winners = -1, 0
    together = "merged" if _has_value(found) else "which do not go together"
    report = []
    for definition in [part for given in merged.given for part in _parts(merged, given)]:
        try:
            applying = merged.settle_one(definition)
        except NixError as error:
            report.append(_failed(definition, error))
            continue
        if not applying:
            why = "its condition (mkIf) is false"
            report.append(Contribution(definition=definition, applies=False, wins=False, why=why))
        for settled in applying:
            priority = priority_of(settled)
            why = "another definition is an error"
            if best >= 0:
                why = _why(priority, best, winners, together)
            wins = priority == best
            report.append(Contribution(definition=settled, applies=True, wins=wins, why=why))
    report.sort(key=_weight)
    return report


def _weight(one: Contribution) -> tuple[bool, int, int]:
    """What wins first, and that in the order in which it is merged."""
    return not one.applies, priority_of(one.definition), order_of(one.definition)


def _has_value(found: Found) -> bool:
    try:
        found.value()
    except NixError:
        return False
    return True


def _parts(merged: Merged, definition: Definition) -> Iterator[Definition]:
    """The parts of a `mkMerge`, each with the priority and the order around it; no condition is
    evaluated but those around the whole."""
    try:
        if definition.conditions and not merged.settle_one(definition):
            yield definition
            return
        value = force(definition.value)
    except NixError:
        yield definition
        return
    kind = kind_of(value)
    if kind == "merge":
        for item in want_list(part_of(value, "contents")):
            yield from _parts(merged, replace(definition, value=item))
        return
    if kind == "override" and definition.priority is None:
        definition = replace(definition, priority=want_int(part_of(value, "priority")))
    elif kind == "order" and definition.order is None:
        definition = replace(definition, order=want_int(part_of(value, "priority")))
    elif kind not in {"override", "order"}:
        yield definition
        return
    yield from _parts(merged, replace(definition, value=part_of(value, "content")))


def _failed(definition: Definition, error: NixError) -> Contribution:
    why = f"an error: {error.message}"
    return Contribution(definition=definition, applies=True, wins=False, why=why)


def _why(priority: int, best: int, winners: int, together: str) -> str:
    if priority != best:
        return f"priority {priority} is weaker than {best}"
    if winners > 1:
        return f"one of {winners} of the strongest priority, {together}"
    return "the only one of the strongest priority"


def walk(options: Mapping[str, Value]) -> Iterator[Found]:
    """All visible options of a tree, those inside of submodules too, in the order of names."""
    for name in sorted(options):
        if name == "_module":
            continue
        node = force(options[name])
        if not isinstance(node, OptionSet):
            if isinstance(node, dict) and kind_of(node) is None:
                yield from walk(node)
            continue
        option = node.native
        visible = force(option.attrs.get("visible", True))
        if visible is False or force(option.attrs.get("internal", False)) is True:
            continue
        yield Found(loc=option.loc, merged=option.merged, option=option)
        if visible is True:
            below = _sub_options(option)
            yield from walk(below)


def _sub_options(option: Option) -> Mapping[str, Value]:
    try:
        found: Any = force(option.type.sub_options(option.loc))
    except NixError:
        return {}  # a type whose modules need what documentation has not
    return found if isinstance(found, dict) else {}

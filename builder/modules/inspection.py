"""Options looked at from outside: who declares one, who sets it, which definition wins and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builder.lang.errors import NixError, nearest
from builder.lang.expect import want_attrs
from builder.lang.thunks import force
from builder.lang.values import ContextString, Value
from builder.modules.alternatives import CoercedTo, Either
from builder.modules.containers import AttrsOf
from builder.modules.definition import (
    OPTION_DEFAULT_PRIORITY,
    Definition,
    Loc,
    inner,
    kind_of,
    priority_of,
    show_loc,
)
from builder.modules.merge import Merged
from builder.modules.option import Option, OptionSet
from builder.modules.option_type import OptionType
from builder.modules.submodule import Submodule
from builder.modules.wrapped import Wrapped

# What sets each priority, for readers.
_PRIORITIES = {
    10: "mkVMOverride",
    50: "mkForce",
    60: "mkImageMediaOverride",
    100: "plain",
    1000: "mkDefault",
    OPTION_DEFAULT_PRIORITY: "the option's default",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A name of the configuration: an option, or something inside of an option's value.

    `merged` are its definitions; `option` is None for what has no declaration
    of its own, such as one entry of an `attrsOf str`.
    """

    loc: Loc
    merged: Merged
    option: Option | None

    @property
    def type(self) -> OptionType:
        """The type of the values."""
        return self.merged.type

    def value(self) -> Value:
        """The value, forced. Raises `NixError`."""
        return self.merged.value() if self.option is None else force(self.option.value_thunk)

    def text(self, name: str) -> str | None:
        """The description, or what `literalExpression` and `literalMD` say for another part."""
        if self.option is None or name not in self.option.attrs:
            return None
        value = force(self.option.attrs[name])
        if isinstance(value, dict) and "_type" in value and "text" in value:
            value = force(value["text"])
        elif name != "description":
            return None
        if isinstance(value, ContextString):
            return value.text
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A definition as a report has it. `applies` is whether its conditions hold."""

    definition: Definition
    applies: bool
    wins: bool
    why: str


class NoSuchOption(Exception):
    """There is no option of a name; `suggestions` are the nearest ones."""

    def __init__(self, name: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(f"there is no option `{name}'")
        self.suggestions = suggestions


def priority_name(priority: int) -> str:
    """A priority with what sets it."""
    name = _PRIORITIES.get(priority)
    return f"{priority}" if name is None else f"{priority} ({name})"


def find(options: Mapping[str, Value], path: Sequence[str]) -> Found:
    """What a name means in a tree of options. Raises `NoSuchOption`."""
    level: Mapping[str, Value] = options
    for depth, name in enumerate(path):
        if name not in level:
            raise _missing(level, path, depth)
        node = force(level[name])
        if isinstance(node, OptionSet):
            option = node.native
            found = Found(loc=option.loc, merged=option.merged, option=option)
            return _inside(found, path, depth + 1)
        level = want_attrs(node)
    raise NoSuchOption(show_loc(path), tuple(show_loc((*path, name)) for name in sorted(level)))


def _missing(level: Mapping[str, Value], path: Sequence[str], depth: int) -> NoSuchOption:
    near = nearest(path[depth], level) or tuple(sorted(level))[:5]
    return NoSuchOption(show_loc(path), tuple(show_loc((*path[:depth], name)) for name in near))


def _inside(found: Found, path: Sequence[str], depth: int) -> Found:
    """What the rest of a name means inside of an option's value."""
    if depth == len(path):
        return found
    type_ = _opened(found.type)
    if isinstance(type_, Submodule):
        options = want_attrs(type_.evaluate(found.loc, found.merged.final)["options"])
        visible = {name: value for name, value in options.items() if name != "_module"}
        if path[depth] not in visible:
            raise _missing(visible, path, depth)
        return find(visible, path[depth:])
    if path[depth] == "*" or path[depth].startswith("<"):
        # As documentation names what is inside: no value, the declaration.
        below = want_attrs(type_.sub_options(found.loc))
        if depth + 1 == len(path) or path[depth + 1] not in below:
            here = show_loc(path[: depth + 1])
            raise NoSuchOption(show_loc(path), tuple(f"{here}.{name}" for name in sorted(below)))
        return find(below, path[depth + 1 :])
    if isinstance(type_, AttrsOf):
        name = path[depth]
        parts = []
        for definition in found.merged.final:
            attrs = want_attrs(definition.value)
            if name in attrs:
                part = inner(attrs, name, definition)
                parts.append(Definition(part.file, part.value, part.place))
        if not parts:
            names = {n for d in found.merged.final for n in want_attrs(d.value)}
            raise _missing(dict.fromkeys(names), path, depth)
        loc = (*found.loc, name)
        entry = Found(loc=loc, merged=Merged(loc, type_.element, parts), option=None)
        return _inside(entry, path, depth + 1)
    raise NoSuchOption(show_loc(path), (show_loc(found.loc),))


def _opened(type_: OptionType) -> OptionType:
    """The type inside of those that only add something to another."""
    while True:
        if isinstance(type_, Wrapped):
            type_ = type_.inside
        elif isinstance(type_, CoercedTo):
            type_ = type_.target
        elif isinstance(type_, Either):
            structured = isinstance(_opened(type_.left), (Submodule, AttrsOf))
            type_ = type_.left if structured else type_.right
        else:
            return type_


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
        best, winners = merged.priority, len(merged.final)
    except NixError:
        best, winners = -1, 0
    report = []
    for definition in merged.given:
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
            why = "another definition is an error" if best < 0 else _why(priority, best, winners)
            wins = priority == best
            report.append(Contribution(definition=settled, applies=True, wins=wins, why=why))
    report.sort(key=lambda c: (not c.applies, priority_of(c.definition)))
    return report


def _failed(definition: Definition, error: NixError) -> Contribution:
    why = f"an error: {error.message}"
    return Contribution(definition=definition, applies=True, wins=False, why=why)


def _why(priority: int, best: int, winners: int) -> str:
    if priority != best:
        return f"priority {priority} is weaker than {best}"
    if winners > 1:
        return f"one of {winners} of the strongest priority, merged"
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

"""What a name means in a tree of options: an option, or a part of an option's value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from builder.lang.errors import nearest
from builder.lang.expect import want_attrs
from builder.lang.thunks import force
from builder.lang.values import ContextString, Value
from builder.modules.alternatives import CoercedTo, Either
from builder.modules.containers import AttrsOf
from builder.modules.definition import Definition, Loc, inner, show_loc
from builder.modules.level import LevelOptions
from builder.modules.merge import Merged
from builder.modules.option import Option, OptionSet
from builder.modules.option_type import ForeignType, OptionType
from builder.modules.scalars import Anything
from builder.modules.submodule import Submodule
from builder.modules.wrapped import Wrapped


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


class NoSuchOption(Exception):
    """There is no option of a name; `suggestions` are the nearest ones."""

    def __init__(self, name: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(f"there is no option `{name}'")
        self.suggestions = suggestions


class SetOfOptions(Exception):
    """A name is that of a set of options, `level`."""

    def __init__(self, level: Mapping[str, Value]) -> None:
        super().__init__("a set of options")
        self.level = level


def find(options: Mapping[str, Value], path: Sequence[str]) -> Found:
    """What a name means in a tree of options. Raises `NoSuchOption` and `SetOfOptions`."""
    level: Mapping[str, Value] = options
    for depth, name in enumerate(path):
        if name not in level:
            undeclared = _undeclared(options, path)
            if undeclared is None:
                raise _missing(level, path, depth)
            return undeclared
        node = force(level[name])
        if isinstance(node, OptionSet):
            option = node.native
            found = Found(loc=option.loc, merged=option.merged, option=option)
            return _inside(found, path, depth + 1)
        level = want_attrs(node)
    raise SetOfOptions(level)


def _undeclared(options: Mapping[str, Value], path: Sequence[str]) -> Found | None:
    """What no option declares and a freeform type admits."""
    if not isinstance(options, LevelOptions):
        return None
    level = options.level
    free = level.freeform()
    if free is None:
        return None
    unmatched = level.unmatched()
    type_ = free
    for size in range(1, len(path) + 1):
        inside = _element(type_)
        if inside is None:
            return None
        type_ = inside
        name = tuple(path[:size])
        parts = [part.definition for part in unmatched if part.path == name]
        if parts:
            loc = (*level.loc, *name)
            found = Found(loc=loc, merged=Merged(loc, type_, parts), option=None)
            return _inside(found, path, size)
    return None


def _element(type_: OptionType) -> OptionType | None:
    """The type of the attributes of a type's sets."""
    inside = _opened(type_)
    if isinstance(inside, AttrsOf):
        return inside.element
    return inside if isinstance(inside, Anything) else None


def _missing(level: Mapping[str, Value], path: Sequence[str], depth: int) -> NoSuchOption:
    names = [name for name in sorted(level) if name != "_module"]
    near = nearest(path[depth], names) or tuple(names)[:5]
    return NoSuchOption(show_loc(path), tuple(show_loc((*path[:depth], name)) for name in near))


def _inside(found: Found, path: Sequence[str], depth: int) -> Found:
    """What the rest of a name means inside of an option's value."""
    if depth == len(path):
        return found
    type_ = _opened(found.type)
    if isinstance(type_, Submodule):
        options = want_attrs(type_.evaluate(found.loc, found.merged.final)["options"])
        if path[depth] in options and path[depth] != "_module":
            return find(options, path[depth:])
        undeclared = _undeclared(options, path[depth:])
        if undeclared is None:
            visible = {name: value for name, value in options.items() if name != "_module"}
            raise _missing(visible, path, depth)
        return undeclared
    if path[depth] == "*" or path[depth].startswith("<"):
        # As documentation names what is inside: no value, the declaration.
        below = want_attrs(type_.sub_options(found.loc))
        if depth + 1 == len(path) or path[depth + 1] not in below:
            here = show_loc(path[: depth + 1])
            raise NoSuchOption(show_loc(path), tuple(f"{here}.{name}" for name in sorted(below)))
        return find(below, path[depth + 1 :])
    element = _element(type_)
    if element is not None:
        return _entry(found, element, path, depth)
    raise NoSuchOption(show_loc(path), (show_loc(found.loc),))


def _entry(found: Found, element: OptionType, path: Sequence[str], depth: int) -> Found:
    """What the rest of a name means inside of a set whose attributes are of one type."""
    name = path[depth]
    sets = [d for d in found.merged.final if isinstance(force(d.value), dict)]
    parts = []
    for definition in sets:
        attrs = want_attrs(definition.value)
        if name in attrs:
            part = inner(attrs, name, definition)
            parts.append(Definition(part.file, part.value, part.place))
    if not parts:
        names = {n for d in sets for n in want_attrs(d.value)}
        raise _missing(dict.fromkeys(names), path, depth)
    loc = (*found.loc, name)
    return _inside(Found(loc=loc, merged=Merged(loc, element, parts), option=None), path, depth + 1)


def _opened(type_: OptionType) -> OptionType:
    """The type inside of those that only add something to another."""
    while True:
        if isinstance(type_, Wrapped):
            type_ = type_.inside
        elif isinstance(type_, ForeignType) and type_.native is not None:
            type_ = type_.native
        elif isinstance(type_, CoercedTo):
            type_ = type_.target
        elif isinstance(type_, Either):
            structured = isinstance(_opened(type_.left), (Submodule, AttrsOf))
            type_ = type_.left if structured else type_.right
        else:
            return type_

"""A set of options, its nested sets, and the definitions that reach it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.thunks import force
from builder.lang.values import Thunk, Value, type_name
from builder.lang.words import attribute
from builder.modules.definition import (
    Definition,
    Loc,
    inner,
    kind_of,
    place_of,
    push_down,
    show_loc,
)
from builder.modules.option import Declaration, Option, declared_type
from builder.modules.option_type import OptionType

Declared = tuple[Declaration, dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A definition of something that no option declares.

    `path` is below the evaluation's prefix; `declared` are the names that
    there are beside it.
    """

    path: Loc
    definition: Definition
    declared: tuple[str, ...]


class LevelOptions(dict[str, Value]):
    """The options of a level as a Nix set; the engine knows the level itself."""

    __slots__ = ("level",)
    level: Level


class Level:
    """The options under one prefix.

    `config` maps each name to a thunk of the option's value or of the nested
    level's config; `options` likewise. `declared` are the sets of options with
    the module that each stands in, `definitions` gives those of this level.
    """

    def __init__(
        self,
        prefix: Loc,
        path: Loc,
        declared: list[Declared],
        definitions: Callable[[], list[Definition]],
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.loc = (*prefix, *path)
        self._warn = warn
        self.path = path
        self._prefix = prefix
        self._definitions = definitions
        # A thunk, so that a definition that needs itself is found out as such.
        self._by_name: Value = Thunk(lambda: self._sorted())
        self.config: dict[str, Value] = {}
        self.options = LevelOptions()
        self.options.level = self
        # The type of what is not declared; the whole evaluation's own level has it.
        self.freeform: Callable[[], OptionType | None] = lambda: None
        self._nodes: dict[str, Value] = {}
        by_name: dict[str, list[tuple[str, dict[str, Value]]]] = {}
        for declaration, attrs in declared:
            for name in attrs:
                by_name.setdefault(name, []).append((declaration.file, attrs))
        for name, parts in by_name.items():
            self._add(name, parts)

    def _add(self, name: str, parts: list[tuple[str, dict[str, Value]]]) -> None:
        # What a name is, an option or a set of them, is found out when it is needed:
        # declarations may depend on other options.
        node: Value = Thunk(lambda: self._node(name, parts))
        self._nodes[name] = node
        self.config[name] = Thunk(lambda: _config_of(force(node)))
        self.options[name] = Thunk(lambda: _options_of(force(node)))

    def _node(self, name: str, parts: list[tuple[str, dict[str, Value]]]) -> Any:
        loc = (*self.loc, name)
        declared: list[Declared] = []
        for file, attrs in parts:
            found = force(attrs[name])
            if not isinstance(found, dict):
                raise ThrownError(
                    f"An option declaration for `{'.'.join(loc)}' in `{file}' has type\n"
                    f"`{type_name(found)}' rather than an attribute set.\n"
                    "Did you mean to define this outside of `options'?"
                )
            kind = kind_of(found)
            if kind is not None and kind != "option":
                raise _no_option(loc, file, kind)
            declared.append((Declaration(file, found, place_of(attrs, name)), found))
        plain = [part for part in declared if kind_of(part[1]) != "option"]
        if len(plain) == len(declared):
            return Level(
                self._prefix, (*self.path, name), declared, lambda: self._named(name), self._warn
            )
        if plain:
            declared = _as_submodules(loc, declared)
        declarations = [declaration for declaration, _ in declared]
        return Option(loc, declarations, lambda: self._named(name), self._warn)

    def _sorted(self) -> Any:
        """The definitions at this level by name."""
        result: dict[str, list[Definition]] = {}
        for definition in self._definitions():
            for attrs, around in push_down(definition, self.loc):
                for name in attrs:
                    result.setdefault(name, []).append(inner(attrs, name, around))
        return result

    def _named(self, name: str) -> list[Definition]:
        found: dict[str, list[Definition]] = force(self._by_name)
        return found.get(name, [])

    def nested(self, name: str) -> Level | None:
        """The set of options under a name; None for an option."""
        node = force(self._nodes[name])
        return node if isinstance(node, Level) else None

    def unmatched(self) -> list[Unmatched]:
        """The definitions, here and below, of what is not declared."""
        found: list[Unmatched] = []
        by_name: dict[str, list[Definition]] = force(self._by_name)
        for name, definitions in by_name.items():
            if name in self._nodes:
                node = force(self._nodes[name])
                if isinstance(node, Level):
                    found.extend(node.unmatched())
            else:
                names = tuple(self.config)
                found.extend(Unmatched((*self.path, name), d, names) for d in definitions)
        return found


def _config_of(node: Level | Option) -> Any:
    return node.config if isinstance(node, Level) else force(node.value_thunk)


def _options_of(node: Level | Option) -> Any:
    return node.options if isinstance(node, Level) else force(node.description_thunk)


def _as_submodules(loc: Loc, parts: list[Declared]) -> list[Declared]:
    """Options declared below an option whose type is a submodule: make them part of it."""
    from builder.modules.option_type import as_set

    options = [part for part in parts if kind_of(part[1]) == "option"]
    for declaration, attrs in options:
        given = declared_type(attrs)
        if given.name != "submodule":
            names = sorted(
                f" - option(s) with prefix `{show_loc((*loc, name))}' in module `{other.file}'"
                for other, nested in parts
                if kind_of(nested) != "option"
                for name in nested
            )
            shown = given.description if "type" in attrs else "<no description>"
            raise ThrownError(
                f"The option `{show_loc(loc)}' in module `{declaration.file}' would be a parent of "
                f"the following options, but its type `{shown}' does not support nested "
                "options.\n" + "\n".join(names)
            )
    first = declared_type(options[0][1])
    result = []
    for declaration, attrs in parts:
        if kind_of(attrs) != "option":
            module = {"_file": declaration.file, "options": attrs}
            attrs = {"_type": "option", "type": as_set(first.with_sub_modules([module]))}
            declaration = Declaration(declaration.file, attrs, declaration.place)
        result.append((declaration, attrs))
    return result


def _no_option(loc: Loc, file: str, kind: str) -> ThrownError:
    """The error for something else than an option, and what to write instead."""
    message = (
        f"In module {file}: expected an option declaration at option path `{show_loc(loc)}` but "
        f"got an attribute set with type {kind}"
    )
    if kind == "option-type":
        message += (
            "\n\nWhen declaring an option, you must wrap the type in a `mkOption` call. It should "
            f"look somewhat like:\n    {attribute(loc[-1])} = lib.mkOption {{\n"
            f"      description = ...;\n      type = <the type you wrote for {loc[-1]}>;\n"
            "      ...\n    };\n"
        )
    return ThrownError(message)

"""What an option's type is to the engine, and how it looks to Nix code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.lang.comparison import equal
from builder.lang.errors import ThrownError
from builder.lang.expect import want_attrs, want_bool, want_list, want_string, want_text
from builder.lang.operators import MISSING
from builder.lang.thunks import call, force
from builder.lang.values import Builtin, Thunk, Value, describe
from builder.modules.definition import Definition, Loc, file_text
from builder.modules.report import conflict, not_unique


class OptionType:
    """A type: which values it admits and how several definitions become one.

    `accepts` is given a forced value; `merge` the option's name and one or
    more settled definitions of the best priority, and gives the forced value.
    """

    name = "unspecified"
    description = "unspecified value"

    def accepts(self, value: Any) -> bool:
        """Whether a definition may have this value."""
        return True

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """One value from all definitions. Raises `ThrownError` for a conflict."""
        return merge_default(loc, definitions)

    def empty(self) -> Any:
        """The value when nothing defines it, or MISSING."""
        return MISSING

    def nested(self) -> dict[str, OptionType]:
        """The types of elements, by role."""
        return {}

    def sub_options(self, prefix: Loc) -> Value:
        """The options inside, for documentation; a forced set."""
        return {}

    def sub_modules(self) -> list[Value] | None:
        """The modules that a submodule is made of; None for other types."""
        return None

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """The same type with other modules inside."""
        return self

    def combine(self, other: OptionType) -> OptionType | None:
        """The type of an option that is declared with both types, or None."""
        if type(self) is type(other) and self.name == other.name and not self.nested():
            return self
        return None


class TypeSet(dict[str, Value]):
    """A type as a Nix set; the engine uses `native` directly."""

    __slots__ = ("native",)
    native: OptionType


def _definition_sets(definitions: list[Definition]) -> list[Value]:
    return [{"file": d.file, "value": d.value} for d in definitions]


def read_definitions(value: Value) -> list[Definition]:
    """A Nix list of `{ file, value }` as definitions."""
    found = []
    for item in want_list(value):
        attrs = want_attrs(item)
        found.append(Definition(file_text(attrs.get("file", "")), attrs["value"]))
    return found


def read_loc(value: Value) -> Loc:
    """A Nix list of strings as an option's name."""
    return tuple(want_text(part) for part in want_list(value))


def function(name: str, arity: int, run: Callable[..., Value]) -> Builtin:
    """A native function for Nix code."""
    return Builtin(name, "l" * arity, run)


def as_set(native: OptionType) -> TypeSet:
    """The Nix set of a type, with the attributes that nixpkgs' types have."""

    def sub_modules() -> Value:
        return native.sub_modules()

    def empty() -> Value:
        value = native.empty()
        return {} if value is MISSING else {"value": value}

    def type_merge(functor: Value) -> Value:
        other = want_attrs(functor).get("neveType")
        merged = native.combine(as_type(other)) if other is not None else None
        return None if merged is None else as_set(merged)

    made = TypeSet(
        _type="option-type",
        name=native.name,
        description=Thunk(lambda: native.description),
        descriptionClass=None,
        deprecationMessage=None,
        check=function("check", 1, lambda value: native.accepts(force(value))),
        merge=function(
            "merge", 2, lambda loc, defs: native.merge(read_loc(loc), read_definitions(defs))
        ),
        emptyValue=Thunk(empty),
        getSubOptions=function("getSubOptions", 1, lambda at: native.sub_options(read_loc(at))),
        getSubModules=Thunk(sub_modules),
        substSubModules=function(
            "substSubModules", 1, lambda ms: as_set(native.with_sub_modules(want_list(ms)))
        ),
        typeMerge=function("typeMerge", 1, type_merge),
        nestedTypes=Thunk(lambda: {role: as_set(t) for role, t in native.nested().items()}),
    )
    made["functor"] = {"name": native.name, "type": None, "neveType": made}
    made.native = native
    return made


class ForeignType(OptionType):
    """A type that Nix code made or changed: its functions are called."""

    def __init__(self, attrs: dict[str, Value]) -> None:
        self.attrs = attrs
        self.name = want_text(attrs.get("name", "unspecified"))

    @property
    def description(self) -> str:  # type: ignore[override]
        """As the set says; its name otherwise."""
        value = force(self.attrs.get("description"))
        return self.name if value is None else want_text(value)

    def accepts(self, value: Any) -> bool:
        """Ask the set's `check`."""
        return "check" not in self.attrs or want_bool(call(self.attrs["check"], value))

    def merge(self, loc: Loc, definitions: list[Definition]) -> Value:
        """Ask the set's `merge`."""
        if "merge" not in self.attrs:
            return merge_default(loc, definitions)
        merge = force(self.attrs["merge"])
        if isinstance(merge, dict) and "__functor" not in merge and "v2" in merge:
            raise ThrownError(f"type `{self.name}' has a merge function of an unknown form")
        return call(merge, list(loc), _definition_sets(definitions))

    def empty(self) -> Any:
        """Ask the set's `emptyValue`."""
        value = want_attrs(self.attrs.get("emptyValue", {}))
        return value.get("value", MISSING)

    def nested(self) -> dict[str, OptionType]:
        """Ask the set's `nestedTypes`."""
        attrs = want_attrs(self.attrs.get("nestedTypes", {}))
        return {role: as_type(value) for role, value in attrs.items()}

    def sub_options(self, prefix: Loc) -> Value:
        """Ask the set's `getSubOptions`."""
        if "getSubOptions" not in self.attrs:
            return {}
        return call(self.attrs["getSubOptions"], list(prefix))

    def sub_modules(self) -> list[Value] | None:
        """Ask the set's `getSubModules`."""
        value = force(self.attrs.get("getSubModules"))
        return None if value is None else want_list(value)

    def with_sub_modules(self, modules: list[Value]) -> OptionType:
        """Ask the set's `substSubModules`."""
        return as_type(call(self.attrs["substSubModules"], modules))

    def combine(self, other: OptionType) -> OptionType | None:
        """The same type, when it is declared twice under one name."""
        return self if isinstance(other, ForeignType) and other.name == self.name else None


def as_type(value: Value) -> OptionType:
    """The engine's view of a Nix type. Raises `ThrownError` for anything else."""
    value = force(value)
    if type(value) is TypeSet:
        return value.native
    if isinstance(value, dict) and force(value.get("_type")) == "option-type":
        return ForeignType(value)
    raise ThrownError(f"an option's type must be one of `lib.types`, and not {describe(value)}")


def merge_one(loc: Loc, definitions: list[Definition]) -> Value:
    """The only definition's value. Raises `ThrownError` for more than one."""
    if len(definitions) > 1:
        raise not_unique(loc, definitions)
    return force(definitions[0].value)


def merge_equal(loc: Loc, definitions: list[Definition]) -> Value:
    """The value that all definitions agree on. Raises `ThrownError` when they do not."""
    first = force(definitions[0].value)
    for other in definitions[1:]:
        if not equal(first, force(other.value)):
            raise conflict(loc, definitions)
    return first


def merge_default(loc: Loc, definitions: list[Definition]) -> Value:
    """Lists are joined, sets united, Booleans or-ed, strings joined; others must be one."""
    values = [force(d.value) for d in definitions]
    if len(values) == 1:
        return values[0]
    if all(type(value) is list for value in values):
        return [item for value in values for item in want_list(value)]
    if all(isinstance(value, dict) for value in values):
        united: dict[str, Value] = {}
        for value in values:
            for name, item in want_attrs(value).items():
                united[name] = item
        return united
    if all(isinstance(value, bool) for value in values):
        return any(values)
    if all(isinstance(value, str) or hasattr(value, "context") for value in values):
        return join_strings("", values)
    return merge_equal(loc, definitions)


def join_strings(separator: str, values: list[Any]) -> Value:
    """Strings with a separator between, their contexts united."""
    from builder.lang.builtins.table import text_and_context
    from builder.lang.coerce import make_string

    context: set[Any] = set()
    texts = []
    for value in values:
        text, more = text_and_context(want_string(value))
        context |= more
        texts.append(text)
    return make_string(separator.join(texts), context)

"""What an option's type is to the engine, and how it looks to Nix code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.lang.comparison import equal
from builder.lang.errors import ThrownError
from builder.lang.expect import want_attrs, want_bool, want_list, want_string, want_text
from builder.lang.operators import MISSING
from builder.lang.thunks import call, force, lazy_call
from builder.lang.values import Builtin, Thunk, Value, describe, is_function
from builder.modules.definition import Definition, Loc, file_text, show_loc
from builder.modules.report import conflict, list_definitions, not_unique


class OptionType:
    """A type: which values it admits and how several definitions become one.

    `accepts` is given a forced value; `merge` the option's name and one or
    more settled definitions of the best priority, and gives the forced value.
    """

    name = "unspecified"
    description = "unspecified value"
    # Whether the description is clear inside of another's: see `phrase`.
    description_class: str | None = "noun"
    # What users of the type are told, when it should no longer be used.
    deprecation: str | None = None

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

    def wrapped(self) -> Value:
        """The type inside, for who takes types apart by their functors; None without one."""
        return None

    def payload(self) -> dict[str, Value] | None:
        """What the type was made of, by the names that functors have for it; None for nothing."""
        inside = self.nested().get("elemType")
        return None if inside is None else {"elemType": as_set(inside)}

    def combine(self, other: OptionType) -> OptionType | None:
        """The type of an option that is declared with both types, or None."""
        native = other.native if isinstance(other, ForeignType) else other
        return None if native is None else self.combined(native)

    def combined(self, other: OptionType) -> OptionType | None:
        """`combine` with a native type."""
        if type(self) is type(other) and self.name == other.name and not self.nested():
            return self
        return None


# A type inside of another: known, or found when it is first asked for, so that a type can contain
# itself (`let json = oneOf [ int (listOf json) ]; in json`).
Inside = OptionType | Callable[[], OptionType]


def opened(inside: Inside) -> OptionType:
    """The type inside, found now."""
    return inside if isinstance(inside, OptionType) else inside()


def phrase(type_: OptionType, *clear: str) -> str:
    """A type's description inside of another's: in parentheses unless its class is a clear one."""
    if type_.description_class in clear:
        return type_.description
    return f"({type_.description})"


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
        if "value" not in attrs:
            raise ThrownError(
                "a definition is a set of `file' and `value'; this one has no `value'"
            )
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

    def empty() -> Value:
        value = native.empty()
        return {} if value is MISSING else {"value": value}

    def type_merge(functor: Value) -> Value:
        other = want_attrs(functor).get("neveType")
        merged = None if other is None else native.combine(as_type(other))
        return None if merged is None else as_set(merged)

    made = TypeSet(
        _type="option-type",
        name=native.name,
        description=Thunk(lambda: native.description),
        descriptionClass=Thunk(lambda: native.description_class),
        deprecationMessage=native.deprecation,
        check=function("check", 1, lambda value: native.accepts(force(value))),
        merge=function(
            "merge", 2, lambda loc, defs: native.merge(read_loc(loc), read_definitions(defs))
        ),
        emptyValue=Thunk(lambda: empty()),
        getSubOptions=function("getSubOptions", 1, lambda at: native.sub_options(read_loc(at))),
        getSubModules=Thunk(lambda: native.sub_modules()),
        substSubModules=function(
            "substSubModules", 1, lambda ms: as_set(native.with_sub_modules(want_list(ms)))
        ),
        typeMerge=function("typeMerge", 1, type_merge),
        nestedTypes=Thunk(lambda: {role: as_set(t) for role, t in native.nested().items()}),
    )
    made["functor"] = Thunk(lambda: _functor(native, made))
    made.native = native
    return made


def _functor(native: OptionType, made: TypeSet) -> dict[str, Value]:
    """How the type is made of its parts; `typeMerge` itself needs none of it but `neveType`."""
    from builder.modules.functors import maker, united

    functor: dict[str, Value] = {
        "name": native.name,
        "type": Thunk(lambda: maker(native, made)),
        "wrapped": Thunk(lambda: native.wrapped()),
        "payload": Thunk(lambda: native.payload()),
        "binOp": function("binOp", 2, lambda one, two: united(native, one, two)),
        "neveType": made,
    }
    if native.wrapped() is not None:
        # Who takes types apart is told by this that the payload says what `wrapped` does.
        functor["wrappedDeprecationMessage"] = function(
            "wrappedDeprecationMessage", 1, lambda _: native.wrapped()
        )
    return functor


class ForeignType(OptionType):
    """A type that Nix code made or changed: its functions are called."""

    def __init__(self, attrs: dict[str, Value]) -> None:
        self.attrs = attrs
        self.name = want_text(attrs.get("name", "unspecified"))

    @property
    def description_class(self) -> str | None:  # type: ignore[override]
        """As the set says."""
        value = force(self.attrs.get("descriptionClass"))
        return None if value is None else want_text(value)

    @property
    def deprecation(self) -> str | None:  # type: ignore[override]
        """As the set says."""
        value = force(self.attrs.get("deprecationMessage"))
        return None if value is None else want_text(value)

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

    @property
    def native(self) -> OptionType | None:
        """The native type that this one was made from by changing a few attributes."""
        functor = force(self.attrs.get("functor"))
        made = functor.get("neveType") if isinstance(functor, dict) else None
        return None if made is None else as_type(made)

    def combine(self, other: OptionType) -> OptionType | None:
        """Ask the set's `typeMerge`."""
        if "typeMerge" not in self.attrs:
            return None
        functor = (
            other.attrs.get("functor")
            if isinstance(other, ForeignType)
            else as_set(other)["functor"]
        )
        merged = call(self.attrs["typeMerge"], functor)
        return None if merged is None else as_type(merged)


def as_type(value: Value) -> OptionType:
    """The engine's view of a Nix type. Raises `ThrownError` for anything else."""
    value = force(value)
    if type(value) is TypeSet:
        return value.native
    if isinstance(value, dict) and force(value.get("_type")) == "option-type":
        return ForeignType(value)
    raise ThrownError(f"an option's type must be one of `lib.types`, and not {describe(value)}")


def later(value: Value) -> Inside:
    """`as_type`, when the type is asked for; see `Inside`."""
    return lambda: as_type(value)


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
    """Lists are joined, sets united, Booleans or-ed, strings joined, functions by their results.

    Raises `ThrownError` for other values that are not one integer.
    """
    values = [force(d.value) for d in definitions]
    if len(values) == 1:
        return values[0]
    if all(is_function(value) for value in values):

        def applied(argument: Value) -> Value:
            return merge_default(
                loc,
                [Definition(d.file, lazy_call(d.value, argument), d.place) for d in definitions],
            )

        return applied
    if all(type(value) is list for value in values):
        return [item for value in values for item in want_list(value)]
    if all(isinstance(value, dict) for value in values):
        return merge_sets(loc, definitions)
    if all(isinstance(value, bool) for value in values):
        return any(values)
    if all(isinstance(value, str) or hasattr(value, "context") for value in values):
        return join_strings("", values)
    if all(type(value) is int and value == values[0] for value in values):
        return values[0]
    raise ThrownError(
        f"Cannot merge definitions of `{show_loc(loc)}'. Definition values:"
        f"{list_definitions(definitions)}"
    )


def merge_sets(loc: Loc, definitions: list[Definition]) -> Value:
    """The union of sets, later definitions on top."""
    united: dict[str, Value] = {}
    for definition in definitions:
        united.update(want_attrs(definition.value))
    return united


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

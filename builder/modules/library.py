"""The engine as Nix code reaches it: `builtins.neve`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from builder.lang.errors import ThrownError
from builder.lang.expect import want_attrs, want_bool, want_int, want_list, want_text
from builder.lang.operators import MISSING
from builder.lang.thunks import force
from builder.lang.values import Builtin, Value
from builder.modules import containers, scalars, wrapped
from builder.modules.definition import file_text
from builder.modules.evaluation import Load, Request, eval_modules
from builder.modules.option_type import (
    OptionType,
    as_set,
    as_type,
    function,
    merge_default,
    merge_equal,
    merge_one,
    read_definitions,
    read_loc,
)
from builder.modules.submodule import DeferredModule, Submodule

_EVAL_ARGS = frozenset({"modules", "specialArgs", "prefix", "class", "lib", "_file"})
_SUBMODULE_ARGS = frozenset(
    {"modules", "specialArgs", "shorthandOnlyDefinesConfig", "description", "class"}
)


def _known(attrs: dict[str, Any], allowed: frozenset[str], what: str) -> None:
    for name in attrs:
        if name not in allowed:
            raise ThrownError(f"{what} takes no argument `{name}'; it takes {sorted(allowed)}")


def _text_or_none(value: Value) -> str | None:
    value = force(value)
    return None if value is None else want_text(value)


def _integers() -> dict[str, Value]:
    made: dict[str, Value] = {
        "between": function(
            "between", 2, lambda low, high: as_set(scalars.between(want_int(low), want_int(high)))
        ),
        "unsigned": as_set(
            scalars.Scalar(
                "unsignedInt",
                "unsigned integer, meaning >=0",
                lambda value: scalars.integer(value) and value >= 0,
            )
        ),
        "positive": as_set(
            scalars.Scalar(
                "positiveInt",
                "positive integer, meaning >0",
                lambda value: scalars.integer(value) and value > 0,
            )
        ),
    }
    for bits in (8, 16, 32):
        made[f"u{bits}"] = as_set(scalars.unsigned(bits))
        made[f"s{bits}"] = as_set(scalars.signed(bits))
    return made


def _numbers() -> dict[str, Value]:
    def between(low: Value, high: Value) -> Value:
        return as_set(scalars.between(force(low), force(high), numbers=True))

    return {
        "between": function("between", 2, between),
        "nonnegative": as_set(
            scalars.Scalar(
                "numberNonnegative",
                "nonnegative integer or floating point number, meaning >=0",
                lambda value: scalars.number(value) and value >= 0,
            )
        ),
        "positive": as_set(
            scalars.Scalar(
                "numberPositive",
                "positive integer or floating point number, meaning >0",
                lambda value: scalars.number(value) and value > 0,
            )
        ),
    }


def _one_of(values: Value) -> Value:
    choices = [as_type(value) for value in want_list(values)]
    if not choices:
        raise ThrownError("types.oneOf needs to get at least one type in its argument")
    made: OptionType = choices[0]
    for choice in choices[1:]:
        made = wrapped.Either(made, choice)
    return as_set(made)


def _attrs_with(arguments: Value) -> Value:
    attrs = want_attrs(arguments)
    _known(attrs, frozenset({"elemType", "lazy", "placeholder"}), "types.attrsWith")
    return as_set(
        containers.AttrsOf(
            as_type(attrs["elemType"]),
            lazy=want_bool(attrs.get("lazy", False)),
            placeholder=want_text(attrs.get("placeholder", "name")),
        )
    )


def _unique(arguments: Value, inside: Value) -> Value:
    message = want_text(want_attrs(arguments).get("message", ""))
    return as_set(wrapped.Unique(as_type(inside), message))


def _coerced(source: Value, convert: Value, target: Value) -> Value:
    return as_set(wrapped.CoercedTo(as_type(source), convert, as_type(target)))


def _composed() -> dict[str, Value]:
    """The types that take types."""

    def wrap(name: str, make: Callable[[OptionType], OptionType]) -> Builtin:
        return function(name, 1, lambda inside: as_set(make(as_type(inside))))

    return {
        "attrsOf": wrap("attrsOf", lambda t: containers.AttrsOf(t, lazy=False)),
        "lazyAttrsOf": wrap("lazyAttrsOf", lambda t: containers.AttrsOf(t, lazy=True)),
        "attrsWith": function("attrsWith", 1, _attrs_with),
        "listOf": wrap("listOf", containers.ListOf),
        "nonEmptyListOf": wrap("nonEmptyListOf", lambda t: containers.ListOf(t, non_empty=True)),
        "nullOr": wrap("nullOr", wrapped.NullOr),
        "functionTo": wrap("functionTo", wrapped.FunctionTo),
        "uniq": wrap("uniq", wrapped.Unique),
        "unique": function("unique", 2, _unique),
        "either": function(
            "either", 2, lambda a, b: as_set(wrapped.Either(as_type(a), as_type(b)))
        ),
        "oneOf": function("oneOf", 1, _one_of),
        "coercedTo": function("coercedTo", 3, _coerced),
        "attrTag": function("attrTag", 1, lambda tags: as_set(wrapped.AttrTag(want_attrs(tags)))),
        "addCheck": function(
            "addCheck", 2, lambda t, check: as_set(wrapped.Checked(as_type(t), check))
        ),
        "enum": function("enum", 1, lambda values: as_set(scalars.Enum(want_list(values)))),
        "strMatching": function(
            "strMatching", 1, lambda pattern: as_set(scalars.matching(want_text(pattern)))
        ),
        "separatedString": function(
            "separatedString", 1, lambda sep: as_set(scalars.separated(want_text(sep)))
        ),
        "deferredModule": as_set(DeferredModule([])),
        "deferredModuleWith": function(
            "deferredModuleWith",
            1,
            lambda given: as_set(
                DeferredModule(want_list(want_attrs(given).get("staticModules", [])))
            ),
        ),
    }


def _submodules(lib: Value, load: Load) -> dict[str, Value]:
    def of(modules: Value) -> Value:
        value = force(modules)
        given = value if isinstance(value, list) else [value]
        return as_set(Submodule(lib=lib, load=load, modules=given, shorthand=True))

    def with_arguments(arguments: Value) -> Value:
        attrs = want_attrs(arguments)
        _known(attrs, _SUBMODULE_ARGS, "types.submoduleWith")
        shorthand = force(attrs.get("shorthandOnlyDefinesConfig"))
        return as_set(
            Submodule(
                lib=lib,
                load=load,
                modules=want_list(attrs["modules"]),
                special_args=want_attrs(attrs.get("specialArgs", {})),
                shorthand=shorthand,
                description=_text_or_none(attrs.get("description")),
                class_=_text_or_none(attrs.get("class")),
            )
        )

    return {
        "submodule": function("submodule", 1, of),
        "submoduleWith": function("submoduleWith", 1, with_arguments),
    }


def _types(lib: Value, load: Load) -> dict[str, Value]:
    """`lib.types`, for a `lib` that modules are to be given."""
    made: dict[str, Value] = {
        name: as_set(native) for name, native in scalars.simple_types().items()
    }
    made.update(_composed())
    made.update(_submodules(lib, load))
    made["ints"] = _integers()
    made["numbers"] = _numbers()
    return made


def _eval(lib: Value, load: Load, arguments: Value) -> Value:
    attrs = want_attrs(arguments)
    _known(attrs, _EVAL_ARGS, "lib.evalModules")
    file = file_text(attrs["_file"]) if "_file" in attrs else "<unknown-file>"
    special = dict(want_attrs(attrs.get("specialArgs", {})))
    return eval_modules(
        Request(
            lib=lib,
            load=load,
            modules=tuple((module, file) for module in want_list(attrs.get("modules", []))),
            special_args=special,
            prefix=read_loc(attrs.get("prefix", [])),
            class_=_text_or_none(attrs.get("class")),
        )
    )


def _merge_function(name: str, run: Callable[..., Value]) -> Builtin:
    return function(name, 2, lambda loc, defs: run(read_loc(loc), read_definitions(defs)))


def _merge_definitions(loc: Value, type_: Value, definitions: Value) -> Value:
    from builder.modules.merge import Merged

    merged = Merged(read_loc(loc), as_type(type_), read_definitions(definitions))
    result: dict[str, Value] = {
        "isDefined": merged.is_defined,
        "mergedValue": MISSING,
        "optionalValue": {"value": merged.value()} if merged.is_defined else {},
        "defsFinal": merged.located(),
    }
    if merged.is_defined:
        result["mergedValue"] = merged.value()
    else:
        del result["mergedValue"]
    return result


def engine(load: Load) -> dict[str, Value]:
    """The set that embedders offer as `builtins.neve`; `load` imports a file by its path.

    `library lib` gives, for a `lib`, `{ types, evalModules }`.
    """

    def library(lib: Value) -> Value:
        return {
            "types": _types(lib, load),
            "evalModules": function("evalModules", 1, lambda given: _eval(lib, load, given)),
        }

    return {
        "version": 1,
        "library": function("library", 1, library),
        "mergeOneOption": _merge_function("mergeOneOption", merge_one),
        "mergeEqualOption": _merge_function("mergeEqualOption", merge_equal),
        "mergeDefaultOption": _merge_function("mergeDefaultOption", merge_default),
        "mergeDefinitions": function("mergeDefinitions", 3, _merge_definitions),
    }

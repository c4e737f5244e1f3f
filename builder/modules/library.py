"""The engine as Nix code reaches it: `builtins.neve`."""

from __future__ import annotations

from collections.abc import Callable

from builder.lang.expect import want_attrs, want_list
from builder.lang.thunks import call, force
from builder.lang.values import Thunk, Value
from builder.modules.composed import composed, integers, known, needed, numbers
from builder.modules.declared import eval_option_value, merge_modules, merge_option_decls
from builder.modules.definition import Definition, Loc, file_text
from builder.modules.evaluation import Load, Request, eval_modules
from builder.modules.merge import Merged
from builder.modules.option_type import (
    as_set,
    as_type,
    function,
    merge_one,
    read_definitions,
    read_loc,
)
from builder.modules.scalars import Scalar, is_package, is_text
from builder.modules.simple import simple_types
from builder.modules.submodule import DeferredModule, Submodule, text_or_none
from builder.modules.texts import separated

_EVAL_ARGS = frozenset(
    {"modules", "specialArgs", "prefix", "class", "lib", "_file", "args", "check"}
)
_SUBMODULE_ARGS = frozenset(
    {"modules", "specialArgs", "shorthandOnlyDefinesConfig", "description", "class"}
)
Warn = Callable[[str], None]


def _submodules(lib: Value, load: Load) -> dict[str, Value]:
    def of(modules: Value) -> Value:
        value = force(modules)
        given = value if isinstance(value, list) else [value]
        return as_set(Submodule(lib=lib, load=load, modules=given, shorthand=True))

    blank = Submodule(lib=lib, load=load, modules=[])

    def with_arguments(arguments: Value) -> Value:
        attrs = want_attrs(arguments)
        known(attrs, _SUBMODULE_ARGS, "types.submoduleWith")
        needed(attrs, "modules", "types.submoduleWith")
        return as_set(blank.made_of(attrs))

    def deferred(given: Value) -> Value:
        attrs = want_attrs(given)
        known(attrs, frozenset({"staticModules"}), "types.deferredModuleWith")
        return as_set(DeferredModule(want_list(attrs.get("staticModules", [])), lib, load))

    return {
        "submodule": function("submodule", 1, of),
        "submoduleWith": function("submoduleWith", 1, with_arguments),
        "deferredModule": as_set(DeferredModule([], lib, load)),
        "deferredModuleWith": function("deferredModuleWith", 1, deferred),
    }


def _package(lib: Value) -> Value:
    """The type of packages; a bare path of the store becomes a set like a derivation's."""

    def merge(loc: Loc, definitions: list[Definition]) -> Value:
        value = merge_one(loc, definitions)
        if isinstance(value, dict) or (is_text(value) and type(value) is not str):
            return value
        return call(want_attrs(force(want_attrs(lib)["attrsets"]))["toDerivation"], value)

    return as_set(Scalar("package", "package", is_package, merge))


def _string(warn: Warn) -> Value:
    """The type that joins strings without a separator, which is seldom meant."""
    made = separated("")
    made.name = "string"
    warn(
        "The type `types.string` is deprecated. Use `types.str` for a single definition, or "
        "`types.separatedString` with a separator."
    )
    return as_set(made)


def _types(lib: Value, load: Load, warn: Warn) -> dict[str, Value]:
    """`lib.types`, for a `lib` that modules are to be given."""
    made: dict[str, Value] = {name: as_set(native) for name, native in simple_types().items()}
    made.update(composed())
    made.update(_submodules(lib, load))
    made["package"] = _package(lib)
    made["string"] = Thunk(lambda: _string(warn))
    made["ints"] = integers()
    made["numbers"] = numbers()
    return made


def _eval(lib: Value, load: Load, warn: Warn, arguments: Value) -> Value:
    attrs = want_attrs(arguments)
    known(attrs, _EVAL_ARGS, "lib.evalModules")
    file = file_text(attrs["_file"]) if "_file" in attrs else "<unknown-file>"
    modules = [(module, file) for module in want_list(attrs.get("modules", []))]
    for name in ("args", "check"):
        if name in attrs:
            warn(
                f"The {name} argument to evalModules is deprecated. Please set "
                f"config._module.{name} instead."
            )
            modules.append(({"config": {"_module": {name: attrs[name]}}}, file))
    return eval_modules(
        Request(
            lib=lib,
            load=load,
            warn=warn,
            modules=tuple(modules),
            special_args=dict(want_attrs(attrs.get("specialArgs", {}))),
            prefix=read_loc(attrs.get("prefix", [])),
            class_=text_or_none(attrs.get("class")),
        )
    )


def _merge_definitions(loc: Value, type_: Value, definitions: Value) -> Value:
    merged = Merged(read_loc(loc), as_type(type_), read_definitions(definitions))

    def final() -> Value:
        return {
            "values": Thunk(lambda: merged.located()),
            "highestPrio": Thunk(lambda: merged.priority),
        }

    return {
        "isDefined": Thunk(lambda: merged.is_defined),
        "mergedValue": Thunk(lambda: merged.value()),
        "optionalValue": Thunk(
            lambda: {"value": Thunk(lambda: merged.value())} if merged.is_defined else {}
        ),
        "defsFinal": Thunk(lambda: merged.located()),
        "defsFinal'": Thunk(lambda: final()),
    }


def engine(load: Load, warn: Warn) -> dict[str, Value]:
    """The set that embedders offer as `builtins.neve`.

    `load` imports a file by its path, `warn` shows a warning. `library lib`
    gives, for a `lib`, `{ types, evalModules }`.
    """

    def library(lib: Value) -> Value:
        return {
            "types": _types(lib, load, warn),
            "evalModules": function("evalModules", 1, lambda given: _eval(lib, load, warn, given)),
        }

    return {
        "version": 1,
        "library": function("library", 1, library),
        "mergeDefinitions": function("mergeDefinitions", 3, _merge_definitions),
        "evalOptionValue": function("evalOptionValue", 3, eval_option_value),
        "mergeOptionDecls": function("mergeOptionDecls", 2, merge_option_decls),
        "mergeModules": function("mergeModules", 3, merge_modules),
    }

"""The engine's parts for Nix code that takes them one by one, as `lib.modules` offers them."""

from __future__ import annotations

from typing import Any

from builder.lang.expect import want_attrs, want_list
from builder.lang.thunks import force
from builder.lang.values import Thunk, Value
from builder.modules.composed import needed
from builder.modules.definition import Definition, file_text
from builder.modules.level import Level
from builder.modules.option import (
    Declaration,
    combine_declarations,
    declared_type,
    evaluate_option,
)
from builder.modules.option_type import read_definitions, read_loc


def eval_option_value(loc: Value, option: Value, definitions: Value) -> Value:
    """An option (`declarations` tells its files) evaluated with `{ file, value }`s."""
    attrs = want_attrs(option)
    files = [file_text(file) for file in want_list(attrs.get("declarations", []))]
    described = evaluate_option(
        read_loc(loc),
        [Declaration(files[0] if files else "<unknown-file>", attrs)],
        read_definitions(definitions),
    )
    return {**described, "declarations": files} if files else described


def merge_option_decls(loc: Value, declarations: Value) -> Value:
    """One option from `{ _file, options, pos }`s."""
    where = read_loc(loc)
    found = []
    positions: list[Value] = []
    for item in want_list(declarations):
        attrs = want_attrs(item)
        file = file_text(needed(attrs, "_file", "a module"))
        position = force(attrs.get("pos"))
        positions.append(position or {"file": file, "line": None, "column": None})
        found.append(Declaration(file, want_attrs(needed(attrs, "options", "a declaration"))))
    option = combine_declarations(where, found)
    modules: list[Value] = []
    if "type" in option:
        modules = declared_type(option).sub_modules() or []
    return {
        **option,
        "loc": list(where),
        "declarations": [d.file for d in found],
        "declarationPositions": positions,
        "options": modules,
    }


def merge_modules(prefix: Value, modules: Value, configs: Value) -> Value:
    """The options of explicit modules, and the definitions (`{ file, config }`) that meet none."""
    declared = []
    for module in want_list(modules):
        attrs = want_attrs(module)
        options = want_attrs(attrs.get("options", {}))
        declared.append(
            (Declaration(file_text(needed(attrs, "_file", "a module")), options), options)
        )
    definitions = []
    for config in want_list(configs):
        attrs = want_attrs(config)
        definitions.append(
            Definition(
                file_text(needed(attrs, "file", "a definition")),
                needed(attrs, "config", "a definition"),
            )
        )
    root = Level(read_loc(prefix), (), declared, lambda: definitions)

    def unmatched() -> Any:
        return [
            {
                "file": found.definition.file,
                "value": found.definition.with_properties(),
                "prefix": list(found.path),
            }
            for found in root.unmatched()
        ]

    return {"matchedOptions": root.options, "unmatchedDefns": Thunk(lambda: unmatched())}

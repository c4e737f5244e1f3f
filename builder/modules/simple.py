"""The types that take no parameters."""

from __future__ import annotations

from builder.lang.values import Value
from builder.modules.alternatives import Either
from builder.modules.definition import Definition, Loc
from builder.modules.option_type import OptionType, merge_one, merge_sets
from builder.modules.paths import path_with
from builder.modules.report import not_unique
from builder.modules.scalars import (
    Anything,
    Scalar,
    integer,
    is_lua,
    is_pkgs,
    is_shell_package,
    is_type,
    merge_bool_or,
    merge_types,
    unsigned,
)
from builder.modules.texts import string_types


class Attrs(Scalar):
    """Sets as they are, later definitions on top."""

    def __init__(self) -> None:
        super().__init__(
            "attrs",
            "attribute set",
            lambda value: isinstance(value, dict),
            merge_sets,
            class_=None,
        )

    def empty(self) -> Value:
        """The empty set."""
        return {}


def _merge_pkgs(loc: Loc, definitions: list[Definition]) -> Value:
    if len(definitions) > 1:
        message = "A Nixpkgs pkgs set can not be merged with another pkgs set."
        raise not_unique(loc, definitions, message)
    return merge_one(loc, definitions)


def simple_types() -> dict[str, OptionType]:
    """The types that take no parameters, by name."""
    whole = Scalar("int", "signed integer", integer)
    real = Scalar("float", "floating point number", lambda value: type(value) is float)
    return {
        "unspecified": OptionType(),
        "raw": Scalar("raw", "raw value", lambda value: True, merge_one),
        "anything": Anything(),
        "bool": Scalar("bool", "boolean", lambda value: type(value) is bool),
        "boolByOr": Scalar(
            "boolByOr", "boolean (merged using or)", lambda v: type(v) is bool, merge_bool_or
        ),
        "int": whole,
        "float": real,
        "number": Either(whole, real),
        "port": unsigned(16),
        **string_types(),
        "path": path_with(absolute=True),
        "pathInStore": path_with(in_store=True),
        "externalPath": path_with(absolute=True, in_store=False),
        "shellPackage": Scalar("package", "package", is_shell_package, merge_one),
        "pkgs": Scalar("pkgs", "Nixpkgs package set", is_pkgs, _merge_pkgs),
        "luaInline": Scalar("luaInline", "inline lua", is_lua),
        "attrs": Attrs(),
        "optionType": Scalar("optionType", "optionType", is_type, merge_types),
    }

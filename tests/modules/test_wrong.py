"""Anything anywhere: what is wrong with modules is told, and never an error of Python's."""

# ruff: noqa: E501
from __future__ import annotations

import contextlib
from functools import partial

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_value
from tests.modules.conftest import LIB

# Values that stand where they do not belong.
WRONG = [
    "1",
    '"s"',
    "null",
    "true",
    "[ ]",
    "[ 1 ]",
    "{ }",
    "{ a = 1; }",
    "(x: x)",
    "./x",
    "{ _type = 1; }",
    '{ _type = "if"; }',
    '{ _type = "merge"; }',
    '{ _type = "override"; }',
    '{ _type = "order"; }',
    '{ _type = "option"; }',
    '{ _type = "option-type"; }',
    '{ _type = "merge"; contents = 1; }',
    '{ _type = "override"; priority = "x"; content = 1; }',
    '{ _type = "order"; priority = null; content = [ ]; }',
    '{ _type = "if"; condition = 1; content = 1; }',
    "(mkIf true 1)",
    "(mkForce { })",
    '(throw "t")',
    "1.5",
    "{ __functor = 1; }",
    "{ outPath = 1; }",
    "{ __toString = 1; }",
    '{ type = "derivation"; }',
]

# Evaluations with a place for such a value, X.
PLACES = [
    "{ modules = [ X ]; }",
    "{ modules = X; }",
    "{ modules = [ ]; specialArgs = X; }",
    "{ modules = [ ]; prefix = X; }",
    "{ modules = [ ]; class = X; }",
    "{ modules = [ { options = X; } ]; }",
    "{ modules = [ { options.a = X; } { a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { }; config = X; } ]; }",
    "{ modules = [ { options.a = mkOption { }; imports = X; } ]; }",
    "{ modules = [ { options.a = mkOption { }; imports = [ X ]; } ]; }",
    "{ modules = [ { disabledModules = X; options.a = mkOption { }; } ]; }",
    "{ modules = [ { disabledModules = [ X ]; options.a = mkOption { }; } ]; }",
    "{ modules = [ { key = X; options.a = mkOption { }; } ]; }",
    "{ modules = [ { _file = X; options.a = mkOption { }; config.a = 1; } ]; }",
    '{ modules = [ { _class = X; options.a = mkOption { }; } ]; class = "c"; }',
    "{ modules = [ { freeformType = X; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { }; config.a = 1; config._module.args = X; } ]; }",
    "{ modules = [ { options.a = mkOption { }; config.a = 1; config._module.check = X; } ]; }",
    "{ modules = [ { meta = X; options.a = mkOption { default = 1; }; } ]; }",
    "{ modules = [ { options.a = mkOption { default = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { defaultText = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { example = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { description = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { apply = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { readOnly = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { visible = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { internal = X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.str; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.listOf types.int; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrsOf types.int; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.lazyAttrsOf types.str; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.nullOr types.int; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submodule { }; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submodule { freeformType = types.attrsOf types.anything; }; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.anything; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.raw; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.package; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.path; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.pathInStore; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.enum [ 1 { } (x: x) ]; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.either types.int (types.listOf types.int); }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.coercedTo types.int (x: [ x ]) (types.listOf types.int); }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.functionTo types.int; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.deferredModule; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.optionType; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrTag { a = mkOption { }; }; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.uniq types.str; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.lines; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.singleLineStr; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.ints.u8; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.numbers.positive; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.pkgs; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.shellPackage; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.luaInline; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrs; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.unspecified; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.boolByOr; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.passwdEntry types.str; }; config.a = X; } ]; }",
    '{ modules = [ { options.a = mkOption { type = types.strMatching "a*"; }; config.a = X; } ]; }',
    "{ modules = [ { options.a = mkOption { type = types.nonEmptyStr; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.nonEmptyListOf types.int; }; config.a = X; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.listOf X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrsOf X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.enum X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.oneOf X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.either X types.int; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.coercedTo X (x: x) types.int; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.coercedTo types.int X types.int; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submodule X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submoduleWith X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submoduleWith { modules = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submoduleWith { modules = [ ]; specialArgs = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submoduleWith { modules = [ ]; class = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submoduleWith { modules = [ ]; description = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.submoduleWith { modules = [ ]; shorthandOnlyDefinesConfig = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.ints.between X 3; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.numbers.between X 3; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.strMatching X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.separatedString X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.addCheck types.int X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrTag X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrTag { a = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrsWith X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrsWith { elemType = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.attrsWith { elemType = types.int; lazy = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.pathWith X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.pathWith { absolute = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.deferredModuleWith X; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.unique X types.int; }; config.a = 1; } ]; }",
    '{ modules = [ { options.a = mkOption { type = types.mkOptionType { name = "n"; check = X; }; }; config.a = 1; } ]; }',
    '{ modules = [ { options.a = mkOption { type = types.mkOptionType { name = "n"; merge = X; }; }; config.a = 1; } ]; }',
    "{ modules = [ { options.a = mkOption { type = types.mkOptionType { name = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { check = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { merge = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { description = X; check = x: false; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { typeMerge = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { functor = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { emptyValue = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { deprecationMessage = X; }; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int // { typeMerge = X; }; }; } { options.a = mkOption { type = types.int; }; config.a = 1; } ]; }",
    "{ modules = [ { options.a = mkOption { type = types.int; }; } { options.a = mkOption { type = types.int // { functor = X; }; }; config.a = 1; } ]; }",
]


@pytest.mark.parametrize("place", PLACES)
def test_wrong_values(modules: Evaluator, place: str) -> None:
    """Whatever stands there: a value, or an error of the language."""
    for wrong in WRONG:
        text = f"with import {LIB}; (evalModules {place.replace('X', wrong)}).config.a"
        with contextlib.suppress(NixError):
            value = modules.eval_string(text, "/tmp")
            modules.run(partial(print_value, value))

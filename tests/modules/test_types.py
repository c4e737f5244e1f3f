"""Every type: what it is called, and which values it takes."""

# ruff: noqa: E501
from __future__ import annotations

import json
from collections.abc import Callable

import pytest

Show = Callable[..., str]

DESCRIPTIONS = {
    "types.unspecified": "unspecified value",
    "types.raw": "raw value",
    "types.anything": "anything",
    "types.bool": "boolean",
    "types.boolByOr": "boolean (merged using or)",
    "types.int": "signed integer",
    "types.float": "floating point number",
    "types.number": "signed integer or floating point number",
    "types.port": "16 bit unsigned integer; between 0 and 65535 (both inclusive)",
    "types.ints.u8": "8 bit unsigned integer; between 0 and 255 (both inclusive)",
    "types.ints.u32": "32 bit unsigned integer; between 0 and 4294967295 (both inclusive)",
    "types.ints.s8": "8 bit signed integer; between -128 and 127 (both inclusive)",
    "types.ints.s16": "16 bit signed integer; between -32768 and 32767 (both inclusive)",
    "types.ints.unsigned": "unsigned integer, meaning >=0",
    "types.ints.positive": "positive integer, meaning >0",
    "types.ints.between 1 5": "integer between 1 and 5 (both inclusive)",
    "types.numbers.between 0.5 2": "integer or floating point number between 0.5 and 2 "
    "(both inclusive)",
    "types.numbers.nonnegative": "nonnegative integer or floating point number, meaning >=0",
    "types.numbers.positive": "positive integer or floating point number, meaning >0",
    "types.str": "string",
    "types.nonEmptyStr": "non-empty string",
    "types.singleLineStr": "(optionally newline-terminated) single-line string",
    'types.strMatching "[a-z]+"': "string matching the pattern [a-z]+",
    "types.passwdEntry types.str": "string, not containing newlines or colons",
    "types.passwdEntry (types.nullOr types.str)": "(null or string), not containing newlines or "
    "colons",
    "types.lines": 'strings concatenated with "\\n"',
    "types.commas": 'strings concatenated with ","',
    "types.envVar": 'strings concatenated with ":"',
    'types.separatedString " "': 'strings concatenated with " "',
    'types.separatedString ""': "Concatenated string",
    "types.path": "absolute path",
    "types.pathInStore": "path in the Nix store",
    "types.externalPath": "absolute path not in the Nix store",
    "types.pathWith { }": "path",
    "types.pathWith { absolute = false; }": "relative path",
    "types.pathWith { absolute = true; inStore = true; }": "absolute path in the Nix store",
    "types.package": "package",
    "types.shellPackage": "package",
    "types.pkgs": "Nixpkgs package set",
    "types.attrs": "attribute set",
    "types.luaInline": "inline lua",
    "types.optionType": "optionType",
    "types.enum [ ]": "impossible (empty enum)",
    "types.enum [ 1 ]": "value 1 (singular enum)",
    'types.enum [ "a" 2 true null ]': 'one of "a", 2, true, <null>',
    "types.listOf types.int": "list of signed integer",
    "types.listOf (types.enum [ 1 2 ])": "list of (one of 1, 2)",
    "types.listOf types.attrs": "list of (attribute set)",
    "types.listOf (types.submodule { })": "list of (submodule)",
    "types.nonEmptyListOf types.int": "non-empty (list of signed integer)",
    "types.attrsOf (types.listOf types.str)": "attribute set of list of string",
    "types.lazyAttrsOf types.int": "lazy attribute set of signed integer",
    "types.attrsWith { elemType = types.int; lazy = true; }": "lazy attribute set of signed integer",
    "types.attrsOf types.ints.positive": "attribute set of (positive integer, meaning >0)",
    "types.nullOr types.int": "null or signed integer",
    "types.nullOr (types.either types.int types.str)": "null or signed integer or string",
    "types.nullOr (types.listOf types.int)": "null or (list of signed integer)",
    "types.nullOr types.ints.positive": "null or (positive integer, meaning >0)",
    "types.either types.ints.positive types.str": "positive integer, meaning >0, or string",
    "types.either types.str (types.listOf types.str)": "string or list of string",
    "types.either (types.listOf types.str) types.str": "(list of string) or string",
    "types.oneOf [ types.int types.bool types.str ]": "signed integer or boolean or string",
    "types.coercedTo types.int toString types.str": "string or signed integer convertible to it",
    "types.coercedTo (types.listOf types.int) toString types.str": "string or (list of signed "
    "integer) convertible to it",
    "types.functionTo types.int": "function that evaluates to a(n) signed integer",
    "types.functionTo (types.nullOr types.int)": "function that evaluates to a(n) (null or signed "
    "integer)",
    "types.submodule { }": "submodule",
    "types.submodule { freeformType = types.attrsOf types.int; }": "open submodule of attribute set of signed integer",
    'types.submoduleWith { modules = [ ]; description = "thing"; }': "thing",
    "types.deferredModule": "module",
    "types.attrTag { a = mkOption { }; }": "attribute-tagged union",
    "types.uniq types.int": "signed integer",
    'types.unique { message = "m"; } types.str': "string",
    "types.addCheck types.int (x: x > 1)": "signed integer",
    'types.mkOptionType { name = "x"; }': "x",
}

# A type, values that it takes, values that it refuses.
ACCEPTS = {
    "types.bool": ("true false", '1 "true" null'),
    "types.int": ("1 (-1)", "1.0 true null"),
    "types.float": ("1.0", "1"),
    "types.number": ("1 1.5", '"1" null'),
    "types.port": ("0 65535", "65536 (-1)"),
    "types.ints.s8": ("(-128) 127", "(-129) 128"),
    "types.ints.positive": ("1", "0"),
    "types.ints.unsigned": ("0", "(-1)"),
    "types.ints.between (-1) 1": ("(-1) 1", "2 (-2) 0.5"),
    "types.numbers.between 0 1.5": ("0 1.5 1", "1.6 (-0.1)"),
    "types.numbers.positive": ("0.1", "0"),
    "types.str": ('""', "1 ./x null"),
    "types.nonEmptyStr": ('"a"', '"" " \\t\\n"'),
    "types.singleLineStr": ('"a" "a\\n" ""', '"a\\nb" "a\\r" "a\\n\\n"'),
    'types.strMatching "[a-z]+"': ('"abc"', '"" "a1"'),
    "types.passwdEntry types.str": ('"ab"', '"a:b" "a\\nb" 1'),
    "types.lines": ('"a"', "1 [ ]"),
    "types.path": ('/a "/a" { outPath = "/x"; }', '"a" 1 { } ""'),
    "types.pathInStore": (
        '"/nix/store/xxx-y/z"',
        '"/nix/store" "/nix/store/" "/nix/store/.links" "/etc"',
    ),
    "types.externalPath": ('"/etc"', '"/nix/store/xxx-y" "etc" /etc'),
    "types.pathWith { absolute = false; }": ('"a/b"', '"/a"'),
    "types.package": (
        '{ type = "derivation"; } "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-a"',
        '{ } "/nix/store/x/y" 1',
    ),
    "types.shellPackage": (
        '{ type = "derivation"; shellPath = "/bin/x"; }',
        '{ type = "derivation"; }',
    ),
    "types.pkgs": ('{ _type = "pkgs"; }', "{ } 1"),
    "types.attrs": ("{ } { a = 1; }", "[ ] null"),
    "types.luaInline": ('(generators.mkLuaInline "x")', '"x" { }'),
    "types.optionType": ("types.int", "1 { }"),
    'types.enum [ "a" 1 ]': ('"a" 1', '"b" 2 null'),
    "types.listOf types.int": ('[ ] [ "checked later" ]', "1 { }"),
    "types.nonEmptyListOf types.int": ("[ 1 ]", "[ ]"),
    "types.attrsOf types.int": ("{ }", "[ ]"),
    "types.nullOr types.int": ("null 1", '"a"'),
    "types.either types.int types.str": ('1 "a"', "null"),
    "types.oneOf [ types.int types.str types.bool ]": ('1 "a" true', "null"),
    "types.coercedTo types.int toString types.str": ('1 "a"', "null true"),
    "types.coercedTo types.str (x: 1) (types.enum [ 2 ])": ("2", '"a"'),
    "types.functionTo types.int": ("(x: x) { __functor = self: x: x; }", "1 { }"),
    "types.submodule { }": ('{ } (x: x) /a "/a"', '1 [ ] "a"'),
    "types.deferredModule": ("{ } (x: x) /a", "1 [ ]"),
    "types.attrTag { a = mkOption { }; }": ("{ a = 1; }", "{ } { b = 1; } { a = 1; b = 1; }"),
    "types.addCheck types.int (x: x > 1)": ("2", '1 "a"'),
    "types.raw": ("1 null { }", ""),
}


@pytest.mark.parametrize("text", DESCRIPTIONS)
def test_description(show: Show, text: str) -> None:
    """The description of a type."""
    shown = show(f"({text}).description")
    assert shown[1:-1].replace('\\"', '"').replace("\\\\", "\\") == DESCRIPTIONS[text]


@pytest.mark.parametrize("text", ACCEPTS)
def test_accepts(show: Show, text: str) -> None:
    """Which values a type takes, and which it does not."""
    yes, no = ACCEPTS[text]
    assert show(f"all ({text}).check [ {yes} ]") == "true"
    assert show(f"any ({text}).check [ {no} ]") == "false"


def test_empty_values(show: Show) -> None:
    """The value of a type when nothing defines it."""
    shown = show(
        "builtins.toJSON (map (t: t.emptyValue) [ types.attrs types.int (types.listOf types.int) "
        "(types.nonEmptyListOf types.int) (types.nullOr types.int) (types.attrsOf types.int) "
        "(types.submodule { }) (types.coercedTo types.int id (types.listOf types.int)) ])"
    )
    assert json.loads(json.loads(shown)) == [
        {"value": {}}, {}, {"value": []}, {}, {"value": None}, {"value": {}}, {"value": {}},
        {"value": []},
    ]  # fmt: skip


def test_placeholders(show: Show) -> None:
    """Documentation names open names as the type says."""
    assert (
        show(
            "map (o: o.name) (filter (o: !o.internal) (optionAttrSetToDocList (evalModules { "
            'modules = [ { options.a = mkOption { type = types.attrsWith { placeholder = "user"; '
            "elemType = types.listOf (types.submodule { options.b = mkOption { }; }); }; }; } ]; })"
            ".options))"
        )
        == '[ "_module.args" "a" "a.<user>.*.b" ]'
    )


def test_nested_types(show: Show) -> None:
    """The types inside of a type."""
    assert (
        show(
            "[ (types.listOf types.int).nestedTypes.elemType.name "
            "(types.either types.int types.str).nestedTypes.right.name "
            "(types.coercedTo types.int toString types.str).nestedTypes.finalType.name "
            "(types.attrTag { a = mkOption { type = types.bool; }; }).nestedTypes.a.name "
            "(types.submodule { freeformType = types.attrsOf types.int; }).nestedTypes.freeformType.name"
            " (types.nullOr types.int).functor.wrapped.name ]"
        )
        == '[ "int" "str" "str" "bool" "attrsOf" "int" ]'
    )


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("(types.enum [ 1 2 ]).functor.payload.values", "[ 1 2 ]"),
        ('(types.separatedString "x").functor.payload.sep', '"x"'),
        ("types.lines.functor.payload.sep", '"\\n"'),
        ('(types.strMatching "a+").functor.payload.pattern', '"a+"'),
        ("(types.attrsOf types.int).functor.payload.elemType.name", '"int"'),
        ("(types.attrsOf types.int).functor.wrapped.name", '"int"'),
        ("(types.listOf types.int).functor.wrapped.name", '"int"'),
        (
            '(types.attrsWith { elemType = types.int; placeholder = "id"; }).functor.payload.placeholder',
            '"id"',
        ),
        (
            "map (t: t.name) (types.either types.int types.str).functor.payload.elemType",
            '[ "int" "str" ]',
        ),
        ("(types.submodule { }).functor.payload.shorthandOnlyDefinesConfig", "true"),
        (
            "(types.deferredModuleWith { staticModules = [ 1 ]; }).functor.payload.staticModules",
            "[ 1 ]",
        ),
        ("types.int.functor.payload", "null"),
        ("(types.coercedTo types.int toString types.str).functor.payload", "null"),
        # Another type from the parameters of one.
        ('(types.enum ((types.enum [ "a" ]).functor.payload.values ++ [ "b" ])).check "a"', "true"),
    ],
)
def test_parameters(show: Show, parameter: str, expected: str) -> None:
    """A type's functor has the parameters that it was made of."""
    assert show(parameter) == expected


def test_deprecation(show: Show, said: list[str]) -> None:
    """Types that should no longer be used say so."""
    show(
        '(evalModules { modules = [ { _file = "f"; options.a = mkOption { default = 1; type = '
        'types.int // { deprecationMessage = "Use bits."; }; }; } ]; }).config.a'
    )
    assert said == [
        "evaluation warning: The type `types.int' of option `a' defined in `f' is deprecated. "
        "Use bits."
    ]

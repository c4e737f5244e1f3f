"""Every type: what it is called, which values it takes, how several definitions become one."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable

import pytest

from builder.lang.errors import NixError

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
    "types.submodule { freeformType = types.attrsOf types.int; }": "attribute set of signed "
    "integer",
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

# A type, definitions (the last one comes first: later modules are merged before), the value.
MERGES = [
    ("types.bool", ["true", "true"], "true"),
    ("types.boolByOr", ["false", "true"], "true"),
    ("types.boolByOr", ["false", "false"], "false"),
    ("types.int", ["1", "mkDefault 2"], "1"),
    ("types.str", ['"a"', '"a"'], '"a"'),
    ("types.singleLineStr", ['"a\\n"'], '"a"'),
    ("types.lines", ['"b"', 'mkBefore "a"'], '"a\\nb"'),
    ("types.commas", ['"b"', '"a"'], '"a,b"'),
    ("types.envVar", ['"b"', '"a"'], '"a:b"'),
    ('types.separatedString "-"', ['mkAfter "a"', '"b"'], '"b-a"'),
    ("types.attrs", ["{ a = 1; b = 1; }", "{ a = 2; }"], "{ a = 1; b = 1; }"),
    ("types.unspecified", ["[ 2 ]", "[ 1 ]"], "[ 1 2 ]"),
    ("types.unspecified", ['"b"', '"a"'], '"ab"'),
    ("types.unspecified", ["true", "false"], "true"),
    ("types.unspecified", ["{ a = 1; }", "{ b = 2; }"], "{ a = 1; b = 2; }"),
    ("types.unspecified", ["3", "3"], "3"),
    ("types.anything", ["{ a.b = 1; }", "{ a.c = 2; }"], "{ a = { b = 1; c = 2; }; }"),
    ("types.anything", ["{ a = mkIf false 1; b = 2; }"], "{ b = 2; }"),
    ("types.anything", ["{ a = mkForce 1; }", "{ a = 2; }"], "{ a = 1; }"),
    ("types.anything", ["[ 1 ]", "[ 1 ]"], "[ 1 ]"),
    ("types.listOf types.int", ["[ 3 ]", "[ 1 2 ]"], "[ 1 2 3 ]"),
    ("types.listOf types.int", ["mkMerge [ [ 1 ] [ 2 ] ]"], "[ 1 2 ]"),
    ("types.listOf types.int", ["[ 1 (mkIf false 2) (mkMerge [ (mkIf true 3) ]) ]"], "[ 1 3 ]"),
    ("types.listOf (types.attrsOf types.int)", ["[ { a = mkDefault 1; } ]"], "[ { a = 1; } ]"),
    ("types.attrsOf types.int", ["{ a = 1; }", "{ b = 2; }"], "{ a = 1; b = 2; }"),
    ("types.attrsOf types.int", ["{ a = mkIf false 1; }"], "{ }"),
    ("types.attrsOf (types.listOf types.int)", ["{ a = [ 2 ]; }", "{ a = [ 1 ]; }"], "{ a = [ 1 2 ]; }"),
    ("types.lazyAttrsOf (types.listOf types.int)", ["{ a = mkIf false [ 1 ]; }"], "{ a = [ ]; }"),
    ("types.lazyAttrsOf (types.attrsOf types.int)", ["{ a = mkIf false { }; }"], "{ a = { }; }"),
    ("types.nullOr types.int", ["null", "null"], "null"),
    ("types.nullOr types.int", ["mkForce null", "1"], "null"),
    ("types.either types.int (types.listOf types.int)", ["[ 2 ]", "[ 1 ]"], "[ 1 2 ]"),
    ("types.coercedTo types.int toString types.lines", ["2", '"1"'], '"1\\n2"'),
    ("types.coercedTo types.int (x: [ x ]) (types.listOf types.int)", ["2", "[ 1 ]"], "[ 1 2 ]"),
    ("types.uniq (types.listOf types.int)", ["[ 1 ]"], "[ 1 ]"),
    ("types.uniq types.int", ["mkForce 1", "2"], "1"),
    ("types.enum [ 1 2 ]", ["1", "1"], "1"),
    ("types.attrTag { a = mkOption { type = types.int; }; b = mkOption { }; }", ["{ a = 1; }", "{ a = mkForce 2; }"], "{ a = 2; }"),
    ("types.attrTag { a = mkOption { type = types.listOf types.int; }; }", ["{ a = [ 2 ]; }", "{ a = [ 1 ]; }"], "{ a = [ 1 2 ]; }"),
    ("types.attrTag { a = mkOption { apply = x: x + 1; }; }", ["{ a = 1; }"], "{ a = 2; }"),
    ("types.submodule { options.x = mkOption { type = types.int; default = 3; }; }", ["{ }"], "{ x = 3; }"),
    ("types.submodule { options.x = mkOption { type = types.int; }; }", ["{ x = mkDefault 1; }", "{ x = 2; }"], "{ x = 2; }"),
    ("types.submodule { options.config = mkOption { }; }", ["{ config = 5; }"], "{ config = 5; }"),
    ("types.submodule [ { options.x = mkOption { default = 1; }; } { options.y = mkOption { default = 2; }; } ]", ["{ }"], "{ x = 1; y = 2; }"),
    ("types.submodule ({ name, ... }: { options.n = mkOption { default = name; }; })", ["{ }"], '{ n = "a"; }'),
    ("types.submodule { freeformType = types.attrsOf types.int; options.x = mkOption { default = 0; }; }", ["{ y = 1; }"], "{ x = 0; y = 1; }"),
    ("types.submoduleWith { modules = [ { options.x = mkOption { }; } ]; }", ["{ config.x = 1; }"], "{ x = 1; }"),
    ("types.submoduleWith { modules = [ ]; }", ["{ options.z = mkOption { default = 9; }; }"], "{ z = 9; }"),
    ('types.mkOptionType { name = "max"; merge = loc: defs: foldl\' max 0 (getValues defs); }', ["3", "7", "5"], "7"),
    ("types.raw", ["{ _type = 1; }"], "{ _type = 1; }"),
    ("types.pathWith { absolute = false; }", ['"a"'], '"a"'),
    ('types.addCheck (types.listOf types.int) (l: length l < 3)', ["[ 1 ]", "[ 2 ]"], "[ 2 1 ]"),
]  # fmt: skip

ERRORS = [
    ("types.int", ["1", "2"], "The option `a' has conflicting definition values:"),
    ("types.unspecified", ["1", "2"], "Cannot merge definitions of `a'. Definition values:"),
    ("types.unspecified", ["1", '"a"'], "Cannot merge definitions of `a'."),
    ("types.raw", ["1", "1"], "is defined multiple times while it's expected to be unique."),
    (
        'types.unique { message = "Only one, please."; } types.int',
        ["1", "1"],
        "expected to be unique.\nOnly one, please.\nDefinition values:",
    ),
    (
        "types.nullOr types.int",
        ["null", "1"],
        "The option `a` is defined both null and not null, in",
    ),
    (
        "types.either types.int (types.listOf types.int)",
        ["1", "[ 1 ]"],
        "is defined multiple times while it's expected to be unique.",
    ),
    ("types.anything", ["1", '"a"'], "The option `a' has conflicting option types in"),
    ("types.anything", ["[ 1 ]", "[ 2 ]"], "conflicting definition values"),
    ("types.enum [ 1 ]", ["2"], "is not of type `value 1 (singular enum)'"),
    (
        "types.attrTag { a = mkOption { }; b = mkOption { }; }",
        ["{ a = 1; }", "{ b = 1; }"],
        "The option `a` is defined both as `b` and `a`, in",
    ),
    ("types.attrTag { a = types.int; }", ["{ a = 1; }"], "tag a was a bare type, not wrapped"),
    ("types.attrTag { a = 1; }", ["{ a = 1; }"], "but tag a was not."),
    ("types.listOf types.int", ['[ 1 "b" ]'], '`a."[definition 1-entry 2]"\' is not of type'),
    (
        "types.attrsOf types.int",
        ['{ "x y" = "b"; }'],
        "`a.\"x y\"' is not of type `signed integer'",
    ),
    (
        "types.pkgs",
        ['{ _type = "pkgs"; }', '{ _type = "pkgs"; }'],
        "A Nixpkgs pkgs set can not be merged with another pkgs set.",
    ),
    ("types.ints.between 5 1", ["1"], "ints.between: lowest must be smaller than highest"),
    ("types.oneOf [ ]", ["1"], "types.oneOf needs to get at least one type in its argument"),
    (
        "types.coercedTo (types.submodule { }) id types.int",
        ["1"],
        "coercedTo: coercedType must not have submodules (it’s a submodule)",
    ),
    ("types.submodule { }", ["{ x = 1; }"], "The option `a.x' does not exist."),
    ("types.submodule { }", ["{ x = 1; }"], "However there are no options defined in `a'."),
    ("types.int", ["mkIf 1 2"], "‘mkIf’ called with a non-Boolean condition"),
    ("types.attrsWith { elem = types.int; }", ["{ }"], "takes no argument `elem'"),
    ("1", ["1"], "an option's type must be one of `lib.types`"),
]

# Two declarations' types, and the description of what they make; None where they make nothing.
COMBINED = [
    ("types.int", "types.int", "signed integer"),
    ("types.int", "types.str", None),
    ("types.enum [ 1 ]", "types.enum [ 2 1 ]", "one of 1, 2"),
    ("types.lines", "types.lines", 'strings concatenated with "\\n"'),
    ("types.lines", "types.commas", None),
    ('types.strMatching "a"', 'types.strMatching "a"', "string matching the pattern a"),
    ('types.strMatching "a"', 'types.strMatching "b"', None),
    ("types.listOf (types.enum [ 1 ])", "types.listOf (types.enum [ 2 ])", "list of (one of 1, 2)"),
    ("types.listOf types.int", "types.listOf types.str", None),
    ("types.attrsOf types.int", "types.attrsOf types.int", "attribute set of signed integer"),
    ("types.attrsOf types.int", "types.lazyAttrsOf types.int", None),
    ("types.nullOr types.int", "types.nullOr types.int", "null or signed integer"),
    ("types.nullOr types.int", "types.int", None),
    ("types.functionTo types.int", "types.functionTo types.int", "function that evaluates to a(n) "
     "signed integer"),
    ("types.either types.int types.str", "types.either types.int types.str", "signed integer or "
     "string"),
    ("types.coercedTo types.int id types.str", "types.coercedTo types.int id types.str", None),
    ("types.uniq types.int", "types.uniq types.int", "signed integer"),
    ("types.submodule { }", "types.submodule { }", "submodule"),
    ("types.deferredModule", "types.deferredModule", "module"),
    ("types.attrTag { a = mkOption { }; }", "types.attrTag { b = mkOption { }; }",
     "attribute-tagged union"),
    ('types.mkOptionType { name = "own"; }', 'types.mkOptionType { name = "own"; }', None),
    ('types.str // { description = "x"; }', "types.str", "string"),
    ("types.pathWith { absolute = true; }", "types.path", "absolute path"),
]  # fmt: skip


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


def _config(type_: str, definitions: list[str]) -> str:
    modules = " ".join(f"{{ a = {definition}; }}" for definition in definitions)
    return (
        f"(evalModules {{ modules = [ {{ options.a = mkOption {{ type = {type_}; }}; }} "
        f"{modules} ]; }}).config.a"
    )


@pytest.mark.parametrize(("type_", "definitions", "expected"), MERGES)
def test_merge(show: Show, type_: str, definitions: list[str], expected: str) -> None:
    """How definitions become one value."""
    assert show(_config(type_, definitions)) == expected


@pytest.mark.parametrize(("type_", "definitions", "message"), ERRORS)
def test_error(show: Show, type_: str, definitions: list[str], message: str) -> None:
    """What is said when definitions do not become one."""
    with pytest.raises(NixError) as caught:
        show(_config(type_, definitions))
    assert message in caught.value.message


@pytest.mark.parametrize(("left", "right", "expected"), COMBINED)
def test_combined(show: Show, left: str, right: str, expected: str | None) -> None:
    """Which type two declarations make."""
    text = f"(({left}).typeMerge ({right}).functor)"
    shown = show(f"if {text} == null then null else {text}.description")
    assert shown == ("null" if expected is None else f'"{_escaped(expected)}"')


def _escaped(text: str) -> str:
    return text.replace("\\n", "\\\\n").replace('"', '\\"')


def test_empty_values(show: Show) -> None:
    """The value of a type when nothing defines it."""
    assert show(
        "map (t: t.emptyValue) [ types.attrs types.int (types.listOf types.int) "
        "(types.nonEmptyListOf types.int) (types.nullOr types.int) (types.attrsOf types.int) "
        "(types.submodule { }) (types.coercedTo types.int id (types.listOf types.int)) ]"
    ) == (
        "[ { value = { }; } { } { value = [ ]; } { } { value = null; } { value = { }; } "
        "{ value = { }; } { value = [ ]; } ]"
    )


def test_functions_merge(show: Show) -> None:
    """Functions are merged by what they give."""
    assert (
        show(f'{_config("types.functionTo types.lines", ["x: x", "x: x + x"])} "a"') == '"aa\\na"'
    )
    assert show(f"{_config('types.anything', ['x: { b = x; }', 'x: { c = x; }'])} 1") == (
        "{ b = 1; c = 1; }"
    )


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

"""Every type: how several definitions become one value, and several declarations one type."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable

import pytest

from builder.lang.errors import NixError

Show = Callable[..., str]

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


def test_functions_merge(show: Show) -> None:
    """Functions are merged by what they give."""
    assert (
        show(f'{_config("types.functionTo types.lines", ["x: x", "x: x + x"])} "a"') == '"aa\\na"'
    )
    assert show(f"{_config('types.anything', ['x: { b = x; }', 'x: { c = x; }'])} 1") == (
        "{ b = 1; c = 1; }"
    )

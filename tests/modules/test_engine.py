"""Modules together: declarations, properties, arguments, imports, results."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_value
from tests.modules.conftest import LIB

Show = Callable[..., str]
INT = "{ options.a = mkOption { type = types.int; }; }"

# Modules, an expression of the evaluation `e`, its value.
VALUES = [
    (f"{INT} {{ a = mkOverride 49 1; }} {{ a = mkForce 2; }}", "e.config.a", "1"),
    (f"{INT} {{ a = mkForce (mkDefault 1); }} {{ a = mkForce 1; }}", "e.config.a", "1"),
    (f"{INT} {{ config = mkIf true {{ a = mkIf true 1; }}; }}", "e.config.a", "1"),
    (f"{INT} (mkIf false {{ a = 1; }}) {{ a = 2; }}", "e.config.a", "2"),
    (f"{INT} (mkForce {{ a = 1; }}) {{ a = 2; }}", "e.config.a", "1"),
    (f"{INT} {{ config = mkDefault {{ a = 1; }}; }} {{ a = 2; }}", "e.config.a", "2"),
    (f"{INT} {{ imports = [ {{ a = 1; }} ]; }}", "e.config.a", "1"),
    (f"{INT} {{ require = [ {{ a = 1; }} ]; }}", "e.config.a", "1"),
    ("{ options.a = mkOption { default = 1; }; } { config = { }; }", "e.options.a.highestPrio", "1500"),
    (f"{INT}", "e.options.a.isDefined", "false"),
    (f"{INT}", "e.options.a.highestPrio", "9999"),
    (f"{INT} {{ a = mkIf false 1; }}", "e.options.a.isDefined", "false"),
    (f"{INT} {{ a = mkForce 1; }} {{ a = 3; }}", "e.options.a.definitions", "[ 1 ]"),
    (f'{INT} {{ _file = "f"; a = 1; }}', "e.options.a.files", '[ "f" ]'),
    (f'{INT} {{ _file = "f"; a = 1; }}', "e.options.a.definitionsWithLocations", '[ { file = "f"; value = 1; } ]'),
    ('{ _file = "f"; options.a = mkOption { }; } { _file = "g"; options.a = mkOption { default = 1; }; }', "e.options.a.declarations", '[ "g" "f" ]'),
    ("{ options.a = mkOption { internal = true; }; }\n{ options.a = mkOption { internal = false; default = 1; }; }", "e.options.a.internal", "false"),
    ("{ options.a.b.c = mkOption { default = 1; }; }", "e.options.a.b.c.loc", '[ "a" "b" "c" ]'),
    ("{ options.a = mkOption { default = 1; }; }", '"${e.options.a}"', '"a"'),
    (f"{INT} {{ a = 1; b = 2; _module.check = false; }}", "e.config", "{ a = 1; }"),
    (f"{INT} {{ a = 1; b.c = 2; _module.freeformType = types.attrsOf types.anything; }}", "e.config", "{ a = 1; b = { c = 2; }; }"),
    ("{ freeformType = types.attrsOf (types.listOf types.int); b = [ 2 ]; } { b = mkBefore [ 1 ]; }", "e.config.b", "[ 1 2 ]"),
    ("{ freeformType = types.lazyAttrsOf types.int; options.a.b = mkOption { default = 1; }; config.c = 2; }", "e.config", "{ a = { b = 1; }; c = 2; }"),
    ("({ x, ... }: { options.a = mkOption { default = x; }; }) { _module.args.x = 5; }", "e.config.a", "5"),
    ("({ x ? 7, ... }: { options.a = mkOption { default = x; }; }) { _module.args.x = 5; }", "e.config.a", "5"),
    ("({ specialArgs, ... }: { options.a = mkOption { default = specialArgs; }; })", "e.config.a", "{ given = 1; }"),
    ("({ given, ... }: { imports = [ { options.a = mkOption { default = given; }; } ]; })", "e.config.a", "1"),
    ("({ options, ... }: { options.a = mkOption { default = options.a.loc; }; })", "e.config.a", '[ "a" ]'),
    ("({ extendModules, ... }: { options.a = mkOption { default = 1; }; options.b = mkOption { default = (extendModules { modules = [ { a = 2; b = 0; } ]; }).config.a; }; })", "e.config.b", "2"),
    ("({ moduleType, ... }: { options.a = mkOption { default = 1; }; options.b = mkOption { type = types.nullOr moduleType; default = null; }; }) { b.a = 4; }", "e.config.b.a", "4"),
    ("{ options.a = mkOption { default = 1; }; }", "e._type", '"configuration"'),
    ("{ options.a = mkOption { default = 1; }; }", "e.class", "null"),
    ("{ options.a = mkOption { default = 1; }; }", "e.type.name", '"submodule"'),
    ("{ options.a = mkOption { default = 1; }; }", "e._module.args ? extendModules", "false"),
    ("{ options.a = mkOption { default = 1; }; _module.args = { }; }".replace("_module.args = { };", "config._module.args.z = 3;"), "e._module.args.z", "3"),
    ("{ options.a = mkOption { default = 1; apply = x: x + 1; }; }", "(e.extendModules { modules = [ { a = 5; } ]; }).config.a", "6"),
    ("{ options.a = mkOption { default = 1; }; }", "(e.extendModules { prefix = [ \"p\" ]; }).options.a.loc", '[ "p" "a" ]'),
    ("{ options.a = mkOption { default = 1; readOnly = true; }; }", "e.config.a", "1"),
    ("({ name ? \"none\", ... }: { options.a = mkOption { default = 1; }; })", "e.config.a", "1"),
    ("{ options.a = mkOption { type = types.submodule { options.x = mkOption { default = 1; }; }; default = { }; }; } { options.a.y = mkOption { default = 2; }; }", "e.config.a", "{ x = 1; y = 2; }"),
    ("{ options.a = mkOption { type = types.listOf types.int; default = [ ]; }; } { a = mkBefore [ 1 ]; } { config = mkAfter { a = [ 3 ]; }; } { a = [ 2 ]; }", "e.config.a", "[ 1 2 3 ]"),
    ("{ options.a = mkOption { type = types.listOf types.int; }; } { a = mkOrder 900 [ 1 ]; } { a = mkOrder 800 [ 0 ]; }", "e.config.a", "[ 0 1 ]"),
    ("{ key = \"k\"; config.a = 1; } { key = \"k\"; config.a = 2; } { options.a = mkOption { }; }", "e.config.a", "1"),
    ("{ key = \"k\"; config.a = 1; } { disabledModules = [ { key = \"k\"; } ]; options.a = mkOption { default = 9; }; }", "e.config.a", "9"),
    ("{ _class = \"nixos\"; options.a = mkOption { default = 1; }; }", "e.config.a", "1"),
    ("{ __functor = self: { config, ... }: { options.a = mkOption { default = 4; }; }; }", "e.config.a", "4"),
    ("{ options.a = mkOption { type = types.deferredModule; }; } { a = { options.v = mkOption { default = 8; }; }; }", "(evalModules { modules = [ e.config.a ]; }).config.v", "8"),
    ("{ options.a = mkSinkUndeclaredOptions { }; } { a = 5; }", "e.options.a.visible", "false"),
    ("({ config, ... }: { options.a = mkOption { }; options.b = mkOption { }; config = mkMerge [ { b = 1; } (mkIf (config.b == 1) { a = 2; }) ]; })", "e.config.a", "2"),
    ('{ options.a = mkOption { }; config.a = throw "never"; options.b = mkOption { default = 1; }; }', "e.config.b", "1"),
    ("{ options.a = mkOption { default = throw \"never\"; }; } { a = 1; }", "e.config.a", "1"),
    (f"{INT} {{ a = mkAliasDefinitions (mkOption {{ }} // {{ isDefined = true; definitions = [ 3 ]; }}); }}", "e.config.a", "3"),
    (f'{INT} (modules.importJSON (builtins.toFile "x" "x"))'.replace('(modules.importJSON (builtins.toFile "x" "x"))', "(setDefaultModuleLocation \"q\" { a = 1; })"), "e.options.a.files", '[ "q" ]'),
    ("{ options.a = mkOption { }; config.a = 1; meta = 5; options.meta = mkOption { }; }", "e.config.meta", "5"),
    ("({ options, ... }: { config = if options ? b then { b = 2; } else { a = 7; }; }) { options.a = mkOption { default = 0; }; }", "e.config.a", "7"),
    ("({ options, ... }: { config = if options ? b then { b = 2; } else { a = 7; }; }) { options.a = mkOption { default = 0; }; } { options.b = mkOption { }; }", "e.config", "{ a = 0; b = 2; }"),
    ("({ config, ... }: { freeformType = types.lazyAttrsOf types.anything; options.foo = mkOption { default = 3; }; config.bar = config.foo; })", "e.config.bar", "3"),
    ("({ config, ... }: { freeformType = types.lazyAttrsOf types.anything; options.foo = mkOption { default = config.bar; }; config.bar = 3; })", "e.config.foo", "3"),
    ("{ freeformType = types.attrsOf (types.submodule { options.x = mkOption { default = 1; }; }); y = { }; }", "e.config.y.x", "1"),
    ("{ freeformType = types.attrsOf (types.submodule { options.x = mkOption { default = 1; }; }); y = { }; } { freeformType = types.attrsOf (types.submodule { options.z = mkOption { default = 2; }; }); }", "e.config.y", "{ x = 1; z = 2; }"),
    ("{ options.a = mkOption { type = types.functionTo (types.submodule { options.x = mkOption { }; }); }; config.a = n: { x = n; }; }", "(e.config.a 4).x", "4"),
    ("{ options.a = mkOption { type = types.attrsOf (types.submodule { options.x = mkOption { default = 0; }; }); default = { }; }; } { a = mkForce { n = { }; }; } { a.m = { }; }", "attrNames e.config.a", '[ "n" ]'),
    ("{ options.a = mkOption { type = types.attrsOf (types.submodule { options.x = mkOption { default = 0; }; }); }; } { a.n = mkIf false { }; a.m = { }; }", "attrNames e.config.a", '[ "m" ]'),
    ("{ options.a = mkOption { type = types.attrsOf (types.submodule { options.x = mkOption { type = types.int; }; }); }; } { a.n = mkForce { x = 1; }; } { a.n.x = 2; }", "e.config.a.n.x", "1"),
    ("(mkAliasOptionModule [ \"alias\" ] [ \"a\" ]) { options.a = mkOption { type = types.bool; default = false; }; } { alias = mkForce false; } { a = true; }", "[ e.config.a e.config.alias ]", "[ false false ]"),
    ("(mkAliasOptionModule [ \"alias\" ] [ \"a\" ]) { options.a = mkOption { type = types.bool; default = false; }; } { alias = mkDefault true; } { a = mkOptionDefault false; }", "e.config.a", "true"),
    ("(doRename { from = [ \"a\" \"b\" ]; to = [ \"c\" \"d\" ]; visible = true; warn = true; use = x: x; condition = false; }) { options.c.d = mkOption { default = 1; }; config.a.b = 5; }", "e.config.c.d", "1"),
    ("(mkRenamedOptionModule [ \"a\" ] [ \"c\" ]) { options.c = mkOption { }; options.warnings = mkOption { type = types.listOf types.str; }; } { _file = \"f\"; a = 5; }", "e.config.warnings", "[ \"The option `a' defined in `f' has been renamed to `c'.\" ]"),
    ("{ options.s = mkOption { type = types.submodule ({ config, ... }: { options.x = mkOption { default = 1; }; options.y = mkOption { default = config.x + 1; }; }); default = { }; }; s.x = 5; }".replace("s.x = 5;", "config.s.x = 5;"), "e.config.s.y", "6"),
    ("({ config, ... }: { options.t = mkOption { type = types.optionType; default = types.int; }; options.v = mkOption { type = config.t; default = 1; }; })", "e.config.v", "1"),
    ("{ options.t = mkOption { type = types.optionType; }; } { t = types.submodule { options.a = mkOption { default = 1; }; }; } { t = types.submodule { options.b = mkOption { default = 2; }; }; }", "(e.config.t.merge [ ] [ { file = \"f\"; value = { }; } ])", "{ a = 1; b = 2; }"),
    ("{ options.a = mkOption { type = types.uniq (types.submodule { options.x = mkOption { default = 1; }; }); default = { }; }; } ", "e.config.a.x", "1"),
]  # fmt: skip

ERRORS = [
    ("{ a = 1; }", "It seems as if you're trying to declare an option by placing it into `config' rather than `options'!"),
    ("{ options.a = types.int; }", "In module test.nix: expected an option declaration at option path `a` but got an attribute set with type option-type"),
    ("{ options.a = types.int; }", "a = lib.mkOption {"),
    ("{ options.a = 1; }", "An option declaration for `a' in `test.nix' has type\n`int' rather than an attribute set."),
    ('{ _file = "f"; options.a = mkOption { type = types.int; }; } { _file = "g"; options.a.b = mkOption { }; }', "The option `a' in module `f' would be a parent of the following options, but its type `signed integer' does not support nested options.\n - option(s) with prefix `a.b' in module `g'"),
    ("(types.int)", 'Expected a module, but found a value of type "option-type"'),
    ("(evalModules { modules = [ ]; })", "It is a whole configuration"),
    ("(mkMerge [ { } ])", "Put `lib.mkMerge` under `config`."),
    ("1", "module <unknown-file> (:anon-1) does not look like a module."),
    ('"x.nix"', "is not a path; write ./x.nix without quotes"),
    ("./no-such-file.nix", "no-such-file.nix"),
    (f"{INT} {{ a = 1; }} {{ disabledModules = [ {{ }} ]; }}", "contains a disabledModules item that is an attribute set, presumably a module"),
    ('{ _class = "home"; options.a = mkOption { default = 1; }; }', 'cannot be imported into a module evaluation that expects class "nixos".'),
    (f"{INT} {{ a = 1; a2 = 1; b = 1; }}", "These do not exist either: `b'"),
    ("{ options.a = mkOption { default = 1; }; } { options.a = mkOption { apply = x: x; }; } { options.a = mkOption { apply = x: x; }; }", "Both give it `apply'."),
    ("{ options.a = mkSinkUndeclaredOptions { }; }", "Option value is not readable because the option is not declared."),
    ("(mkRemovedOptionModule [ \"a\" ] \"Use b.\") { options.assertions = mkOption { }; }", "The option `a' can no longer be used since it's been removed. Use b."),
    ("({ config, ... }: { imports = config.a; options.a = mkOption { }; })", "infinite recursion"),
]  # fmt: skip


def _evaluation(modules: str, more: str = "") -> str:
    return f"let e = evalModules {{ specialArgs.given = 1; {more} modules = [ {modules} ]; }}; in "


@pytest.mark.parametrize(("text", "expression", "expected"), VALUES)
def test_value(show: Show, text: str, expression: str, expected: str) -> None:
    """An expression of an evaluation."""
    assert show(_evaluation(text) + expression) == expected


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_error(show: Show, text: str, message: str) -> None:
    """What is said of modules that are wrong."""
    with pytest.raises(NixError) as caught:
        show(_evaluation(text, 'class = "nixos";') + "e.config.a")
    assert message in caught.value.message


def test_disabled_by_path(show: Show, tmp_path: Path) -> None:
    """A module is disabled by its path, whichever module imports it."""
    (tmp_path / "off.nix").write_text("{ a = 1; }")
    (tmp_path / "on.nix").write_text("{ imports = [ ./off.nix ]; b = 2; }")
    text = "./on.nix { disabledModules = [ ./off.nix ]; options.a = mkOption { default = 0; }; options.b = mkOption { }; }"
    assert show(_evaluation(text) + "e.config", str(tmp_path)) == "{ a = 0; b = 2; }"


def test_positions(show: Show, tmp_path: Path) -> None:
    """An option knows the line of its declaration."""
    (tmp_path / "m.nix").write_text("{ lib, ... }:\n{\n  options.a = lib.mkOption { };\n}\n")
    found = show(
        _evaluation("./m.nix") + "map (p: p.line) e.options.a.declarationPositions",
        str(tmp_path),
    )
    assert found == "[ 3 ]"


def test_deprecated_arguments(show: Show, said: list[str]) -> None:
    """`args` and `check` work and warn."""
    text = "(evalModules { args.x = 3; check = false; modules = [ ({ x, ... }: { options.a = mkOption { default = x; }; config.b = 1; }) ]; }).config"
    assert show(text) == "{ a = 3; }"
    assert [line.split(".")[0] for line in said] == [
        "evaluation warning: The args argument to evalModules is deprecated",
        "evaluation warning: The check argument to evalModules is deprecated",
    ]


# Laws

_PRIORITIES = st.lists(st.integers(1, 2000), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(_PRIORITIES)
def test_smallest_priority_wins(modules: Evaluator, priorities: list[int]) -> None:
    """All definitions of the smallest priority are joined, and no others."""
    defs = " ".join(f"{{ a = mkOverride {p} [ {p} ]; }}" for p in priorities)
    best = min(priorities)
    expected = f"[ {' '.join([str(best)] * priorities.count(best))} ]"
    assert (
        _value(modules, f"{{ options.a = mkOption {{ type = types.listOf types.int; }}; }} {defs}")
        == expected
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 99)), min_size=1, max_size=6))
def test_order_is_stable(modules: Evaluator, entries: list[tuple[int, int]]) -> None:
    """`mkOrder` sorts; what is of one order stays as modules are merged: the last one first."""
    defs = " ".join(f"{{ a = mkOrder {order} [ {value} ]; }}" for order, value in entries)
    last_first = entries[::-1]
    last_first.sort(key=lambda entry: entry[0])
    expected = f"[ {' '.join(str(value) for _, value in last_first)} ]"
    assert (
        _value(modules, f"{{ options.a = mkOption {{ type = types.listOf types.int; }}; }} {defs}")
        == expected
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 99)), min_size=1, max_size=6))
def test_merge_is_the_same_as_modules(modules: Evaluator, entries: list[tuple[bool, int]]) -> None:
    """Definitions in one `mkMerge` say the same as in modules of their own, in reverse."""
    option = "{ options.a = mkOption { type = types.listOf types.int; default = [ ]; }; }"
    parts = [f"(mkIf {str(on).lower()} [ {value} ])" for on, value in entries]
    merged = _value(modules, f"{option} {{ a = mkMerge [ {' '.join(parts)} ]; }}")
    apart = _value(
        modules, f"{option} {' '.join(f'{{ a = {part}; }}' for part in reversed(parts))}"
    )
    assert merged == apart


def _value(evaluator: Evaluator, given_modules: str) -> str:
    value = evaluator.eval_string(
        f"with import {LIB}; (evalModules {{ modules = [ {given_modules} ]; }}).config.a"
    )
    return evaluator.run(lambda: print_value(value))


def _definition(spec: tuple[list[str], int | None, int | None, int]) -> str:
    """A definition with properties around it, as nixpkgs' own functions take them."""
    around, priority, order, value = spec
    text = f"[ {value} ]"
    if order is not None:
        text = f"(mkOrder {order} {text})"
    if priority is not None:
        text = f"(mkOverride {priority} {text})"
    for layer in around:
        text = {
            "true": f"(mkIf true {text})",
            "false": f"(mkIf false {text})",
            "merge": f"(mkMerge [ {text} ])",
            "twice": f"(mkMerge [ {text} {text} ])",
        }[layer]
    return text


_SPEC = st.tuples(
    st.lists(st.sampled_from(["true", "true", "false", "merge", "twice"]), max_size=3),
    st.none() | st.integers(40, 60),
    st.none() | st.integers(900, 1100),
    st.integers(0, 99),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_SPEC, max_size=5))
def test_the_library_agrees_with_the_engine(
    modules: Evaluator, specs: list[tuple[list[str], int | None, int | None, int]]
) -> None:
    """The functions on properties, written in Nix, do what the engine does."""
    defs = " ".join(f'{{ file = "f"; value = {_definition(spec)}; }}' for spec in specs)
    text = f"""
      let
        defs = [ {defs} ];
        inherit (lib.modules) dischargeProperties sortProperties;
        applying = concatMap (d: map (value: d // {{ inherit value; }}) (dischargeProperties d.value)) defs;
        found = lib.modules.filterOverrides' applying;
        values = map (d: d.value) (sortProperties found.values);
        merged = mergeDefinitions [ "a" ] (types.listOf types.int) defs;
      in
      [ values found.highestPrio ] == [ (map (d: d.value) merged.defsFinal) merged.defsFinal'.highestPrio ]
    """
    value = modules.eval_string(f"let lib = import {LIB}; in with lib; {text}")
    assert value is True

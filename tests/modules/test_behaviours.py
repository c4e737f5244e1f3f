"""What users of the module system rely on: properties in submodules, disabled modules, arguments,
freeform parts, collisions, classes, aliases. Each case is a list of modules."""

# ruff: noqa: E501
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.tracing import format_error

Show = Callable[..., str]

ON = "{ options.on = mkOption { type = types.bool; default = false; }; }"
SUBS = "{ options.subs = mkOption { default = { }; type = types.attrsOf (types.submodule { options.on = mkOption { type = types.bool; default = false; }; }); }; }"
NUMBER = "{ options.n = mkOption { type = types.ints.positive; }; }"
FREE = "{ freeformType = types.attrsOf (types.nullOr types.str); }"
LAZY_FREE = "{ freeformType = types.lazyAttrsOf (types.nullOr types.str); }"

VALUES = [
    # properties on each level of a set of submodules
    (f"{SUBS} {{ subs.x.on = true; }} {{ subs = mkForce {{ x.on = false; }}; }}", "c.subs.x.on", "false"),
    (f"{SUBS} {{ subs.x.on = true; }} {{ subs.x = mkForce {{ on = false; }}; }}", "c.subs.x.on", "false"),
    (f"{SUBS} {{ subs.x.on = true; }} {{ subs.x.on = mkForce false; }}", "c.subs.x.on", "false"),
    (f"{SUBS} {{ subs.x.on = true; }} (mkForce {{ subs.x.on = false; }})", "c.subs.x.on", "false"),
    (f"{SUBS} {{ subs.x.on = true; }} {{ subs = mkForce {{ y.on = true; }}; }}", "attrNames c.subs", '[ "y" ]'),
    (f"{SUBS} {{ subs.x.on = true; }} {{ subs.y = mkForce {{ on = true; }}; }}", "attrNames c.subs", '[ "x" "y" ]'),
    (f"{ON} {SUBS} ({{ config, ... }}: {{ subs = mkIf config.on {{ x.on = true; }}; }})", "attrNames c.subs", "[ ]"),
    (f"{ON} {SUBS} ({{ config, ... }}: {{ subs.x = mkIf config.on {{ on = true; }}; }})", "attrNames c.subs", "[ ]"),
    (f"{ON} {SUBS} ({{ config, ... }}: {{ subs.x.on = mkIf config.on true; }})", "c.subs", "{ x = { on = false; }; }"),
    (f"{ON} {{ on = true; }} {SUBS} ({{ config, ... }}: {{ subs.x = mkIf config.on {{ on = true; }}; }})", "c.subs.x.on", "true"),
    # definitions that depend on what options there are
    (f"{ON} {NUMBER} ({{ options, ... }}: {{ config = if options ? on then {{ on = true; n = 360; }} else {{ n = 7; }}; }})", "[ c.on c.n ]", "[ true 360 ]"),
    (f"{NUMBER} ({{ options, ... }}: {{ config = if options ? on then {{ on = true; n = 360; }} else {{ n = 7; }}; }})", "c.n", "7"),
    (f"{NUMBER} ({{ lib, options, ... }}: {{ config = mkMerge [ (lib.optionalAttrs (options ? on) {{ on = true; }}) {{ n = 1; }} ]; }})", "c", "{ n = 1; }"),
    # disabled modules
    ('{ disabledModules = [ { key = "k"; } ]; } { imports = [ { key = "k"; options.a = mkOption { default = 1; }; } ]; options.b = mkOption { default = 2; }; }', "c", "{ b = 2; }"),
    ('{ disabledModules = [ "k" ]; } { imports = [ { key = "k"; options.a = mkOption { default = 1; }; } ]; options.b = mkOption { default = 2; }; }', "c", "{ a = 1; b = 2; }"),
    ('{ imports = [ { key = "k"; options.a = mkOption { default = 1; }; } ]; } { imports = [ { key = "k"; options.a = mkOption { default = 2; }; } ]; }', "c.a", "1"),
    ('{ key = "top"; imports = [ { key = "inner"; imports = [ { key = "deep"; options.a = mkOption { default = 1; }; } ]; } ]; } { disabledModules = [ { key = "inner"; } ]; }', "c", "{ }"),
    ('{ imports = [ { key = "one"; imports = [ { key = "deep"; options.a = mkOption { default = 1; }; } ]; } { key = "two"; imports = [ { key = "deep"; options.a = mkOption { default = 1; }; } ]; } ]; } { disabledModules = [ { key = "one"; } ]; }', "c", "{ a = 1; }"),
    ('{ imports = [ { key = 7; options.a = mkOption { default = 1; }; } ]; options.b = mkOption { default = 2; }; } { disabledModules = [ 7 ]; }', "c", "{ b = 2; }"),
    ('{ imports = [ { key = { outPath = "/k"; }; options.a = mkOption { default = 1; }; } ]; options.b = mkOption { default = 2; }; } { disabledModules = [ { __toString = _: "/k"; } ]; }', "c", "{ b = 2; }"),
    # arguments
    ('({ word ? throw "never", ... }: { options.a = mkOption { default = word; }; }) { _module.args.word = "w"; }', "c.a", '"w"'),
    ('({ word ? "default", ... }: { options.a = mkOption { default = 1; }; })', "c.a", "1"),
    ("{ options.a = mkOption { default = 1; }; } { _module.args = { one = 1; }; } { _module.args = { two = 2; }; } ({ one, two, ... }: { a = one + two; })", "c.a", "3"),
    ("({ config, ... }: { options.a = mkOption { default = 1; }; config._module.args.b = config.a + 1; }) ({ b, ... }: { options.c = mkOption { default = b; }; })", "c.c", "2"),
    # freeform parts
    (f'{FREE} {{ value = "24"; }}', "c.value", '"24"'),
    (f"{FREE}", "c", "{ }"),
    (f'{FREE} {{ value = mkMerge [ (mkIf false "no") (mkIf true "yes") ]; }}', "c.value", '"yes"'),
    (f'{FREE} {ON} {{ value = "24"; }}', "c", '{ on = false; value = "24"; }'),
    ('{ freeformType = types.attrsOf types.anything; options.nest.known = mkOption { default = false; }; config.nest.other = "x"; }', "c.nest", '{ known = false; other = "x"; }'),
    (f"{FREE} ({{ config, ... }}: {{ options.a = mkOption {{ type = types.nullOr types.str; default = config.value or null; }}; }})", "c.a", "null"),
    (f'{FREE} ({{ config, ... }}: {{ options.a = mkOption {{ type = types.nullOr types.str; default = config.value or null; }}; }}) {{ value = "24"; }}', "c.a", '"24"'),
    (f'{LAZY_FREE} ({{ config, ... }}: {{ options.a = mkOption {{ type = types.nullOr types.str; }}; config.free = config.a; }}) {{ a = "24"; }}', "c.free", '"24"'),
    # definitions that say their own file
    ('{ options.a = mkOption { type = types.listOf types.str; }; } { a = mkMerge [ (mkDefinition { file = "p"; value = mkAfter [ "z" ]; }) (mkDefinition { file = "q"; value = [ "y" ]; }) ]; }', "[ c.a o.a.files ]", '[ [ "y" "z" ] [ "q" "p" ] ]'),
    (f'{NUMBER} {{ n = mkDefinition {{ file = "p"; value = mkForce 2; }}; }} {{ n = 1; }}', "o.n.definitionsWithLocations", '[ { file = "p"; value = 2; } ]'),
    # a function tells the arguments of all its definitions
    ("{ options.f = mkOption { type = types.functionTo types.int; }; } { f = { a, b ? 1 }: 1; } { f = { a ? 2, b ? 1, ... }: 1; }", "[ (functionArgs c.f) (c.f { a = 1; }) (isFunction c.f) ]", "[ { a = false; b = true; } 1 true ]"),
    # types that contain themselves
    ('(let json = types.nullOr (types.oneOf [ types.int types.str (types.attrsOf json) (types.listOf json) ]) // { description = "JSON value"; }; in { options.s = mkOption { type = types.submodule { freeformType = json; }; }; }) { s.a.b = [ 1 { c = mkIf true null; } ]; } { s.a.d = mkDefault "x"; }', "[ c.s o.s.type.description ]", '[ { a = { b = [ 1 { c = null; } ]; d = "x"; }; } "open submodule of (JSON value)" ]'),
    ("{ options.t = mkOption { type = let tree = types.submodule { options.value = mkOption { type = types.int; }; options.children = mkOption { type = types.listOf tree; default = [ ]; }; }; in tree; }; } { t = { value = 1; children = [ { value = 2; children = [ { value = 3; } ]; } ]; }; }", "(head (head c.t.children).children).value", "3"),
    ("(let chain = types.either types.int (types.coercedTo types.str toInt (types.nullOr (types.functionTo chain))); in { options.a = mkOption { type = chain; }; }) { a = _: _: 5; }", "c.a 1 2", "5"),
    # lazy and strict sets
    ('{ options.s = mkOption { type = types.lazyAttrsOf (types.str // { emptyValue.value = "empty"; }); }; } { s.a = mkIf false "x"; }', "c.s.a", '"empty"'),
    ('{ options.s = mkOption { type = types.attrsOf types.str; }; } { s.a = mkIf false "x"; }', "c.s ? a", "false"),
    ('{ options.s = mkOption { type = types.lazyAttrsOf types.str; }; } { s.a = mkIf false "x"; }', "c.s ? a", "true"),
    ("({ config, ... }: { options.s = mkOption { type = types.lazyAttrsOf types.int; }; config.s = { a = 1; b = config.s.a + 1; }; })", "c.s.b", "2"),
    # aliases
    ('{ imports = [ (mkAliasOptionModule [ "old" ] [ "new" ]) ]; options.new = mkOption { type = types.bool; default = false; }; } { old = mkDefault true; }', "[ c.old c.new ]", "[ true true ]"),
    ('{ imports = [ (mkAliasOptionModule [ "old" ] [ "new" ]) ]; options.new = mkOption { type = types.bool; default = false; }; } { old = mkDefault true; } { new = false; }', "[ c.old c.new ]", "[ false false ]"),
    ('{ imports = [ (mkAliasOptionModule [ "old" ] [ "new" ]) ]; options.new = mkOption { type = types.bool; default = false; }; } { old = mkForce true; } { new = false; }', "[ c.old c.new ]", "[ true true ]"),
    ('{ imports = [ (doRename { from = [ "a" "b" ]; to = [ "c" "d" ]; visible = true; warn = false; use = x: x; }) ]; options.c.d = mkOption { }; config.a.b = 1234; }', "c.c.d", "1234"),
    ('{ imports = [ (mkRenamedOptionModule [ "a" ] [ "b" ]) ]; options.b = mkOption { }; options.warnings = mkOption { type = types.listOf types.str; }; config.a = 1; }', "[ c.b (length c.warnings) ]", "[ 1 1 ]"),
    ('{ imports = [ (mkRemovedOptionModule [ "gone" ] "Do without.") ]; options.assertions = mkOption { type = types.listOf types.anything; }; }', "map (x: x.assertion) c.assertions", "[ true ]"),
    # submodules and their merging
    ('{ options.s = mkOption { type = types.submoduleWith { modules = [ { options.a = mkOption { default = 1; }; } ]; specialArgs.word = "w"; }; }; } { s = { word, ... }: { options.b = mkOption { default = word; }; }; }', "c.s", '{ a = 1; b = "w"; }'),
    ("{ options.s = mkOption { type = types.submodule { options.a = mkOption { default = 1; }; }; default = { }; }; } { options.s = mkOption { type = types.submodule { options.b = mkOption { default = 2; }; }; }; }", "c.s", "{ a = 1; b = 2; }"),
    ("{ options.s = mkOption { type = types.submodule { }; default = { }; }; } { options.s.deep = mkOption { default = 3; }; }", "c.s.deep", "3"),
    ("{ options.s = mkOption { type = (evalModules { modules = [ { options.a = mkOption { default = 1; }; } ]; }).type; }; } { s.a = 4; }", "c.s.a", "4"),
    ("{ options.s = mkOption { type = types.submoduleWith { shorthandOnlyDefinesConfig = true; modules = [ { options.config = mkOption { type = types.bool; default = false; }; } ]; }; default = { }; }; } { s.config = true; }", "c.s.config", "true"),
    ("{ options.s = mkOption { type = types.attrsOf (types.submodule ({ name, ... }: { options.own = mkOption { default = name; }; })); }; } { s.first = { }; }", "c.s.first.own", '"first"'),
    ("({ extendModules, ... }: { options.special = mkOption { type = types.nullOr types.anything; default = (extendModules { modules = [ { special = null; } ]; }).config.special; }; })", "c.special", "null"),
    # what several declarations of a submodule say is in the order of their modules
    ("{ options.s = mkOption { type = types.submodule { options.l = mkOption { type = types.listOf types.int; }; config.l = [ 1 ]; }; default = { }; }; } { options.s = mkOption { type = types.submodule { config.l = [ 2 ]; }; }; }", "c.s.l", "[ 2 1 ]"),
    ("{ options.s = mkOption { type = types.attrsOf (types.submodule { config.l = [ 1 ]; }); default.x = { }; }; } { options.s = mkOption { type = types.attrsOf (types.submodule { options.l = mkOption { type = types.listOf types.int; }; config.l = [ 2 ]; }); }; }", "c.s.x.l", "[ 2 1 ]"),
    # functions
    ('{ options.f = mkOption { type = types.functionTo (types.listOf types.str); }; } { f = x: [ "a${x}" ]; } { f = x: [ "b${x}" ]; }', 'c.f "1"', '[ "b1" "a1" ]'),
    ("{ options.f = mkOption { type = types.functionTo (types.attrsOf types.str); }; } { f = x: { a = x; }; } { f = x: { b = x; }; }", 'c.f "1"', '{ a = "1"; b = "1"; }'),
    ('{ options.f = mkOption { type = types.functionTo (types.listOf types.str); }; } { f = x: mkAfter [ "a" ]; } { f = x: [ "b" ]; }', "c.f 0", '[ "b" "a" ]'),
    ("{ options.f = mkOption { type = types.functionTo (types.submodule { options.a = mkOption { default = 1; }; }); }; } { f = x: { a = x; }; }", "(c.f 5).a", "5"),
    # anything and raw
    ("{ options.v = mkOption { type = types.anything; }; } { v.a.b = 1; } { v.a.c = 2; }", "c.v", "{ a = { b = 1; c = 2; }; }"),
    ('{ options.v = mkOption { type = types.anything; }; } { v = { outPath = "/p"; x = 1; }; }', "c.v.outPath", '"/p"'),
    ("{ options.v = mkOption { type = types.anything; }; } { v.f = x: { a = x; }; } { v.f = x: { b = x; }; }", "c.v.f 1", "{ a = 1; b = 1; }"),
    ("{ options.v = mkOption { type = types.anything; }; } { v.f = x: { a = mkIf x 1; b = mkDefault 2; }; }", "c.v.f false", "{ b = 2; }"),
    ("{ options.v = mkOption { type = types.anything; }; } { v = mkMerge [ { a = mkDefault 1; } { b = mkIf false 2; } ]; }", "c.v", "{ a = 1; }"),
    ("{ options.v = mkOption { type = types.raw; }; } { v.deep = mkIf true 1; }", "c.v.deep._type", '"if"'),
    ("{ options.v = mkOption { type = types.raw; }; } { v = mkForce 1; } { v = 2; }", "c.v", "1"),
    # what types of paths are made of
    ("{ options.p = mkOption { type = types.externalPath; }; }", "o.p.type.functor.payload", "{ absolute = true; inStore = false; }"),
    # empty values
    ("{ options.l = mkOption { type = types.lazyAttrsOf (types.listOf types.int); }; } { l.a = mkIf false [ ]; }", "c.l.a", "[ ]"),
    ("{ options.l = mkOption { type = types.lazyAttrsOf (types.nullOr types.int); }; } { l.a = mkIf false 1; }", "c.l.a", "null"),
    ("{ options.l = mkOption { type = types.lazyAttrsOf (types.submodule { options.x = mkOption { default = 1; }; }); }; } { l.a = mkIf false { }; }", "c.l.a", "{ }"),
    # types that merge with each other
    ("{ options.o = mkOption { type = types.optionType; }; } { o = types.submodule { options.a = mkOption { default = 1; }; }; } { o = types.submodule { options.b = mkOption { default = 2; }; }; }", "attrNames (c.o.getSubOptions [ ])", '[ "a" "b" ]'),
    # deferred modules
    ("{ options.d = mkOption { type = types.deferredModule; default = { }; }; } { d = { options.a = mkOption { default = 1; }; }; } { d.a = 2; }", "(evalModules { modules = [ c.d ]; }).config.a", "2"),
    # what is told of options
    ("{ options.a = mkOption { default = 1; }; } { a = 2; }", "o.a.isDefined", "true"),
    ('{ _file = "f"; options.a = mkOption { type = types.int; }; } { _file = "g"; a = mkForce 1; }', "[ o.a.declarations o.a.files o.a.highestPrio ]", '[ [ "f" ] [ "g" ] 50 ]'),
    ('{ options.a = mkEnableOption "the thing"; }', "[ c.a o.a.description ]", '[ false "Whether to enable the thing." ]'),
    ("{ options.a = mkOption { type = types.boolByOr; }; } { a = false; } { a = true; }", "c.a", "true"),
]  # fmt: skip

ERRORS = [
    ("{ on = true; }", "c", r"The option `on' does not exist. Definition values:\n- In `test.nix:2:45': true"),
    (f"{ON} {{ on = true; }} {{ subs.x.on = true; }}", "c.on", "The option `subs' does not exist"),
    (f"{NUMBER} {{ n = [ ]; }} {{ n = 3; }}", "c.n", "A definition for option `n' is not of type `positive integer"),
    (f"{NUMBER} {{ n = 0; }}", "c.n", "A definition for option `n' is not of type `positive integer, meaning >0'. Definition values:"),
    (f"{FREE} {{ value = [ ]; }}", "c.value", "A definition for option `value' is not of type `null or string'"),
    (f"{LAZY_FREE} ({{ config, ... }}: {{ options.a = mkOption {{ type = types.nullOr types.str; }}; config.free = config.a; }})", "c.free", "The option `a' was accessed but has no value defined. Try setting the option."),
    ("{ options.set = mkOption { type = types.attrsOf types.int; }; } { options.set.on = mkOption { }; }", "c.set", r"The option `set' in module `.*' would be a parent of the following options, but its type `attribute set of signed integer' does not support nested options.\n - option\(s\) with prefix `set.on' in module `"),
    ("{ options.group = mkOption { }; } { options.group.on = mkOption { }; }", "c.group.on", "would be a parent of the following options, but its type `<no description>' does not support nested options"),
    ("{ options.result = types.int; }", "c.result", "expected an option declaration at option path `result` but got an attribute set with type option-type"),
    ("{ options.result.here = types.int; }", "c.result.here", "expected an option declaration at option path `result.here` but got an attribute set with type option-type"),
    ('{ imports = [ { _type = "flake"; } ]; }', "c", 'found a value of type "flake", while trying to load a module into test.nix'),
    ("{ imports = [ (evalModules { modules = [ ]; }) ]; }", "c", 'found a value of type "configuration", while trying to load a module into test.nix'),
    ("{ disabledModules = [ { } ]; }", "c", "contains a disabledModules item that is an attribute set, presumably a module, that does not have a `key` attribute"),
    ('{ disabledModules = [ { key = "k"; outPath = "/o"; } ]; }', "c", "contains a disabledModules item with two names: its text is /o and its `key` attribute k"),
    ("{ disabledModules = [ (x: x) ]; }", "c", "Each disabledModules item must be a path, a string, .*; one in `test.nix` is a function"),
    ("{ key = { }; }", "c", "The `key` of the module `.*` is a set, which is no text"),
    ('{ options.a = mkOption { }; } { b = abort "at once"; }', "c", "evaluation aborted with the following error message: 'at once'"),
    ('{ _class = "darwin"; _file = "d.nix"; }', "(evalModules { class = \"nixos\"; modules = [ { _class = \"darwin\"; _file = \"d.nix\"; } ]; }).config", 'The module `d.nix` .class: "darwin". cannot be imported into a module evaluation that expects class "nixos"'),
    ('{ options.s = mkOption { type = types.submoduleWith { class = "nixos"; modules = [ ]; }; }; } { options.s = mkOption { type = types.submoduleWith { class = "darwin"; modules = [ ]; }; }; }', "c.s", 'A submoduleWith option is declared multiple times with conflicting class values "(darwin|nixos)" and "(nixos|darwin)"'),
    ("{ options.v = mkOption { type = types.raw; }; } { v = 1; } { v = 2; }", "c.v", "The option `v' is defined multiple times while it's expected to be unique"),
    ("{ options.v = mkOption { type = types.anything; }; } { v = [ 1 ]; } { v = [ 2 ]; }", "c.v", "The option `v' has conflicting definition values"),
    ("{ options.v = mkOption { type = types.anything; }; } { v = x: 1; } { v = x: x: 1; }", "c.v 1", "The option `v.<function body>' has conflicting (option types|definition)"),
    ("{ options.p = mkOption { type = types.pathWith { inStore = true; absolute = false; }; }; }", "o.p.type.name", "In pathWith, inStore means the path must be absolute"),
    ("{ imports = [ (evalModules { modules = [ ]; }) ]; }", "c", "please only import the modules that make up the configuration"),
    ("{ options.f = mkOption { type = types.functionTo types.str; }; } { f = x: 1; }", "c.f 1", "A definition for option `f.<function body>' is not of type `string'"),
    ("{ options.l = mkOption { type = types.lazyAttrsOf types.int; }; } { l.a = mkIf false 1; }", "c.l.a", "The option `l.a' was accessed but has no value defined"),
    ("{ options.a = mkOption { }; } { options.a = mkOption { type = types.int; default = 1; }; } { options.a = mkOption { default = 2; }; }", "c.a", "The option `a' in `.*' is already declared in `"),
    ('{ options.s = mkOption { type = types.submodule { }; default = { }; }; } { _file = "one"; options.s.x = mkOption { default = 1; }; } { _file = "two"; options.s.x = mkOption { default = 2; }; }', "c.s.x", "The option `s.x' in `one' is already declared in `two'"),
    ('{ options.d = mkOption { type = types.deferredModule; }; } { d = { options.a = mkOption { type = types.int; }; }; } { d.a = "x"; }', "(evalModules { modules = [ c.d ]; }).config", r"- In `test.nix:\d+:\d+, via option d': \"x\""),
    ('{ options.s = mkOption { type = types.submoduleWith { modules = [ { options.config = mkOption { type = types.bool; }; } ]; }; }; } { s.config = true; }', "c.s.config", "you're trying to define a value of type `bool'"),
    ("({ nothing, ... }: { options.a = mkOption { default = nothing; }; })", "c.a", "attribute 'nothing' missing"),
    ("({ word, ... }: { imports = [ word ]; }) { _module.args.word = { }; }", "c", "infinite recursion encountered"),
    ("{ options.t = mkOption { type = types.attrTag { left = mkOption { type = types.int; }; right = mkOption { type = types.str; }; }; }; } { t = { }; }", "c.t", "is not of type `attribute-tagged union'"),
    ("{ options.t = mkOption { type = types.attrTag { left = mkOption { type = types.int; }; right = mkOption { type = types.str; }; }; }; } { t.left = 1; } { t.right = \"x\"; }", "c.t", "The option `t` is defined both as `right` and `left`"),
    ("{ options.t = mkOption { type = types.attrTag { left = mkOption { type = types.int; }; }; }; } { t.left = \"x\"; }", "c.t.left", "A definition for option `t.left' is not of type `signed integer'"),
    ('{ imports = [ (mkRemovedOptionModule [ "gone" ] "Do without.") ]; options.assertions = mkOption { type = types.listOf types.anything; }; } { gone = 1; }', "c.gone", "The option `gone' can no longer be used since it's been removed. Do without."),
    ("{ options.a = mkOption { readOnly = true; default = 1; }; } { a = 1; } { a = 1; }", "c.a", "The option `a' is read-only, but it's set multiple times"),
]  # fmt: skip


def _whole(modules: str, expression: str) -> str:
    return f"let e = evalModules {{ modules = [ {modules} ]; }}; c = e.config; o = e.options; in {expression}"


@pytest.mark.parametrize(("modules_", "expression", "expected"), VALUES)
def test_value(show: Show, modules_: str, expression: str, expected: str) -> None:
    assert show(f"let r = {_whole(modules_, expression)}; in deepSeq r r") == expected


@pytest.mark.parametrize(("modules_", "expression", "message"), ERRORS)
def test_error(show: Show, modules_: str, expression: str, message: str) -> None:
    with pytest.raises(NixError, match=message):
        show(f"let r = {_whole(modules_, expression)}; in deepSeq r r")


def test_modules_by_their_files(show: Show, tmp_path: Path) -> None:
    """A file is disabled by its path, as a path and as a text, and only where it lies."""
    (tmp_path / "a.nix").write_text("{ lib, ... }: { options.a = lib.mkOption { default = 1; }; }")
    (tmp_path / "b.nix").write_text(
        "{ lib, ... }: { imports = [ ./a.nix ]; options.b = lib.mkOption { default = 2; }; }"
    )
    modules = f"{tmp_path}/b.nix {{ disabledModules = [ WHICH ]; }}"
    for which, wanted in (
        (f"{tmp_path}/a.nix", "{ b = 2; }"),
        (f'"{tmp_path}/a.nix"', "{ b = 2; }"),
        (f"{tmp_path}/b.nix", "{ }"),
        (f'"{tmp_path}/other.nix"', "{ a = 1; b = 2; }"),
    ):
        text = _whole(modules.replace("WHICH", which), "c")
        assert show(f"let r = {text}; in deepSeq r r") == wanted


def test_abort_in_a_message(show: Show) -> None:
    """What ends a message's own evaluation is told with the message that was to be."""
    with pytest.raises(NixError) as caught:
        show(_whole('{ a = abort "at once"; }', "c"))
    told = format_error(caught.value, show_trace=True)
    assert "error message for definitions for `a', which is an option that does not exist" in told
    assert "while evaluating a definition from `test.nix:" in told


def test_the_trace_names_the_definition(show: Show, tmp_path: Path) -> None:
    """What goes wrong in a value is told with the file that defines it."""
    (tmp_path / "bad.nix").write_text('{ n = abort "on purpose"; }')
    with pytest.raises(NixError) as caught:
        show(_whole(f"{NUMBER} {tmp_path}/bad.nix", "c.n"))
    told = format_error(caught.value, show_trace=True)
    assert "on purpose" in told and f"{tmp_path}/bad.nix" in told

"""Imports, arguments, results, renamed options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

Show = Callable[..., str]


def test_imports(show: Show, tmp_path: Path) -> None:
    """Files are imported once, however often they are named, imported ones first."""
    (tmp_path / "a.nix").write_text('{ imports = [ ./b.nix ./c.nix ]; l = [ "a" ]; }')
    (tmp_path / "b.nix").write_text('{ lib, ... }: { imports = [ ./c.nix ]; l = [ "b" ]; }')
    (tmp_path / "c.nix").write_text(
        "{ lib, ... }: { options.l = lib.mkOption { type = lib.types.listOf lib.types.str; };"
        ' config.l = [ "c" ]; }'
    )
    text = "(evalModules { modules = [ ./a.nix ]; }).config"
    assert show(text, str(tmp_path)) == '{ l = [ "c" "b" "a" ]; }'


def test_disabled(show: Show, tmp_path: Path) -> None:
    """A disabled module and what only it imports are left out."""
    (tmp_path / "a.nix").write_text("{ imports = [ ./b.nix ]; l = [ 1 ]; }")
    (tmp_path / "b.nix").write_text("{ l = [ 2 ]; }")
    text = (
        "(evalModules { modules = [ ./a.nix { disabledModules = [ %s ]; } "
        "{ options.l = mkOption { default = [ ]; }; } ]; %s }).config"
    )
    assert show(text % ("./a.nix", ""), str(tmp_path)) == "{ l = [ ]; }"
    named = text % ('"b.nix"', "specialArgs.modulesPath = ./.;")
    assert show(named, str(tmp_path)) == "{ l = [ 1 ]; }"


def test_keys(show: Show) -> None:
    """Modules with one key are one module."""
    module = '{ key = "k"; _file = "f"; config.l = [ 1 ]; }'
    assert (
        show(
            f"(evalModules {{ modules = [ {module} {module} "
            "{ options.l = mkOption { }; } ]; })"
            ".config.l"
        )
        == "[ 1 ]"
    )


def test_arguments(show: Show) -> None:
    """Arguments come from specialArgs, then from `_module.args`."""
    assert (
        show(
            "(evalModules { specialArgs.s = 1; modules = [ ({ s, m, d ? 9, ... }: { options.r = "
            "mkOption { default = [ s m ]; }; config._module.args.m = s + 1; }) ]; }).config.r"
        )
        == "[ 1 2 ]"
    )


def test_result(show: Show) -> None:
    """What `evalModules` gives besides the configuration."""
    assert show(
        'let e = evalModules { modules = [ { _file = "one.nix"; options.a = mkOption { type = '
        'types.int; description = "d"; }; } { _file = "two.nix"; a = mkDefault 1; } '
        '{ _file = "three.nix"; a = 2; } ]; }; o = e.options.a; in { inherit (o) loc isDefined '
        "highestPrio files declarations description value definitionsWithLocations; "
        'type = o.type.name; text = "${o}"; '
        "more = (e.extendModules { modules = [ { a = mkForce 9; } ]; }).config.a; "
        "again = (evalModules { modules = [ { options.s = mkOption { inherit (e) type; }; } "
        "{ s = { }; } ]; }).config.s.a; }"
    ) == (
        '{ again = 2; declarations = [ "one.nix" ]; definitionsWithLocations = [ { file = '
        '"three.nix"; value = 2; } ]; description = "d"; files = [ "three.nix" ]; highestPrio = '
        '100; isDefined = true; loc = [ "a" ]; more = 9; text = "a"; type = "int"; value = 2; }'
    )


COMMON = (
    "{ options.new = mkOption { type = types.int; default = 0; }; options.warnings = mkOption "
    "{ type = types.listOf types.str; default = [ ]; }; options.assertions = mkOption { default = "
    "[ ]; type = types.listOf types.raw; }; }"
)


def test_renamed(show: Show) -> None:
    """Definitions of the old name reach the new one, with a warning and their priority."""
    modules = f'{COMMON} (mkRenamedOptionModule [ "old" "x" ] [ "new" ])'
    assert show(
        f"let c = (evalModules {{ modules = [ {modules} {{ old.x = mkForce 2; }} {{ new = 1; }} ];"
        " }).config; in [ c.new c.warnings ]"
    ) == ("[ 2 [ \"The option `old.x' defined in `test.nix' has been renamed to `new'.\" ] ]")
    assert show(f"(evalModules {{ modules = [ {modules} ]; }}).config.new") == "0"


def test_removed(show: Show) -> None:
    """A removed option's definition is an assertion that fails."""
    modules = f'{COMMON} (mkRemovedOptionModule [ "old" ] "Use new.") {{ old = 1; }}'
    assert (
        show(f"map (a: a.assertion) (evalModules {{ modules = [ {modules} ]; }}).config.assertions")
        == "[ false ]"
    )


def test_changed_and_alias(show: Show) -> None:
    """A changed option is computed from the old one; an alias goes both ways."""
    changed = f'{COMMON} (mkChangedOptionModule [ "old" ] [ "new" ] (c: c.old * 2)) {{ old = 4; }}'
    assert show(f"(evalModules {{ modules = [ {changed} ]; }}).config.new") == "8"
    alias = f'{COMMON} (mkAliasOptionModule [ "also" ] [ "new" ]) {{ also = 4; }}'
    assert (
        show(f"let c = (evalModules {{ modules = [ {alias} ]; }}).config; in [ c.new c.also ]")
        == "[ 4 4 ]"
    )


def test_package_option(show: Show) -> None:
    """`mkPackageOption` takes its default from the set."""
    pkgs = '{ hello = { type = "derivation"; name = "hello"; }; }'
    assert (
        show(
            f"let pkgs = {pkgs}; in (evalModules {{ modules = [ "
            "{ options.p = mkPackageOption pkgs "
            '"hello" { }; } ]; }).config.p.name'
        )
        == '"hello"'
    )


def test_documentation(show: Show) -> None:
    """Options can be listed, those of submodules too."""
    assert (
        show(
            "map (o: o.name) (builtins.filter (o: !o.internal) (optionAttrSetToDocList "
            "(evalModules { "
            "modules = [ { options.a = mkOption { type = types.attrsOf "
            "(types.submodule { options.b = "
            "mkOption { }; }); }; } ]; }).options))"
        )
        == '[ "_module.args" "a" "a.<name>.b" ]'
    )

"""How definitions become values."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Show = Callable[[str], str]
INT = "{ options.a = mkOption { type = types.int; }; }"
LIST = "{ options.a = mkOption { type = types.listOf types.str; }; }"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"{INT} {{ a = 1; }}", "1"),
        (f"{INT} {{ a = mkDefault 1; }} {{ a = 2; }}", "2"),
        (f"{INT} {{ a = mkForce 1; }} {{ a = 2; }}", "1"),
        (f"{INT} {{ a = mkVMOverride 1; }} {{ a = mkForce 2; }}", "1"),
        (f"{INT} {{ a = mkOptionDefault 1; }} {{ a = mkDefault 2; }}", "2"),
        (f"{INT} {{ a = mkIf false 1; }} {{ a = 2; }}", "2"),
        (f"{INT} {{ a = mkMerge [ (mkIf false 1) (mkIf true 3) ]; }}", "3"),
        (f"{INT} {{ config = mkIf true (mkForce {{ a = 4; }}); }} {{ a = 2; }}", "4"),
        (f"{INT} {{ config = mkMerge [ {{ a = 1; }} (mkIf false {{ a = 2; }}) ]; }}", "1"),
        (f"{INT} {{ a = 1; }} {{ a = 1; }}", "1"),
        (f"{INT} {{ a = mkForce (mkIf true 7); }}", "7"),
        (f'{LIST} {{ a = [ "x" ]; }} {{ a = [ "y" ]; }}', '[ "y" "x" ]'),
        (
            f'{LIST} {{ a = mkAfter [ "z" ]; }} {{ a = mkBefore [ "b" ]; }} {{ a = [ "m" ]; }}',
            '[ "b" "m" "z" ]',
        ),
        (f'{LIST} {{ a = [ "x" (mkIf false "y") ]; }}', '[ "x" ]'),
        (f'{LIST} {{ config = mkBefore {{ a = [ "b" ]; }}; }} {{ a = [ "m" ]; }}', '[ "b" "m" ]'),
        ("{ options.a = mkOption { default = 5; }; }", "5"),
        ("{ options.a = mkOption { default = 5; apply = x: x + 1; }; } { a = 1; }", "2"),
        ('{ options.a = mkEnableOption "x"; }', "false"),
        ("{ options.a.b = mkOption { }; } { a.b = 1; }", "{ b = 1; }"),
        (
            "({ config, ... }: { options.a = mkOption { }; options.b = mkOption { default = 1; };"
            " config.a = config.b + 1; })",
            "2",
        ),
        (
            '({ config, ... }: { options = { a = mkOption { }; e = mkEnableOption "e"; };'
            " config = mkIf config.e { a = 1; }; }) { e = true; }",
            "1",
        ),
        ('{ options.a = mkOption { type = types.lines; }; } { a = "1"; } { a = "2"; }', '"2\\n1"'),
        (
            "{ options.a = mkOption { type = types.attrsOf types.int; }; }"
            " { a.x = 1; } { a.y = mkDefault 2; } { a.y = 3; a.z = mkIf false 1; }",
            "{ x = 1; y = 3; }",
        ),
        (
            "{ options.a = mkOption { type = types.lazyAttrsOf (types.nullOr types.int); }; }"
            " { a.x = 1; a.z = mkIf false 1; }",
            "{ x = 1; z = null; }",
        ),
        (
            "{ options.a = mkOption { type = types.anything; }; }"
            " { a.x.y = 1; } { a.x.z = [ 2 ]; }",
            "{ x = { y = 1; z = [ 2 ]; }; }",
        ),
        (
            '{ options.a = mkOption { type = types.enum [ "x" ]; }; }'
            ' { options.a = mkOption { type = types.enum [ "y" ]; }; a = null; }'.replace(
                "a = null;", 'config.a = "y";'
            ),
            '"y"',
        ),
        (
            '{ options.a = mkOption { type = types.either types.int types.str; }; } { a = "s"; }',
            '"s"',
        ),
        (
            "{ options.a = mkOption { type = types.oneOf [ types.int types.bool ]; }; }"
            " { a = true; }",
            "true",
        ),
        (
            "{ options.a = mkOption { type = types.coercedTo types.int toString types.str; }; }"
            " { a = 3; }",
            '"3"',
        ),
        (
            "{ options.a = mkOption { type = types.listOf (types.submodule { options.n ="
            " mkOption { default = 1; }; }); }; } { a = [ { } { n = 2; } ]; }",
            "[ { n = 1; } { n = 2; } ]",
        ),
        (
            "{ options.a = mkOption { type = types.attrTag { x = mkOption { type = types.int; };"
            " y = mkOption { }; }; }; } { a.x = 1; }",
            "{ x = 1; }",
        ),
        (
            '{ options.a = mkOption { type = types.mkOptionType { name = "sum"; check = isInt;'
            " merge = loc: defs: foldl' (n: d: n + d.value) 0 defs; }; }; } { a = 1; } { a = 2; }",
            "3",
        ),
        (
            "{ options.a = mkOption { type = types.addCheck types.int (x: x > 1); }; } { a = 2; }",
            "2",
        ),
    ],
)
def test_value(show: Show, given: str, expected: str) -> None:
    """The option `a` of a few modules."""
    assert show(f"(evalModules {{ modules = [ {given} ]; }}).config.a") == expected


SERVICE = """
{ options.s = mkOption {
    default = { };
    type = types.attrsOf (types.submodule ({ name, config, ... }: {
      options.title = mkOption { type = types.str; default = name; };
      options.size = mkOption { type = types.int; default = 1; };
      options.double = mkOption { type = types.int; };
      config.double = config.size * 2;
    }));
  };
}
"""


def test_submodules(config: Show) -> None:
    """Submodules know their name, their own config, and merge."""
    assert config(f'{SERVICE} {{ s.x = {{ }}; }} {{ s.y.size = 4; }} {{ s.y.title = "t"; }}') == (
        '{ s = { x = { double = 2; size = 1; title = "x"; }; '
        'y = { double = 8; size = 4; title = "t"; }; }; }'
    )


def test_submodule_functions_and_nested_declarations(config: Show) -> None:
    """A definition may be a function; a second module may add options to a submodule."""
    assert (
        config(
            "{ options.s = mkOption { type = types.submodule { options.x = mkOption { }; }; }; }"
            " { options.s.y = mkOption { default = 2; }; }"
            " { s = { config, ... }: { x = config.y + 1; }; }"
        )
        == "{ s = { x = 3; y = 2; }; }"
    )


def test_submodule_with(config: Show) -> None:
    """`submoduleWith` gives special arguments."""
    assert (
        config(
            "{ options.s = mkOption { type = types.submoduleWith { specialArgs.k = 5;"
            " modules = [ ({ k, ... }: { options.x = mkOption { default = k; }; }) ]; }; };"
            " config.s = { }; }"
        )
        == "{ s = { x = 5; }; }"
    )


def test_freeform(config: Show) -> None:
    """Undeclared names are allowed where a freeform type says of which type."""
    assert (
        config(
            "{ freeformType = types.attrsOf types.anything;"
            " options.b.c = mkOption { default = 1; }; }"
            " { x = mkDefault 1; b.d = 2; } { x = 3; }"
        )
        == "{ b = { c = 1; d = 2; }; x = 3; }"
    )


def test_deferred_module(config: Show) -> None:
    """A deferred module is kept and evaluated where it is imported."""
    value = config(
        "({ config, ... }: { options.d = mkOption { type = types.deferredModule; };"
        " options.r = mkOption { }; config.d = { v = 1; }; config.r = (evalModules {"
        " modules = [ { options.v = mkOption { }; } config.d ]; }).config.v; })"
    )
    assert value.endswith("r = 1; }")


def test_laziness(show: Show) -> None:
    """An option's failure does not hurt the others, nor does one element's."""
    assert (
        show(
            "(evalModules { modules = [ { options.a = mkOption { }; options.b = mkOption { }; "
            "options.c = mkOption { type = types.lazyAttrsOf types.int; }; } "
            '{ a = throw "a"; b = 1; '
            'c = { x = throw "x"; y = 2; }; } ]; }).config.c.y'
        )
        == "2"
    )

"""What users are told when modules are wrong: to the letter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator

Show = Callable[[str], str]
INT = "{ options.a = mkOption { type = types.int; }; }"

CASES = {
    "unknown option": (
        f"{INT}\n{{ ab = 1; }}",
        "The option `ab' does not exist. Definition values:\n- In `test.nix:4:3': 1",
    ),
    "wrong type": (
        f'{INT}\n{{ a = "x"; }}',
        "A definition for option `a' is not of type `signed integer'. Definition values:\n"
        '- In `test.nix:4:3\': "x"',
    ),
    "conflict": (
        f"{INT}\n{{ a = 1; }}\n{{ a = 2; }}",
        "The option `a' has conflicting definition values:\n- In `test.nix:5:3': 2\n"
        "- In `test.nix:4:3': 1\nUse `lib.mkForce value` or `lib.mkDefault value` to change the "
        "priority on any of these definitions.",
    ),
    "undefined": (
        INT,
        "The option `a' was accessed but has no value defined. Try setting the option.",
    ),
    "read-only": (
        "{ options.a = mkOption { default = 1; readOnly = true; }; }\n{ a = 2; }",
        "The option `a' is read-only, but it's set multiple times. Definition values:\n"
        "- In `test.nix:3:3': 1\n- In `test.nix:4:3': 2",
    ),
    "unique": (
        "{ options.a = mkOption { type = types.uniq types.int; }; } { a = 1; } { a = 1; }",
        "The option `a' is defined multiple times while it's expected to be unique.\n"
        "Definition values:\n- In `test.nix:3:73': 1\n- In `test.nix:3:62': 1\n"
        "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these "
        "definitions.",
    ),
    "declared twice": (
        '{ _file = "one"; options.a = mkOption { default = 1; }; }'
        ' { _file = "two"; options.a = mkOption { default = 2; }; }',
        "The option `a' in `one' is already declared in `two'. Both give it `default'.",
    ),
    "types that differ": (
        '{ _file = "one"; options.a = mkOption { type = types.int; }; }'
        ' { _file = "two"; options.a = mkOption { type = types.str; }; }',
        "The option `a' in `one' is already declared in `two'. Their types `string' and "
        "`signed integer' do not combine.",
    ),
    "mixed module": (
        '{ _file = "one"; options.a = mkOption { }; b = 1; }',
        "Module `one' has an unsupported attribute `b'. This is caused by introducing a top-level "
        "`config' or `options' attribute. Add configuration attributes immediately on the top "
        "level instead, or move all of them (namely: b) into the explicit `config' attribute.",
    ),
    "no set": (
        "{ options.a.b = mkOption { }; } { a = 1; }",
        "In module `test.nix:3:35', you're trying to define a value of type `int'\nrather than an "
        "attribute set for the option\n`a'!\n\nThis usually happens if `a' has option\ndefinitions "
        "inside that are not matched. Please check how to properly define\nthis option by e.g. "
        "referring to `man 5 configuration.nix'!",
    ),
    "in a submodule": (
        "{ options.s = mkOption { type = types.attrsOf (types.submodule { "
        "options.x = mkOption { }; "
        "}); }; } { s.n.y = 1; }",
        "The option `s.n.y' does not exist. Definition values:\n- In `test.nix:3:103': 1",
    ),
    "list of the wrong": (
        '{ options.a = mkOption { type = types.listOf types.int; }; } { a = [ 1 "x" ]; }',
        "A definition for option `a.\"[definition 1-entry 2]\"' is not of type `signed integer'. "
        'Definition values:\n- In `test.nix:3:64\': "x"',
    ),
    "list as import": (
        '{ _file = "one"; imports = [ [ { } ] ]; }',
        "Module imports can't be nested lists. Perhaps you meant to remove one level of lists? "
        "Definitions: \n- In `one':\n    [\n      { }\n    ]",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_message(config: Show, name: str) -> None:
    """The message of a mistake."""
    modules, message = CASES[name]
    with pytest.raises(NixError) as caught:
        config(modules)
    assert caught.value.message == message


def test_suggestions(config: Show) -> None:
    """The nearest option is suggested."""
    with pytest.raises(NixError) as caught:
        config("{ options.services.nginx = mkOption { }; } { services.ngnix = 1; }")
    assert caught.value.suggestions == ("services.nginx",)


def test_trace_names_the_option(modules: Evaluator, config: Show) -> None:
    """An error inside of a definition says which option and where."""
    with pytest.raises(NixError) as caught:
        config('{ options.a = mkOption { }; }\n{ a = throw "inner"; }')
    texts = [note.text for note in caught.value.trace]
    assert "while evaluating the option `a':" in texts
    assert "while evaluating the definition of `a' in `test.nix:4:3'" in texts


def test_missing_argument(config: Show) -> None:
    """An argument that nobody gives is named."""
    with pytest.raises(NixError) as caught:
        config(
            "({ pkgs, ... }: { options.a = mkOption { default = pkgs; }; })"
            " { _module.args.pkg = 1; }"
        )
    assert "attribute 'pkgs' missing" in caught.value.message
    assert caught.value.suggestions == ("pkg",)


def test_recursion(config: Show) -> None:
    """An option that needs itself is infinite recursion, not a crash."""
    with pytest.raises(NixError, match="infinite recursion"):
        config("({ config, ... }: { options.a = mkOption { }; config.a = config.a; })")

"""``pkgs.formats``: what each writes, and the types of what they can hold."""

from __future__ import annotations

import json
import tomllib

import pytest

from tests.pkgs.conftest import Packages

VALUE = '{ a = 1; b = [ true null 0.5 "x: y" ]; c."d e" = { }; f = "é"; }'


def test_json_is_indented(packages: Packages) -> None:
    made = packages.build(f'pkgs: (pkgs.formats.json {{ }}).generate "a.json" {VALUE}').read_text()
    assert made.startswith('{\n  "a": 1,\n  "b": [\n    true,\n')
    assert json.loads(made)["b"] == [True, None, 0.5, "x: y"]


@pytest.mark.parametrize("kind", ["yaml", "yaml_1_1", "yaml_1_2"])
def test_yaml_means_the_same_in_both_versions(packages: Packages, kind: str) -> None:
    texts = '[ "0o7" "1e3" "yes" "0777" "on" "~" "-1" "1_000" "" "a #b" "- x" "two\\nlines" ]'
    made = packages.build(
        f'pkgs: (pkgs.formats.{kind} {{ }}).generate "a.yaml" ({VALUE} // {{ t = {texts}; }})'
    ).read_text()
    assert made == (
        "a: 1\n"
        "b:\n"
        "  - true\n"
        "  - null\n"
        "  - 0.5\n"
        "  - 'x: y'\n"
        "c:\n"
        "  d e: {}\n"
        "f: é\n"
        "t:\n"
        '  - "0o7"\n'
        '  - "1e3"\n'
        "  - 'yes'\n"
        '  - "0777"\n'
        "  - 'on'\n"
        "  - '~'\n"
        '  - "-1"\n'
        "  - '1_000'\n"
        "  - ''\n"
        "  - 'a #b'\n"
        "  - '- x'\n"
        "  - 'two\n\n    lines'\n"
    )


def test_toml_is_read_back(packages: Packages) -> None:
    made = packages.build(
        'pkgs: (pkgs.formats.toml { }).generate "a.toml" '
        '{ a.b = 1; c = [ { d = "e"; } ]; f = 1.5; }'
    )
    assert tomllib.loads(made.read_text()) == {"a": {"b": 1}, "c": [{"d": "e"}], "f": 1.5}


@pytest.mark.parametrize(
    ("format", "value", "text"),
    [
        ("ini { }", "{ s = { a = 1; b = true; c = null; }; }", "[s]\na=1\nb=true\nc=null\n"),
        (
            "ini { listsAsDuplicateKeys = true; }",
            '{ s.a = [ 1 "x" ]; }',
            "[s]\na=1\na=x\n",
        ),
        (
            'ini { listToValue = pkgs.lib.concatMapStringsSep "," toString; }',
            "{ s.a = [ 1 2 ]; }",
            "[s]\na=1,2\n",
        ),
        (
            "iniWithGlobalSection { }",
            "{ globalSection.g = 1; sections.s.a = 2; }",
            "g=1\n\n[s]\na=2\n",
        ),
        (
            "gitIni { }",
            '{ user.name = "n"; a.b.c = 1; }',
            '[a "b"]\n\tc = 1\n\n[user]\n\tname = "n"\n',
        ),
        ("keyValue { }", '{ a = 1; b = "x y"; }', "a=1\nb=x y\n"),
        ("keyValue { listsAsDuplicateKeys = true; }", "{ a = [ 1 2 ]; }", "a=1\na=2\n"),
        (
            "systemd",
            '{ Unit.After = [ "a" "b" ]; Unit.X = null; }',
            "[Unit]\nAfter = a\nAfter = b\n# X is unset\n",
        ),
    ],
)
def test_formats_of_lines(packages: Packages, format: str, value: str, text: str) -> None:
    made = packages.build(f'pkgs: (pkgs.formats.{format}).generate "x" {value}')
    assert made.read_text() == text


@pytest.mark.parametrize(
    ("format", "value", "merged"),
    [
        ("json { }", "{ a = [ 1 null ]; }", {"a": [1, None]}),
        ("toml { }", "{ a = null; }", None),
        ("ini { }", "{ s.a = 1.5; }", {"s": {"a": 1.5}}),
        ("ini { }", "{ s.a = [ 1 ]; }", None),
        ("ini { listsAsDuplicateKeys = true; }", "{ s.a = [ 1 ]; }", {"s": {"a": [1]}}),
        ("ini { listsAsDuplicateKeys = true; }", "{ s.a = 1; }", {"s": {"a": 1}}),
        (
            "ini { listsAsDuplicateKeys = true; atomsCoercedToLists = true; }",
            "{ s.a = 1; }",
            {"s": {"a": [1]}},
        ),
        ("ini { listToValue = toString; }", "{ s.a = [ ]; }", None),
        ("keyValue { listsAsDuplicateKeys = true; }", "{ a = 1; }", {"a": [1]}),
        ("keyValue { }", "{ a = { }; }", None),
        (
            "iniWithGlobalSection { }",
            "{ sections.s.a = 1; }",
            {"globalSection": {}, "sections": {"s": {"a": 1}}},
        ),
        ("gitIni { }", "{ a.b.c = true; }", {"a": {"b": {"c": True}}}),
        ("plist { }", "{ a = [ 1 ]; }", {"a": [1]}),
    ],
)
def test_types_of_formats(packages: Packages, format: str, value: str, merged: object) -> None:
    asked = (
        "pkgs: builtins.toJSON (pkgs.lib.evalModules { modules = [ { options.x = pkgs.lib.mkOption "
        f"{{ type = (pkgs.formats.{format}).type; }}; config.x = {value}; }} ]; }}).config.x"
    )
    if merged is None:
        assert "is not of type" in packages.failure(asked)
    else:
        assert json.loads(packages.text(asked)) == merged


@pytest.mark.parametrize(
    ("format", "told"),
    [
        ("ini { listsAsDuplicateKeys = true; listToValue = toString; }", "formats.ini: give"),
        (
            "keyValue { atomsCoercedToLists = true; }",
            "formats.keyValue: `atomsCoercedToLists` needs",
        ),
    ],
)
def test_what_contradicts_itself(packages: Packages, format: str, told: str) -> None:
    assert told in packages.failure(f'pkgs: (pkgs.formats.{format}).generate "x" {{ a.b = 1; }}')

"""`pkgs.writers`: scripts and programs that are checked when they are built, and run."""

from __future__ import annotations

import json
import tomllib

import pytest

from tests.pkgs.conftest import Packages


def usr(expression: str) -> str:
    return f"""pkgs: pkgs.linkTree {{
        name = "usr"; packages = pkgs.closure [ ({expression}) pkgs.bash ]; }}"""


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("pkgs.writers.writeBashBin \"x\" ''echo bash ''${BASH_VERSION:+yes}''", "bash yes\n"),
        ('pkgs.writers.writeDashBin "x" "echo dash"', "dash\n"),
        (
            'pkgs.writers.writePython3Bin "x" { libraries = [ pkgs.python3-yaml ]; } '
            "''\n  import yaml\n  print(yaml.safe_load(\"a: 1\"))\n''",
            "{'a': 1}\n",
        ),
        ('pkgs.writers.writePerlBin "x" { } "print 6 * 7;"', "42"),
        (
            'pkgs.writers.writeCBin "x" { libraries = [ pkgs.zlib1g-dev ]; flags = [ "-lz" ]; } '
            "''\n  #include <stdio.h>\n  #include <zlib.h>\n"
            "  int main(void) { return puts(zlibVersion()) < 0; }\n''",
            "1.3.1\n",
        ),
    ],
)
def test_programs(packages: Packages, expression: str, answer: str) -> None:
    assert packages.run(usr(expression), ["/bin/bash", "-c", "x"]) == answer


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ('pkgs.writers.writeBash "x" "if"', "unexpected end of file"),
        ('pkgs.writers.writeDash "x" "if"', "end of file unexpected"),
        ('pkgs.writers.writePython3 "x" { } "print(nothing)"', "undefined name 'nothing'"),
        ('pkgs.writers.writePerl "x" { } "print ((;"', "syntax error"),
        ('pkgs.writers.writeC "x" { } "int main(void) { return y; }"', "'y' undeclared"),
    ],
)
def test_mistakes(packages: Packages, expression: str, told: str) -> None:
    assert told in packages.failure(f"pkgs: {expression}").replace("‘", "'").replace("’", "'")


def test_data(packages: Packages) -> None:
    value = '{ a = 1; b = [ "x" ]; c.d = true; }'
    wanted = {"a": 1, "b": ["x"], "c": {"d": True}}
    assert json.loads(packages.build(f'pkgs: pkgs.writers.writeJSON "j" {value}').read_text()) == (
        wanted
    )
    toml = packages.build(f'pkgs: pkgs.writers.writeTOML "t" {value}').read_text()
    assert tomllib.loads(toml) == wanted

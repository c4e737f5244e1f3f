"""Import from derivation with real builds: in expressions, in flakes, in every mode."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from builder.realise.settings import current_system
from tests.cli.conftest import TREE, Shell

# What is built is code that reads a file beside it, which another derivation made.
CODE = (
    TREE
    + """
  word = tree "word" { "".text = "built WORD"; };
  code = tree "code" {
    "default.nix".text = ''
      { word = builtins.readFile ${word}; own = builtins.readFile ./own; names = builtins.readDir ./.; }
    '';
    "own".text = "own";
  };
"""  # noqa: E501
)
FLAKE = """{
  outputs = { self }: let CODE in {
    word = (import code).word;
    copied = builtins.readFile "${builtins.path { path = code; name = "copy"; }}/own";
    user = tree "user" { "text".text = "${(import code).word} ${word}"; };
    where = "${code}";
  };
}"""


@pytest.fixture
def flake(shell: Shell) -> Path:
    folder = shell.folder / "g"
    folder.mkdir()
    text = FLAKE.replace("CODE", CODE).replace("WORD", "once")
    (folder / "flake.nix").write_text(text)
    return folder


def test_expression(shell: Shell) -> None:
    text = f"let {CODE} in import code"
    wanted = '{"names":{"default.nix":"regular","own":"regular"},"own":"own","word":"built WORD"}\n'
    assert shell.run("eval", "--expr", text, "--json") == wanted
    assert shell.run("eval", "--pure-eval", "--expr", text, "--json") == wanted
    assert shell.run("eval", "--restrict-eval", "--expr", text, "--json") == wanted
    told = shell.fails("eval", "--restrict-eval", "--expr", "builtins.readFile /etc/passwd")
    assert "forbidden in restricted mode" in told


def test_a_failed_build_is_told(shell: Shell) -> None:
    text = f'let {CODE} in builtins.readFile (tree "bad" {{ "a/../b".text = ""; }})'
    assert "'a/../b' is not a plain relative path" in shell.fails("eval", "--expr", text)


def test_not_allowed(shell: Shell, flake: Path) -> None:
    off = ("--option", "allow-import-from-derivation", "false")
    told = shell.fails("eval", "g#word", *off)
    assert "-code.drv^out' during evaluation because the option" in told
    assert "'allow-import-from-derivation' is disabled" in told
    assert not list((shell.folder / "root/nix/store").glob("*-code"))
    text = f'let {CODE} in "${{code}}"'
    assert "-code" in shell.run("eval", "--raw", "--expr", text, *off)
    assert "must be true or false" in shell.fails("eval", "g#word", *off[:2], "maybe", code=2)


def test_flake(shell: Shell, flake: Path) -> None:
    assert shell.run("eval", "--raw", "g#word") == "built once"
    assert shell.run("eval", "--raw", "g#copied") == "own"
    shell.run("build", "g#user")
    assert (Path("result") / "text").read_text().startswith("built once /nix/store/")


def test_what_is_remembered_stays_right(shell: Shell, flake: Path) -> None:
    """Neither a change nor a store that lost the outputs leads to an old answer."""
    assert shell.run("eval", "--raw", "g#word") == "built once"
    shutil.rmtree(shell.folder / "root", ignore_errors=True)
    assert shell.run("eval", "--raw", "g#word") == "built once"
    shell.run("build", "g#user")
    text = (flake / "flake.nix").read_text()
    (flake / "flake.nix").write_text(text.replace("built once", "built twice"))
    assert shell.run("eval", "--raw", "g#word") == "built twice"
    shell.run("build", "g#user")
    assert (Path("result") / "text").read_text().startswith("built twice /nix/store/")


def test_a_derivation_file_is_a_derivation(shell: Shell) -> None:
    text = f'let {CODE} d = import code.drvPath; in builtins.readFile (d + "/own")'
    assert shell.run("eval", "--raw", "--expr", text) == "own"
    drv = shell.run("instantiate", "--expr", f"let {CODE} in code").strip()
    assert drv.startswith("/nix/store/") and drv.endswith("-code.drv")
    shown = shell.run("eval", "--raw", "--expr", f"(import {drv}).name")
    assert shown == "code"
    system = shell.run("eval", "--raw", "--impure", "--expr", "builtins.currentSystem")
    assert system == current_system()

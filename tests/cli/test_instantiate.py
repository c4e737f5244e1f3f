"""`neve eval` and `neve instantiate` beside the real `nix-instantiate`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.reference import nix

EXPRESSION = """
{ a ? 1, b, ... }@args: rec {
  x.y = a + 1;
  names = builtins.attrNames args;
  text = "<&\\"\\n>${b}";
  inner = { c ? 5 }: { sum = a + c; };
  list = [ 1 { z = null; } (v: v) ];
  drv = derivation { name = "t"; system = "s"; builder = b; outputs = [ "out" "dev" ]; };
  sets = { recurseForDerivations = true; d = drv; e = drv.dev; };
  none = { f = drv; };
  places = {
    inherit text;
    "d<>" = v: { a, b ? 1, ... }@w: v;
    ${"dyn"} = [ { e.f = null; } ];
  } // builtins.mapAttrs (_: v: v) { gone = 1; };
}
"""


@pytest.fixture
def folder(shell: Shell) -> Path:
    """A folder with a `default.nix` and a folder of the search path."""
    (shell.folder / "default.nix").write_text(EXPRESSION)
    (shell.folder / "found").mkdir()
    (shell.folder / "found" / "file.nix").write_text("7")
    return shell.folder


def _reference(folder: Path, *words: str) -> str:
    store = folder / "store"
    store.mkdir(exist_ok=True)
    ran = nix().run(
        *("nix-instantiate", "--store", str(store), *words),
        see=[folder], write=[store], cwd=str(folder),
    )  # fmt: skip
    assert ran.status == 0, ran.err
    return ran.out


ARGUMENTS = ("--argstr", "b", "B", "--arg", "a", "2 + 1")


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (("-A", "x"), "--strict"),
        (("-A", "x.y"), "--strict"),
        (("-A", "names"), "--strict"),
        (("-A", "names"), "--json"),
        (("-A", "text"), "--json"),
        (("-A", "text"), "--xml"),
        (("-A", "text"), "--raw"),
        (("-A", "inner"), "--strict"),
        (("-A", "inner.sum"), "--strict"),
        (("-A", "list"), "--strict"),
        (("-A", "list.1"), "--strict"),
        (("-A", "list.2"), "--xml"),
        (("-A", "places"), "--xml"),
        (("-A", "places", "--no-location"), "--xml"),
        (("-A", "drv"), "--xml"),
    ],
)
def test_eval(folder: Path, shell: Shell, words: tuple[str, ...], shape: str) -> None:
    """A file with arguments, its attributes in each shape."""
    file = str(folder / "default.nix")
    out = shell.run("eval", "--file", file, *ARGUMENTS, *words, *shape.split())
    strict = ("--strict", *shape.split())
    assert out == _reference(folder, "--eval", *strict, *ARGUMENTS, *words, file)


@pytest.mark.parametrize(
    "words",
    [
        ("-I", "n=found", "--expr", "import <n/file.nix>"),
        ("-I", "found", "--expr", "import <file.nix>"),
        ("-I", "n=found", "--expr", "builtins.length builtins.nixPath"),
        ("--expr", "builtins.pathExists ./found"),
        ("--extra-experimental-features", "pipe-operators", "--expr", "1 |> (x: x + 1)"),
        ("--extra-experimental-features", "flakes nix-command", "--expr", "http://a.b/c"),
    ],
)
def test_expression(folder: Path, shell: Shell, words: tuple[str, ...]) -> None:
    """Expressions see the current folder and the search path."""
    assert shell.run("eval", "--strict", *words) == _reference(folder, "--eval", "--strict", *words)


@pytest.mark.parametrize(
    "text",
    [
        "a: b: { inherit a; inherit (b) c; x.y = ./f + /g/${a}; }",
        "{ a, b ? 1, ... }@c: with a; assert b; if a.b or c ? d.e then -a else !b",
        "let x = ''\n  a${x}\n''; in rec { y = [ x <n> 1.5 ]; \"a b\" = x; ${x} = 1; }",
    ],
)
def test_parse(folder: Path, shell: Shell, text: str) -> None:
    """The tree is printed alike."""
    assert shell.run("eval", "--parse", "--expr", text) == _reference(
        folder, "--parse", "--expr", text
    )


@pytest.mark.parametrize("words", [(), ("-A", "drv"), ("-A", "drv.dev"), ("-A", "sets")])
def test_instantiate(folder: Path, shell: Shell, words: tuple[str, ...]) -> None:
    """Derivations are written, and their paths printed."""
    out = shell.run("instantiate", *ARGUMENTS, *words)
    assert out == _reference(folder, *ARGUMENTS, *words)
    assert out.count(".drv") >= 1
    for line in out.splitlines():
        assert (
            shell.folder / "root" / "nix" / "store" / Path(line.partition("!")[0]).name
        ).is_file()


def test_modes(folder: Path, shell: Shell) -> None:
    """Pure evaluation sees no file, restricted evaluation those of the search path."""
    file = str(folder / "found" / "file.nix")
    assert "pure evaluation mode" in shell.fails("eval", "--pure-eval", "--expr", f"import {file}")
    assert "restricted mode" in shell.fails("eval", "--restrict-eval", "--expr", f"import {file}")
    words = ("eval", "--restrict-eval", "-I", str(folder / "found"))
    assert shell.run(*words, "--expr", f"import {file}") == "7\n"


def test_argument_without_value(folder: Path, shell: Shell) -> None:
    """A function is shown; it is called for an attribute, or when there are arguments."""
    file = str(folder / "default.nix")
    assert "«lambda @" in shell.run("eval", "--file", file)
    told = shell.fails("eval", "--file", file, "--argstr", "other", "1")
    assert "cannot evaluate a function that has an argument without a value ('b')" in told
    told = shell.fails("eval", "--file", file, "sum")
    assert "cannot evaluate a function that has an argument without a value ('b')" in told


def test_any_bytes_are_written(shell: Shell) -> None:
    """A string that is no UTF-8 is written as it is, whatever the locale is."""
    command = [sys.executable, "-c", "from builder.cli.main import neve; raise SystemExit(neve())"]
    done = subprocess.run(
        [*command, "eval", "--raw", "--expr", 'builtins.substring 0 1 "é"'],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
    )
    assert done.stdout == b"\xc3"

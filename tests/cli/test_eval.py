"""``neve eval``, and how a value is named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from builder.cli.attribute import split_attribute, split_installable
from builder.cli.errors import UsageError
from builder.realise.settings import current_system
from tests.cli.conftest import Shell


@pytest.mark.parametrize(
    ("text", "names"),
    [("", []), ("a", ["a"]), ("a.b", ["a", "b"]), ('a."b.c".d', ["a", "b.c", "d"]), ('""', [""])],
)
def test_attribute_paths(text: str, names: list[str]) -> None:
    assert split_attribute(text) == names


def test_a_quote_must_end() -> None:
    with pytest.raises(UsageError, match="missing closing quote in selection path"):
        split_attribute('a."b')


def test_installables() -> None:
    assert split_installable("x#a.b") == ("x", "a.b")
    assert split_installable("#a") == (".", "a")
    assert split_installable("x") == ("x", "")


def test_values(shell: Shell) -> None:
    assert shell.run("eval", "f#number") == "42\n"
    assert shell.run("eval", "f#greeting") == '"hallo"\n'
    assert shell.run("eval", "--raw", "f#greeting") == "hallo"
    assert shell.run("eval", "--json", "f#values") == (
        '{"list":[1,2.5,null,true,"x"],"with.dot":{"a":"ü"}}\n'
    )
    assert shell.run("eval", 'f#values."with.dot".a') == '"ü"\n'
    assert shell.run("eval", "f#number", "--apply", "n: n + 1") == "43\n"
    assert shell.run("eval", "--expr", "[ 1 (2 + 3) ]") == "[ 1 5 ]\n"
    Path("x.nix").write_text("{ a = 1; }")
    assert shell.run("eval", "--impure", "-f", "x.nix") == "{ a = 1; }\n"
    out = shell.run("eval", "--raw", "f#inner")
    assert out.startswith("/nix/store/") and out.endswith("-inner")


def test_strict_goes_with_every_shape(shell: Shell) -> None:
    """As people write it for nix-instantiate."""
    assert shell.run("eval", "--strict", "--json", "--expr", "[ (1 + 1) ]") == "[2]\n"
    assert '<int value="2" />' in shell.run("eval", "--strict", "--xml", "--expr", "1 + 1")


def test_an_attribute_beside_an_expression(shell: Shell) -> None:
    """As `nix eval` takes it, where `nix-instantiate` has -A."""
    Path("x.nix").write_text("{ a.b = 1 + 1; }")
    assert shell.run("eval", "-f", "x.nix", "a.b") == "2\n"
    assert shell.run("eval", "a", "--expr", "{ a = [ 5 ]; }", "--json") == "[5]\n"
    assert "give one attribute" in shell.fails("eval", "a", "-f", "x.nix", "-A", "a", code=2)
    for path, told in (('"a', "missing closing quote"), (".", "empty attribute name")):
        message = f"{told} in selection path '{path}'"
        assert message in shell.fails("eval", "-f", "x.nix", path, code=2 if path == '"a' else 1)
    assert "should be a list but is a set" in shell.fails("eval", "-f", "x.nix", "1")


def test_what_is_written_into_the_command(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """``-`` for a file and for an expression."""
    for words in (("-f", "-"), ("-E", "-"), ("--strict", "-E", "-")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{ a = 1 + 1; }")))
        assert shell.run("eval", *words) == "{ a = 2; }\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"1 +\n")))
    assert "at «stdin»:2:1" in shell.fails("eval", "-f", "-")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a: 1+2")))
    assert shell.run("eval", "--parse", "-f", "-") == "(a: (1 + 2))\n"


def test_trees_that_nest_deeply_are_shown(shell: Shell, tmp_path: Path) -> None:
    """A sum of many terms is as deep as it has terms."""
    file = tmp_path / "sum.nix"
    file.write_text("1" + " + 1" * 20_000)
    shown = shell.run("eval", "--parse", "--file", str(file))
    assert shown == "(" * 20_000 + "1" + " + 1)" * 20_000 + "\n"


def test_a_path_through_what_has_no_parts(shell: Shell) -> None:
    """The error of a selection path says what is there."""
    told = shell.fails("eval", "--expr", "{ a = 1; l = [ ]; }", "-A", "a.b")
    assert "selection path 'a.b' should be a set but is an integer" in told
    told = shell.fails("eval", "--expr", "{ a = 1; l = [ ]; }", "-A", "l.b")
    assert "selection path 'l.b' should be a set but is a list" in told
    told = shell.fails("eval", "--expr", "{ a = 1; l = [ ]; }", "-A", "l.0")
    assert "list index 0 in selection path 'l.0' is out of range" in told


def test_a_filter_is_asked_once(shell: Shell) -> None:
    """Though a path is both hashed and copied."""
    folder = Path("filtered")
    folder.mkdir()
    (folder / "file").write_text("x")
    Path("f.nix").write_text(
        "builtins.filterSource (p: t: builtins.trace (baseNameOf p) true) ./filtered"
    )
    out, err = shell.both("eval", "--impure", "-f", "f.nix")
    assert "-filtered" in out
    assert err.count("trace: file") == 1


def test_what_is_missing_is_named_with_what_is_near(shell: Shell) -> None:
    told = shell.fails("eval", "f#greting", code=2)
    assert "does not provide attribute" in told and "did you mean greeting?" in told
    told = shell.fails("build", "f#iner", code=2)
    assert f"did you mean packages.{current_system()}.inner" in told
    told = shell.fails("eval", "f#zzzzzz", code=2)
    assert "neve flake show" in told
    told = shell.fails("eval", "f#number.x", code=2)
    assert "'number.x'" in told


def test_errors_of_evaluation(shell: Shell) -> None:
    assert "error: on purpose" in shell.fails("eval", "f#fails")
    told = shell.fails("eval", "--expr", "{ a = 1 }")
    assert "error: syntax error" in told and "{ a = 1 }" in told
    assert "cannot" in shell.fails("eval", "--json", "f#function")
    assert "cannot coerce" in shell.fails("eval", "--raw", "f#values")
    assert "none.nix' does not exist" in shell.fails("eval", "--impure", "-f", "none.nix")


def test_words_that_do_not_fit(shell: Shell) -> None:
    assert "give one of FLAKE#ATTRIBUTE" in shell.fails("eval", code=2)
    assert "give one of" in shell.fails("eval", "f#number", "--expr", "1", code=2)
    assert "unrecognized arguments: --colour" in shell.fails("eval", "f", "--colour", code=2)
    assert "invalid choice" in shell.fails("jump", code=2)
    assert "required" in shell.fails(code=2)
    assert shell.run("--version").startswith("neve (Neve) ")
    assert "does not exist" in shell.fails("eval", "./nowhere#x")
    assert "no folder here is called 'nowhere'" in shell.fails("eval", "nowhere#x")
    assert "input 'ftp:x' is unsupported" in shell.fails("eval", "ftp:x#y")

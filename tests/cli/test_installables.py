"""What `build` and its kin take: attributes of files and expressions, and paths of the store."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.beside import Both, both
from tests.cli.conftest import TREE, Shell

__all__ = ["both"]


def _plain(listed: str) -> list[Any]:
    """What `nix build --json` prints, without when it was built."""
    times = {"startTime", "stopTime"}
    return [
        {name: of for name, of in one.items() if name not in times}
        if isinstance(one, dict)
        else one
        for one in json.loads(listed)
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("-f", "%/more.nix", "single"),
        ("-f", "%/more.nix", "three", "single"),
        ("-f", "%/more.nix", "three^dev", "three^lib,dev", "single^*"),
        ("-f", "%/more.nix", "three.dev", "two.out", "said"),
        ("-f", "%/more.nix", "set", "loud"),
        ("-f", "%/more.nix", "set^*"),
        ("-f", "%/more.nix", "deep"),
        ("-f", "%/more.nix", "list"),
        ("-f", "%/more.nix", "chosen", "chosen^out"),
        ("-f", "%/more.nix", "text^dev", "word"),
        ("-f", "%/more.nix", "folder", "copied"),
        ("-f", "%/more.nix", "function"),
        ("-f", "%/more.nix", "function", "--argstr", "n", "2"),
        ("-f", "%/more.nix", "function", "--arg", "n", "toString (1 + 2)"),
        ("--impure", "--expr", "(import %/more.nix).single"),
        ("--impure", "--expr", "import %/more.nix", "two", "single"),
        ("--impure", "--expr", "with import %/more.nix; [ two ]", "^dev"),
        ("--impure", "--expr", "{ a.b = (import %/more.nix).three; }", "a.b^lib"),
        ("@#text", "@#word", "@#two.outPath"),
        ("@#folder", "@#copied", "@#single"),
    ],
)  # fmt: skip
def test_as_nix_builds_them(both: Both, words: tuple[str, ...]) -> None:
    links, listed = both.by_nix(*words, "--json")
    for _ in (1, 2):  # the second time flakes' are remembered
        ours, told = both.by_neve(*words, "--json")
        assert ours == links
        assert json.loads(told) == _plain(listed)
    printed = both.by_nix(*words, "--no-link", "--print-out-paths")
    assert both.by_neve(*words, "--no-link", "--print-out-paths") == printed


def test_paths_of_the_store(both: Both) -> None:
    """Of all that is built here the other side has the same, at the same paths."""
    named = ("-f", "%/more.nix", "three", "single")
    (three, single) = _plain(both.by_nix(*named, "--json", "--no-link")[1])
    both.by_neve(*named, "--no-link")
    out, drv, other = single["outputs"]["out"], three["drvPath"], single["drvPath"]
    for words in (
        (out,),
        (f"{out}/within",),
        (drv,),
        (f"{drv}^out",),
        (f"{drv}^*",),
        (f"{drv}^lib,dev", out, "@#two", f"{other}^out"),
        (out, "-o", "further/name"),
    ):
        links, listed = both.by_nix(*words, "--json")
        ours, told = both.by_neve(*words, "--json")
        assert ours == links
        assert json.loads(told) == _plain(listed)
    both.by_neve(out)  # leaves a link, in the folder of the last command
    assert both.shell.run("build", "./result", "--no-link") == f"{out}\n"
    assert both.shell.run("build", "result", "--no-link") == f"{out}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-f", "%/more.nix", "nothing"), "attribute 'nothing' in selection path"),
        (("-f", "%/more.nix", "number"), "does not evaluate to a derivation (or a set or list"),
        (("-f", "%/more.nix", "plain"), "string '/nix/store/plain' has 0 entries in its context."),
        (("-f", "%/more.nix", "several"), "has 2 entries in its context. It should only have"),
        (("-f", "%/more.nix", "deepText"), "a context which refers to a complete source and bin"),
        (("-f", "%/more.nix", "single^dev"), "does not have wanted outputs 'dev'"),
        (("-f", "%/more.nix", "./single"), "empty attribute name in selection path './single'"),
        (("-f", "%/more.nix", "inside"), "but the string is not the right placeholder for this"),
        (("-f", "%/more.nix", "below"), "/file' has context with the different path '/nix/store/"),
        (("@#plain",), "while evaluating the flake output attribute 'packages."),
        (("@#number",), "to be a derivation or path but found an integer: 3"),
        (("@#set",), "or path but found a set: { a = «thunk»; b = «thu"),
        (("/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x",), "is required, but there is no subs"),
        (("/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x^out",), "is not a valid derivation path"),
        (("-f", "%/more.nix", "--expr", "1"), "--expr"),
    ],
)  # fmt: skip
def test_what_cannot_be_built(both: Both, words: tuple[str, ...], told: str) -> None:
    links, out = both.by_nix(*words, code=1)
    assert not links and not out
    named = both.named(words)
    err = both.shell.fails("build", *named, code=2 if _are_wrong(words, told) else 1)
    assert told in err
    assert not Path("result").is_symlink()


def _are_wrong(words: tuple[str, ...], told: str) -> bool:
    """Whether it is the words that do not fit, which is told from failing by the exit code."""
    said = ("wanted outputs", "or path but found", "valid derivation path")
    return "--expr" in words or any(text in told for text in said)


@pytest.mark.parametrize("form", [("-f", "%/odd.nix", ""), ("@#odd.",)])
def test_odd_derivations(both: Both, form: tuple[str, ...]) -> None:
    """What Nix takes we take, for the same outputs, and what it refuses fails in order."""
    refused = 0
    for name in "abcdefghijklmnop":
        words = (*form[:-1], f"{form[-1]}{name}", "--no-link", "--print-out-paths")
        theirs = both.nix(*words)
        (out, err), code = both.any_end(words)
        assert (code == 0, out) == (theirs.status == 0, theirs.out), (name, theirs.err, err)
        refused += theirs.status != 0
    assert 8 < refused < 14


def test_one_of_several_fails(both: Both) -> None:
    """None is linked, as with Nix; with --keep-going all the others are built."""
    named = ("-f", "%/more.nix", "fails", "three", "fails2", "single")
    assert both.by_nix(*named, "--keep-going", code=1) == ({}, "")
    told = both.shell.fails("build", *both.named(named), "--keep-going", "-j", "1")
    assert "fails.drv" in told and "fails2.drv" in told
    assert not Path("result").is_symlink() and not Path("result-1").is_symlink()
    store = both.shell.run("store", "path-info", "--all").split()
    assert {path[44:] for path in store} >= {"three", "three-dev", "three-lib", "single"}


def test_what_a_cache_has(both: Both) -> None:
    """A path, a derivation's output, and a derivation itself are taken from there."""
    shell = both.shell
    (built,) = json.loads(shell.run("build", "f#three^dev", "--json", "--no-link"))
    path, drv = built["outputs"]["dev"], built["drvPath"]
    shell.run("store", "push", "cache", path, drv)
    cache = ("--option", "substituters", f"file://{shell.folder}/cache", "--no-link")
    trusting = ("--option", "require-sigs", "false")
    for number, name in enumerate((path, f"{drv}^dev")):
        there = ("--store", shell.folder / f"empty{number}")
        assert shell.run("build", name, *cache, *trusting, *there) == f"{path}\n"
        assert "is required" in shell.fails("build", name, "--store", shell.folder / f"no{number}")


@pytest.mark.parametrize(
    "words",
    [
        ("@#single",),
        ("-f", "%/more.nix", "three", "two^dev"),
        ("-f", "%/more.nix", "nested", "single"),
        ("-f", "%/more.nix", "folder"),
        ("/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x",),
    ],
)
def test_a_dry_run(both: Both, words: tuple[str, ...]) -> None:
    """Says what Nix says, in its order, and does none of it."""
    theirs = both.nix(*words, "--dry-run", "--json")
    assert theirs.status == 0
    said = "".join(line for line in theirs.err.splitlines(True) if "Internet" not in line)
    out, told = both.shell.both("build", *both.named(words), "--dry-run", "--json")
    assert told == said
    assert json.loads(out) == json.loads(theirs.out)
    assert both.by_neve(*words, "--dry-run") == ({}, "")
    assert "aaaa" in words[0] or both.by_neve(*words)[0]
    again = both.shell.both("build", *both.named(words), "--dry-run")
    assert again[1] == (told if "aaaa" in words[0] else "")


def test_a_dry_run_with_a_cache(both: Both) -> None:
    shell = both.shell
    (nested, single) = json.loads(shell.run("build", "f#nested", "f#single", "--json"))
    path = single["outputs"]["out"]
    shell.run("store", "push", "cache", path)
    trusting = ("--option", "require-sigs", "false", "--store", shell.folder / "empty")
    words = ("build", "--dry-run", "--option", "substituters", shell.folder / "cache", *trusting)
    out, told = shell.both(*words, "f#nested", "f#single")
    lines = told.splitlines()
    assert out == ""
    assert lines[0] == "these 2 derivations will be built:"
    assert lines[1].endswith("-below.drv") and lines[2] == f"  {nested['drvPath']}"
    assert re.fullmatch(r"this path will be fetched \(0\.00 MiB download, .* unpacked\):", lines[3])
    assert lines[4:] == [f"  {path}"]
    assert shell.both(*words, path)[1].splitlines() == lines[3:]
    private = ("-f", "f/more.nix", "private")
    (kept,) = json.loads(shell.run("build", *private, "--json", "--no-link"))
    shell.run("store", "push", "cache", kept["outputs"]["out"])
    told = shell.both(*words, *private)[1]
    assert told == f"this derivation will be built:\n  {kept['drvPath']}\n"


def test_store_commands_take_them(shell: Shell) -> None:
    (shell.folder / "x.nix").write_text(
        f"let {TREE} in rec {{ a = tree \"a\" {{ f.text = \"x\"; }}; "
        "b = tree \"b\" { l.link = \"${a}\"; }; all = { inherit a b; }; }"
    )  # fmt: skip
    file = ("-f", "x.nix")
    a, b = shell.run("build", *file, "a", "b", "--no-link").split()
    assert shell.run("store", "path-info", *file, "b", "a") == f"{b}\n{a}\n"
    assert shell.run("store", "path-info", *file, "all").split() == sorted([a, b])
    assert a in shell.run("store", "why", *file, "b", "a")
    assert shell.run("store", "tree", *file, "b").startswith(b)
    assert "b" in shell.run("store", "diff", *file, "a", "b")
    for words in (("export",), ("push", "cache"), ("copy", "--to", "other")):
        shell.both("store", words[0], *file, *words[1:], "b")
    told = shell.fails("store", "tree", *file, "all", code=2)
    assert "argument 'all' should evaluate to one store path" in told
    assert "go with --expr and --file" in shell.fails(
        "store", "path-info", "f", "--argstr", "x", "y", code=2
    )


def test_their_derivations(both: Both) -> None:
    """As with Nix: written into the store, and not built."""
    shell = both.shell
    file = ("-f", "f/more.nix", "--derivation")
    (nested, single) = shell.run("store", "path-info", *file, "nested", "single").split()
    assert nested.endswith("-nested.drv") and single.endswith("-single.drv")
    valid = shell.run("store", "path-info", "--all").split()
    assert {nested, single} <= set(valid) and not any(path.endswith("-single") for path in valid)
    assert single in shell.run("store", "why", *file, "nested", "single")
    assert nested in shell.run("store", "path-info", "--derivation", "f#nested")
    assert nested in shell.run("store", "path-info", "--derivation", nested)
    out = shell.run("build", "-f", "f/more.nix", "single", "--no-link").strip()
    assert shell.run("store", "path-info", "--derivation", out) == f"{single}\n"
    source = shell.run("store", "add", "f/flake.nix").strip()
    assert "it has no deriver" in shell.fails("store", "tree", "--derivation", source, code=2)


def test_logs_of_all_kinds(both: Both) -> None:
    shell = both.shell
    file = ("-f", "f/more.nix")
    (built,) = json.loads(shell.run("build", *file, "loud", "--json"))
    out, drv = built["outputs"]["out"], built["drvPath"]
    for words in (
        (*file, "loud"),
        ("-E", "(import ./f/more.nix).loud"),
        ("f#loud",),
        (out,),
        (drv,),
        (f"{drv}^*",),
        ("./result",),
        ("result-dev",),
    ):
        assert shell.run("log", *words) == "so loud\n", words
    assert "stands for 2 derivations" in shell.fails("log", *file, "set", code=2)


def test_logs_are_shown_as_they_grow(both: Both) -> None:
    """Whole lines after the derivation's name without its version, as with Nix."""
    words = ("-f", "%/more.nix", "chatty", "-L", "--no-link")
    lines = [line for line in both.nix(*words).err.splitlines() if line.startswith("chatty> ")]
    assert len(lines) == 4
    program = (sys.executable, "-c", "from builder.cli.main import neve; neve()", "build")
    done = subprocess.run([*program, *both.named(words)], capture_output=True, check=True)
    told = done.stderr.decode()
    assert [line for line in told.splitlines() if line.startswith("chatty> ")] == lines
    (drv,) = json.loads(both.shell.run("build", *both.named(words), "--json"))
    kept = both.shell.run("log", drv["drvPath"])
    assert kept == "one\n\x1b[31mred\x1b[0m\n\ttab\nlast"

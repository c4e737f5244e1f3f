"""``neve repl``: commands from a pipe, and a user at a terminal."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pexpect
import pytest

from builder.cli.repl.documentation import of_builtin
from builder.lang.localhost import LocalHost
from builder.lang.values import Builtin
from builder.modules.session import module_evaluator
from builder.realise.settings import current_system
from tests.cli.conftest import Shell
from tests.reference.nix import nix

Say = Callable[..., tuple[str, str]]
LONG = (
    "let l = builtins.genList (x: x) 1000; in "
    "builtins.all (a: builtins.all (b: builtins.all (c: a + b + c >= 0) l) l) l"
)


@pytest.fixture
def say(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Say:
    """What a repl says to some lines: standard output, standard error."""

    def run(*lines: str, words: tuple[str, ...] = ()) -> tuple[str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))
        return shell.both("repl", *words)

    return run


VALUES = [
    ("1 + 1", "2"),
    ('"a\\nb"', '"a\\nb"'),
    ("null", "null"),
    ("[ ]", "[ ]"),
    ("{ }", "{ }"),
    ("{ a = 1; }", "{ a = 1; }"),
    ("[ 1 ]", "[ 1 ]"),
    ("[ 1 2 ]", "[\n  1\n  2\n]"),
    ("{ a.b = 1; }", "{\n  a = { ... };\n}"),
    ('{ b = [ 1 ]; a = throw "no"; }', "{\n  a = «error: no»;\n  b = [ ... ];\n}"),
    (":p { a.b = [ 1 2 ]; }", "{\n  a = {\n    b = [\n      1\n      2\n    ];\n  };\n}"),
    (':p "a\\nb"', "a\nb"),
    (":p let x = { a = x; }; in x", "{\n  a = «repeated»;\n}"),
    ("{ a = { }; b = [ ]; }", "{\n  a = { ... };\n  b = [ ... ];\n}"),
    ("[ { a = 1; } [ 1 ] ]", "[\n  { ... }\n  [ ... ]\n]"),
    ("[ { a = 1; } ]", "[\n  { ... }\n]"),
    (":p [ { a = 1; b = 2; } ]", "[\n  {\n    a = 1;\n    b = 2;\n  }\n]"),
    ('{ "a b" = 1; "if" = 2; }', '{\n  "a b" = 1;\n  "if" = 2;\n}'),
    ("{ f = null; g = 1.5; h = /a; }", "{\n  f = null;\n  g = 1.5;\n  h = /a;\n}"),
    ("{ a = x: x; }", "{ a = «lambda a @ «string»:1:7»; }"),
    ("map (x: x)", "«partially applied primop map»"),
    ("x: x", "«lambda @ «string»:1:1»"),
    ("builtins.map", "«primop map»"),
    ("{ a = 1; } . a", "1"),
    ("# nothing", ""),
    ("", ""),
    (":t 1", "an integer"),
    (":t { }", "a set"),
    (":t x: x", "a function"),
    (":t builtins.map", "the built-in function 'map'"),
    (":doc builtins.head", "Synopsis: builtins.head list\n\n    The first element."),
    (":doc map (x: x)", "Synopsis: builtins.map f list\n\n    What f gives for each element."),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_value(say: Say, text: str, expected: str) -> None:
    """What is printed for one line."""
    out, err = say(text)
    assert (out.rstrip("\n"), err) == (expected, "")


def test_the_reference_prints_the_same() -> None:
    """The real Nix's repl prints the same for the same lines."""
    lines = [text for text, _ in VALUES if text and not text.startswith((":doc", "#"))]
    ran = nix().run("nix", "repl", "--store", "dummy://", stdin="\n".join([*lines, ":q"]))
    said = re.sub(r"\x1b\[[0-9;]*m", "", ran.out).split("nix-repl> ")[1:]
    found = {part.partition("\n")[0]: part.partition("\n")[2].strip("\n") for part in said}
    expected = dict(VALUES)
    assert {text: found.get(text) for text in lines} == {text: expected[text] for text in lines}


def test_bindings(say: Say) -> None:
    """Names are bound lazily; they may be given anew in terms of themselves."""
    out, err = say("x = 5", 'y = throw "never"', "x = x * 2;", "x", "{ inherit x; }.x == 10")
    assert (out, err) == ("10\ntrue\n", "")


def test_many_lines(say: Say) -> None:
    """Lines are read until they are an expression."""
    assert say("{", "a = 1;", "}.a", "let", "x = 1;", "in", "x", "f = a:", "a + 1", "f 1")[0] == (
        "1\n1\n2\n"
    )
    assert say("''", "  two", "  lines", "''")[0] == '"two\\nlines\\n"\n'
    _, err = say("[ 1")
    assert "unexpected end of file" in err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('throw "bad"', "error: bad"),
        ("1 + ]", "syntax error"),
        ("nosuch", "undefined variable 'nosuch'"),
        ("{ a = 1; }.b", "attribute 'b' missing"),
        ("1 1", "not a function"),
        (":l no-such-file.nix", "no-such-file.nix"),
        (":lf no-such-flake", "no-such-flake"),
        (":zz", "unknown command ':zz'"),
        (":relaod", "did you mean :reload?"),
        (":t", "':t' needs EXPR"),
        (":b 1", "an integer, and no derivation"),
        (":doc 1", "value does not have documentation"),
        (":e 1", "where this is written is not known"),
        (":a 1", "expected a set but found an integer"),
        (":te maybe", "takes true or false"),
        ("let f = x: f (f x); in f 1", "stack overflow"),
    ],
)
def test_errors(say: Say, line: str, message: str) -> None:
    """An error is told, and the next line is read."""
    out, err = say(line, "40 + 2")
    assert out == "42\n"
    assert message in err
    assert "Traceback" not in err


def test_files(say: Say, shell: Shell) -> None:
    """Files are loaded, functions called with their defaults, and read anew."""
    (shell.folder / "a.nix").write_text("{ n ? 1 }: { answer = 41 + n; other = 2; }")
    out, _ = say(":l a.nix", "answer", ":a { more = 1; }", "more + other")
    assert out == "Added 2 variables.\n42\nAdded 1 variable.\n3\n"
    assert say("answer", words=("-f", "a.nix"))[0] == "Added 2 variables.\n42\n"
    assert say("x", words=("--expr", "{ x = 3; }"))[0] == "Added 1 variable.\n3\n"
    editor = shell.folder / "editor"
    editor.write_text("#!/bin/sh\necho '{ answer = 7; }' > \"$2\"\n")
    editor.chmod(0o755)
    os.environ["VISUAL"] = str(editor)
    try:
        out, _ = say(":l a.nix", ":e ./a.nix", "answer", "other")
    finally:
        del os.environ["VISUAL"]
    assert out == "Added 2 variables.\nAdded 1 variable.\n7\n"


def test_reload(say: Say, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is loaded is read again; what was typed is forgotten."""
    file = shell.folder / "a.nix"
    file.write_text("{ answer = 1; }")

    class Lines(io.StringIO):
        def readline(self, size: int | None = -1) -> str:  # type: ignore[override]
            line = super().readline()
            if line == ":r\n":
                file.write_text("{ answer = 2; }")
            return line

    monkeypatch.setattr(sys, "stdin", Lines(":l a.nix\nanswer\nx = 1\n:r\nanswer\nx\n"))
    out, err = shell.both("repl")
    assert out == "Added 1 variable.\n1\nAdded 1 variable.\n2\n"
    assert "undefined variable 'x'" in err


def test_flakes(say: Say) -> None:
    """A flake's outputs become names, or what an attribute of it has."""
    out, _ = say("number", ":lf f#values", "list", words=("f",))
    assert out.splitlines()[1] == "42"
    assert "Added 2 variables." in out


def test_documentation(say: Say, shell: Shell) -> None:
    """Functions, what functors are and attributes: their places and their comments."""
    file = shell.folder / "d.nix"
    file.write_text(
        "rec {\n  /**\n    Adds one.\n\n    Not two.\n  */\n  plus = n: n + 1;\n"
        "  /** On one line. */\n  same = x: x;\n  bare = x: x;\n"
        "  /** Counted. */\n  number = 1;\n  other = 2;\n"
        "  set = {\n    /** Called. */\n    __functor = self: x: x;\n  };\n"
        '  broken = { __functor = self: throw "no"; };\n'
        "  endless = { __functor = self: endless; };\n}\n"
    )
    asked = (
        ("plus", f"Function `plus`\n  … defined at {file}:7:10\n\nAdds one.\n\nNot two."),
        ("(import ./d.nix).same", f"Function `same`\n  … defined at {file}:9:10\n\nOn one line."),
        ("bare", f"Function `bare`\n  … defined at {file}:10:10"),
        ("x: x", "Function defined at «string»:1:1"),
        ("set", f"Function `__functor`\n  … defined at {file}:16:23\n\nCalled."),
        (
            "(import ./d.nix).number",
            f"Attribute `number`\n\n  … defined at {file}:12:3\n\nCounted.",
        ),
        (
            "(import ./d.nix).other",
            f"Attribute `other`\n\n  … defined at {file}:13:3\n\nNo documentation found.",
        ),
    )
    out, _ = say(":l d.nix", *(f":doc {text}" for text, _ in asked))
    assert out == "Added 8 variables.\n" + "".join(f"{told}\n" for _, told in asked)
    _, told = say(":l d.nix", ":doc number", ":doc broken", ":doc endless")
    assert "max-call-depth exceeded" in told
    assert "value does not have documentation" in told
    assert "… while partially calling '__functor' to retrieve documentation" in told
    (shell.folder / "f.nix").write_text("# none\nx: x\n")
    assert say(":doc import ./f.nix")[0] == f"Function defined at {shell.folder}/f.nix:2:1\n"


def test_every_builtin_is_documented() -> None:
    """`:doc` knows all builtins."""
    builtins = module_evaluator(LocalHost(system="x86_64-linux")).builtins
    names = [name for name, value in builtins.items() if isinstance(value, Builtin)]
    assert [name for name in names if of_builtin(name) is None] == []


def test_builds(say: Say, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Derivations are built; a shell finds their programs."""
    program = shell.folder / "shell"
    program.write_text(f"#!/bin/sh\ncommand -v greet > {shell.folder}/found\n")
    program.chmod(0o755)
    monkeypatch.setenv("SHELL", str(program))
    package = f"packages.{current_system()}.default"
    out, err = say(f":b {package}", f":u {package}", words=("f",))
    assert "This derivation produced the following outputs:\n  out -> /nix/store/" in out, err
    assert f"({shell.folder}/root/nix/store/" in out
    found = (shell.folder / "found").read_text().strip()
    assert found.startswith(f"{shell.folder}/root/nix/store/")
    assert found.endswith("-outer/bin/greet")


def test_bytes_that_are_no_text(shell: Shell) -> None:
    """What is no UTF-8 is an error of the expression, and no end."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "neve"), "repl"],
        input=b'\xff\n"\xfe"\n40 + 2\n',
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert done.stdout == b'"\xfe"\n42\n'
    assert b"Traceback" not in done.stderr


def test_help(say: Say) -> None:
    """All commands are listed."""
    out, _ = say(":?")
    for name in (":l", ":lf", ":r", ":t", ":b", ":p", ":e", ":doc", ":?", ":q", ":a", ":u"):
        assert f"  {name}" in out


def test_leaving(say: Say) -> None:
    """`:q` leaves; what follows is not read."""
    assert say("1", ":q", "2") == ("1\n", "")


# At a terminal

Terminal: TypeAlias = "pexpect.spawn[str]"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts repls at a terminal of their own, with one history."""
    started: list[Terminal] = []

    def start(**more: str) -> Terminal:
        child = pexpect.spawn(
            str(Path(sys.executable).parent / "neve"),
            ["repl"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "TERM": "xterm",
                "INPUTRC": "/dev/null",
                "NEVE_STORE": str(tmp_path / "root"),
                **more,
            },
            cwd=tmp_path,
            encoding="utf-8",
            timeout=30,
            dimensions=(24, 200),
        )
        started.append(child)
        child.expect_exact("neve-repl> ")
        return child

    yield start
    for child in started:
        child.close(force=True)


def _after(child: Terminal, line: str) -> str:
    """What is printed for a line, up to the next prompt."""
    child.sendline(line)
    child.expect_exact("neve-repl> ")
    text = str(child.before).replace("\r", "").replace("\x1b[?2004l", "").replace("\x1b[?2004h", "")
    return text.partition("\n")[2].strip("\n")


def test_terminal(terminal: Callable[..., Terminal]) -> None:
    """Colours, several lines, completion, errors, and the end of input."""
    child = terminal()
    assert _after(child, "1 + 1") == "\x1b[36;1m2\x1b[0m"
    assert _after(child, '"text"') == '\x1b[35;1m"text"\x1b[0m'
    child.sendline("[ 1")
    child.expect_exact(" " * len("neve-repl> "))
    assert _after(child, "].x or 5") == "\x1b[36;1m5\x1b[0m"
    assert "error: bad" in _after(child, 'throw "bad"')
    _after(child, "thing = { first = 7; }")
    assert _after(child, "thi\t.fi\t + 1").endswith("8\x1b[0m")
    assert _after(child, "builtins.lengt\t [ 1 2 ]").endswith("2\x1b[0m")
    child.sendcontrol("d")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 0


def test_no_colours(terminal: Callable[..., Terminal]) -> None:
    """NO_COLOR is heeded."""
    assert _after(terminal(NO_COLOR="1"), "1 + 1") == "2"


def test_interrupts(terminal: Callable[..., Terminal]) -> None:
    """Ctrl-C ends an evaluation, or a line, and not the repl; names stay."""
    child = terminal(NO_COLOR="1")
    _after(child, "x = 42")
    child.sendline(LONG)
    child.expect_exact("l) l) l")
    with pytest.raises(pexpect.TIMEOUT):
        child.expect_exact("neve-repl> ", timeout=1)
    child.sendcontrol("c")
    child.expect_exact("interrupted by the user", timeout=10)
    child.expect_exact("neve-repl> ")
    assert _after(child, "x") == "42"
    child.send("1 + ")
    child.expect_exact("1 + ")
    for _ in range(5):  # while Python's readline reads a key it may lose a signal
        child.sendcontrol("c")
        if child.expect_exact(["neve-repl> ", pexpect.TIMEOUT], timeout=5) == 0:
            break
    assert _after(child, "x + 1") == "43"


# Each would take long in the C code of `re`.
_TEXT = 'builtins.concatStringsSep "" (builtins.genList (x: "a") 50000)'
LONG_MATCHES = [
    f'builtins.match "(a+)+b" ({_TEXT})',
    f'builtins.match ".*.*.*.*.*b" ({_TEXT})',
    f'builtins.split "a*a*b" ({_TEXT})',
    f'builtins.split "(a+)+b|(.*)x" ({_TEXT})',
]


@pytest.mark.parametrize("line", LONG_MATCHES)
def test_interrupts_reach_expressions(terminal: Callable[..., Terminal], line: str) -> None:
    """Ctrl-C ends a search that would last, and not the repl; it is there at once."""
    child = terminal(NO_COLOR="1")
    _after(child, "x = 42")
    child.sendline(line)
    with pytest.raises(pexpect.TIMEOUT):
        child.expect_exact("\nneve-repl> ", timeout=2)
    child.sendcontrol("c")
    child.expect_exact("interrupted by the user", timeout=5)
    child.expect_exact("neve-repl> ")
    assert _after(child, "x") == "42"


def test_commands_at_a_terminal(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    """Files are loaded and read again, types, builds and help told; errors leave the repl alive."""
    (tmp_path / "names.nix").write_text("{ answer = 1; }")
    child = terminal(NO_COLOR="1")
    assert "Added 1" in _after(child, ":l names.nix")
    assert _after(child, "answer") == "1"
    (tmp_path / "names.nix").write_text("{ answer = 2; }")
    assert _after(child, "answer") == "1"
    _after(child, ":r")
    assert _after(child, "answer") == "2"
    (tmp_path / "names.nix").write_text("{ answer = ")
    assert "syntax error" in _after(child, ":r")
    assert _after(child, ":t 1") == "an integer"
    assert _after(child, ":p { a.b = [ 1 2 ]; }").count("\n") == 7
    assert "length" in _after(child, ":doc builtins.length")
    assert ":doc" in _after(child, ":?")
    assert "error" in _after(child, ":e 1")
    (tmp_path / "text").write_text("text")
    fetch = f'import <nix/fetchurl.nix> {{ url = "file://{tmp_path}/text"; sha256 = _HASH_; }}'
    digest = hashlib.sha256(b"text").hexdigest()
    built = _after(child, ":b " + fetch.replace("_HASH_", f'"{digest}"'))
    assert re.search(r"/nix/store/[a-z0-9]{32}-text", built)
    assert "hash mismatch" in _after(child, ":b " + fetch.replace("_HASH_", f'"{"0" * 64}"'))
    assert _after(child, "1 + 1") == "2"


def test_history(terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    """The lines of a session are there in the next."""
    child = terminal(NO_COLOR="1")
    _after(child, "1000 + 1")
    child.sendline(":q")
    child.expect(pexpect.EOF)
    assert "1000 + 1" in (tmp_path / ".local/state/neve/repl-history").read_text()
    child = terminal(NO_COLOR="1")
    assert _after(child, "\x1b[A\x1b[A").endswith("1001")
    child.sendline("[ 1 # one")
    _after(child, "]")
    child.sendline("{ a =")
    _after(child, "2; }")
    child.sendline(":q")
    child.expect(pexpect.EOF)
    lines = (tmp_path / ".local/state/neve/repl-history").read_text().splitlines()
    assert lines[-4:] == ["[ 1 # one", "]", "{ a = 2; }", ":q"]

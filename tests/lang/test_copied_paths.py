"""Files that enter the store by `path`, `filterSource` and strings, beside the real Nix."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from builder.store.local import LocalStore
from tests.hosts import idle_host
from tests.reference import nix
from tests.reference.judge import read_failure, same_message

ZEROS = "0" * 52
VALUES = [
    '"${SRC/file}"',
    '"${SRC/tree}"',
    "[ SRC/tree ]",
    "builtins.path { path = SRC/file; }",
    'builtins.path { path = SRC/file; name = ""; }',
    'builtins.path { path = SRC/file; name = "other"; recursive = false; }',
    'builtins.path { path = "SRC/link"; }',
    '"${SRC/link}"',
    '"${SRC/folder}"',
    '"${SRC/dangling}"',
    '"${SRC/folder/inner}"',
    "builtins.path { path = SRC/link; recursive = false; }",
    "builtins.path { path = SRC/folder; filter = path: type: builtins.trace path true; }",
    "builtins.filterSource (path: type: true) SRC/folder/inner",
    'builtins.path { path = SRC/folder/inner; name = "x"; }',
    "builtins.path { path = SRC/tree; filter = path: type: type == \"directory\"; }",
    "builtins.path { path = SRC/odd; filter = path: type: type != \"unknown\"; }",
    'builtins.filterSource (path: type: baseNameOf path != "inner") SRC/tree',
    "builtins.filterSource (path: type: builtins.trace [ (baseNameOf path) type ] true) SRC/tree",
    'builtins.path { path = SRC/file; recursive = false; sha256 = builtins.hashFile "sha256" '
    "SRC/file; }",
    'builtins.path { path = SRC/file; recursive = false; sha256 = builtins.convertHash '
    '{ hash = builtins.hashFile "sha256" SRC/file; hashAlgo = "sha256"; toHashFormat = "sri"; }; }',
]  # fmt: skip
FAILURES = [
    '"${SRC/none}"',
    '"${SRC/odd}"',
    '"${SRC/odd/pipe}"',
    "builtins.path { path = SRC/odd; }",
    "builtins.path { path = SRC/dangling; }",
    "builtins.path { path = SRC/dangling; recursive = false; }",
    "builtins.path { path = SRC/file/x; }",
    "builtins.path { path = SRC/odd/pipe; }",
    "builtins.path { path = SRC/none; }",
    "builtins.path { path = SRC/none; recursive = false; }",
    "builtins.path { path = SRC/tree; recursive = false; }",
    "builtins.filterSource (path: type: true) SRC/none",
    "builtins.filterSource (path: type: 1) SRC/tree",
    "builtins.filterSource (path: 1) SRC/tree",
    "builtins.path { path = SRC/tree; filter = path: type: { }; }",
    'builtins.path { path = SRC/file; name = "."; }',
    'builtins.path { path = SRC/file; name = "a b"; }',
    'builtins.path { path = SRC/file; sha256 = "zz"; }',
    'builtins.path { path = SRC/file; sha256 = 1; }',
    'builtins.path { path = SRC/file; sha256 = "sha1-zz"; }',
    'builtins.path { path = "file"; }',
    "builtins.path { path = 1; }",
    "builtins.path { name = \"a\"; }",
    'builtins.toFile "." ""',
    'builtins.toFile "" ""',
]  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file, a link, a tree, and a folder with what a store cannot hold."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "file").write_text("one\n")
    (folder / "link").symlink_to("file")
    (folder / "folder").symlink_to("tree")
    (folder / "dangling").symlink_to("none")
    (folder / "tree/inner").mkdir(parents=True)
    (folder / "tree/inner/file").write_text("two\n")
    (folder / "tree/run").write_text("#!/bin/sh\n")
    (folder / "tree/run").chmod(0o755)
    (folder / "odd").mkdir()
    (folder / "odd/a").write_text("a")
    os.mkfifo(folder / "odd/pipe")
    return folder


def _ours(text: str, root: Path, said: list[str]) -> str:
    host = idle_host(LocalStore(root), say=said.append)
    evaluator = Evaluator(host)
    value = evaluator.eval_string(text, "/", "«string»")
    return evaluator.run(lambda: print_plain(value))


def _reference(text: str, sources: Path, root: Path) -> tuple[str | None, str]:
    """The value, or None, and what is told."""
    root.mkdir()
    done = nix().run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--read-write-mode"),
        *("--expr", text),
        see=[sources],
        write=[root],
    )
    return (done.out.strip() if done.status == 0 else None), done.err


@pytest.mark.parametrize("text", VALUES)
def test_value(text: str, sources: Path, tmp_path: Path) -> None:
    text = text.replace("SRC", str(sources))
    wanted, told = _reference(text, sources, tmp_path / "reference")
    assert wanted is not None, told
    said: list[str] = []
    assert _ours(text, tmp_path / "ours", said) == wanted
    assert "".join(f"{line}\n" for line in said) == told


@pytest.mark.parametrize("text", FAILURES)
def test_failure(text: str, sources: Path, tmp_path: Path) -> None:
    text = text.replace("SRC", str(sources))
    wanted, told = _reference(text, sources, tmp_path / "reference")
    assert wanted is None
    with pytest.raises(NixError) as caught:
        _ours(text, tmp_path / "ours", [])
    ours, theirs = read_failure(format_error(caught.value)), read_failure(told)
    assert same_message(ours.message, theirs.message)
    assert ours.place == theirs.place


def test_a_hash_that_does_not_fit(sources: Path, tmp_path: Path) -> None:
    """Ours tells both hashes, and where; the reference only that they differ."""
    text = f'builtins.path {{ path = {sources}/file; sha256 = "{ZEROS}"; }}'
    wanted, told = _reference(text, sources, tmp_path / "reference")
    assert wanted is None and "mismatch" in told
    with pytest.raises(NixError, match="hash mismatch of") as caught:
        _ours(text, tmp_path / "ours", [])
    assert "while calling the 'path' builtin" in format_error(caught.value)

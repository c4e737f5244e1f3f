"""Fetchers beside the real Nix: same paths, same facts, same errors."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.tracing import format_error
from builder.store.local import LocalStore
from tests.hosts import idle_host, plain_value
from tests.reference import nix
from tests.reference.judge import read_failure, same_message

DATE = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file, an archive and a git repository with two commits and a tag."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "one").write_text("one\n")
    (folder / "tree" / "sub").mkdir(parents=True)
    (folder / "tree" / "sub" / "file").write_text("hello")
    os.utime(folder / "tree" / "sub" / "file", (1_000_000, 1_000_000))
    for path in (folder / "tree" / "sub", folder / "tree"):
        os.utime(path, (900_000, 900_000))
    with tarfile.open(folder / "x.tar.gz", "w:gz") as tape:
        tape.add(folder / "tree", "tree")
    repository = folder / "git"
    environment = {
        **os.environ,
        **{f"GIT_{who}_NAME": "t" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "t@t" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_DATE": DATE for who in ("AUTHOR", "COMMITTER")},
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }  # fmt: skip

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(repository), *words], check=True, env=environment,
                       capture_output=True)  # fmt: skip

    repository.mkdir()
    git("init", "-q", "-b", "main")
    for text in ("first", "second"):
        (repository / "file").write_text(text)
        git("add", "file")
        git("commit", "-qm", text)
        if text == "first":
            git("tag", "v1")
    return folder


def _ours(text: str, root: Path, *, pure: bool) -> object:
    return plain_value(Evaluator(idle_host(LocalStore(root), pure=pure)), text)


FACTS = 't: builtins.mapAttrs (n: v: if n == "outPath" then builtins.toString v else v) t'
OKAY = [
    'builtins.fetchurl "file://SRC/one"',
    'builtins.fetchurl { url = "file://SRC/one"; name = "other"; }',
    'builtins.fetchurl { url = "file://SRC/one"; '
    'sha256 = "01j88cjwas5sxa2ybar6p1sg4kblrkffbw4sy7hrh0z6bkd0i2rc"; }',
    'builtins.fetchTarball "file://SRC/x.tar.gz"',
    'builtins.fetchTarball { url = "file://SRC/x.tar.gz"; name = "n"; }',
    f'({FACTS}) (builtins.fetchTree "file://SRC/x.tar.gz")',
    f'({FACTS}) (builtins.fetchTree {{ type = "path"; path = "SRC/tree"; lastModified = 5; }})',
    f'({FACTS}) (builtins.fetchTree "file+file://SRC/one")',
    f'({FACTS}) (builtins.fetchGit "SRC/git")',
    f"({FACTS}) (builtins.fetchGit SRC/git)",
    f'({FACTS}) (builtins.fetchGit {{ url = "SRC/git"; ref = "main"; }})',
    f'({FACTS}) (builtins.fetchGit {{ url = "SRC/git"; ref = "refs/tags/v1"; }})',
    f'({FACTS}) (builtins.fetchTree {{ type = "git"; url = "file://SRC/git"; }})',
]  # fmt: skip


def _both(text: str, sources: Path, root: Path, *, pure: bool = False) -> tuple[str, object, str]:
    """The program, the reference's value (None: an error) and its message."""
    text = text.replace("SRC", str(sources))
    root.mkdir()
    options = ("--option", "pure-eval", "true") if pure else ()
    done = nix().run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--json", *options),
        *("--expr", f"let v = {text}; in if builtins.isString v then v else builtins.removeAttrs "
          'v [ "outPath" ] // { path = builtins.toString v; }'),
        see=[sources],
        write=[root],
    )  # fmt: skip
    return text, json.loads(done.out) if done.status == 0 else None, done.err


@pytest.mark.parametrize("text", OKAY)
def test_value(text: str, sources: Path, tmp_path: Path) -> None:
    """What is fetched has the reference's path and facts."""
    text, wanted, message = _both(text, sources, tmp_path / "reference")
    assert wanted is not None, message
    shown = (
        f"let v = {text}; in if builtins.isString v then v else builtins.removeAttrs "
        'v [ "outPath" ] // { path = builtins.toString v; }'
    )
    assert _ours(shown, tmp_path / "ours", pure=False) == wanted


FAIL = [
    ('builtins.fetchurl "file://SRC/one"', True),
    ('builtins.fetchTarball "file://SRC/x.tar.gz"', True),
    ('builtins.fetchMercurial "SRC/git"', True),
    ('builtins.fetchMercurial { url = "SRC/git"; rev = "default"; }', True),
    ('builtins.fetchGit "SRC/git"', True),
    ('builtins.fetchTree { type = "path"; path = "SRC/tree"; }', True),
    ('builtins.fetchurl { url = "file://SRC/one"; sha256 = ""; }', False),
    ('builtins.fetchurl { urls = [ ]; }', False),
    ('builtins.fetchurl { name = "a"; }', False),
    ('builtins.fetchTarball { url = "file://SRC/x.tar.gz"; other = 1; }', False),
    ("builtins.fetchTree { }", False),
    ('builtins.fetchTree { type = "git"; url = [ ]; }', False),
    ('builtins.fetchTree { type = "indirect"; id = "x"; }', False),
    ("builtins.fetchTree 1", False),
    ("builtins.fetchGit { }", False),
    ('builtins.fetchGit { url = "SRC/git"; rev = "z"; }', False),
    ("builtins.fetchClosure { }", False),
    ('builtins.getFlake "a#b"', False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "pure"), FAIL)
def test_error(text: str, pure: bool, sources: Path, tmp_path: Path) -> None:
    """What cannot be fetched fails with the reference's text."""
    text, value, message = _both(text, sources, tmp_path / "reference", pure=pure)
    assert value is None
    with pytest.raises(NixError) as caught:
        _ours(text, tmp_path / "ours", pure=pure)
    ours, wanted = read_failure(format_error(caught.value)), read_failure(message)
    assert same_message(ours.message, wanted.message), wanted

"""Mercurial repositories beside the real Nix, both with the pinned program."""

from __future__ import annotations

import json
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.flake.test_elsewhere import ours
from tests.reference import nix
from tests.reference.nix import Nix


def _nix(folder: Path) -> Nix:
    """The tools, which keep what they compile: `hg` takes seconds otherwise."""
    return replace(nix(), env={"PYTHONPYCACHEPREFIX": str(folder / "compiled")})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with two commits on two branches."""
    folder = tmp_path_factory.mktemp("mercurial")
    root = folder / "repository"

    def hg(*words: str) -> None:
        done = _nix(folder).run("hg", *words, "--config", "ui.username=t", write=[folder])
        assert done.status == 0, done.err

    hg("init", str(root))
    (root / "file").write_text("first")
    hg("-R", str(root), "commit", "-A", "-m", "x", "-d", "0 0", str(root / "file"))
    hg("-R", str(root), "branch", "dev")
    (root / "sub").mkdir()
    (root / "sub/other").write_text("second")
    hg("-R", str(root), "commit", "-A", "-m", "y", "-d", "1 0", str(root / "sub/other"))
    return folder


@pytest.fixture
def folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's folder; `hg` on the PATH is the pinned one."""
    programs = made / "bin"
    programs.mkdir(exist_ok=True)
    argv = _nix(made).argv("hg", write=[made])
    (programs / "hg").write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    (programs / "hg").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


WORK_TREE = 'builtins.fetchMercurial "file://REPO"'
CASES = [
    'builtins.fetchMercurial { url = "file://REPO"; rev = "default"; name = "n"; }',
    'builtins.fetchTree { type = "hg"; url = "file://REPO"; ref = "dev"; }',
]


def _shown(expression: str, folder: Path) -> str:
    text = expression.replace("REPO", f"{folder}/repository")
    return f'let v = {text}; in builtins.removeAttrs v [ "outPath" ] // {{ p = "${{v}}"; }}'


def _reference(text: str, folder: Path) -> object:
    root = folder / "reference"
    root.mkdir(exist_ok=True)
    done = _nix(folder).run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--json"),
        *("--expr", text),
        write=[folder],
    )
    assert done.status == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("expression", CASES)
def test_value(expression: str, folder: Path) -> None:
    text = _shown(expression, folder)
    assert ours(text, folder / "ours") == _reference(text, folder)


def test_changes_that_are_not_committed(folder: Path) -> None:
    (folder / "repository/file").write_text("changed")
    (folder / "repository/untracked").write_text("x")
    text = _shown(WORK_TREE, folder)
    assert ours(text, folder / "ours") == _reference(text, folder)

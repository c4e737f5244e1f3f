"""Mercurial repositories beside the real Nix, both with the pinned program."""

from __future__ import annotations

import json
import shlex
import tempfile
from pathlib import Path

import pytest

from tests.flake.test_elsewhere import _ours
from tests.reference import nix


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two commits on two branches; `hg` on the PATH is the pinned one."""
    programs = tmp_path / "bin"
    programs.mkdir()
    argv = nix().argv("hg", write=[tmp_path])
    (programs / "hg").write_text(f'#!/bin/sh\nexec {shlex.join(argv)} "$@"\n')
    (programs / "hg").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    root = tmp_path / "repository"

    def hg(*words: str) -> None:
        done = nix().run("hg", *words, "--config", "ui.username=t", write=[tmp_path])
        assert done.status == 0, done.err

    hg("init", str(root))
    (root / "file").write_text("first")
    hg("-R", str(root), "commit", "-A", "-m", "x", "-d", "0 0", str(root / "file"))
    hg("-R", str(root), "branch", "dev")
    (root / "sub").mkdir()
    (root / "sub/other").write_text("second")
    hg("-R", str(root), "commit", "-A", "-m", "y", "-d", "1 0", str(root / "sub/other"))
    return tmp_path


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
    root.mkdir()
    done = nix().run(
        *("nix-instantiate", "--store", str(root), "--eval", "--strict", "--json"),
        *("--expr", text),
        write=[folder],
    )
    assert done.status == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("expression", CASES)
def test_value(expression: str, folder: Path) -> None:
    text = _shown(expression, folder)
    assert _ours(text, folder / "ours") == _reference(text, folder)


def test_changes_that_are_not_committed(folder: Path) -> None:
    (folder / "repository/file").write_text("changed")
    (folder / "repository/untracked").write_text("x")
    text = _shown(WORK_TREE, folder)
    assert _ours(text, folder / "ours") == _reference(text, folder)

"""What an installation compiles beforehand is not compiled again."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.lang.errors import ParseError
from builder.lang.localhost import LocalHost
from builder.modules.precompile import precompile
from builder.modules.session import module_evaluator


def test_compiled_files_are_found(tmp_path: Path) -> None:
    """A file below the folder needs no compiling; another one does, into the user's folder."""
    source, installed, own = (tmp_path / name for name in ("source", "installed", "own"))
    (source / "inner").mkdir(parents=True)
    (source / "inner/a.nix").write_text("{ b }: b + 1")
    (source / "inner/readme").write_text("no expression")
    assert precompile(source, installed) == 1
    evaluator = module_evaluator(LocalHost(), own, installed=[installed])
    function = evaluator.eval_file(str(source / "inner/a.nix"))
    assert evaluator.call(function, {"b": 2}) == 3
    assert not own.exists()
    (source / "c.nix").write_text("1")
    assert evaluator.eval_file(str(source / "c.nix")) == 1
    assert len([path for path in own.rglob("*") if path.is_file()]) == 1


def test_a_damaged_file_is_compiled_again(tmp_path: Path) -> None:
    """What the installation brought is trusted no more than the user's own folder."""
    source, installed, own = (tmp_path / name for name in ("source", "installed", "own"))
    source.mkdir()
    (source / "a.nix").write_text("1 + 1")
    precompile(source, installed)
    (kept,) = (path for path in installed.rglob("*") if path.is_file())
    kept.write_bytes(kept.read_bytes()[:-1])
    evaluator = module_evaluator(LocalHost(), own, installed=[installed])
    assert evaluator.eval_file(str(source / "a.nix")) == 2
    assert own.exists()


def test_an_error_is_reported(tmp_path: Path) -> None:
    """An installation whose files do not parse says so."""
    (tmp_path / "a.nix").write_text("{")
    with pytest.raises(ParseError):
        precompile(tmp_path, tmp_path / "code")

"""Files that are imported through symbolic links."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.lang.errors import EvalError
from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_plain
from tests.reference import nix


def _reference(file: Path, folder: Path) -> str:
    return (
        nix()
        .run("nix-instantiate", "--store", "dummy://", "--eval", "--strict", str(file),
             see=[folder])
        .out.strip()
    )  # fmt: skip


def test_neighbours_of_a_linked_folder(tmp_path: Path) -> None:
    """What a file in a linked folder imports lies beside the link."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file.nix").write_text("import ../neighbour.nix")
    (tmp_path / "used").mkdir()
    (tmp_path / "used/folder").symlink_to("../kept")
    (tmp_path / "used/neighbour.nix").write_text('"beside the link"')
    main = tmp_path / "main.nix"
    main.write_text("import ./used/folder/file.nix")
    assert Evaluator(LocalHost()).eval_file(str(main)) == "beside the link"
    assert _reference(main, tmp_path) == '"beside the link"'


def test_neighbours_of_a_linked_file(tmp_path: Path) -> None:
    """What a linked file imports lies beside the file itself."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file.nix").write_text("[ (import ./neighbour.nix) (toString ./.) ]")
    (tmp_path / "kept/neighbour.nix").write_text('"beside the file"')
    (tmp_path / "main.nix").symlink_to("hop.nix")
    (tmp_path / "hop.nix").symlink_to(tmp_path / "kept/file.nix")
    evaluator = Evaluator(LocalHost())
    ours = print_plain(evaluator.force_deep(evaluator.eval_file(str(tmp_path / "main.nix"))))
    assert ours == f'[ "beside the file" "{tmp_path / "kept"}" ]'
    assert _reference(tmp_path / "main.nix", tmp_path) == ours


def test_linked_folder(tmp_path: Path) -> None:
    """A link to a folder stands for the `default.nix` that lies there."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/default.nix").write_text("toString ./.")
    (tmp_path / "link").symlink_to("kept")
    evaluator = Evaluator(LocalHost())
    assert evaluator.eval_file(str(tmp_path / "link")) == str(tmp_path / "kept")
    assert _reference(tmp_path / "link", tmp_path) == f'"{tmp_path / "kept"}"'


def test_endless_links(tmp_path: Path) -> None:
    """Links in a circle are an error."""
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(EvalError, match="too many symbolic links encountered"):
        Evaluator(LocalHost()).eval_file(str(tmp_path / "a"))

"""The tree of every small case as ``nix-instantiate --parse`` prints it, beside the real Nix."""

from __future__ import annotations

from pathlib import Path

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.parser import parse
from builder.lang.show import resolved, show
from builder.lang.source import Source
from tests.lang.test_cases import SUBJECTS, read
from tests.reference import nix

FEATURES = frozenset({"pipe-operators"})
EVALUATOR = Evaluator(LocalHost(), features=FEATURES)


def _ours(text: str, file: Path) -> str | None:
    """The tree as text; None for what is no program."""
    try:
        source = Source(text, str(file))
        tree = parse(source, FEATURES)
        EVALUATOR.check(source)
        return show(resolved(tree, str(file.parent), "/tmp/home"))
    except NixError:
        return None


def _theirs(files: list[Path], folder: Path) -> list[str | None]:
    """The trees of the real Nix, which stops at the first file that is no program."""
    made: list[str | None] = []
    while len(made) < len(files):
        rest = [str(file) for file in files[len(made) :]]
        ran = nix().run("nix-instantiate", "--parse", *rest, see=[folder])
        made += ran.out.splitlines()
        made += [None] if ran.status else []
    return made


def test_trees(tmp_path: Path) -> None:
    """Each tree is the reference's, and what is no program there is none for us."""
    files, shown = [], []
    for subject in SUBJECTS:
        for index, (program, _) in enumerate(read(subject)):
            files.append(tmp_path / f"{subject}-{index}.nix")
            files[-1].write_text(program, encoding="utf-8")
            shown.append(_ours(program, files[-1]))
    assert sum(tree is not None for tree in shown) > 1000
    different = [
        (file.read_text(), ours, other)
        for file, ours, other in zip(files, shown, _theirs(files, tmp_path), strict=True)
        if ours != other
    ]
    assert not different, different

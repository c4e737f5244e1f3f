"""The golden corpus: `okay-*.nix` with values, `fail-*.nix` with whole messages.

``NEVE_ACCEPT=1 pytest tests/lang/test_corpus.py`` writes what comes out as
what is expected; look at the difference before you commit it. Where a real
`nix-instantiate` is installed it must give the same values.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_value
from builder.lang.tracing import format_error

FOLDER = Path(__file__).parent
OKAY = sorted(path.stem for path in FOLDER.glob("okay-*.nix"))
FAIL = sorted(path.stem for path in FOLDER.glob("fail-*.nix"))
REFERENCE = shutil.which("nix-instantiate")


def _evaluate(name: str) -> str:
    evaluator = Evaluator(LocalHost())
    path = str(FOLDER / f"{name}.nix")
    value = evaluator.eval_file(path)
    return evaluator.run(lambda: print_value(value, derivations=False))


def _compare(actual: str, path: Path) -> None:
    if os.environ.get("NEVE_ACCEPT"):
        path.write_text(actual)
    assert actual == path.read_text()


@pytest.mark.parametrize("name", OKAY)
def test_value(name: str) -> None:
    """A program has the expected value."""
    _compare(_evaluate(name) + "\n", FOLDER / f"{name}.exp")


@pytest.mark.parametrize("name", FAIL)
def test_error(name: str) -> None:
    """A program fails with the expected message, places and excerpts included."""
    with pytest.raises(NixError) as caught:
        _evaluate(name)
    text = format_error(caught.value, show_trace=True).replace(str(FOLDER), "/corpus")
    _compare(text + "\n", FOLDER / f"{name}.err.exp")


@pytest.mark.skipif(REFERENCE is None, reason="the reference implementation is not installed")
@pytest.mark.parametrize("name", OKAY)
def test_reference(name: str, tmp_path: Path) -> None:
    """The reference gives the same value."""
    assert REFERENCE is not None
    command = [REFERENCE, "--eval", "--strict", "--readonly-mode", str(FOLDER / f"{name}.nix")]
    environment = {**os.environ, "NIX_STATE_DIR": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    if done.returncode != 0 and "undefined variable" in done.stderr + done.stdout:
        pytest.skip("the installed reference is too old for this program")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (FOLDER / f"{name}.exp").read_text()


def test_corpus_is_complete() -> None:
    """Every program has its expectation and every expectation its program."""
    programs = {f"{name}.exp" for name in OKAY} | {f"{name}.err.exp" for name in FAIL}
    assert programs == {path.name for path in FOLDER.glob("*.exp")}

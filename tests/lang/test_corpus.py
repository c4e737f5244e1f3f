"""The golden corpus: `okay-*.nix` with values, `fail-*.nix` with whole messages.

Each program also runs through the real Nix: a value must be printed alike, an
error must have the same text and name the same line and column. What else a
message shows (trace, excerpt, nearest names) is ours. ``NEVE_ACCEPT=1 pytest
tests/lang/test_corpus.py`` writes what comes out as what is expected, where the
real Nix agrees; look at the difference before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.localhost import LocalHost
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from tests.reference import nix
from tests.reference.judge import Verdict, judge, read_failure, same_message

FOLDER = Path(__file__).parent
OKAY = sorted(path.stem for path in FOLDER.glob("okay-*.nix"))
FAIL = sorted(path.stem for path in FOLDER.glob("fail-*.nix"))


@pytest.fixture(scope="module")
def verdicts() -> Mapping[str, Verdict]:
    """What the real Nix says about each program."""
    names = [*OKAY, *FAIL]
    found = judge(nix(), [FOLDER / f"{name}.nix" for name in names])
    return dict(zip(names, found, strict=True))


def _evaluate(name: str) -> str:
    evaluator = Evaluator(LocalHost(), features=frozenset({"pipe-operators"}))
    path = str(FOLDER / f"{name}.nix")
    value = evaluator.eval_file(path)
    return evaluator.run(lambda: print_plain(value))


def _compare(actual: str, path: Path) -> None:
    if os.environ.get("NEVE_ACCEPT"):
        path.write_text(actual)
    assert actual == path.read_text()


@pytest.mark.parametrize("name", OKAY)
def test_value(name: str, verdicts: Mapping[str, Verdict]) -> None:
    """A program has the expected value, which is the reference's."""
    value = _evaluate(name)
    assert value == str(verdicts[name])
    _compare(value + "\n", FOLDER / f"{name}.exp")


@pytest.mark.parametrize("name", FAIL)
def test_error(name: str, verdicts: Mapping[str, Verdict]) -> None:
    """A program fails with the expected message, places and excerpts included."""
    with pytest.raises(NixError) as caught:
        _evaluate(name)
    text = format_error(caught.value, show_trace=True)
    ours, wanted = read_failure(text), verdicts[name].failure
    assert wanted is not None, f"the real Nix has a value: {verdicts[name]}"
    assert same_message(ours.message, wanted.message), wanted
    assert ours.place == wanted.place
    _compare(text.replace(str(FOLDER), "/corpus") + "\n", FOLDER / f"{name}.err.exp")


def test_corpus_is_complete() -> None:
    """Every program has its expectation and every expectation its program."""
    programs = {f"{name}.exp" for name in OKAY} | {f"{name}.err.exp" for name in FAIL}
    assert programs == {path.name for path in FOLDER.glob("*.exp")}

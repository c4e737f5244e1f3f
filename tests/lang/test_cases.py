"""Small cases, by subject: files of `cases` that hold programs and what comes out.

A program's lines are followed by ``=> `` and its value, or ``error:`` with the
text and, after ``@``, the line and column that it names. Blank lines part the cases
(a program may hold some; then its next line must not be one of ``=>``).
``NEVE_ACCEPT=1 pytest tests/lang/test_cases.py`` writes what the real Nix says as
what is expected, where we say the same. ``trace:`` lines come before the value.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.lang.ours import evaluate
from tests.reference import nix
from tests.reference.judge import Verdict, judge, same_message

FOLDER = Path(__file__).parent / "cases"
SUBJECTS = sorted(path.stem for path in FOLDER.glob("*.txt"))
ARROW = "=> "


def read(subject: str) -> list[tuple[str, str]]:
    """The programs of a file and what is expected of each."""
    cases: list[tuple[str, str]] = []
    program: list[str] = []
    expected: list[str] = []
    for line in (FOLDER / f"{subject}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(ARROW):
            expected.append(line.removeprefix(ARROW))
        elif expected and not line:
            cases.append(("\n".join(program), "\n".join(expected)))
            program, expected = [], []
        else:
            program.append(line)
    cases.append(("\n".join(program), "\n".join(expected)))
    return cases


CASES = [(subject, index) for subject in SUBJECTS for index in range(len(read(subject)))]


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], Verdict]:
    """What the real Nix says about each program."""
    folder = tmp_path_factory.mktemp("cases")
    files = {}
    for subject, index in CASES:
        files[subject, index] = folder / f"{subject}-{index}.nix"
        files[subject, index].write_text(read(subject)[index][0], encoding="utf-8")
    found = judge(nix(), list(files.values()))
    return dict(zip(files, found, strict=True))


def shown(verdict: Verdict) -> str:
    """A verdict as the files have it."""
    return (verdict.traced + str(verdict)).rstrip("\n")


def check(program: str, file: Path, wanted: Verdict) -> Verdict:
    """Compare our verdict on a program with the reference's, which is given back.

    Where they differ the reference judges the program alone: those before it had names
    that it has.
    """
    ours = evaluate(program, str(file.parent), str(file))
    if ours.value != wanted.value or str(ours) != str(wanted):
        wanted = judge(nix(), [file])[0]
    assert same_message(ours.traced, wanted.traced)
    assert ours.value == wanted.value, f"{ours} but {wanted}"
    if ours.failure is not None and wanted.failure is not None:
        assert same_message(ours.failure.message, wanted.failure.message), wanted.failure
        assert ours.failure.place == wanted.failure.place
    return wanted


@pytest.mark.parametrize(("subject", "index"), CASES)
def test_case(
    subject: str,
    index: int,
    verdicts: Mapping[tuple[str, int], Verdict],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A program ends as it does with the real Nix, and as it did when it was accepted."""
    program, expected = read(subject)[index]
    folder = tmp_path_factory.getbasetemp() / "cases0"
    file = folder / f"{subject}-{index}.nix"
    wanted = check(program, file, verdicts[subject, index])
    text = shown(wanted).replace(str(folder), "/cases")
    if os.environ.get("NEVE_ACCEPT"):
        _accept(subject, index, text)
    else:
        assert text == expected


def _accept(subject: str, index: int, text: str) -> None:
    cases = read(subject)
    cases[index] = (cases[index][0], text)
    blocks = [
        "\n".join([program, *(f"{ARROW}{line}" for line in expected.split("\n"))])
        for program, expected in cases
    ]
    (FOLDER / f"{subject}.txt").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")

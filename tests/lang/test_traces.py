"""Whole traces (`--show-trace`): every line and its place, as the real Nix has them.

`traces.txt` holds failing programs, with empty lines between them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from builder.lang.printing import print_plain
from builder.lang.tracing import format_error
from tests.lang.ours import TracedHost
from tests.reference import nix

PROGRAMS = (Path(__file__).parent / "traces.txt").read_text(encoding="utf-8").split("\n\n")


def lines(message: str) -> list[str]:
    """The lines of a trace with the line and column of each, and the error."""
    found: list[str] = []
    for row in message.split("\n"):
        note = re.match(r"\s+… (.*)", row) or re.match(r"\s*(error: .+)", row)
        place = re.match(r"\s+at .+?:(\d+):(\d+):$", row)
        if note:
            found.append(note[1])
        elif place and found:
            found[-1] += f" @ {place[1]}:{place[2]}"
    return found


@pytest.mark.parametrize("program", PROGRAMS)
def test_trace(program: str, tmp_path: Path) -> None:
    """A program fails with the reference's whole trace."""
    file = tmp_path / "program.nix"
    file.write_text(program, encoding="utf-8")
    evaluator = Evaluator(TracedHost(), pipes=True)
    with pytest.raises(NixError) as caught:
        print_plain(evaluator.force_deep(evaluator.eval_file(str(file))))
    command = ("nix-instantiate", "--store", "dummy://", "--eval", "--strict", "--show-trace")
    wanted = nix().run(*command, str(file), see=[tmp_path]).err
    assert lines(format_error(caught.value, show_trace=True)) == lines(wanted)

"""Traces, whole ones (`--show-trace`) and short ones: to the letter as the real Nix has them.

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


# The source around a place in the reference's own file, which ours has not.
_ITS_OWN = re.compile(r"(at <nix/derivation-internal\.nix>:\d+:\d+:\n)(?: +\d*\| .*\n| +\d+\|\n)+")


@pytest.mark.parametrize("program", PROGRAMS)
def test_trace(program: str, tmp_path: Path) -> None:
    """A program fails with the reference's whole message, its trace long or short."""
    file = tmp_path / "program.nix"
    file.write_text(program, encoding="utf-8")
    host = TracedHost()
    evaluator = Evaluator(host, features=frozenset({"pipe-operators"}))
    with pytest.raises(NixError) as caught:
        print_plain(evaluator.force_deep(evaluator.eval_file(str(file))))
    for whole in (False, True):
        command = ["nix-instantiate", "--store", "dummy://", "--eval", "--strict", str(file)]
        command += ["--show-trace"] if whole else []
        wanted = nix().run(*command, see=[tmp_path]).err
        ours = "".join(host.lines) + format_error(caught.value, show_trace=whole) + "\n"
        assert ours == _ITS_OWN.sub(r"\1", wanted)

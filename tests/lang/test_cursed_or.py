"""`or` as a name: Nix's warnings, each time a file is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.lang.errors import NixError
from builder.lang.evaluator import Evaluator
from tests.lang.ours import TracedHost
from tests.reference import nix

PROGRAMS = (
    "builtins.length (let or = 1; in [ (x: x) or ])",
    "let or = 1; in (x: x * 2) (x: x + 1) or",
    "let or = 1; in { a = 2; }.a or (x: x) or",
    "let or = (x: x); in map or []",
    "let f = (x: x); or = f; in f (f or)",
    "let or = 1; f = x: y: x; in f or or",
    "let or = 1; in [ ({}) or ./a or \"x\" or ''y'' or ]",
    "let or = 1; f = x: y: y; in [ (f f.x or 1 or) (f (f 1) or) ]",
    "let or = 1; f = x: y: y; in f 1 or 2 or 3",
    "let or = 1; in f or: 1",
    "let or = 1; f = x: y: y; in f (f\n  1) or",
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_warnings(program: str, tmp_path: Path) -> None:
    """The same lines as the reference's, also when the file was compiled before."""
    file = tmp_path / "program.nix"
    file.write_text(program, encoding="utf-8")
    ran = nix().run("nix-instantiate", "--store", "dummy://", "--eval", str(file), see=[tmp_path])
    wanted = ran.err.partition("error:")[0]
    for _ in range(2):
        host = TracedHost()
        evaluator = Evaluator(host, cache_dir=tmp_path / "cache")
        try:
            evaluator.eval_file(str(file))
        except NixError:
            assert ran.status == 1
        else:
            assert ran.status == 0
        assert "".join(host.lines) == wanted

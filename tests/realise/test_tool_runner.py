"""Programs of a tool tree, run for builtin builders."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.realise.errors import BuildError
from builder.realise.tool_runner import SandboxRunner
from tests.realise.conftest import Bench
from tests.reference.pinned import bubblewrap


def test_run(bench: Bench, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "in").write_text("from the host")
    said: list[str] = []
    run = SandboxRunner(bench.store, bubblewrap(), tmp_path, said.append)
    script = f"cat; cat in; id -u; echo $V; echo x > made; test -e {bench.tools}; echo careful >&2"
    done = run(
        ["sh", "-euc", script],
        tools=str(bench.tools),
        binds={"/work": work},
        env={"V": "a b"},
        cwd="/work",
        stdin=b"given ",
        as_root=True,
    )
    assert done == b"given from the host0\na b\n"
    assert (work / "made").read_text() == "x\n"
    assert said[-1] == "careful"
    with pytest.raises(BuildError, match=r"'sh -c .*' \(from .*-tools\) failed with 3:\n  why"):
        run(["sh", "-c", "echo why >&2; exit 3"], tools=str(bench.tools))
    with pytest.raises(BuildError, match="failed"):
        run(["sh", "-c", f"echo x > {bench.tools}/new"], tools=str(bench.tools))
    with pytest.raises(BuildError, match="no bubblewrap that works"):
        SandboxRunner(bench.store, None, tmp_path, said.append)(["sh"], tools=str(bench.tools))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root", "tools", "work"]

"""Standard streams that are closed, full, or go away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builder.store.local import LocalStore
from builder.store.verify import verify
from tests.cli.conftest import Shell

_NEVE = (sys.executable, "-c", "import sys; from builder.cli.main import neve; sys.exit(neve())")
_COMMANDS = [
    "store path-info --all",
    "store dump f",
    "store export OUTER",
    "store cat OUTER/bin/greet",
    "store tree OUTER",
    "store add f",
    "build f --print-out-paths",
    "eval f#number",
]


@pytest.fixture
def outer(shell: Shell) -> str:
    return shell.run("build", "f", "--no-link").strip()


def run(shell: Shell, outer: str, command: str, redirection: str) -> tuple[int, str]:
    """A command of neve in a shell of the system; its exit code and what it says of errors."""
    words = command.replace("OUTER", outer).split()
    script = f'"$@" {redirection}'
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}", "bash", *_NEVE, *words],
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", _COMMANDS)
def test_output_that_cannot_be_written(shell: Shell, outer: str, command: str) -> None:
    full = "error: standard output: No space left on device\nhint: send it to a disk with more room"
    assert run(shell, outer, command, "> /dev/full") == (1, f"{full}\n")
    closed = "error: standard output: Bad file descriptor\n"
    assert run(shell, outer, command, ">&-") == (1, closed)
    assert run(shell, outer, command, "| true")[1] == ""
    assert run(shell, outer, command, "> /dev/null 2>&-")[0] == 0


def test_a_closed_stream_is_no_place_for_a_database(shell: Shell, outer: str) -> None:
    """The next file that is opened would take its number, and be written to as output."""
    for redirection in (">&-", "<&- >&-", "<&- >&- 2>&-", "2>&-"):
        run(shell, outer, "store path-info --all", redirection)
        run(shell, outer, "store add f/flake.nix", redirection)
        run(shell, outer, "store nonsense", redirection)
    assert list(verify(LocalStore(shell.folder / "root"), contents=True)) == []


@pytest.mark.parametrize("command", ["store import", "store restore new"])
def test_input_that_is_closed(shell: Shell, outer: str, command: str) -> None:
    code, told = run(shell, outer, command, "<&-")
    assert code == 1 and "Bad file descriptor" in told
    assert not Path("new").exists()

"""Ctrl-C, at whatever moment it comes."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.cli.conftest import Shell

# Presses Ctrl-C when a module is looked for.
_PROGRAM = """
import os, signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == MODULE:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from builder.cli.main import neve
sys.exit(neve())
"""


@pytest.mark.parametrize(
    ("module", "code", "told"),
    [
        ("builder.cli.parser", -signal.SIGINT, ""),  # nothing has begun
        ("builder.cli.look", 130, "\ninterrupted\n"),
        ("builder.store.local", 130, "\ninterrupted\n"),
    ],
)
def test_while_code_is_loaded(shell: Shell, module: str, code: int, told: str) -> None:
    program = _PROGRAM.replace("MODULE", repr(module))
    done = subprocess.run(
        [sys.executable, "-c", program, "store", "roots"],
        cwd=shell.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", told)


@pytest.mark.parametrize("number", range(6))
def test_while_a_command_works(shell: Shell, number: int) -> None:
    """It ends soon, and the store is as it was or has all."""
    folder = shell.folder / "many"
    folder.mkdir()
    for name in range(200):
        (folder / str(name)).write_bytes(bytes([number]) * 20_000)
    code = (
        "import sys; from builder.cli.main import neve\n"
        "print('ready', file=sys.stderr, flush=True); sys.exit(neve())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "store", "add", "many"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "ready\n"
        try:
            process.wait(0.03 + 0.06 * number)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 130, -signal.SIGINT) and "Traceback" not in err, err
    assert process.returncode != 0 or out
    shell.run("store", "verify")
    if out:
        assert shell.run("store", "path-info", out.strip()) == out

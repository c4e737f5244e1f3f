"""Ctrl-C ends an evaluation at once, whatever it is at."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

PROGRAMS = {
    "calls": "let f = n: if n == 0 then 0 else f (n - 1); in builtins.foldl' (a: b: a + f 5000) 0 "
    "(builtins.genList (i: i) 100000)",
    "match": f'builtins.match "(a*)*b" "{"a" * 40}"',
    "split": f'builtins.split "(x+x+)+y" "{"x" * 40}"',
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_interrupt(name: str) -> None:
    """The command says that it was interrupted, soon."""
    code = "import sys; from builder.cli.main import neve; sys.exit(neve())"
    command = [sys.executable, "-c", code, "eval", "--expr", PROGRAMS[name]]
    # Whoever runs the tests in the background may have them ignore Ctrl-C, and what they start.
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            time.sleep(2)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, messages = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130
    assert b"interrupted" in messages

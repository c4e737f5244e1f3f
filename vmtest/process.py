"""Child processes that end with us."""

from __future__ import annotations

import ctypes
import signal
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

# The kernel sends the parent-death signal when the *thread* that forked ends,
# so one thread that lives as long as we do starts all of them.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A running program; its output goes to a file."""

    def __init__(self, argv: Sequence[str], *, output: Path) -> None:
        self.argv = tuple(argv)
        self.output = output
        with output.open("ab") as file:
            self._popen = _spawner.submit(
                subprocess.Popen,
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,
                start_new_session=True,  # Ctrl-C is for the test, which ends us in order
            ).result()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._popen.poll()

    def wait(self, timeout: float) -> bool:
        """Wait for its end; false when `timeout` seconds pass first."""
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self, grace: float = 5.0) -> None:
        """Ask it to end, make it end after `grace` seconds."""
        if self.running:
            self._popen.terminate()
            if not self.wait(grace):
                self._popen.kill()
                self._popen.wait()

    def messages(self, lines: int = 20) -> str:
        """The end of what it printed."""
        text = self.output.read_text(errors="replace") if self.output.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

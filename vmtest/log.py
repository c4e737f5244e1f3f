"""What a test run tells while it runs: lines with the time, indented by what contains them."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Log:
    """Writes to a stream; knows what is being waited for at this moment.

    Safe to use from several threads; each has its own nesting.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._stacks = threading.local()
        self._start = time.monotonic()
        self.serial = True  # whether the machines' consoles are shown

    def log(self, message: str) -> None:
        """One message."""
        self._write("  " * len(self._stack()) + message)

    def log_serial(self, machine: str, line: str) -> None:
        """One line of a machine's serial console."""
        if self.serial:
            self._write(f"{machine} # {line}")

    @contextmanager
    def nested(self, message: str) -> Iterator[None]:
        """Show `message`, then what happens within, then how long it took."""
        self.log(message)
        start = time.monotonic()
        self._stack().append(message)
        try:
            yield
        finally:
            self._stack().pop()
            took = time.monotonic() - start
            if took > 0.5:
                self.log(f"(finished: {message}, in {took:.2f} seconds)")

    @property
    def current(self) -> str | None:
        """The innermost thing that this thread is doing."""
        stack = self._stack()
        return stack[-1] if stack else None

    def _stack(self) -> list[str]:
        if not hasattr(self._stacks, "value"):
            self._stacks.value = []
        stack: list[str] = self._stacks.value
        return stack

    def _write(self, text: str) -> None:
        # sys.stdout is looked up each time: pytest replaces it while a test runs.
        stream = self._stream or sys.stdout
        with self._lock:
            stream.write(f"{time.monotonic() - self._start:8.2f} {text}\n")
            stream.flush()

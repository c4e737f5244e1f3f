"""Deadlines, and conditions that are asked again until they hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from vmtest.errors import MachineTimeout

Duration = timedelta | int | float
DEFAULT_TIMEOUT = 900.0  # seconds


def seconds(duration: Duration) -> float:
    """A duration in seconds."""
    return duration.total_seconds() if isinstance(duration, timedelta) else float(duration)


class Deadline:
    """A moment on the monotonic clock."""

    def __init__(self, duration: Duration) -> None:
        self._span = seconds(duration)
        self._end = time.monotonic() + self._span

    def left(self) -> float:
        """Seconds until then, never below 0."""
        return max(0.0, self._end - time.monotonic())

    def passed(self) -> bool:
        """Whether it is over."""
        return self.left() == 0.0

    def __str__(self) -> str:
        return f"{self._span:g} seconds"


def retry(fn: Callable[[bool], bool], timeout: Duration | None = None) -> None:
    """Call ``fn(last)`` until it returns true.

    The pause between two calls grows to one second. `last` tells `fn` that it
    will not be asked again, so that it may raise with its reason. Raises
    `MachineTimeout` when the last try was in vain.
    """
    deadline = Deadline(DEFAULT_TIMEOUT if timeout is None else timeout)
    pause = 0.1
    while not deadline.passed():
        if fn(False):
            return
        time.sleep(min(pause, deadline.left()))
        pause = min(pause * 1.5, 1.0)
    if not fn(True):
        raise MachineTimeout(f"the condition did not become true within {deadline}")

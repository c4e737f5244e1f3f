"""A time by which a command must be done with evaluating and building."""

from __future__ import annotations

import signal
from types import FrameType

CODE = 124
"""The exit code of a command that was not: that of timeout(1)."""


class DeadlinePassed(KeyboardInterrupt):
    """Ends a command as Ctrl-C does: nothing is left running, what is finished stays."""


def set_deadline(seconds: float) -> None:
    """From now on; raises DeadlinePassed in the main thread when the time is over."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise DeadlinePassed(f"the deadline of {seconds:g} seconds has passed")

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def clear_deadline() -> None:
    """There is none any more."""
    signal.setitimer(signal.ITIMER_REAL, 0)

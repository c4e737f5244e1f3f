"""How many transfers at a time are worth it."""

from __future__ import annotations

import os

_REMEMBERED = 0.8  # of what was measured before, when there is more
_BUSY = 0.75  # of what the processors could give, when there is no more to be had


class Pace:
    """Few at a time keep the processors of this machine busy, unless they wait for a network.

    `most` is never passed. Processes beyond what the processors can serve cost more than
    they give: they take turns, and each finds the caches full of the others' data.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._few = min(most, len(os.sched_getaffinity(0)) + 1)
        self._worked = self._passed = 0.0  # seconds

    def add(self, worked: float, passed: float) -> None:
        """A transfer took `worked` seconds of a processor in `passed` seconds."""
        self._worked = self._worked * _REMEMBERED + worked
        self._passed = self._passed * _REMEMBERED + passed

    @property
    def room(self) -> int:
        """How many transfers may run at a time."""
        share = _BUSY * (self._few - 1) / self._few
        return self._few if self._worked >= share * self._passed else self._most

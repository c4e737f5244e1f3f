"""What a build may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a builder may take: seconds in all and without a word, bytes of log; None: no limit.

    `keep_free` are bytes of the store's disk that it must leave.
    """

    timeout: float | None = None
    max_silent: float | None = None
    max_log: int | None = None
    keep_free: int = 1 << 30

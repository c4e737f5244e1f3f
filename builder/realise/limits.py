"""What a build may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a builder may take: seconds in all and without a word, bytes of log; None: no limit."""

    timeout: float | None = None
    max_silent: float | None = None
    max_log: int | None = None

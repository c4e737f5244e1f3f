"""Telling the user, who may no longer be there.

A switch can cut the very connection over which it was started: nothing that
is said may stop it half-way.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection


def say(text: str) -> None:
    """A line on standard error."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def say_units(title: str, units: Collection[str]) -> None:
    """A line that names units, if there are any."""
    if units:
        say(f"{title}: {', '.join(sorted(units))}")

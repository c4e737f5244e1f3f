"""What can be wrong with a flake."""

from __future__ import annotations


class FlakeError(Exception):
    """A flake, its reference, its inputs or its lock cannot be used.

    `hint` says what to do next.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

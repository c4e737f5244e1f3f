"""What the command line itself can get wrong."""

from __future__ import annotations


class UsageError(Exception):
    """The command's words do not fit; `hint` says what would."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

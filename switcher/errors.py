"""What can go wrong when a machine changes generation."""

from __future__ import annotations


class SwitchError(Exception):
    """A switch, an activation or a rollback failed.

    `code` is the exit code: 1 usage, check or boot loader; 2 the activation
    failed.
    """

    def __init__(self, message: str, *, hint: str = "", code: int = 1) -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code

"""What goes wrong while derivations are realised."""

from __future__ import annotations


class BuildError(Exception):
    """A build failed; `hint`, where known, says what to do next."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint

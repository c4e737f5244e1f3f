"""The one exception of this package."""

from __future__ import annotations


class BootloaderError(Exception):
    """Boot entries could not be made.

    `hint` is what the reader can do next; it is part of the printed text.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}\n{hint}")
        self.hint = hint

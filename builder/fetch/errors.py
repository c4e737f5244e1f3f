"""What goes wrong when bytes are fetched, one class a kind of trouble."""

from __future__ import annotations


class FetchError(Exception):
    """Bytes could not be had, or were not the right ones.

    `hint`, where known, says what to do next.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class NotFound(FetchError):
    """The server answered that it does not have this."""


class Truncated(FetchError):
    """The server stopped before everything had come."""


class WrongHash(FetchError):
    """What came is not what was asked for."""

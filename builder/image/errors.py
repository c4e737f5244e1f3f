"""What goes wrong while an image is made."""

from __future__ import annotations


class ImageError(Exception):
    """An image cannot be made; `hint`, where known, says what to do next."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message}\n{hint}")
        self.hint = hint

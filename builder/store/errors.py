"""What goes wrong in a store, one class a kind of trouble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """A store, or one of its formats, cannot do what was asked.

    `hint`, where known, says what to do next; whoever shows the error to a
    person prints it on a line of its own.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class FormatError(StoreError):
    """A text or a file is not in the format that it should be in."""


class UnsupportedFile(FormatError):
    """A device, a socket or a pipe."""

    def __init__(self, path: str) -> None:
        path = re.sub("^//+", "/", path)  # below the root folder
        super().__init__(
            f"file '{path}' has an unsupported type",
            hint="a store holds files, folders and symbolic links, nothing else",
        )


class InvalidPath(StoreError):
    """A store path that is asked for is not registered as valid."""

    @classmethod
    def asked_for(cls, path: object, store: object) -> InvalidPath:
        """For a path that a user may have named."""
        return cls(
            f"path '{path}' is not valid in the store '{store}'",
            hint="'neve store path-info --all' lists what is; build it, or take it from a cache "
            "with 'neve store copy --from', or name another store with --store",
        )


@contextmanager
def about(file: Path | str) -> Iterator[None]:
    """An OSError of the block that names no file is one of `file`: reads and writes name none."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = str(file)
        raise

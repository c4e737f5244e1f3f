"""How it is told that a file cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from builder.lang import embedded_files
from builder.lang.errors import EvalError, ForbiddenPath

T = TypeVar("T")


def allowed(path: str, read: Callable[[str], T]) -> T:
    """What `read` gives for a path. A trace has a line about one that may not be read."""
    try:
        return read(path)
    except ForbiddenPath as error:
        error.passes(f"while realising the context of path '{path}'")
        raise


@contextmanager
def opening(path: str) -> Iterator[None]:
    """Tell of a file that cannot be opened or read as the reference does."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        if embedded_files.is_embedded(path):
            raise EvalError(f"file '{embedded_files.text(path)}' does not exist") from None
        raise EvalError(f"opening file '{path}': {error.strerror}") from None
    except IsADirectoryError as error:
        raise EvalError(f"reading from file '{path}': {error.strerror}") from None

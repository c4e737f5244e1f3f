"""File locks: one writer of a path at a time, whatever the number of processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """An exclusive lock by a file that is there only while it is wanted."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._handle: int | None = None

    def acquire(self, *, wait: bool = True) -> bool:
        """Take the lock; without `wait`, False when another process has it."""
        while True:
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                os.close(handle)
                return False
            # Its former holder may have removed the file while we waited.
            if os.fstat(handle).st_nlink:
                self._handle = handle
                return True
            os.close(handle)

    def release(self) -> None:
        """Give the lock back; fine when it is not held."""
        if self._handle is not None:
            self.file.unlink(missing_ok=True)
            # Explicitly, for a forked process may hold the same open file.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> FileLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


@contextmanager
def hold(
    file: Path, *, exclusive: bool, waiting: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the lasting lock file `file` meanwhile, shared or alone; waits for it.

    `waiting` is called once when others have it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    try:
        handle = os.open(file, flags, 0o600)
    except FileNotFoundError:  # a new store
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, flags, 0o600)
    try:
        wanted = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
        try:
            fcntl.flock(handle, wanted | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, wanted)
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)
        os.close(handle)

"""Making the files, links and folders of a new tree, with as few system calls as can be."""

# ruff: noqa: PTH101, PTH102, PTH116, PTH211 -- tens of thousands of files: bytes and system calls
from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from builder.store.canonical import TIME

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_TIMES = (TIME, TIME)
_FOLDER = 0o755  # while its entries are made
_BITS = 0o7777


class NewTree:
    """Makes what does not exist yet; `canonical` with the modes and times of a store's files."""

    __slots__ = ("_canonical", "_mode", "_whole")

    def __init__(self, *, canonical: bool) -> None:
        self._canonical = canonical
        self._mode = 0o444 if canonical else 0o644
        # What the umask or an inherited list does to one file it does to all: only the
        # first one of a mode is looked at.
        self._whole: set[int] = set()

    @contextmanager
    def file(self, path: bytes, *, executable: bool) -> Iterator[int]:
        """A new file, to be written meanwhile by its descriptor."""
        handle = self._open(path, executable)
        try:
            yield handle
            self._date(handle)
        finally:
            os.close(handle)

    def small_file(self, path: bytes, content: bytes, *, executable: bool) -> None:
        """A new file with its content."""
        handle = self._open(path, executable)
        try:
            write_all(handle, memoryview(content))
            self._date(handle)
        finally:
            os.close(handle)

    def _open(self, path: bytes, executable: bool) -> int:
        mode = self._mode | 0o111 if executable else self._mode
        handle = os.open(path, _NEW, mode)
        if mode not in self._whole:
            if os.fstat(handle).st_mode & _BITS == mode:
                self._whole.add(mode)
            else:
                os.fchmod(handle, mode)
        return handle

    def _date(self, handle: int) -> None:
        if self._canonical:
            os.utime(handle, ns=_TIMES)

    def link(self, path: bytes, target: bytes) -> None:
        """A new symbolic link."""
        os.symlink(target, path)
        if self._canonical:
            os.utime(path, ns=_TIMES, follow_symlinks=False)

    def folder(self, path: bytes) -> None:
        """A new folder, in which entries can be made until it is finished."""
        os.mkdir(path, _FOLDER)
        if _FOLDER not in self._whole:
            if os.stat(path).st_mode & _BITS == _FOLDER:
                self._whole.add(_FOLDER)
            else:
                os.chmod(path, _FOLDER)

    def finish_folder(self, path: bytes) -> None:
        """All entries of the folder have been made."""
        if self._canonical:
            os.chmod(path, 0o555)
            os.utime(path, ns=_TIMES)


def write_all(handle: int, data: memoryview) -> None:
    """Write all of `data`, in however many steps."""
    while data:
        data = data[os.write(handle, data) :]

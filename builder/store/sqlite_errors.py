"""What hinders SQLite from outside of a file, told as of the file and not of its content."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.store.errors import StoreError

_ROOM = 1 << 16  # bytes that must be free for a failed write to have another reason


@contextmanager
def hindrances(file: Path) -> Iterator[None]:
    """What the block does with the database `file` raises `hindrance`, where it is one."""
    try:
        yield
    except sqlite3.Error as error:
        if (told := hindrance(error, file)) is None:
            raise
        raise told from error


def hindrance(error: sqlite3.Error, file: Path) -> Exception | None:
    """The full disk, failing disk, missing right or other process behind `error`, with the
    name of `file`; None for what is wrong with its content or with a question."""
    code = getattr(error, "sqlite_errorcode", 0)
    match code & 0xFF:
        case sqlite3.SQLITE_FULL:
            return _system(errno.ENOSPC, file)
        case sqlite3.SQLITE_IOERR:
            return _system(errno.EIO if _has_room(file) else errno.ENOSPC, file)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return _system(errno.EROFS if _is_read_only(file) else errno.EACCES, file)
        case sqlite3.SQLITE_CANTOPEN:
            if not _has_room(file):
                return _system(errno.ENOSPC, file)
            return StoreError(
                f"the database '{file}' cannot be opened: {error}",
                hint="it and its folder must be there, and yours to read and to write",
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreError(
                f"the database '{file}' was in use by others for too long: {error}",
                hint="try again when they are done",
            )
        case sqlite3.SQLITE_NOMEM:
            return _system(errno.ENOMEM, file)
        case _:
            return None


def _system(number: int, file: Path) -> OSError:
    return OSError(number, os.strerror(number), str(file))


def _has_room(file: Path) -> bool:
    try:
        found = os.statvfs(file.parent)
    except OSError:
        return True
    return found.f_bavail * found.f_frsize >= _ROOM


def _is_read_only(file: Path) -> bool:
    try:
        return bool(os.statvfs(file.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False

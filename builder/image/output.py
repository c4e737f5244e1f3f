"""An image out of the store to where the user wants it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
from pathlib import Path

_FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file
_CHUNK = 64 << 20  # bytes


def copy_image(source: Path, target: Path) -> None:
    """Put a copy of `source` at `target`: whole or not at all.

    Blocks are shared where the file system can, holes stay holes. The copy is
    writable by its owner. Raises OSError.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with source.open("rb") as reader, temporary.open("xb") as writer:
            _copy(reader.fileno(), writer.fileno())
            os.fsync(writer.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    descriptor = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: int, target: int) -> None:
    size = os.fstat(source).st_size
    with contextlib.suppress(OSError):  # most file systems cannot; then bytes are copied
        fcntl.ioctl(target, _FICLONE, source)
        return
    os.ftruncate(target, size)
    at = 0
    while at < size:
        try:
            start = os.lseek(source, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:  # only a hole is left
                return
            raise
        end = os.lseek(source, start, os.SEEK_HOLE)
        _copy_range(source, target, start, end)
        at = end


def _copy_range(source: int, target: int, start: int, end: int) -> None:
    while start < end:
        count = min(_CHUNK, end - start)
        try:
            done = os.copy_file_range(source, target, count, start, start)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
                raise
            done = os.pwrite(target, os.pread(source, min(count, 4 << 20), start), start)
        if done == 0:
            raise OSError(errno.EIO, f"the image ended at byte {start} instead of {end}")
        start += done

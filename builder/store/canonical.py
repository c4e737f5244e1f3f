"""The canonical form of a tree in the store: modes 0444 and 0555, time 1, nothing attached."""

# ruff: noqa: PTH101, PTH104, PTH114, PTH118 -- tens of thousands of files: plain strings and system calls

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import time
from pathlib import Path

from builder.store.errors import UnsupportedFile

TIME = 1_000_000_000  # nanoseconds since 1970: one second
_PAUSES = (0.01, 0.1, 0.5)  # seconds
_KEPT = "security."  # labels that belong to the host, and that nobody but root may remove


def canonicalise(path: Path | str) -> None:
    """Bring the tree at `path` into canonical form.

    Raises UnsupportedFile for a device, pipe or socket.
    """
    _node(os.fspath(path), os.lstat(path))


def _node(path: str, status: os.stat_result) -> None:
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFDIR:
        if status.st_mode & 0o700 != 0o700:
            os.chmod(path, 0o755)  # else its content could not be reached
        with os.scandir(path) as entries:
            for entry in entries:
                _node(entry.path, entry.stat(follow_symlinks=False))
    elif kind not in (stat.S_IFREG, stat.S_IFLNK):
        raise UnsupportedFile(path)
    _strip(path)
    if kind != stat.S_IFLNK:
        mode = 0o555 if kind == stat.S_IFDIR or status.st_mode & stat.S_IXUSR else 0o444
        if stat.S_IMODE(status.st_mode) != mode:
            os.chmod(path, mode)
    if status.st_mtime_ns != TIME or kind == stat.S_IFDIR:
        os.utime(path, ns=(TIME, TIME), follow_symlinks=False)


def _strip(path: str) -> None:
    try:
        names = os.listxattr(path, follow_symlinks=False)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENODATA):
            return
        raise
    for name in names:
        if not name.startswith(_KEPT):
            os.removexattr(path, name, follow_symlinks=False)


def inherits(folder: Path) -> bool:
    """Whether what is made in `folder` gets something attached, as by a default ACL."""
    try:
        return any(not name.startswith(_KEPT) for name in os.listxattr(folder))
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.ENODATA):
            return False
        raise


def remove_tree(path: Path) -> None:
    """Remove a tree, also a read-only one; fine when it is not there."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(status.st_mode):
        path.unlink()
        return
    for pause in _PAUSES:
        try:
            _make_writable(path)
            shutil.rmtree(path)
            return
        except RecursionError:
            _flatten(path)
        except OSError as error:
            if not os.path.lexists(path):
                return
            if error.errno == errno.ENAMETOOLONG:
                _flatten(path)
            # A process that is being killed may still have added a file.
            time.sleep(pause)
    shutil.rmtree(path)


def _flatten(top: Path) -> None:
    """Move every folder below `top` up into it: a program can nest them deeper than a path,
    or Python's stack, can follow."""
    mark = secrets.token_hex(8)  # a name that nobody could have prepared
    waiting = [os.fspath(top)]
    moved = 0
    while waiting:
        folder = waiting.pop()
        with os.scandir(folder) as entries:
            inner = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        for below in inner:
            os.chmod(below, 0o755)
            waiting.append(os.path.join(top, f"{mark}-{moved}"))
            os.rename(below, waiting[-1])
            moved += 1


def _make_writable(path: Path) -> None:
    os.chmod(path, 0o755)
    for folder, folders, _ in os.walk(path):
        for name in folders:
            below = os.path.join(folder, name)
            if not os.path.islink(below):
                os.chmod(below, 0o755)

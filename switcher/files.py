"""Writing files and links so that a reader never sees half of one."""

from __future__ import annotations

import os

_REGULAR = 0o100000
_KIND = 0o170000


def write(path: str, text: str | bytes, mode: int = 0o644, uid: int = 0, gid: int = 0) -> bool:
    """Replace the file at `path` at once and for good; False when it was already so."""
    data = text.encode() if isinstance(text, str) else text
    if _is_so(path, data, (_REGULAR | mode, uid, gid)):
        return False
    aside = f"{path}.neve-new"
    _remove(aside)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fchown(handle, uid, gid)
        os.fchmod(handle, mode)
        os.fsync(handle)
    os.rename(aside, path)
    return True


def _is_so(path: str, data: bytes, facts: tuple[int, int, int]) -> bool:
    try:
        status = os.lstat(path)
        if (status.st_mode & (_KIND | 0o7777), status.st_uid, status.st_gid) != facts:
            return False
        with open(path, "rb") as file:
            return file.read() == data
    except FileNotFoundError:
        return False


def link(target: str, path: str) -> bool:
    """Make `path` a symbolic link to `target` at once; False when it was already."""
    try:
        if os.readlink(path) == target:
            return False
    except OSError:
        pass
    aside = f"{path}.neve-new"
    _remove(aside)
    os.symlink(target, aside)
    os.rename(aside, path)
    return True


def _remove(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)


def remove_tree(path: str) -> None:
    """Remove a folder with all it holds; links in it are not followed."""
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                remove_tree(entry.path)
            else:
                os.unlink(entry.path)
    os.rmdir(path)

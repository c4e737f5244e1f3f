"""Writing files and links so that a reader never sees half of one."""

from __future__ import annotations

import os


def write(path: str, text: str, mode: int = 0o644, uid: int = 0, gid: int = 0) -> bool:
    """Replace the file at `path` at once; False when it was already so."""
    data = text.encode()
    try:
        status = os.lstat(path)
        same = (status.st_mode & 0o7777, status.st_uid, status.st_gid) == (mode, uid, gid)
        if same and status.st_mode & 0o170000 == 0o100000:
            with open(path, "rb") as file:
                if file.read() == data:
                    return False
    except FileNotFoundError:
        pass
    aside = f"{path}.neve-new"
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, data)
        os.fchown(handle, uid, gid)
        os.fchmod(handle, mode)
        os.fsync(handle)
    finally:
        os.close(handle)
    os.rename(aside, path)
    return True


def link(target: str, path: str) -> bool:
    """Make `path` a symbolic link to `target` at once; False when it was already."""
    try:
        if os.readlink(path) == target:
            return False
    except OSError:
        pass
    aside = f"{path}.neve-new"
    if os.path.lexists(aside):
        os.unlink(aside)
    os.symlink(target, aside)
    os.rename(aside, path)
    return True

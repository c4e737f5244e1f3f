"""The devices that a build finds below /dev, where they are not the host's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from builder.realise.sandbox import Bind

_DEVICES = {
    "null": (1, 3),
    "zero": (1, 5),
    "full": (1, 7),
    "random": (1, 8),
    "urandom": (1, 9),
    "tty": (5, 0),
}
"""Numbers of the kernel's, the same everywhere."""


def own_devices(folder: Path) -> tuple[Bind, ...]:
    """New device files in `folder` for a build of root's; none where they cannot be made.

    To root the host's belong, so that its builds could change their modes for all.
    """
    if os.getuid() != 0 or os.statvfs(folder.parent).f_flag & os.ST_NODEV:
        return ()
    folder.mkdir()
    try:
        for name, numbers in _DEVICES.items():
            os.mknod(folder / name, stat.S_IFCHR, os.makedev(*numbers))
            (folder / name).chmod(0o666)
    except PermissionError:
        return ()  # root of a container
    return tuple(
        Bind(source=folder / name, target=f"/dev/{name}", device=True) for name in _DEVICES
    )

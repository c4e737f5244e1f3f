"""The room on the disk that a build may not take."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from builder.realise.errors import BuildError

PERIOD = 0.5  # seconds between two looks
_SHARE = 4  # of what was free when a build began, so much as one part stays in any case
_WORDS = os.strerror(errno.ENOSPC).encode()
_MIB = 1 << 20
ADVICE = "remove what nothing needs with 'neve store gc', or use a larger disk with --store"


class NoRoom(BuildError):
    """The disk of the store is full, or nearly."""

    @classmethod
    def left_on(cls, folder: Path) -> NoRoom:
        """For a disk without any room, which is the one of `folder`."""
        words = _WORDS.decode()
        return cls(f"{words}: the disk that holds '{folder}' is full", hint=ADVICE)


class Room:
    """Watches the free room of the disk that a build in `folder` fills.

    The least is `keep` bytes, or a quarter of what was free when the build
    began where that is less: so a small build on a crowded disk may go on.
    """

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder = folder
        self._least = min(keep, self.free() // _SHARE)

    def free(self) -> int:
        """Bytes that are left to a user."""
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize

    def check(self) -> None:
        """Raise NoRoom when the disk has become too full."""
        if (free := self.free()) < self._least:
            raise NoRoom(
                f"it was stopped, for the disk that holds '{self._folder}' is nearly full: "
                f"{free / _MIB:.0f} MiB are left of the {self._least / _MIB:.0f} MiB to be kept",
                hint=f"{ADVICE}, or keep less free with --option keep-free BYTES",
            )


def hint_for(folder: Path, said: bytes) -> str | None:
    """What a program that failed and `said` so should know, if a disk was full for it."""
    if _WORDS not in said:
        return None
    return (
        f"a disk was full: the one of '{folder}', if the program wrote below $TMPDIR or into its "
        f"outputs ({ADVICE}), else /tmp or /dev/shm, which are memory"
    )

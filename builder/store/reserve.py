"""A little room on the store's disk, so that a collection can begin when there is none."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_SIZE = 1 << 17  # bytes: what SQLite needs to forget one path


class Reserve:
    """A file beside the database of the store below `root`, as Nix has one. Already to open the
    database takes a little room, so it is given free before that."""

    def __init__(self, root: Path) -> None:
        self._file = root / "nix/var/nix/db/reserved"

    def take(self) -> None:
        """Make it, if there is room for it."""
        if self._file.exists():
            return
        try:
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            return
        try:
            os.posix_fallocate(handle, 0, _SIZE)
        except OSError:
            with suppress(OSError):
                self._file.unlink()
        finally:
            os.close(handle)

    def release(self) -> None:
        """Give its room free."""
        with suppress(OSError):  # what cannot be given free does not stop a collection
            self._file.unlink()

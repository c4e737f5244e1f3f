"""The account files as they were before a switch, should it fail.

Activating the old generation again is not enough: an account that only the
new one lacks would come back without the password that its user had chosen.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from switcher.files import write
from switcher.numbers import Remembered

_FILES = ("passwd", "group", "shadow")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The files' contents and facts by path, and what was declared."""

    root: str
    files: dict[str, tuple[bytes, os.stat_result]]
    memory: Remembered

    @staticmethod
    def read(root: str) -> Accounts:
        """The accounts of the machine below `root`."""
        files = {}
        for name in _FILES:
            path = f"{root}/etc/{name}"
            if os.path.exists(path):
                with open(path, "rb") as file:
                    files[path] = (file.read(), os.fstat(file.fileno()))
        return Accounts(root, files, Remembered.load(root))

    def restore(self) -> None:
        """Write them back. Numbers that were given out meanwhile stay taken."""
        memory = Remembered.load(self.root)
        memory.declared, memory.members = self.memory.declared, self.memory.members
        memory.save(self.root)
        for path, (data, status) in self.files.items():
            write(path, data, status.st_mode & 0o7777, status.st_uid, status.st_gid)

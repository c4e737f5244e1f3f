"""cpio archives of the kind the kernel unpacks at boot ("newc"), reproducible."""

from __future__ import annotations

import stat
from dataclasses import dataclass, field

_TRAILER = "TRAILER!!!"


@dataclass(slots=True)
class Archive:
    """Entries of an archive by path; all are owned by root and dated to the epoch's first second.

    Folders above an entry are made by themselves. The order of the archive is
    that of the sorted paths, so equal contents give equal bytes.
    """

    entries: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def file(self, path: str, data: bytes, *, executable: bool = False) -> None:
        """Add a regular file."""
        self._add(path, stat.S_IFREG | (0o555 if executable else 0o444), data)

    def link(self, path: str, target: str) -> None:
        """Add a symbolic link."""
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def folder(self, path: str) -> None:
        """Add a folder."""
        self._add(path, stat.S_IFDIR | 0o755, b"")

    def _add(self, path: str, mode: int, data: bytes) -> None:
        path = path.strip("/")
        if not path or path in self.entries:
            if stat.S_ISDIR(mode) and (not path or stat.S_ISDIR(self.entries[path][0])):
                return
            raise ValueError(f"'{path}' is in the archive twice")
        parent, _, _ = path.rpartition("/")
        if parent and parent not in self.entries:
            self.folder(parent)
        elif parent and not stat.S_ISDIR(self.entries[parent][0]):
            raise ValueError(f"'{path}' lies below '{parent}', which is not a folder")
        self.entries[path] = (mode, data)

    def dump(self) -> bytes:
        """The archive's bytes."""
        parts = []
        for number, path in enumerate(sorted(self.entries), start=1):
            mode, data = self.entries[path]
            parts.append(_record(number, path, mode, data))
        parts.append(_record(0, _TRAILER, 0, b""))
        return b"".join(parts)


def _record(number: int, path: str, mode: int, data: bytes) -> bytes:
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    time = 1 if number else 0
    fields = [number, mode, 0, 0, links, time, len(data), 0, 0, 0, 0, len(name), 0]
    header = b"070701" + b"".join(b"%08X" % value for value in fields) + name
    return _padded(header) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)

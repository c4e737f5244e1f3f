"""NAR, Nix's archive of a file tree: regular files, their executable bit, links, folders.

Nothing else about a file is kept, and entries are sorted by the bytes of their
names, so a tree has one archive ("Nix Archive (NAR) format" of the Nix manual).
"""

# ruff: noqa: PTH115 -- paths are bytes here, as the archive holds them
from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from builder.store.errors import FormatError, UnsupportedFile
from builder.store.hasher import Hasher
from builder.store.hashes import Hash

MAGIC = b"nix-archive-1"
_CHUNK = 1 << 20  # bytes read and passed on at a time
_BLOCK = 1 << 18  # small pieces are gathered up to this size

Write = Callable[[bytes], object]
Filter = Callable[[str, str], bool]
"""Whether to keep an entry, by its path and its type: regular, directory, symlink, unknown."""


def text(data: bytes) -> bytes:
    """`data` as a NAR holds it: its length in 8 bytes, itself, zeros up to a multiple of 8."""
    return len(data).to_bytes(8, "little") + data + bytes(-len(data) % 8)


_HEAD = text(MAGIC)
_OPEN = text(b"(") + text(b"type")
_CLOSE = text(b")")
_REGULAR = _OPEN + text(b"regular")
_EXECUTABLE = text(b"executable") + text(b"")
_CONTENTS = text(b"contents")
_SYMLINK = _OPEN + text(b"symlink") + text(b"target")
_DIRECTORY = _OPEN + text(b"directory")
_ENTRY = text(b"entry") + text(b"(") + text(b"name")
_NODE = text(b"node")


class _Dumper:
    """Writes nodes to `write`, gathering small pieces."""

    def __init__(self, write: Write, keep: Filter | None) -> None:
        self.write = write
        self.keep = keep
        self.pending = bytearray(_HEAD)

    def flush(self) -> None:
        if self.pending:
            self.write(bytes(self.pending))
            self.pending = bytearray()

    def node(self, path: bytes, status: os.stat_result) -> None:
        kind = stat.S_IFMT(status.st_mode)
        if kind == stat.S_IFREG:
            self.regular(path, status)
        elif kind == stat.S_IFLNK:
            self.pending += _SYMLINK + text(os.readlink(path)) + _CLOSE
        elif kind == stat.S_IFDIR:
            self.directory(path)
        else:
            raise UnsupportedFile(os.fsdecode(path))
        if len(self.pending) >= _BLOCK:
            self.flush()

    def regular(self, path: bytes, status: os.stat_result) -> None:
        size = status.st_size
        self.pending += _REGULAR
        if status.st_mode & stat.S_IXUSR:
            self.pending += _EXECUTABLE
        self.pending += _CONTENTS + size.to_bytes(8, "little")
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            left = size
            while left:
                data = os.read(handle, min(left, _CHUNK))
                if not data:
                    raise FormatError(f"file '{os.fsdecode(path)}' shrank while it was read")
                left -= len(data)
                if len(data) < _BLOCK:
                    self.pending += data
                else:
                    self.flush()
                    self.write(data)
        finally:
            os.close(handle)
        self.pending += bytes(-size % 8) + _CLOSE

    def directory(self, path: bytes) -> None:
        self.pending += _DIRECTORY
        prefix = path + b"/"
        with os.scandir(path) as entries:
            found = sorted((entry.name, entry) for entry in entries)
        for name, entry in found:
            status = entry.stat(follow_symlinks=False)
            if self.keep is not None and not self.keep(
                os.fsdecode(prefix + name), file_type(status.st_mode)
            ):
                continue
            self.pending += _ENTRY + text(name) + _NODE
            self.node(prefix + name, status)
            self.pending += _CLOSE
        self.pending += _CLOSE


def file_type(mode: int) -> str:
    """The type of a file by its `st_mode`, in the words of ``builtins.readDir``."""
    kind = stat.S_IFMT(mode)
    names = {stat.S_IFREG: "regular", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}
    return names.get(kind, "unknown")


def dump(path: Path | str, write: Write, keep: Filter | None = None) -> None:
    """Write the archive of the tree at `path`, piece by piece.

    `keep` is asked for each entry below `path`, in order. Raises UnsupportedFile
    for a device, socket or pipe, OSError when something cannot be read.
    """
    dumper = _Dumper(write, keep)
    raw = os.fsencode(path)
    dumper.node(raw, os.lstat(raw))
    dumper.flush()


def hash_path(
    path: Path | str, keep: Filter | None = None, algo: str = "sha256"
) -> tuple[Hash, int]:
    """The hash of the archive of `path`, and its size in bytes."""
    with closing(Hasher(algo)) as hasher:
        dump(path, hasher.feed, keep)
        return hasher.result(), hasher.size


def dump_file(content: bytes, *, executable: bool = False) -> bytes:
    """The archive of a single file."""
    mark = _EXECUTABLE if executable else b""
    return _HEAD + _REGULAR + mark + _CONTENTS + text(content) + _CLOSE

"""The ``.deb`` file format: an ar archive with debian-binary, control.tar.*, data.tar.*.

See deb(5). Sizes in bytes; only what lies between a member's header and its
end is ever read.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO, Protocol

from builder.debian import xz_blocks
from builder.debian.errors import BadPackage
from builder.debian.xz_blocks import BlockReader
from builder.store.cache.compression import decompressed, is_damage

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MAGIC = b"!<arch>\n"
_HEADER = 60
_CHUNK = 1 << 18  # bytes of compressed data at a time


class _Member(io.RawIOBase):
    """The bytes of an ar member."""

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source = source
        self._left = size

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """The next bytes; raises BadPackage when the file ends before the member does."""
        view = memoryview(buffer)
        data = self._source.read(min(self._left, len(view)))
        if not data and self._left and len(view):
            raise BadPackage("it ends too early")
        self._left -= len(data)
        view[: len(data)] = data
        return len(data)


class Stream:
    """The decompressed bytes of an ar member."""

    def __init__(self, source: BinaryIO, size: int, method: str) -> None:
        member = io.BufferedReader(_Member(source, size), _CHUNK)
        self._reader = decompressed(member, method)

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; raises BadPackage for damage."""
        try:
            return self._reader.read(size)
        except Exception as error:
            if not is_damage(error):
                raise
            raise BadPackage(f"its compressed data is damaged: {error}") from None

    def close(self) -> None:
        """Nothing to give back."""


_METHODS = {"": "none", ".xz": "xz", ".gz": "gzip", ".bz2": "bzip2", ".zst": "zstd"}


class Readable(Protocol):
    """A stream of decompressed bytes."""

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; raises BadPackage for damage."""
        ...

    def close(self) -> None:
        """Give back what reading needed; the file stays open."""
        ...


def open_member(source: BinaryIO, stem: str, threads: int = 1) -> Readable:
    """The decompressed member ``<stem>`` or ``<stem>.<compression>``, e.g. "data.tar".

    With `threads` more than 1, members that are made for it are decompressed
    by so many at once. Raises BadPackage when `source`, a real file, is no
    ``.deb`` or has no such member.
    """
    if source.read(len(_MAGIC)) != _MAGIC:
        raise BadPackage("it is not a .deb file: it is no ar archive")
    names: list[str] = []
    while header := source.read(_HEADER):
        if len(header) != _HEADER or header[58:] != b"`\n" or not header[48:58].strip().isdigit():
            raise BadPackage("it is damaged: an ar header is not as it should be")
        name = header[:16].decode("ascii", "replace").strip().removesuffix("/")
        size = int(header[48:58])
        names.append(name)
        if name.startswith(stem) and name[len(stem) :] in _METHODS:
            if name.endswith(".xz") and threads > 1:
                start = source.tell()
                found = xz_blocks.blocks(source.fileno(), start, size)
                if len(found) > 1:
                    return BlockReader(source.fileno(), start, found, threads)
            return Stream(source, size, _METHODS[name[len(stem) :]])
        source.seek(size + size % 2, 1)
    raise BadPackage(f"it has no member '{stem}', only {', '.join(names) or 'nothing'}")

"""The ``.deb`` file format: an ar archive with debian-binary, control.tar.*, data.tar.*.

See deb(5). Sizes in bytes; only what lies between a member's header and its
end is ever read.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from builder.debian import xz_blocks
from builder.debian.errors import BadPackage
from builder.debian.xz_blocks import BlockReader

_MAGIC = b"!<arch>\n"
_HEADER = 60
_CHUNK = 1 << 18  # bytes of compressed data at a time


class _Decompressor(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


class Stream:
    """The decompressed bytes of an ar member; `read` gives as many as asked for, or the last."""

    def __init__(self, source: BinaryIO, size: int, decompressor: _Decompressor | None) -> None:
        self._source = source
        self._left = size
        self._decompressor = decompressor
        self._buffer = bytearray()

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; raises BadPackage for damage."""
        pieces = self._buffer
        while len(pieces) < size and self._left:
            data = self._source.read(min(self._left, _CHUNK))
            if not data:
                raise BadPackage("it ends too early")
            self._left -= len(data)
            try:
                pieces += self._decompressor.decompress(data) if self._decompressor else data
            except (lzma.LZMAError, zlib.error, OSError, EOFError, ValueError) as error:
                raise BadPackage(f"its compressed data is damaged: {error}") from None
        result = bytes(pieces[:size])
        del pieces[:size]
        return result

    def close(self) -> None:
        """Nothing to give back."""


def _zstd() -> _Decompressor:
    try:
        module = import_module("compression.zstd")
    except ImportError:
        raise BadPackage(
            "it is compressed by zstd, which this Python cannot read",
            hint="use Python 3.14 or later, or a suite whose packages are compressed by xz",
        ) from None
    return cast(_Decompressor, module.ZstdDecompressor())


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor | None]] = {
    "": lambda: None,
    ".xz": lzma.LZMADecompressor,
    ".gz": lambda: zlib.decompressobj(wbits=31),
    ".bz2": bz2.BZ2Decompressor,
    ".zst": _zstd,
}


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
        if name.startswith(stem) and name[len(stem) :] in _DECOMPRESSORS:
            if name.endswith(".xz") and threads > 1:
                start = source.tell()
                found = xz_blocks.blocks(source.fileno(), start, size)
                if len(found) > 1:
                    return BlockReader(source.fileno(), start, found, threads)
            return Stream(source, size, _DECOMPRESSORS[name[len(stem) :]]())
        source.seek(size + size % 2, 1)
    raise BadPackage(f"it has no member '{stem}', only {', '.join(names) or 'nothing'}")

"""Decompressing the blocks of an .xz file at the same time.

dpkg-deb cuts large members into blocks of some 24 MB that can be read on
their own. Format: "The .xz File Format", version 1.2; sizes are in bytes.
"""

from __future__ import annotations

import lzma
import os
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from builder.debian.errors import BadPackage

_HEADER_MAGIC = b"\xfd7zXZ\0"
_FOOTER_MAGIC = b"YZ"
_HEADER = _FOOTER = 12
_LARGEST = 1 << 27  # bytes of a block's content: a few blocks are in memory at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Where a block lies in the file, and how large its content is."""

    start: int
    size: int
    content: int


class _Damaged(Exception):
    """The index does not say where the blocks are."""


def blocks(handle: int, start: int, size: int) -> list[Block]:
    """The blocks of the one .xz stream that fills `size` bytes from `start` of an open file.

    Empty when it is not one stream with a sound index: then it is for the
    ordinary decompressor to say what is wrong. Empty too when a block is too
    large to be held in memory.
    """
    if size < _HEADER + _FOOTER:
        return []
    footer = os.pread(handle, _FOOTER, start + size - _FOOTER)
    header = os.pread(handle, _HEADER, start)
    if len(footer) != _FOOTER or footer[10:] != _FOOTER_MAGIC or header[:6] != _HEADER_MAGIC:
        return []
    index_size = (int.from_bytes(footer[4:8], "little") + 1) * 4
    if index_size > size - _HEADER - _FOOTER:
        return []
    index = os.pread(handle, index_size, start + size - _FOOTER - index_size)
    try:
        found = _read_index(index, start + _HEADER)
    except _Damaged:
        return []
    if any(block.content > _LARGEST for block in found):
        return []
    end = found[-1].start + found[-1].size if found else start + _HEADER
    return found if end == start + size - _FOOTER - index_size else []


def _read_index(index: bytes, place: int) -> list[Block]:
    if index[:1] != b"\0" or zlib.crc32(index[:-4]) != int.from_bytes(index[-4:], "little"):
        raise _Damaged
    count, at = _number(index, 1)
    found: list[Block] = []
    for _ in range(count):
        unpadded, at = _number(index, at)
        content, at = _number(index, at)
        size = (unpadded + 3) // 4 * 4
        found.append(Block(start=place, size=size, content=content))
        place += size
    return found


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and the place after it."""
    value = 0
    for shift in range(0, 63, 7):
        if at >= len(data):
            raise _Damaged
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise _Damaged


class BlockReader:
    """The decompressed bytes of blocks, in order; a few blocks are in memory at a time."""

    def __init__(self, handle: int, start: int, found: list[Block], threads: int) -> None:
        self._handle = handle
        self._header = os.pread(handle, _HEADER, start)
        self._waiting = deque(found)
        self._pool = ThreadPoolExecutor(threads)
        self._ahead: deque[Future[bytes]] = deque()
        self._current = memoryview(b"")
        for _ in range(threads):
            self._next()

    def _next(self) -> None:
        if self._waiting:
            self._ahead.append(self._pool.submit(self._decompress, self._waiting.popleft()))

    def _decompress(self, block: Block) -> bytes:
        # A stream may end after any block as far as its decoder is concerned,
        # and the block's own check is looked at before its last bytes come out.
        data = self._header + os.pread(self._handle, block.size, block.start)
        try:
            content = lzma.LZMADecompressor().decompress(data, block.content + 1)
        except lzma.LZMAError as error:
            raise BadPackage(f"its compressed data is damaged: {error}") from None
        if len(content) != block.content:
            raise BadPackage("its compressed data is damaged: a block is not as its index says")
        return content

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end; raises BadPackage for damage."""
        pieces = []
        while size:
            if not self._current:
                if not self._ahead:
                    break
                self._current = memoryview(self._ahead.popleft().result())
                self._next()
                continue
            pieces.append(bytes(self._current[:size]))
            self._current = self._current[size:]
            size -= len(pieces[-1])
        return b"".join(pieces)

    def close(self) -> None:
        """Stop decompressing."""
        self._pool.shutdown(cancel_futures=True)

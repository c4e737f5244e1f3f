"""From an archive in the NAR format back to a file tree.

Only the canonical form is accepted: sorted and unique names, zero padding,
nothing after the end. Nothing is ever written outside the target.
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import BinaryIO

from builder.store.errors import FormatError
from builder.store.nar import MAGIC, text
from builder.store.new_tree import NewTree, write_all
from builder.store.window import Window

_CHUNK = 1 << 20  # bytes
_LONGEST_TOKEN = 32
_LONGEST_NAME = 255
_LONGEST_TARGET = 4095
_DEEPEST = 300  # folders within folders; far below Python's own limit


class _Words:
    """Words of the format that follow each other, as one string of bytes."""

    __slots__ = ("data", "size", "words")

    def __init__(self, *words: bytes) -> None:
        self.words = words
        self.data = b"".join(map(text, words))
        self.size = len(self.data)


_NODE_BEGIN = _Words(b"(", b"type")
_ENTRY_NAME = _Words(b"(", b"name")
_NODE = _Words(b"node")
_TARGET = _Words(b"target")
_CLOSE = _Words(b")")

_KINDS = (
    (b"regular", b"contents"),
    (b"regular", b"executable", b"", b"contents"),
    (b"symlink", b"target"),
    (b"directory",),
)
_FILE, _PROGRAM, _LINK, _FOLDER = 2, 3, 4, 5  # the groups of these kinds in `_ENTRY`
_ENTRY = re.compile(
    re.escape(_Words(b"entry", b"(", b"name").data)
    + rb"[\x01-\xff]\0{7}([^/\0]{1,255})\0{0,7}"
    + re.escape(_Words(b"node", b"(", b"type").data)
    + b"(?:%s)" % b"|".join(b"(%s)" % re.escape(_Words(*words).data) for words in _KINDS),
    re.DOTALL,
)
"""An entry up to its content or target. It is one only if the first byte after the head is the
name's size, and what comes after the name begins at a multiple of 8 bytes."""
_NAME_SIZE = _Words(b"entry", b"(", b"name").size  # where it stands in an entry
_TAILS = tuple(bytes(-size % 8) + _Words(b")", b")").data for size in range(8))
"""What ends an entry after a content or target, by its size modulo 8."""
_NUMBER = struct.Struct("<Q")


class _Reader:
    """Reads the archive's strings and writes what they describe."""

    def __init__(self, window: Window, *, canonical: bool) -> None:
        self.window = window
        self.tree = NewTree(canonical=canonical)

    def fail(self, why: str) -> FormatError:
        return FormatError(f"damaged NAR at byte {self.window.place}: {why}")

    def exactly(self, size: int) -> bytes:
        window = self.window
        if not window.has(size):
            raise self.fail("it ends too early")
        start = window.at
        window.at = start + size
        return window.block[start : start + size]

    def length(self) -> int:
        return int.from_bytes(self.exactly(8), "little")

    def string(self, longest: int) -> bytes:
        size = self.length()
        if size > longest:
            raise self.fail(f"a string of {size} bytes where at most {longest} are allowed")
        data = self.exactly(size + -size % 8)
        if any(data[size:]):
            raise self.fail("padding is not zero")
        return data[:size]

    def token(self) -> bytes:
        """As `string`, of a word of the format: those have eight letters at most but for two,
        and so are read at once."""
        head = self.exactly(16)
        size = int.from_bytes(head[:8], "little")
        if not 0 < size <= _LONGEST_TOKEN:
            raise self.fail(f"a string of {size} bytes where a word of the format is expected")
        if size > 8:
            head += self.exactly(size + -size % 8 - 8)
        if any(head[8 + size :]):
            raise self.fail("padding is not zero")
        return head[8 : 8 + size]

    def expect(self, words: _Words) -> None:
        window = self.window
        if window.block.startswith(words.data, window.at):
            window.at += words.size
            return
        for token in words.words:
            found = self.token()
            if found != token:
                raise self.fail(f"expected {token.decode()!r}, found {found!r}")

    def node(self, path: bytes, depth: int) -> None:
        if depth > _DEEPEST:
            raise self.fail(f"folders nested deeper than {_DEEPEST}")
        self.expect(_NODE_BEGIN)
        kind = self.token()
        if kind == b"regular":
            self.regular(path)
        elif kind == b"symlink":
            self.expect(_TARGET)
            target = self.string(_LONGEST_TARGET)
            if not target or b"\0" in target:
                raise self.fail("a symbolic link's target is empty or has a NUL")
            self.expect(_CLOSE)
            self.tree.link(path, target)
        elif kind == b"directory":
            self.directory(path, depth)
        else:
            raise self.fail(f"unknown type {kind!r}")

    def regular(self, path: bytes) -> None:
        token = self.token()
        is_executable = token == b"executable"
        if is_executable:
            if self.length():
                raise self.fail("the executable mark has a value")
            token = self.token()
        with self.tree.file(path, executable=is_executable) as handle:
            if token == b"contents":
                self.contents(handle)
                token = self.token()
        if token != b")":
            raise self.fail(f"expected ')', found {token!r}")

    def contents(self, handle: int) -> None:
        size = left = self.length()
        while left:
            piece = self.window.some(min(left, _CHUNK))
            if not piece:
                raise self.fail("it ends too early")
            left -= len(piece)
            write_all(handle, piece)
        if any(self.exactly(-size % 8)):
            raise self.fail("padding is not zero")

    def directory(self, path: bytes, depth: int) -> None:
        self.tree.folder(path)
        previous = b""
        while (name := self.entry(path, previous, depth)) is not None:
            previous = name
        self.tree.finish_folder(path)

    def entry(self, folder: bytes, previous: bytes, depth: int) -> bytes | None:
        """Take the next entry; its name, None at the end of the folder.

        Nearly all are as `_ENTRY` tells, so that they are taken apart in a few steps.
        Whatever is otherwise is read word by word, to say what is wrong with it.
        """
        window = self.window
        block, at = window.block, window.at
        found = _ENTRY.match(block, at)
        if found is None:
            return self.any_entry(folder, previous, depth)
        name, kind, start = found[1], found.lastindex, found.end()
        if (
            len(name) != block[at + _NAME_SIZE]
            or (start - at) % 8
            or name <= previous
            or name in (b".", b"..")
            or depth >= _DEEPEST
        ):
            return self.any_entry(folder, previous, depth)
        path = folder + b"/" + name
        if kind == _FOLDER:
            window.at = start
            self.directory(path, depth + 1)
            self.expect(_CLOSE)
            return name
        stop = start + 8
        if len(block) >= stop:
            (size,) = _NUMBER.unpack_from(block, start)
            start, stop = stop, stop + size
            tail = _TAILS[size % 8]
            if block.startswith(tail, stop):
                if kind != _LINK:
                    self.tree.small_file(path, block[start:stop], executable=kind == _PROGRAM)
                elif 0 < size <= _LONGEST_TARGET and b"\0" not in block[start:stop]:
                    self.tree.link(path, block[start:stop])
                else:
                    return self.any_entry(folder, previous, depth)
                window.at = stop + len(tail)
                return name
        if kind == _LINK:
            return self.any_entry(folder, previous, depth)
        window.at = found.end()
        with self.tree.file(path, executable=kind == _PROGRAM) as handle:
            self.contents(handle)
        for _ in "))":
            self.expect(_CLOSE)
        return name

    def any_entry(self, folder: bytes, previous: bytes, depth: int) -> bytes | None:
        """As `entry`, word by word."""
        token = self.token()
        if token == b")":
            return None
        if token != b"entry":
            raise self.fail(f"expected 'entry', found {token!r}")
        self.expect(_ENTRY_NAME)
        name = self.string(_LONGEST_NAME)
        if not _is_name(name):
            raise self.fail(f"{name!r} may not be a file's name")
        if name <= previous:
            raise self.fail(f"name {name!r} does not come after {previous!r}")
        self.expect(_NODE)
        self.node(folder + b"/" + name, depth + 1)
        self.expect(_CLOSE)
        return name


def _is_name(name: bytes) -> bool:
    return name not in (b"", b".", b"..") and b"/" not in name and b"\0" not in name


def restore(source: BinaryIO | Window, path: Path | str, *, canonical: bool = False) -> int:
    """Create at `path`, which must not exist, the tree that the archive in `source` describes.

    `canonical` gives the files the modes and times that they have in a store. Of a
    `Window` the archive is taken; from a file only the archive is read, whose
    ``read(n)`` must give n bytes unless it ends. Returns the archive's size in
    bytes. Raises FormatError for anything but a canonical archive; what was
    written until then stays, for the caller to remove.
    """
    window = source if isinstance(source, Window) else Window(source.read)
    start = window.place
    reader = _Reader(window, canonical=canonical)
    magic = reader.string(_LONGEST_TOKEN)
    if magic != MAGIC:
        raise reader.fail(f"it does not begin with {MAGIC.decode()!r}")
    reader.node(os.fsencode(path), 0)
    return window.place - start

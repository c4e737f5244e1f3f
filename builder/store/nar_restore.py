"""From an archive in the NAR format back to a file tree.

Only the canonical form is accepted: sorted and unique names, zero padding,
nothing after the end. Nothing is ever written outside the target.
"""

from __future__ import annotations

import os
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
_PADDING = tuple(bytes(-size % 8) for size in range(8))  # by a string's size modulo 8


class _Words:
    """Words of the format that follow each other, as one string of bytes."""

    __slots__ = ("data", "size", "words")

    def __init__(self, *words: bytes) -> None:
        self.words = words
        self.data = b"".join(map(text, words))
        self.size = len(self.data)


_NODE_BEGIN = _Words(b"(", b"type")
_ENTRY_NAME = _Words(b"(", b"name")
_ENTRY = _Words(b"entry", b"(", b"name")
_NODE = _Words(b"node")
_TARGET = _Words(b"target")
_CLOSE = _Words(b")")
_FILE = _Words(b"node", b"(", b"type", b"regular", b"contents")
_PROGRAM = _Words(b"node", b"(", b"type", b"regular", b"executable", b"", b"contents")
_LINK = _Words(b"node", b"(", b"type", b"symlink", b"target")
_LEAVES = (_FILE, _LINK, _PROGRAM)
_ENTRY_END = _Words(b")", b")")


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
        while True:
            if (name := self.whole_entry(path, previous)) is not None:
                previous = name
                continue
            token = self.token()
            if token == b")":
                break
            if token != b"entry":
                raise self.fail(f"expected 'entry', found {token!r}")
            self.expect(_ENTRY_NAME)
            name = self.string(_LONGEST_NAME)
            if not _is_name(name):
                raise self.fail(f"{name!r} may not be a file's name")
            if name <= previous:
                raise self.fail(f"name {name!r} does not come after {previous!r}")
            previous = name
            self.expect(_NODE)
            self.node(path + b"/" + name, depth + 1)
            self.expect(_CLOSE)
        self.tree.finish_folder(path)

    def whole_entry(self, folder: bytes, previous: bytes) -> bytes | None:
        """Take the folder's next entry if the window has the whole of it, and it is a file
        or a link; its name.

        Most are. They are told by the words around the name and the content, which are
        always the same. Whatever is otherwise is left to be read word by word, to say
        what is wrong with it.
        """
        window = self.window
        block = window.block
        if not block.startswith(_ENTRY.data, window.at):
            return None
        start = window.at + _ENTRY.size + 8
        size = int.from_bytes(block[start - 8 : start], "little")
        stop = start + size
        if size > _LONGEST_NAME or not block.startswith(_PADDING[size % 8], stop):
            return None
        name = block[start:stop]
        if name <= previous or not _is_name(name):
            return None
        stop += -size % 8
        for words in _LEAVES:
            if block.startswith(words.data, stop):
                break
        else:
            return None
        start = stop + words.size + 8
        size = int.from_bytes(block[start - 8 : start], "little")
        stop = start + size
        end = stop + -size % 8
        if not block.startswith(_ENTRY_END.data, end) or any(block[stop:end]):
            return None
        path = folder + b"/" + name
        if words is _LINK:
            target = block[start:stop]
            if not 0 < size <= _LONGEST_TARGET or b"\0" in target:
                return None
            self.tree.link(path, target)
        else:
            content = memoryview(block)[start:stop]
            self.tree.small_file(path, content, executable=words is _PROGRAM)
        window.at = end + _ENTRY_END.size
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

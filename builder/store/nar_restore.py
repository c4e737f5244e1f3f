"""From an archive in the NAR format back to a file tree.

Only the canonical form is accepted: sorted and unique names, zero padding,
nothing after the end. Nothing is ever written outside the target.
"""

# ruff: noqa: PTH101, PTH102, PTH211 -- paths are bytes here, as the archive holds them
from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from builder.store.canonical import TIME
from builder.store.errors import FormatError
from builder.store.nar import MAGIC

_CHUNK = 1 << 20  # bytes
_LONGEST_TOKEN = 32
_LONGEST_NAME = 255
_LONGEST_TARGET = 4095
_DEEPEST = 300  # folders within folders; far below Python's own limit


class _Reader:
    """Reads the archive's strings and writes what they describe."""

    def __init__(self, source: BinaryIO, *, canonical: bool) -> None:
        self.source = source
        self.canonical = canonical
        self.place = 0

    def fail(self, why: str) -> FormatError:
        return FormatError(f"damaged NAR at byte {self.place}: {why}")

    def exactly(self, size: int) -> bytes:
        data = self.source.read(size)
        if len(data) != size:
            raise self.fail("it ends too early")
        self.place += size
        return data

    def length(self) -> int:
        return int.from_bytes(self.exactly(8), "little")

    def string(self, longest: int) -> bytes:
        size = self.length()
        if size > longest:
            raise self.fail(f"a string of {size} bytes where at most {longest} are allowed")
        data = self.exactly(size + -size % 8)
        return self.unpadded(data, size)

    def unpadded(self, data: bytes, size: int) -> bytes:
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
        return self.unpadded(head[8:], size)

    def expect(self, *tokens: bytes) -> None:
        for token in tokens:
            found = self.token()
            if found != token:
                raise self.fail(f"expected {token.decode()!r}, found {found!r}")

    def node(self, path: bytes, depth: int) -> None:
        if depth > _DEEPEST:
            raise self.fail(f"folders nested deeper than {_DEEPEST}")
        self.expect(b"(", b"type")
        kind = self.token()
        if kind == b"regular":
            self.regular(path)
        elif kind == b"symlink":
            self.expect(b"target")
            target = self.string(_LONGEST_TARGET)
            if not target or b"\0" in target:
                raise self.fail("a symbolic link's target is empty or has a NUL")
            os.symlink(target, path)
            if self.canonical:
                os.utime(path, ns=(TIME, TIME), follow_symlinks=False)
            self.expect(b")")
        elif kind == b"directory":
            self.directory(path, depth)
        else:
            raise self.fail(f"unknown type {kind!r}")

    def regular(self, path: bytes) -> None:
        mode = 0o444 if self.canonical else 0o644
        token = self.token()
        if token == b"executable":
            if self.length():
                raise self.fail("the executable mark has a value")
            mode |= 0o111
            token = self.token()
        handle = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode
        )
        try:
            os.fchmod(handle, mode)
            if token == b"contents":
                self.contents(handle)
                token = self.token()
            if self.canonical:
                os.utime(handle, ns=(TIME, TIME))
        finally:
            os.close(handle)
        if token != b")":
            raise self.fail(f"expected ')', found {token!r}")

    def contents(self, handle: int) -> None:
        size = left = self.length()
        while left > _CHUNK:
            left -= _CHUNK
            _write_all(handle, self.exactly(_CHUNK))
        if left:
            # The last piece, or a small file, comes with what it is padded by.
            _write_all(handle, self.unpadded(self.exactly(left + -size % 8), left))

    def directory(self, path: bytes, depth: int) -> None:
        os.mkdir(path, 0o755)
        os.chmod(path, 0o755)  # whatever the umask took away
        previous = b""
        while True:
            token = self.token()
            if token == b")":
                if self.canonical:
                    os.chmod(path, 0o555)
                    os.utime(path, ns=(TIME, TIME))
                return
            if token != b"entry":
                raise self.fail(f"expected 'entry', found {token!r}")
            self.expect(b"(", b"name")
            name = self.string(_LONGEST_NAME)
            if name in (b"", b".", b"..") or b"/" in name or b"\0" in name:
                raise self.fail(f"{name!r} may not be a file's name")
            if name <= previous:
                raise self.fail(f"name {name!r} does not come after {previous!r}")
            previous = name
            self.expect(b"node")
            self.node(path + b"/" + name, depth + 1)
            self.expect(b")")


def _write_all(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def restore(source: BinaryIO, path: Path | str, *, canonical: bool = False) -> int:
    """Create at `path`, which must not exist, the tree that the archive in `source` describes.

    `canonical` gives the files the modes and times that they have in a store.
    `source.read(n)` must give n bytes unless it ends. Returns the archive's
    size in bytes. Raises FormatError for anything but a canonical archive;
    what was written until then stays, for the caller to remove.
    """
    reader = _Reader(source, canonical=canonical)
    magic = reader.string(_LONGEST_TOKEN)
    if magic != MAGIC:
        raise reader.fail(f"it does not begin with {MAGIC.decode()!r}")
    reader.node(os.fsencode(path), 0)
    return reader.place

"""Reading a tar archive from a stream: POSIX ustar with GNU's and pax's long names.

Only what packages hold is understood; sparse files and several volumes are
refused. Names stay bytes until they are known to be whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from builder.debian.errors import BadPackage

_BLOCK = 512
_LONGEST = 1 << 16  # bytes of a long name or a pax header
_CHUNK = 1 << 20

REGULAR, HARD_LINK, SYMLINK, FOLDER, OTHER = "regular", "hard link", "symlink", "folder", "other"
_KINDS = {
    b"0": REGULAR,
    b"\0": REGULAR,
    b"7": REGULAR,
    b"1": HARD_LINK,
    b"2": SYMLINK,
    b"5": FOLDER,
    b"3": OTHER,
    b"4": OTHER,
    b"6": OTHER,
}


class Source(Protocol):
    """Where the archive comes from."""

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer only at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entry; `kind` is one of this module's constants, `size` in bytes."""

    name: str
    kind: str
    mode: int
    size: int
    target: str  # of a link


class TarReader:
    """Members in their order; between two of them the content of the first can be read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._left = 0  # bytes of the current member's content
        self._padding = 0

    def __iter__(self) -> Iterator[Member]:
        """Each member; raises BadPackage for a damaged archive."""
        name = target = b""
        size: int | None = None
        while (header := self._header()) is not None:
            kind = header[156:157]
            own = _octal(header[124:136])
            if kind in (b"L", b"K", b"x", b"g"):
                self._begin(own)
                data = self._text(own)
                if kind == b"L":
                    name = data.rstrip(b"\0")
                elif kind == b"K":
                    target = data.rstrip(b"\0")
                elif kind == b"x":
                    fields = _pax(data)
                    name = fields.get(b"path", name)
                    target = fields.get(b"linkpath", target)
                    size = int(fields[b"size"]) if b"size" in fields else None
                continue
            if kind not in _KINDS:
                raise BadPackage(f"its tar archive has a member of unknown type {kind!r}")
            own = own if size is None else size
            self._begin(own if _KINDS[kind] == REGULAR else 0)
            yield Member(
                name=os.fsdecode(name or _name(header)),
                kind=_KINDS[kind],
                mode=_octal(header[100:108]),
                size=own,
                target=os.fsdecode(target or header[157:257].split(b"\0", 1)[0]),
            )
            name = target = b""
            size = None

    def read(self, size: int) -> bytes:
        """The next bytes of the current member's content, at most `size`, b"" at its end."""
        data = self._source.read(min(size, self._left))
        if not data and self._left:
            raise BadPackage("its tar archive ends within a file")
        self._left -= len(data)
        return data

    def _begin(self, size: int) -> None:
        self._left = size
        self._padding = -size % _BLOCK

    def _text(self, size: int) -> bytes:
        if size > _LONGEST:
            raise BadPackage(f"its tar archive has a name of {size} bytes")
        return self.read(size) if size else b""

    def _header(self) -> bytes | None:
        while self._left:
            self.read(_CHUNK)
        if self._padding:
            self._source.read(self._padding)
            self._padding = 0
        header = self._source.read(_BLOCK)
        if not header or not header.strip(b"\0"):
            return None
        if len(header) != _BLOCK:
            raise BadPackage("its tar archive ends within a header")
        total = sum(header) - sum(header[148:156]) + 8 * ord(" ")
        if total != _octal(header[148:156]):
            raise BadPackage("its tar archive is damaged: a header has the wrong checksum")
        return header


def _name(header: bytes) -> bytes:
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _octal(field: bytes) -> int:
    if field[0] & 0x80:  # GNU: a binary number
        return int.from_bytes(field[1:], "big")
    text = field.strip(b" \0")
    try:
        return int(text, 8) if text else 0
    except ValueError:
        raise BadPackage(f"its tar archive is damaged: {field!r} is not a number") from None


def _pax(data: bytes) -> dict[bytes, bytes]:
    """The records ``<length> <key>=<value>\\n`` of an extended header."""
    fields: dict[bytes, bytes] = {}
    while data:
        length, _, _ = data.partition(b" ")
        if not length.isdigit() or not 0 < int(length) <= len(data):
            raise BadPackage("its tar archive is damaged: a pax header is not as it should be")
        record = data[len(length) + 1 : int(length)]
        key, _, value = record.removesuffix(b"\n").partition(b"=")
        fields[key] = value
        data = data[int(length) :]
    return fields

"""Nix's serve protocol on the wire, version 2.7.

Source: Nix 2.26. Numbers are 8 bytes, little-endian; strings are as in a NAR; lists are
their length and the items. A command is its number and its arguments; the answers come
in order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from builder.store import nar
from builder.store.errors import FormatError
from builder.store.paths import StorePath

HELLO, HELLO_BACK = 0x390C9DEB, 0x5452EECB
VERSION = 0x207
VALID_PATHS, ADD = 1, 9  # commands that both ends know
_LONGEST = 1 << 20  # bytes of a string
_MOST = 1 << 20  # items of a list


class Wire:
    """Numbers, strings and lists over two streams."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self.source = source
        self.target = target

    def read(self, size: int) -> bytes:
        data = self.source.read(size)
        if len(data) != size:
            raise FormatError("the other side hung up in the middle of a message")
        return data

    def number(self) -> int:
        return int.from_bytes(self.read(8), "little")

    def text(self) -> str:
        size = self.number()
        if size > _LONGEST:
            raise FormatError(f"a string of {size} bytes is too long")
        data = self.read(size)
        self.read(-size % 8)
        return data.decode("utf-8")

    def texts(self) -> list[str]:
        count = self.number()
        if count > _MOST:
            raise FormatError(f"a list of {count} items is too long")
        return [self.text() for _ in range(count)]

    def paths(self) -> list[StorePath]:
        return [StorePath.parse(text) for text in self.texts()]

    def put_number(self, value: int) -> None:
        self.target.write(value.to_bytes(8, "little"))

    def put_text(self, text: str) -> None:
        self.target.write(nar.text(text.encode()))

    def put_texts(self, texts: Iterable[object]) -> None:
        items = [str(item) for item in texts]
        self.put_number(len(items))
        for item in items:
            self.put_text(item)

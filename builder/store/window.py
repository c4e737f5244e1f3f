"""The next bytes of a stream, which can be looked at before they are taken."""

from __future__ import annotations

from collections.abc import Callable

More = Callable[[int], bytes]
"""Further bytes of a stream: at least one, unless it has ended; no more than the number
given where somebody else reads on after the window."""


class Window:
    """`block` from `at` on has come and is not taken yet; whoever takes moves `at` on."""

    __slots__ = ("_more", "_passed", "at", "block")

    def __init__(self, more: More) -> None:
        self._more = more
        self._passed = 0
        self.block = b""
        self.at = 0

    @property
    def place(self) -> int:
        """How many bytes of the stream have been taken."""
        return self._passed + self.at

    def has(self, size: int) -> bool:
        """Let `size` bytes come, of which the caller knows that they belong to what it reads;
        False when the stream ends before."""
        lacking = self.at + size - len(self.block)
        if lacking <= 0:
            return True
        pieces = [self.block[self.at :]]
        self._passed += self.at
        self.at = 0
        while lacking > 0:
            piece = self._more(lacking)
            if not piece:
                break
            pieces.append(piece)
            lacking -= len(piece)
        self.block = pieces[1] if len(pieces) == 2 and not pieces[0] else b"".join(pieces)
        return lacking <= 0

    def some(self, most: int) -> memoryview:
        """Take what has come, or else what comes next, up to `most` bytes; nothing at the end."""
        if self.at == len(self.block):
            self._passed += self.at
            self.at = 0
            self.block = self._more(most)
        piece = memoryview(self.block)[self.at : self.at + most]
        self.at += len(piece)
        return piece

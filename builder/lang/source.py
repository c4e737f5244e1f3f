"""A text with a name, and places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# Nix ends a line at each of these: a lone carriage return is one too.
_LINE_END = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[str]:
    """The lines of a text, without what ends them."""
    return _LINE_END.split(text) if "\r" in text else text.split("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pos:
    """A place: `line` and `column` count from 1, the column in bytes as Nix does.

    `text` is the source that the place is in, when it is known; `file` is the
    name that messages show.
    """

    file: str
    line: int
    column: int
    text: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def is_file(name: str) -> bool:
    """Whether a text's name is that of a file, not «string» and the like."""
    return not name.startswith("«")


class Source:
    """One file's or one string's text, able to turn offsets into places."""

    __slots__ = ("_ascii", "_starts", "name", "text")

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        starts = [0]
        if "\r" in text:
            starts += [end.end() for end in _LINE_END.finditer(text)]
        else:
            find = text.find
            at = find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = find("\n", at + 1)
        self._starts = starts
        self._ascii = text.isascii()

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line (from 1) and column (from 1, in bytes) of a character offset."""
        line = bisect_right(self._starts, offset)
        if self._ascii:
            return line, offset - self._starts[line - 1] + 1
        before = self.text[self._starts[line - 1] : offset]
        if before.isascii():
            return line, len(before) + 1
        return line, len(before.encode("utf-8", "surrogateescape")) + 1

    def offset(self, line: int, column: int) -> int:
        """The character offset of a line and a column in bytes."""
        start = self._starts[min(line, len(self._starts)) - 1]
        stop = self._starts[line] if line < len(self._starts) else len(self.text)
        row = self.text[start:stop]
        if row.isascii():
            return start + column - 1
        head = row.encode("utf-8", "surrogateescape")[: column - 1]
        return start + len(head.decode("utf-8", "surrogateescape"))

    def at(self, offset: int) -> Pos:
        """The place of an offset."""
        line, column = self.line_column(offset)
        return Pos(file=self.name, line=line, column=column, text=self.text)

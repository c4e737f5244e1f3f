"""Strings: escapes, interpolation, indentation."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from builder.lang.errors import ParseError
from builder.lang.grammar import NAME_TEXT
from builder.lang.source import Source
from builder.lang.tree import Expr

# Text of an indented string in which nothing stands for anything else.
_RUN = re.compile(r"(?:[^$']++|\$[^{']|'[^'$])++")
# The same of a string that is not indented.
_TEXT = re.compile(r'[^"\\$\r\0]++')
# An interpolated variable, or attribute of one, with the brace behind it.
SIMPLE = re.compile(rf"({NAME_TEXT}(?:\.{NAME_TEXT})*+)\}}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}

# Reads the expression after `${` and the closing brace; gives the offset after it.
Interpolate = Callable[[int], tuple[Expr, int]]


@dataclass(slots=True)
class _Piece:
    """Text of an indented string; escaped text has no indentation to strip."""

    text: str
    indented: bool


def read_string(
    source: Source, offset: int, interpolate: Interpolate
) -> tuple[list[str | Expr], int]:
    """The parts of a ``"..."`` string whose text starts at `offset`, and where it ends."""
    text, parts, run = source.text, list[str | Expr](), _Run(source, offset)
    size, buffer = len(text), run.texts
    while True:
        if plain := _TEXT.match(text, offset):
            buffer.append(plain[0])
            offset = plain.end()
        if offset >= size:
            run.end()
            raise ParseError(
                "syntax error, unexpected end of file, expecting '\"'", source.at(size)
            )
        char = text[offset]
        if char == '"':
            break
        if char == "\\" and offset + 1 < size:
            if text[offset + 1] == "\0":
                run.cut()
            buffer.append(_ESCAPES.get(text[offset + 1], text[offset + 1]))
            offset += 2
        elif char == "$" and text.startswith("{", offset + 1):
            parts += run.end()
            expr, offset = interpolate(offset + 2)
            parts.append(expr)
            run = _Run(source, offset)
            buffer = run.texts
        elif char == "$" and text.startswith("$", offset + 1):
            buffer.append("$$")
            offset += 2
        elif char == "\r":
            buffer.append("\n")
            offset += 2 if text.startswith("\n", offset + 1) else 1
        else:
            buffer.append(char)  # a lone $, a null byte, or a backslash at the end
            offset += 1
    parts += run.end()
    return parts, offset + 1


class _Run:
    """The texts between two interpolations of a string, which are one token to Nix."""

    __slots__ = ("size", "source", "start", "texts")

    def __init__(self, source: Source, start: int) -> None:
        self.source = source
        self.start = start
        self.texts: list[str] = []
        self.size: int | None = None

    def cut(self) -> None:
        """Leave out all that follows, as Nix does from an escaped null byte on."""
        if self.size is None:
            self.size = len("".join(self.texts))

    def end(self) -> list[str]:
        """The text, if there is any. Raises `ParseError` for a null byte."""
        text = "".join(self.texts)[: self.size]
        if "\0" in text:
            raise null_byte(self.source, self.start, text)
        return [text] if text else []


def null_byte(source: Source, start: int, text: str) -> ParseError:
    """The error about a text that holds null bytes."""
    shown = text.replace("\0", "␀")
    return ParseError(
        f"input string '{shown}' cannot be represented as Nix string because it contains "
        "null bytes",
        source.at(start),
    )


def read_indented(
    source: Source, offset: int, interpolate: Interpolate
) -> tuple[list[str | Expr], int]:
    """The parts of a ``''...''`` string whose text starts at `offset`, and where it ends."""
    text = source.text
    size = len(text)
    spaces = offset
    while spaces < size and text[spaces] == " ":
        spaces += 1
    if text.startswith("\n", spaces):
        offset = spaces + 1
    pieces: list[_Piece | Expr] = []
    while True:
        if offset >= size:
            raise ParseError(
                "syntax error, unexpected end of file, "
                "expecting IND_STR or DOLLAR_CURLY or IND_STRING_CLOSE",
                source.at(size),
            )
        char = text[offset]
        if char == "'" and text.startswith("'", offset + 1):
            follower = text[offset + 2 : offset + 3]
            if follower == "$":
                pieces.append(_Piece("$", False))
                offset += 3
            elif follower == "'":
                pieces.append(_Piece("''", False))
                offset += 3
            elif follower == "\\":
                escaped = text[offset + 3 : offset + 4].replace("\0", "")
                pieces.append(_Piece(_ESCAPES.get(escaped, escaped), False))
                offset += 4
            else:
                return _strip(pieces), offset + 2
        elif char == "$" and text.startswith("{", offset + 1):
            expr, offset = interpolate(offset + 2)
            pieces.append(expr)
        elif run := _RUN.match(text, offset):
            if "\0" in run[0]:
                raise null_byte(source, offset, run[0])
            pieces.append(_Piece(run[0], True))
            offset = run.end()
        else:
            pieces.append(_Piece(char, False))  # a lone ' or $
            offset += 1


def _least_indent(pieces: list[_Piece | Expr]) -> int:
    at_start, least, current = True, 1_000_000, 0
    for piece in pieces:
        if not isinstance(piece, _Piece) or not piece.indented:
            if at_start:
                at_start, least = False, min(least, current)
            continue
        for number, line in enumerate(piece.text.split("\n")):
            if number:
                at_start, current = True, 0
            if at_start:
                rest = line.lstrip(" ")
                current += len(line) - len(rest)
                if rest:
                    at_start, least = False, min(least, current)
    return least


def _strip(pieces: list[_Piece | Expr]) -> list[str | Expr]:
    """Remove the common indentation, and a last line of spaces only."""
    least = _least_indent(pieces)
    at_start, dropped = True, 0
    parts: list[str | Expr] = []
    for index, piece in enumerate(pieces):
        if not isinstance(piece, _Piece):
            at_start, dropped = False, 0
            parts.append(piece)
            continue
        kept: list[str] = []
        for number, line in enumerate(piece.text.split("\n")):
            if number:
                at_start, dropped = True, 0
            if at_start:
                rest = line.lstrip(" ")
                spaces = len(line) - len(rest)
                line = line[min(spaces, max(0, least - dropped)) :]
                dropped += spaces
                at_start = not rest
            kept.append(line)
        text = "\n".join(kept)
        if index == len(pieces) - 1:
            last = text.rfind("\n")
            if last >= 0 and not text[last + 1 :].strip(" "):
                text = text[: last + 1]
        if text:
            parts.append(text)
    return parts

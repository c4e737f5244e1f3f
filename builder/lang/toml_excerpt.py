"""Faults of a TOML text and the excerpts that show where they are.

Laid out as toml11 does it, which the reference reads TOML with: places are
ranges of bytes, columns count bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

NAME = "fromTOML"


# How much of a long line is shown on each side of a place.
_AROUND = 30
_NAMES = {
    9: "TAB", 10: "LINE FEED", 11: "VERTICAL TAB", 12: "FORM FEED",
    13: "CARRIAGE RETURN", 27: "ESCAPE",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes from `start` to `end` of `data`, the text that `name` stands for.

    `first` and `last` are the numbers of its lines, from 1.
    """

    data: bytes
    start: int
    end: int
    first: int
    last: int
    name: str = NAME

    @staticmethod
    def at(data: bytes, offset: int, name: str = NAME) -> Place:
        """One byte; past the end of the text, the last one, shown to reach the next line."""
        start = min(offset, len(data) - 1)
        first = data.count(b"\n", 0, start) + 1
        last = data.count(b"\n", 0, offset) + 1
        return Place(data, start, start + 1, first, last, name)

    @staticmethod
    def between(data: bytes, start: int, end: int, name: str = NAME) -> Place:
        """The bytes from `start` to `end`."""
        first = data.count(b"\n", 0, start) + 1
        return Place(data, start, end, first, first + data.count(b"\n", start, end), name)


@dataclass(frozen=True, slots=True)
class Fault(Exception):
    """What is wrong: a title, places each with a note, and hints on lines of their own."""

    title: str
    places: tuple[tuple[Place, str], ...]
    hints: str = ""

    def __str__(self) -> str:
        width = max(len(str(place.last)) for place, _ in self.places)
        margin = " " * (width + 1)
        out, name = [f"[error] {self.title}\n"], ""
        for index, (place, note) in enumerate(self.places):
            if index:
                out.append(f"{margin} | ...\n{margin} |\n")
            if place.name != name:
                out.append(f" --> {place.name}\n{margin} |\n")
                name = place.name
            out.extend(_excerpt(place, note, width))
        return "".join(out) + self.hints


def _excerpt(place: Place, note: str, width: int) -> list[str]:
    """The lines that show a place."""
    data, start, end = place.data, place.start, place.end - 1
    if place.first == place.last:
        text, column = _line(data, start, end)
        length = min(max(len(text) - column, 1), place.end - start)
        return [_source(width, place.first, text), _mark(width, column, length, note)]
    # The last line is looked for from the front, as toml11 does: it may hold earlier ones.
    stop = len(data) if len(data) - start <= 2 * _AROUND else start + 50
    text, column = _line(data, start, _find(data, start, stop))
    final, ending = _line(data, _find(data, 0 if end <= 2 * _AROUND else end - 50, end), end)
    far = place.last > place.first + 1
    out = [_source(width, place.first, text)]
    out.append(_mark(width, column, max(len(text) - column, 0), "and" if far else ""))
    if far:
        out += [_source(width, place.first + 1, b"..."), _mark(width, 0, 3, "and")]
    return [*out, _source(width, place.last, final), _mark(width, 0, ending + 1, note)]


def _find(data: bytes, start: int, stop: int) -> int:
    """The offset of the first line feed between two offsets, or the second offset."""
    found = data.find(b"\n", start, stop)
    return stop if found < 0 else found


def _line(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    """The lines around a range, cut where they are long, and where in them it starts."""
    first = max(start - _AROUND, 0)
    first = max(first, data.rfind(b"\n", first, start) + 1)
    last = _find(data, end, min(end + _AROUND, len(data)))
    text, column = data[first:last], start - first
    if first and data[first - 1] != 10:
        text, column = b"... " + text, column + 4
    if last < len(data) and data[last] != 10:
        text += b" ..."
    return text, column


def _source(width: int, number: int, text: bytes) -> str:
    return f" {number:>{width}} | {''.join(map(_shown, text))}\n"


def _shown(byte: int) -> str:
    if 32 <= byte < 127:
        return chr(byte)
    name = _NAMES.get(byte)
    return f"0x{byte:02x}" + (f"({name})" if name else "")


def _mark(width: int, column: int, length: int, note: str) -> str:
    return f"{' ' * (width + 1)} | {' ' * column}{'^' * length}-- {note}\n"

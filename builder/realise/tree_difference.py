"""What two trees have different, down to the first byte of a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builder.store.nar import file_type

_CHUNK = 1 << 20  # bytes
_SHOWN = 16  # bytes of each side


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`path` is relative to the trees, "" for the trees themselves."""

    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.path or '(itself)'}: {self.what}"


def tree_differences(one: Path, two: Path, path: str = "") -> Iterator[Difference]:
    """Where the canonical trees `one` and `two` differ, by name."""
    kinds = [file_type(place.lstat().st_mode) for place in (one, two)]
    if kinds[0] != kinds[1]:
        yield Difference(path=path, what=f"first a {kinds[0]}, then a {kinds[1]}")
    elif kinds[0] == "directory":
        names = [set(os.listdir(place)) for place in (one, two)]  # noqa: PTH208 -- names alone
        for name in sorted(names[0] | names[1]):
            below = f"{path}/{name}".removeprefix("/")
            if name not in names[1]:
                yield Difference(path=below, what="only the first time")
            elif name not in names[0]:
                yield Difference(path=below, what="only the second time")
            else:
                yield from tree_differences(one / name, two / name, below)
    elif kinds[0] == "symlink":
        targets = [str(place.readlink()) for place in (one, two)]
        if targets[0] != targets[1]:
            yield Difference(path=path, what=f"leads to {targets[0]!r}, then to {targets[1]!r}")
    else:
        yield from _files(one, two, path)


def _files(one: Path, two: Path, path: str) -> Iterator[Difference]:
    runs = [bool(place.stat().st_mode & 0o100) for place in (one, two)]
    if runs[0] != runs[1]:
        words = ["executable" if is_program else "not executable" for is_program in runs]
        yield Difference(path=path, what=f"{words[0]}, then {words[1]}")
    sizes = [place.stat().st_size for place in (one, two)]
    place = 0
    with one.open("rb") as first, two.open("rb") as second:
        while True:
            pieces = first.read(_CHUNK), second.read(_CHUNK)
            if pieces[0] != pieces[1]:
                at = _alike(*pieces)
                shown = [piece[at : at + _SHOWN].hex(" ") or "the end" for piece in pieces]
                size = f"; {sizes[0]} bytes, then {sizes[1]}" if sizes[0] != sizes[1] else ""
                told = f"from byte {place + at}: {shown[0]}, then {shown[1]}{size}"
                yield Difference(path=path, what=told)
                return
            if not pieces[0]:
                return
            place += len(pieces[0])


def _alike(one: bytes, two: bytes) -> int:
    """How many bytes are the same before the first that is not."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(two)))

"""Why one path depends on another: the chain of references, and the files that hold them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from builder.store.local import LocalStore
from builder.store.paths import StorePath

_CHUNK = 1 << 20  # bytes
_AROUND = 40  # bytes shown on each side of a reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A file, relative to its store path ("" is the path itself), and the text around."""

    file: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`path` refers to `to`, as `mentions` show."""

    path: StorePath
    to: StorePath
    mentions: tuple[Mention, ...]


def why(store: LocalStore, start: StorePath, end: StorePath) -> list[Step] | None:
    """A shortest chain from `start` to `end`; None when there is no dependency.

    Raises InvalidPath for a path that is not valid.
    """
    store.query(end)
    references = {info.path: info.references for info in store.closure([start])}
    before: dict[StorePath, StorePath] = {}
    waiting = deque([start])
    while waiting and end not in before:
        path = waiting.popleft()
        for other in references[path]:
            if other != start and other not in before:
                before[other] = path
                waiting.append(other)
    if end not in before:
        return [] if start == end else None
    chain = [end]
    while chain[-1] != start:
        chain.append(before[chain[-1]])
    chain.reverse()
    return [
        Step(path=path, to=to, mentions=tuple(mentions(store.real_path(path), to)))
        for path, to in pairwise(chain)
    ]


def mentions(tree: Path, path: StorePath) -> Iterator[Mention]:
    """The files below `tree`, in order, that hold the digest of `path`."""
    digest = path.digest.encode()
    for file in _files(tree):
        if file.is_symlink():
            data: bytes | None = os.fsencode(file.readlink())
            data = data if data is not None and digest in data else None
        else:
            data = _around(file, digest)
        if data is not None:
            relative = str(file.relative_to(tree)) if file != tree else ""
            text = "".join(c if c.isprintable() else "." for c in data.decode("utf-8", "replace"))
            yield Mention(file=relative, text=text)


def _files(tree: Path) -> Iterator[Path]:
    if tree.is_symlink() or not tree.is_dir():
        yield tree
        return
    for entry in sorted(tree.iterdir()):
        yield from _files(entry)


def _around(file: Path, digest: bytes) -> bytes | None:
    """The first occurrence with what stands beside it."""
    kept = b""
    with file.open("rb") as source:
        while data := source.read(_CHUNK):
            whole = kept + data
            place = whole.find(digest)
            if place >= 0:
                if len(whole) - place < len(digest) + _AROUND:
                    whole += source.read(_AROUND)
                return whole[max(0, place - _AROUND) : place + len(digest) + _AROUND]
            kept = whole[-(len(digest) + _AROUND) :]
    return None

"""What running processes use of a store: their programs, open and mapped files, variables.

Reads Linux's ``/proc`` (proc(5)). What may not be read, because it is another
user's or has just ended, tells nothing and is passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from builder.store.errors import FormatError
from builder.store.paths import STORE_DIR, StorePath

_NAME = rb"([0-9a-z]{32}-[0-9A-Za-z+._?=-]+)"


def in_use(folder: Path, proc: Path = Path("/proc")) -> Iterator[tuple[StorePath, str]]:
    """The paths below the physical store `folder` that processes use, each with its user.

    A process that has another view of the file systems than this one, as in a sandbox,
    may see the store where it belongs: there ``/nix/store`` counts too.
    """
    here, anywhere = _pattern(folder), _pattern(folder, Path(STORE_DIR))
    view = _link(proc / "self/ns/mnt")
    for place in sorted(proc.iterdir()):
        if not place.name.isdigit():
            continue
        pattern = here if _link(place / "ns/mnt") == view else anywhere
        names = {name for text in _texts(place) for name in pattern.findall(text)}
        for name in sorted(names):
            try:
                yield StorePath(name.decode()), f"process {place.name}"
            except FormatError:
                continue  # looks like a path of the store, and is not one


def _pattern(*folders: Path) -> re.Pattern[bytes]:
    either = b"|".join(re.escape(os.fsencode(folder)) for folder in folders)
    return re.compile(rb"(?<![^\0\s:=\"';,(])(?:" + either + b")/" + _NAME)


def _texts(process: Path) -> Iterator[bytes]:
    for link in ("exe", "cwd", "root"):
        yield _link(process / link)
    for listed in ("maps", "environ", "cmdline"):
        try:
            yield (process / listed).read_bytes()
        except OSError:
            continue
    try:
        handles = list((process / "fd").iterdir())
    except OSError:
        return
    for handle in handles:
        yield _link(handle)


def _link(place: Path) -> bytes:
    try:
        return os.fsencode(place.readlink())
    except OSError:
        return b""

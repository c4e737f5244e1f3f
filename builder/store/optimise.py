"""Files of the same content share their blocks: hard links, as ``nix-store --optimise`` makes.

``.links`` in the store has a link for each content, named by the base 32 of
the file's NAR hash, so that the executable bit counts too.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from builder.store.canonical import TIME
from builder.store.hashes import Hash
from builder.store.nar import hash_path

LINKS = ".links"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """How many files became links to others, and how many bytes that saved."""

    files: int = 0
    size: int = 0

    def __add__(self, other: Saved) -> Saved:
        return Saved(files=self.files + other.files, size=self.size + other.size)


def optimise(folder: Path, tree: Path) -> Saved:
    """Link the files of the canonical `tree`, a path of the store `folder`, with others.

    May be interrupted at any moment, and run by several processes: a file is
    replaced in one step by one with the same bytes.
    """
    links = folder / LINKS
    links.mkdir(exist_ok=True)
    saved = Saved()
    for file in _regular(tree):
        saved += _link(links, file, inside=file != tree)
    return saved


def _regular(tree: Path) -> Iterator[Path]:
    status = tree.lstat()
    if stat.S_ISREG(status.st_mode) and status.st_size:
        yield tree
    elif stat.S_ISDIR(status.st_mode):
        for entry in sorted(tree.iterdir()):
            yield from _regular(entry)


def _link(links: Path, file: Path, *, inside: bool) -> Saved:
    content = hash_path(file)[0]
    known = links / content.base32
    status = file.lstat()
    try:
        first = known.lstat()
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.link(file, known)
            return Saved()
        first = known.lstat()
    if first.st_ino == status.st_ino:
        return Saved()
    if first.st_size != status.st_size or not _has(known, content):
        known.unlink(missing_ok=True)  # damaged since it was made: this file takes its place
        with suppress(FileExistsError):
            os.link(file, known)
        return Saved()
    aside = links / f".tmp-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        os.link(known, aside)
        with _writable(file.parent) if inside else nullcontext():
            aside.rename(file)
    except OSError as error:
        # The file system allows no more links to that file, or another process found it damaged.
        if error.errno not in (errno.EMLINK, errno.ENOENT):
            raise
        return Saved()
    finally:
        aside.unlink(missing_ok=True)
    return Saved(files=1, size=status.st_size)


def _has(file: Path, content: Hash) -> bool:
    """Whether nobody has damaged or removed the file that a content was found in."""
    try:
        return hash_path(file)[0] == content
    except FileNotFoundError:
        return False


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    folder.chmod(0o755)
    try:
        yield
    finally:
        folder.chmod(0o555)
        os.utime(folder, ns=(TIME, TIME))


def remove_unused(folder: Path) -> int:
    """Remove the links of contents that no path has any more; how many bytes that frees."""
    freed = 0
    links = folder / LINKS
    for link in sorted(links.iterdir()) if links.is_dir() else ():
        status = link.lstat()
        if status.st_nlink == 1:
            freed += status.st_size
            link.unlink(missing_ok=True)
    return freed

"""What a file system tells of files without reading them, to notice that nothing changed.

A file whose status changed so shortly before it was read that a later change
might have got the same time stamp is "fresh": its content is compared too.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path

# Mode, size, time of modification and of the status (nanoseconds), inode.
Status = tuple[int, int, int, int, int]
# A name below the root (one that ends in "/" is only asked to be a folder), its status (None:
# not there), the digest of a fresh one's content.
Fact = tuple[str, Status | None, bytes | None]

_GRAIN = 2_000_000_000  # nanoseconds: the coarsest time stamps of a file system in use


def status(path: str) -> Status | None:
    """The status of what lies at `path`; links are not followed."""
    try:
        found = os.lstat(path.removesuffix("/"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    if path.endswith("/"):
        return (stat.S_IFMT(found.st_mode), 0, 0, 0, 0)
    return (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def digest(path: str) -> bytes:
    """The SHA-256 of a file's content and right to run, a link's target, or a folder's names.

    Raises OSError.
    """
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        content = b"link " + os.fsencode(Path(path).readlink())
    elif stat.S_ISDIR(mode):
        with os.scandir(path) as entries:
            names = sorted(os.fsencode(entry.name) for entry in entries)
        content = b"folder " + b"/".join(names)
    else:
        content = b"%c " % (b"x" if mode & 0o100 else b"-") + Path(path).read_bytes()
    return hashlib.sha256(content).digest()


def _place(root: str, name: str) -> str:
    return name if name.startswith("/") else f"{root}/{name}" if name else root


def facts_of(root: str, names: Iterable[str], started: int) -> list[Fact]:
    """The facts of `names` below `root`, seen after the moment `started` (nanoseconds)."""
    facts: list[Fact] = []
    for name in names:
        path = _place(root, name)
        found = status(path)
        fresh = found is not None and max(found[2], found[3]) >= started - _GRAIN
        facts.append((name, found, digest(path) if fresh else None))
    return facts


def still_hold(root: str, facts: Iterable[Fact]) -> bool:
    """Whether all is as it was."""
    for name, known, content in facts:
        path = _place(root, name)
        if status(path) != known:
            return False
        if content is not None and digest(path) != content:
            return False
    return True


def agree(facts: Iterable[Fact], copy: str) -> bool:
    """Whether the fresh ones have the content that they have in a copy of the root."""
    for name, _, content in facts:
        if content is None:
            continue
        try:
            if digest(_place(copy, name)) != content:
                return False
        except FileNotFoundError:
            return False
    return True


def repository_files(root: Path) -> list[str]:
    """The files, there or not, that say what a git work tree's index and commit are."""
    git = root / ".git"
    names = [git]
    folder = git
    if git.is_file():
        folder = root / git.read_text().removeprefix("gitdir:").strip()
    common = folder
    if (folder / "commondir").is_file():
        common = folder / (folder / "commondir").read_text().strip()
    head = folder / "HEAD"
    names += [head, folder / "index", common / "packed-refs", common / "shallow", common / "config"]
    if head.is_file():
        target = head.read_text().strip()
        if target.startswith("ref: "):
            names.append(common / target.removeprefix("ref: "))
    return [str(name) for name in names if name != git or git.is_file()]

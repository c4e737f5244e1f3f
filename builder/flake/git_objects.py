"""Objects of a git repository in bulk: all commits of a history, all files of a tree.

dulwich looks at the folder of packs again for each object that is in none of them, and
takes a whole object apart to tell one line of it. Format: "gitrepository-layout" of git's
manual: a loose object is ``objects/<2 digits>/<the others>``, compressed by zlib: its type, a
space, its size, NUL, its content.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from dulwich.object_store import BaseObjectStore
from dulwich.objects import Commit, ObjectID
from dulwich.repo import ParentsProvider, Repo

_FOLDER = b"40000"  # the mode of a tree's entry that is a tree


def blob_id(content: bytes) -> bytes:
    """What git calls a file of this content, 40 digits."""
    named = hashlib.sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    named.update(content)
    return named.hexdigest().encode()


class _Parents:
    """The parents of a commit, read when they are asked for and without the rest of it."""

    def __init__(self, objects: Objects, commit: ObjectID) -> None:
        self.objects = objects
        self.commit = commit

    @property
    def parents(self) -> list[ObjectID]:
        head = self.objects.content(self.commit).partition(b"\n\n")[0]
        lines = (line.split(b" ") for line in head.split(b"\n"))
        return [ObjectID(line[1]) for line in lines if line[0] == b"parent"]


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of `repository`."""

    repository: Repo

    @property
    def _store(self) -> BaseObjectStore:
        return self.repository.object_store

    def content(self, sha: ObjectID) -> bytes:
        """What an object holds. Raises `KeyError` when it is not there."""
        path = f"{self.repository.commondir()}/objects/{sha[:2].decode()}/{sha[2:].decode()}"
        try:
            with open(path, "rb") as file:
                return zlib.decompress(file.read()).partition(b"\0")[2]
        except (OSError, zlib.error):
            return self._store.get_raw(sha)[1]  # packed, elsewhere, or damaged: it says so

    def parents(self, provider: ParentsProvider, sha: ObjectID) -> Sequence[ObjectID]:
        """The commits before one; `provider` knows those that are told otherwise."""
        # The provider asks the commit for nothing but its parents.
        return provider.get_parents(sha, cast(Commit, _Parents(self, sha)))

    def reachable(self, provider: ParentsProvider, first: ObjectID) -> int:
        """How many commits a commit and those before it are."""
        seen, waiting = {first}, [first]
        while waiting:
            new = set(self.parents(provider, waiting.pop())) - seen
            seen |= new
            waiting += new
        return len(seen)

    def files(self, tree: ObjectID, prefix: bytes = b"") -> Iterator[tuple[bytes, ObjectID, int]]:
        """The path, name and mode of each entry of a tree that is no tree itself."""
        size = len(tree) // 2
        # Each entry: its mode in octal digits, a space, its name, NUL, the object in binary.
        entries = re.findall(rb"(\d+) ([^\0]+)\0(.{%d})" % size, self.content(tree), re.DOTALL)
        for mode, name, raw in entries:
            sha = ObjectID(raw.hex().encode())
            if mode == _FOLDER:
                yield from self.files(sha, b"%s%s/" % (prefix, name))
            else:
                yield prefix + name, sha, int(mode, 8)

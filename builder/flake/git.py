"""Local git repositories, read without the git program."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dulwich.errors import NotGitRepository
from dulwich.ignore import Pattern
from dulwich.index import ConflictedIndexEntry, Index, IndexEntry
from dulwich.objects import S_IFGITLINK, Commit, ObjectID
from dulwich.refs import HEADREF
from dulwich.repo import Repo

from builder.flake.errors import FlakeError
from builder.flake.git_export import ignored
from builder.flake.git_objects import Objects, blob_id
from builder.flake.memory import Memory

_GRAIN = 2 * 10**9  # nanoseconds: the coarsest time stamps of a file system in use
_32_BITS = 0xFFFFFFFF  # the index holds no more of an inode and a size


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitFacts:
    """What a lock says of a commit: `time` in seconds since 1970."""

    rev: str
    time: int
    ref: str | None = None  # the branch that is checked out at it


@dataclass(frozen=True, kw_only=True)
class WorkTree:
    """A repository with its checked-out files at `root`, its index as it is first read."""

    root: Path
    repository: Repo

    @cached_property
    def index(self) -> Index:
        """What git tracks."""
        return self.repository.open_index()

    @cached_property
    def _objects(self) -> Objects:
        return Objects(self.repository)

    @staticmethod
    def open(root: Path) -> WorkTree:
        """Open the repository at `root`; raises `FlakeError` when there is none."""
        try:
            return WorkTree(root=root, repository=Repo(str(root)))
        except NotGitRepository:
            raise FlakeError(f"'{root}' is not a git repository") from None

    def tracked(self, *, submodules: bool = False, skip_ignored: bool = False) -> frozenset[str]:
        """Absolute paths of the tracked files that exist, and of the folders above them.

        With `submodules` those of the submodules that are checked out, too; with
        `skip_ignored` without what ``.gitattributes`` mark ``export-ignore``.
        """
        root = str(self.root)
        kept = {root}
        attributes = self.root / ".gitattributes"
        is_limited = skip_ignored and attributes.is_file()
        patterns = ignored(attributes.read_bytes()) if is_limited else []
        for name, entry in self.index.items():
            if any(_covers(pattern, name) for pattern in patterns):
                continue
            path = f"{root}/{os.fsdecode(name)}"
            if isinstance(entry, IndexEntry) and entry.mode == S_IFGITLINK:
                if not submodules or not os.path.lexists(f"{path}/.git"):
                    continue
                kept |= WorkTree.open(Path(path)).tracked(submodules=True)
            if os.path.lexists(path):
                kept.add(path)
                while (path := path.rpartition("/")[0]) not in kept:
                    kept.add(path)
        return frozenset(kept)

    def names(self) -> list[str]:
        """The tracked files, there or not, below the root, and the folders above them,
        which end in "/"."""
        files = [os.fsdecode(name) for name in self.index]
        folders: set[str] = set()
        for name in files:
            while (name := name.rpartition("/")[0]) and f"{name}/" not in folders:
                folders.add(f"{name}/")
        return [*sorted(folders), *files]

    def head(self) -> CommitFacts | None:
        """The checked-out commit; None before the first."""
        try:
            sha = self.repository.head()
        except KeyError:
            return None
        commit = self.repository[sha]
        assert isinstance(commit, Commit)
        chain, _ = self.repository.refs.follow(HEADREF)
        branches = [name.decode() for name in chain if name.startswith(b"refs/heads/")]
        ref = branches[-1] if branches else None
        return CommitFacts(rev=sha.decode(), time=commit.commit_time, ref=ref)

    def attributes(
        self, commit: CommitFacts, memory: Memory | None = None, *, dirty: bool
    ) -> dict[str, str | int]:
        """The attributes of a locked reference to the files as they are at a commit, or were
        before they changed (`dirty`). `memory` may know how long histories are."""
        if dirty:
            return {"dirtyRev": f"{commit.rev}-dirty", "dirtyShortRev": f"{commit.rev[:7]}-dirty"}
        ref = {"ref": commit.ref} if commit.ref is not None else {}
        return {**ref, "rev": commit.rev, "revCount": self._count(commit.rev, memory)}

    def _count(self, rev: str, memory: Memory | None) -> int:
        """How many commits a commit and those before it are."""
        provider = self.repository.parents_provider()
        if provider.grafts or provider.shallows:
            memory = None  # the names of commits do not say what is before them here
        sha, after = ObjectID(rev.encode()), 0
        learnt = memory.histories() if memory is not None else frozenset()
        known = None
        while learnt:
            known = memory.count(sha.decode()) if memory and sha.decode() in learnt else None
            parents = self._objects.parents(provider, sha) if known is None else ()
            if len(parents) != 1:
                break
            (sha,), after = parents, after + 1
        if known is None:
            known = self._objects.reachable(provider, sha)
        if memory is not None:
            memory.learn_count(rev, after + known)
        return after + known

    def is_dirty(self) -> bool:
        """Whether tracked files differ from the checked-out commit; submodules do not count."""
        commit = self.repository[self.repository.head()]
        assert isinstance(commit, Commit)
        files = self._objects.files(commit.tree)
        committed = {name: (sha, mode) for name, sha, mode in files}
        known = dict(self.index.items())
        if known.keys() != committed.keys():
            return True
        written = Path(self.repository.index_path()).stat().st_mtime_ns
        return any(self._differs(name, known[name], written, *committed[name]) for name in known)

    def submodules(self) -> list[WorkTree | None]:
        """The submodules of the index; None for one that is not checked out."""
        found: list[WorkTree | None] = []
        for name, entry in self.index.items():
            if isinstance(entry, IndexEntry) and entry.mode == S_IFGITLINK:
                folder = self.root / os.fsdecode(name)
                is_there = os.path.lexists(folder / ".git")
                found.append(WorkTree.open(folder) if is_there else None)
        return found

    def is_dirty_inside(self) -> bool:
        """Whether tracked files differ from the checked-out commits, here or in a submodule."""
        inside = self.submodules()
        return self.is_dirty() or any(one is not None and one.is_dirty_inside() for one in inside)

    def _differs(
        self,
        name: bytes,
        entry: IndexEntry | ConflictedIndexEntry,
        written: int,
        sha: bytes,
        mode: int,
    ) -> bool:
        """Whether a file is not what was committed. `written` is when the index was (ns)."""
        path = f"{self.root}/{os.fsdecode(name)}"
        if mode == S_IFGITLINK:
            # Which commit a submodule is at, Nix does not take for a change.
            return not isinstance(entry, IndexEntry) or entry.mode != mode
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return True
        if isinstance(entry, IndexEntry) and _unchanged(status, entry, written):
            return (entry.sha, entry.mode) != (sha, mode)
        if stat.S_ISLNK(status.st_mode):
            content = os.fsencode(Path(path).readlink())
        elif stat.S_ISREG(status.st_mode):
            if bool(status.st_mode & 0o100) != bool(mode & 0o100):
                return True
            content = Path(path).read_bytes()
        else:
            return True
        return blob_id(content) != sha


def _covers(pattern: Pattern, name: bytes) -> bool:
    """Whether a pattern is about a file or about a folder above it."""
    parts = name.split(b"/")
    return any(pattern.match(b"/".join(parts[: end + 1])) for end in range(len(parts)))


def _unchanged(status: os.stat_result, entry: IndexEntry, written: int) -> bool:
    """Whether a file is as git saw it, which it is for certain only when it changed last
    before the index was written."""
    return (
        entry.mtime == divmod(status.st_mtime_ns, 10**9)
        and entry.ctime == divmod(status.st_ctime_ns, 10**9)
        and status.st_mtime_ns < written - _GRAIN
        and (entry.ino, entry.size) == (status.st_ino & _32_BITS, status.st_size & _32_BITS)
        and stat.S_IFMT(status.st_mode) == stat.S_IFMT(entry.mode)
    )

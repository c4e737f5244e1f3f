"""Git repositories elsewhere: fetched into a bare copy of our own, that later fetches add to."""

from __future__ import annotations

import fcntl
import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from dulwich.client import get_transport_and_path
from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
from dulwich.objects import ObjectID
from dulwich.refs import HEADREF, Ref
from dulwich.repo import Repo

from builder.flake.errors import FlakeError
from builder.flake.git_export import commit_at, export

_TROUBLE = (OSError, GitProtocolError, HangupException, NotGitRepository, AssertionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a repository is wanted: the commit `rev`, or what the branch or tag `ref` is at,
    or else the default branch. `shallow` goes without the commits before."""

    rev: str | None = None
    ref: str | None = None
    shallow: bool = False
    skip_ignored: bool = False
    submodules: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was found: `count` is None for a shallow fetch, `time` in seconds since 1970."""

    rev: str
    ref: str | None
    count: int | None
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteRepository:
    """The repository at `url`, whose copies are kept below the folder `cache`.

    `authorities` is a file with the certificates to trust, "" for the host's; `ssh` is the
    program to reach other hosts by, "" for the usual one.
    Everything raises `FlakeError`.
    """

    url: str
    cache: Path
    authorities: str = ""
    ssh: str = ""

    def export(self, wanted: Wanted, target: Path) -> Exported:
        """Write the files below `target`, fetching what is not here yet."""
        with self._copy(wanted) as repository:
            sha, ref = self._fetch(repository, wanted)
            try:
                commit = commit_at(repository, sha)
            except KeyError:
                raise FlakeError(
                    f"Cannot find Git revision '{sha.decode()}' in ref '{ref or 'HEAD'}' of "
                    f"repository '{self.url}'! Please make sure that the rev exists on the ref "
                    "you've specified or add allRefs = true; to fetchGit."
                ) from None
            export(
                repository,
                commit,
                target,
                skip_ignored=wanted.skip_ignored,
                submodule=self._submodule if wanted.submodules else None,
            )
            count = None
            if not wanted.shallow:
                count = sum(1 for _ in repository.get_walker(include=[commit.id]))
            return Exported(rev=sha.decode(), ref=ref, count=count, time=commit.commit_time)

    @property
    def _local(self) -> Path | None:
        return Path(self.url.removeprefix("file://")) if self.url.startswith("file://") else None

    def _submodule(self, url: str, rev: str, target: Path) -> None:
        inner = replace(self, url=joined(self.url, url))
        inner.export(Wanted(rev=rev, shallow=True, submodules=True), target)

    @contextmanager
    def _copy(self, wanted: Wanted) -> Iterator[Repo]:
        """Our copy, made when it is not there, for nobody else meanwhile; a local
        repository is its own."""
        if self._local is not None:
            try:
                with Repo(str(self._local)) as repository:
                    yield repository
            except NotGitRepository:
                raise FlakeError(f"'{self._local}' is not a git repository") from None
            return
        name = hashlib.sha256(self.url.encode()).hexdigest()[:32]
        folder = self.cache / (f"{name}-shallow" if wanted.shallow else name)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            bare = folder / "bare"
            if not bare.exists():
                bare.mkdir()
                Repo.init_bare(str(bare)).close()
            with Repo(str(bare)) as repository:
                yield repository

    def _fetch(self, repository: Repo, wanted: Wanted) -> tuple[bytes, str | None]:
        """The commit's name, which is here then if it is anywhere, and the branch or tag."""
        if wanted.rev is not None and wanted.rev.encode() in repository:
            return wanted.rev.encode(), wanted.ref
        if self._local is not None:
            sha, ref = self._choose(repository.refs.as_dict(), wanted)
            if ref is None:
                chain, _ = repository.refs.follow(HEADREF)
                ref = chain[-1].decode() if len(chain) > 1 else None
            return sha, ref
        more: dict[str, Any] = {}
        if self.authorities and self.url.startswith("https:"):
            import urllib3

            more["pool_manager"] = urllib3.PoolManager(ca_certs=self.authorities)
        if self.url.startswith("ssh:") and self.ssh:
            more["ssh_command"] = self.ssh
        chosen: list[tuple[bytes, str | None]] = []

        def wants(refs: Mapping[Any, Any], depth: int | None = None) -> list[ObjectID]:
            sha, ref = self._choose(refs, wanted)
            chosen.append((sha, ref))
            if sha in refs.values():
                return [ObjectID(sha)]
            # Servers give only what their branches and tags are at: the commit is below one.
            return [ObjectID(value) for name, value in refs.items() if not name.endswith(b"^{}")]

        try:
            client, path = get_transport_and_path(self.url, **more)
            depth = 1 if wanted.shallow else None
            result = client.fetch(path.encode(), repository, determine_wants=wants, depth=depth)
        except _TROUBLE as error:
            raise FlakeError(
                f"cannot fetch the git repository '{self.url}': {error or type(error).__name__}"
            ) from None
        sha, ref = chosen[0]
        if sha in repository:
            repository.refs[Ref(b"refs/kept/" + sha)] = ObjectID(sha)
        if ref is None:
            symbolic = result.symrefs.get(Ref(b"HEAD"))
            ref = symbolic.decode() if symbolic else None
        return sha, ref

    def _choose(self, refs: Mapping[Any, Any], wanted: Wanted) -> tuple[bytes, str | None]:
        if wanted.rev is not None:
            return wanted.rev.encode(), wanted.ref
        ref = wanted.ref or "HEAD"
        for prefix in ("", "refs/heads/", "refs/tags/"):
            name = f"{prefix}{ref}".encode()
            if name in refs:
                return refs[name], wanted.ref
        raise FlakeError(f"resolving Git reference '{ref}': revspec '{ref}' not found")


def joined(url: str, other: str) -> str:
    """A submodule's URL, which may be relative to its repository's."""
    if not other.startswith(("./", "../")):
        return other
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=posixpath.normpath(f"{parts.path}/{other}")))

"""Fetching what references name into the store."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from builder.debian.mirror import mirrors
from builder.debian.release import Release, archive_keys, fetch_release
from builder.fetch.cache import cache_folder
from builder.flake.errors import FlakeError
from builder.flake.memory import Fetched, Memory, Watch
from builder.flake.reference import FlakeRef, Scalar
from builder.store.hashes import Hash
from builder.store.local import LocalStore
from builder.store.paths import STORE_DIR, StorePath, make_fixed_output_path

if TYPE_CHECKING:
    from builder.flake.registry import Registries

SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A fetched tree: where it lies in the store, and its locked reference."""

    path: StorePath
    locked: FlakeRef
    origin: str  # what to call it in messages

    @staticmethod
    def added(store: LocalStore, path: StorePath, reference: FlakeRef, origin: str) -> Source:
        """The tree at `path`, which is in the store now; the reference is locked to its hash."""
        locked = reference.with_attributes(narHash=store.query(path).nar_hash.sri)
        return Source(path=path, locked=locked, origin=origin)

    @property
    def nar_hash(self) -> str:
        """The tree's hash in SRI notation."""
        return self.locked.get("narHash")

    @property
    def last_modified(self) -> int:
        """Seconds since 1970."""
        return int(self.locked.attributes.get("lastModified", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches sources into `store`; `environment` names mirrors, `now` dates signatures.

    With a `memory`, a folder or a work tree that did not change is not read again.
    """

    store: LocalStore
    environment: Mapping[str, str]
    now: datetime
    memory: Memory | None = None
    secrets: Callable[[], Mapping[str, str]] = dict  # of forges, by host
    names: Callable[[], Registries] | None = None  # None: the files of `environment`

    def resolve(self, reference: FlakeRef) -> FlakeRef:
        """What a name of the registries stands for; others are what they are."""
        if reference.type != "indirect":
            return reference
        # Imported here: most references are no names.
        from builder.flake.registry import registries

        known = self.names() if self.names is not None else registries(self.environment)
        return known.resolve(reference)

    def fetch(self, reference: FlakeRef, *, base: Path) -> Source:
        """The source behind a reference, locked or not.

        A locked one that is in the store already is not fetched again. Paths
        are relative to `base`. Raises `FlakeError`, `DebianError` or
        `FetchError`; what comes from elsewhere is checked against the lock.
        """
        reference = self.resolve(reference)
        if "narHash" in reference.attributes and (present := self._present(reference)):
            return present
        if known := self._unchanged(reference):
            return known
        match reference.type:
            case "path":
                source = self._fetch_path(reference, base)
            case "git":
                source = self._fetch_git(reference)
            case "debian":
                source = self._fetch_debian(reference)
            case _:
                source = self._fetch_elsewhere(reference)
        wanted = reference.get("narHash")
        if wanted and source.nar_hash != wanted:
            raise self._mismatch(reference, source)
        return source

    def _fetch_elsewhere(self, reference: FlakeRef) -> Source:
        # Imported here: most inputs are local.
        from builder.flake.archives import fetch_archive, fetch_forge
        from builder.flake.mercurial import Mercurial

        match reference.type:
            case "tarball" | "file":
                return fetch_archive(self.store, reference)
            case "hg":
                return Mercurial(store=self.store, environment=self.environment).fetch(reference)
            case _:
                return fetch_forge(self.store, reference, self.secrets())

    def _unchanged(self, reference: FlakeRef) -> Source | None:
        root = watched_root(reference)
        if self.memory is None or root is None or not _is_remembered(reference):
            return None
        found = self.memory.fetched(reference)
        if found is None:
            return None
        path = StorePath.parse(found.path)
        if not self.store.keep(path):
            return None
        locked = FlakeRef(type=reference.type, attributes=found.locked)
        return Source(path=path, locked=locked, origin=root)

    def _remember(
        self, reference: FlakeRef, watch: Watch | None, names: Sequence[str], source: Source
    ) -> None:
        if self.memory is None or watch is None:
            return
        fetched = Fetched(path=str(source.path), locked=source.locked.attributes)
        copy = self.store.real_path(source.path)
        self.memory.remember(reference, watch, names, fetched, copy)

    def _watch(self, reference: FlakeRef) -> Watch | None:
        root = watched_root(reference)
        if self.memory is None or root is None or not _is_remembered(reference):
            return None
        return self.memory.watch(Path(root))

    def _present(self, reference: FlakeRef) -> Source | None:
        content = Hash.parse(reference.get("narHash"))
        path = make_fixed_output_path(reference.get("name", SOURCE), content, recursive=True)
        if not self.store.keep(path):
            return None
        return Source(path=path, locked=reference, origin=str(reference))

    def _mismatch(self, reference: FlakeRef, source: Source) -> FlakeError:
        wanted, got = reference.get("narHash"), source.nar_hash
        if reference.type == "debian":
            pinned = datetime.fromtimestamp(int(reference.attributes.get("lastModified", 0)), UTC)
            served = datetime.fromtimestamp(source.last_modified, UTC)
            return FlakeError(
                f"the lock pins suite '{reference.get('suite')}' as of {pinned:%Y-%m-%d %H:%M}, "
                f"the mirror now serves it as of {served:%Y-%m-%d %H:%M}",
                hint="run 'neve flake update' to move the lock to the suite as it is now, or name "
                "a mirror that keeps old states (NEVE_DEBIAN_MIRROR, or ?mirror= in the input)",
            )
        return FlakeError(
            f"NAR hash mismatch in input '{reference}', expected '{wanted}' but got '{got}'",
            hint="run 'neve flake update' if the change is meant",
        )

    def _added(self, path: StorePath, reference: FlakeRef, modified: int, origin: str) -> Source:
        dated = reference.with_attributes(lastModified=modified)
        return Source.added(self.store, path, dated, origin)

    def _fetch_path(self, reference: FlakeRef, base: Path) -> Source:
        given = reference.get("path")
        in_store = given.startswith(f"{STORE_DIR}/")
        folder = (self.store.real(given) if in_store else base / given).resolve()
        if not folder.exists():
            raise FlakeError(f"path '{given if in_store else folder}' does not exist")
        watch, asked = self._watch(reference), reference
        path = self.store.add_path(folder, SOURCE)
        below = list(_below(folder)) if folder.is_dir() else []
        newest = int(max(item.lstat().st_mtime for item in (folder, *below)))
        source = self._added(path, reference.without("narHash"), newest, str(folder))
        names = ["", *(item.relative_to(folder).as_posix() for item in below)]
        self._remember(asked, watch, names, source)
        return source

    def _fetch_git(self, reference: FlakeRef) -> Source:
        url = reference.get("url")
        root = Path(url.removeprefix("file://"))
        is_local = url.startswith("file://")
        if is_local and not root.is_dir():
            raise FlakeError(f"repository '{root}' does not exist")
        # A bare repository has no files but in commits.
        if not is_local or watched_root(reference) is None or not (root / ".git").exists():
            return self._fetch_commit(reference)
        # Imported here: a machine whose flakes are plain folders needs no library for git.
        from builder.flake.git import WorkTree

        watch, asked = self._watch(reference), reference
        tree = WorkTree.open(root)
        commit = tree.head()
        is_dirty = commit is None or tree.is_dirty()
        given = reference.attributes
        if given.get("submodules"):
            inside = tree.submodules()
            if not is_dirty and None in inside:
                return self._fetch_commit(reference)  # one is not checked out
            is_dirty = is_dirty or any(one is not None and one.is_dirty_inside() for one in inside)
        plain = reference.without("narHash")
        kept = tree.tracked(
            submodules=bool(given.get("submodules")), skip_ignored=bool(given.get("exportIgnore"))
        )
        name = reference.get("name", SOURCE)
        path = self.store.add_path(tree.root, name, keep=lambda item, _: item in kept)
        changes: dict[str, str | int] = {}
        if commit is not None:
            changes = tree.attributes(commit, self.memory, dirty=is_dirty)
        plain = plain.with_attributes(**changes)
        modified = commit.time if commit is not None else 0
        source = self._added(path, plain, modified, str(tree.root))
        self._remember(asked, watch, tree.names(), source)
        return source

    def _fetch_commit(self, reference: FlakeRef) -> Source:
        """A commit of a repository, wherever it is."""
        from builder.flake.git_remote import RemoteRepository, Wanted

        given = reference.attributes
        rev, ref = reference.get("rev") or None, reference.get("ref") or None
        wanted = Wanted(
            rev=rev,
            ref=ref,
            shallow=bool(given.get("shallow")),
            skip_ignored=bool(given.get("exportIgnore")),
            submodules=bool(given.get("submodules")),
        )
        url = reference.get("url")
        repository = RemoteRepository(
            url=url,
            cache=cache_folder(self.environment) / "git",
            authorities=self.environment.get("NIX_SSL_CERT_FILE", ""),
            ssh=self.environment.get("GIT_SSH_COMMAND", ""),
        )
        with tempfile.TemporaryDirectory(prefix="neve-git-") as folder:
            found = repository.export(wanted, Path(folder))
            path = self.store.add_path(Path(folder), reference.get("name", SOURCE))
        changes: dict[str, Scalar] = {"rev": found.rev}
        if found.count is not None:
            changes["revCount"] = found.count
        if found.ref is not None:
            changes["ref"] = found.ref
        return self._added(
            path, reference.without("narHash").with_attributes(**changes), found.time, url
        )

    def _fetch_debian(self, reference: FlakeRef) -> Source:
        suite = reference.get("suite")
        known = mirrors(reference.get("mirror") or None, self.environment)
        content = fetch_release(known, suite, keys=archive_keys(), now=self.now)
        with tempfile.TemporaryDirectory(prefix="neve-release-") as folder:
            (Path(folder) / "InRelease").write_bytes(content)
            path = self.store.add_path(Path(folder), SOURCE)
        date = int(Release.parse(content).date.timestamp())
        return self._added(path, reference.without("narHash"), date, f"debian:{suite}")


def plain_fetcher(store: LocalStore) -> Fetcher:
    """Fetches into a store as this process's environment says, and remembers nothing."""
    return Fetcher(store=store, environment=os.environ, now=datetime.now(UTC))


def watched_root(reference: FlakeRef) -> str | None:
    """The folder or work tree whose files, as they are now, the reference means."""
    given = reference.attributes
    match reference.type:
        case "path" if reference.get("path").startswith("/"):
            return reference.get("path")
        case "git" if {"rev", "ref"}.isdisjoint(given) and reference.get("url").startswith("file:"):
            return reference.get("url").removeprefix("file://")
        case _:
            return None


def _is_remembered(reference: FlakeRef) -> bool:
    """Whether its files tell that it did not change: submodules are not watched, nor the store."""
    in_store = reference.get("path").startswith(f"{STORE_DIR}/")
    return not reference.attributes.get("submodules") and not in_store


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)

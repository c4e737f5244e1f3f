"""What the language's fetchers bring into the store: files, archives, repositories."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from builder.fetch.errors import FetchError
from builder.fetch.http import read
from builder.flake.closures import BinaryCache
from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef
from builder.flake.source import SOURCE, Fetcher, Source
from builder.lang.errors import EvalError
from builder.lang.host import FetchedTree, TreeAttributes
from builder.store.errors import FormatError, StoreError
from builder.store.hashes import Hash
from builder.store.local import LocalStore
from builder.store.paths import StorePath, make_fixed_output_path

_LARGEST = 4 << 30  # bytes of a download
_GIT_ONLY = ("ref", "rev", "submodules", "shallow", "allRefs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Fetches into `store`. Everything raises `EvalError`."""

    store: LocalStore

    def file(self, url: str, name: str, *, unpack: bool, sha256: bytes | None) -> StorePath:
        """A download, or with `unpack` the tree of an archive; see `Host.fetch_file`."""
        wanted = Hash(algo="sha256", digest=sha256) if sha256 is not None else None
        if wanted is not None:
            path = make_fixed_output_path(name, wanted, recursive=unpack)
            if self.store.is_valid(path):
                return path
        with _scratch() as folder:
            source = folder / "file"
            source.write_bytes(_download(url))
            if unpack:
                source = _unpacked(source, folder / "tree", url)
            return self._add(source, name, recursive=unpack, wanted=wanted, what=url)

    def _add(
        self, source: Path, name: str, *, recursive: bool, wanted: Hash | None, what: str
    ) -> StorePath:
        try:
            path = self.store.add_path(source, name, recursive=recursive)
        except StoreError as error:
            raise EvalError(str(error)) from None
        if wanted is not None:
            expected = make_fixed_output_path(name, wanted, recursive=recursive)
            if path != expected:
                got = _content(self.store.query(path).ca)
                raise EvalError(
                    f"hash mismatch in file downloaded from '{what}':\n"
                    f"  specified: {wanted.algo}:{wanted.base32}\n"
                    f"  got:       {got.algo}:{got.base32}"
                )
        return path

    def closure(self, cache: str, path: str) -> StorePath:
        """A path with all it refers to, from a binary cache unless it is here already."""
        try:
            wanted = StorePath.parse(path)
        except FormatError as error:
            raise EvalError(str(error)) from None
        if not self.store.is_valid(wanted):
            BinaryCache(url=cache).copy(wanted, self.store)
        return wanted

    def tree(self, attributes: TreeAttributes) -> FetchedTree:
        """The tree that a reference names, see `Host.fetch_tree`."""
        kind = str(attributes["type"])
        wanted = str(attributes.get("narHash", ""))
        if wanted:
            path = make_fixed_output_path(SOURCE, Hash.parse(wanted, "sha256"), recursive=True)
            if self.store.is_valid(path):
                return FetchedTree(path=str(path), attributes=dict(attributes))
        match kind:
            case "path":
                plain = _without(attributes)
                made = self._local(FlakeRef(type="path", attributes=plain))
                made.attributes.update(plain)
            case "git":
                made = self._git(attributes)
            case "tarball" | "file":
                made = self._archive(attributes, unpack=kind == "tarball")
            case "hg":
                made = self._mercurial(attributes)
            case "indirect":
                name = attributes.get("id", "")
                raise EvalError(f"cannot find flake 'flake:{name}' in the flake registries")
            case _:
                raise EvalError(
                    f"references of type '{kind}' cannot be fetched: which server holds them is "
                    "not known here; name a tarball or a git repository by its URL"
                )
        if wanted and made.attributes["narHash"] != wanted:
            raise EvalError(
                f"NAR hash mismatch in input '{attributes.get('url', attributes.get('path'))}', "
                f"expected '{wanted}' but got '{made.attributes['narHash']}'"
            )
        return made

    def _local(self, reference: FlakeRef) -> FetchedTree:
        fetcher = Fetcher(store=self.store, environment=os.environ, now=datetime.now(UTC))
        try:
            source = fetcher.fetch(reference, base=Path("/"))
        except FlakeError as error:
            raise EvalError(str(error)) from None
        return _fetched(source)

    def _archive(self, attributes: TreeAttributes, *, unpack: bool) -> FetchedTree:
        url = str(attributes["url"])
        facts: TreeAttributes = dict(attributes)
        with _scratch() as folder:
            source = folder / "file"
            source.write_bytes(_download(url))
            if unpack:
                source = _unpacked(source, folder / "tree", url)
                facts.setdefault("lastModified", _newest(source))
            path = self.store.add_path(source, SOURCE)
        facts["narHash"] = self.store.query(path).nar_hash.sri
        return FetchedTree(path=str(path), attributes=facts)

    def _git(self, attributes: TreeAttributes) -> FetchedTree:
        url = str(attributes["url"])
        root = Path(url.removeprefix("file://"))
        local = url.startswith("file://")
        if local and not root.is_dir():
            raise EvalError(f"repository '{root}' does not exist")
        plain = {"url": url, **{k: attributes[k] for k in _GIT_ONLY if k in attributes}}
        if local and (root / ".git").exists():
            return self._local(FlakeRef(type="git", attributes=plain))
        return self._remote_git(url, attributes)

    def _remote_git(self, url: str, attributes: TreeAttributes) -> FetchedTree:
        # Imported here: most evaluations fetch no repository.
        from dulwich.client import get_transport_and_path
        from dulwich.errors import GitProtocolError, HangupException, NotGitRepository
        from dulwich.repo import Repo

        from builder.flake.git import WorkTree

        with _scratch() as folder:
            bare, target = folder / "repository", folder / "tree"
            bare.mkdir()
            target.mkdir()
            repository = Repo.init_bare(str(bare))
            try:
                client, path = get_transport_and_path(url)
                result = client.fetch(path.encode() if isinstance(path, str) else path, repository)
            except (OSError, GitProtocolError, HangupException, NotGitRepository) as error:
                raise EvalError(f"cannot fetch the git repository '{url}': {error}") from None
            for name, sha in result.refs.items():
                if sha is not None and name.startswith(b"refs/"):
                    repository.refs[name] = sha
            ref = attributes.get("ref")
            rev = attributes.get("rev")
            head = result.refs.get(b"HEAD")  # type: ignore[call-overload]
            if rev is None and ref is None and head is not None:
                rev = head.decode()
            try:
                facts = WorkTree(root=Path(url), repository=repository).export(target, rev, ref)
            except FlakeError as error:
                raise EvalError(str(error)) from None
            stored = self.store.add_path(target, SOURCE)
        known: TreeAttributes = {
            **attributes,
            **facts.attributes(dirty=False),
            "lastModified": facts.time,
            "narHash": self.store.query(stored).nar_hash.sri,
        }
        return FetchedTree(path=str(stored), attributes=known)

    def _mercurial(self, attributes: TreeAttributes) -> FetchedTree:
        if shutil.which("hg") is None:
            raise EvalError("cannot fetch a Mercurial repository: the program 'hg' is not there")
        import subprocess

        url = str(attributes["url"])
        rev = str(attributes.get("rev", "default"))
        with _scratch() as folder:
            clone, target = folder / "clone", folder / "tree"
            template = "{node} {branch} {rev}"
            commands = [
                ["hg", "clone", "--noupdate", "--", url, str(clone)],
                ["hg", "-R", str(clone), "log", "-r", rev, "--template", template],
                ["hg", "-R", str(clone), "archive", "-r", rev, "-X", ".hg*", str(target)],
            ]
            said = ""
            for command in commands:
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise EvalError(f"program '{' '.join(command)}' failed: {done.stderr.strip()}")
                said = said or (done.stdout if "log" in command else "")
            path = self.store.add_path(target, str(attributes.get("name", SOURCE)))
        node, branch, count = said.rsplit(" ", 2)
        facts: TreeAttributes = {
            "type": "hg",
            "url": url,
            "rev": node,
            "ref": branch,
            "revCount": int(count),
            "narHash": self.store.query(path).nar_hash.sri,
        }
        return FetchedTree(path=str(path), attributes=facts)


def _without(attributes: TreeAttributes) -> TreeAttributes:
    return {k: v for k, v in attributes.items() if k not in ("type", "narHash")}


def _fetched(source: Source) -> FetchedTree:
    facts: TreeAttributes = dict(source.locked.attributes)
    return FetchedTree(path=str(source.path), attributes={**facts, "type": source.locked.type})


def _content(ca: str | None) -> Hash:
    """The hash in a content address as the store's database writes it."""
    return Hash.parse((ca or "").removeprefix("fixed:").removeprefix("r:"))


@contextmanager
def _scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="neve-fetch-") as folder:
        yield Path(folder)


def _download(url: str) -> bytes:
    try:
        return read(url, limit=_LARGEST)
    except FetchError as error:
        raise EvalError(f"unable to download '{url}': {error}") from None


def _unpacked(archive: Path, target: Path, url: str) -> Path:
    """The tree in an archive: its only folder, where everything is inside of one."""
    import tarfile
    import zipfile

    target.mkdir()
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as bundle:
                bundle.extractall(target)
        else:
            with tarfile.open(archive) as tape:
                tape.extractall(target, filter="tar")
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise EvalError(f"cannot unpack what '{url}' gave: {error}") from None
    inside = list(target.iterdir())
    if len(inside) != 1 or not inside[0].is_dir():
        raise EvalError(f"tarball '{url}' contains an unexpected number of top-level files")
    return inside[0]


def _newest(root: Path) -> int:
    """The time of the newest file, in seconds since 1970."""
    return max(int(path.lstat().st_mtime) for path in (root, *root.rglob("*")))

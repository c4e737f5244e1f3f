"""What the language's fetchers bring into the store: files, archives, repositories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from builder.fetch.archive import unpack as unpacked
from builder.fetch.errors import FetchError
from builder.fetch.http import save
from builder.flake.archives import LARGEST, scratch
from builder.flake.errors import FlakeError
from builder.flake.reference import FlakeRef
from builder.flake.source import Fetcher
from builder.lang.errors import EvalError
from builder.lang.host import FetchedTree, TreeAttributes
from builder.store.content_address import parse_content_address
from builder.store.errors import StoreError
from builder.store.hashes import Hash
from builder.store.local import LocalStore
from builder.store.paths import StorePath, make_fixed_output_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """Fetches into `store`. Everything raises `EvalError`."""

    fetcher: Fetcher

    @property
    def store(self) -> LocalStore:
        """Where all of it goes."""
        return self.fetcher.store

    def file(self, url: str, name: str, *, unpack: bool, sha256: bytes | None) -> StorePath:
        """A download, or with `unpack` the tree of an archive; see `Host.fetch_file`."""
        wanted = Hash(algo="sha256", digest=sha256) if sha256 is not None else None
        if wanted is not None:
            path = make_fixed_output_path(name, wanted, recursive=unpack)
            if self.store.keep(path):
                return path
        with _told(), scratch() as folder:
            source = folder / "file"
            save(url, source, limit=LARGEST)
            if unpack:
                source = unpacked(source, folder / "tree").root
            return self._add(source, name, recursive=unpack, wanted=wanted, what=url)

    def _add(
        self, source: Path, name: str, *, recursive: bool, wanted: Hash | None, what: str
    ) -> StorePath:
        path = self.store.add_path(source, name, recursive=recursive)
        if wanted is not None:
            expected = make_fixed_output_path(name, wanted, recursive=recursive)
            if path != expected:
                _, got = parse_content_address(self.store.query(path).ca or "")
                raise EvalError(
                    f"hash mismatch in file downloaded from '{what}':\n"
                    f"  specified: {wanted.algo}:{wanted.base32}\n"
                    f"  got:       {got.algo}:{got.base32}"
                )
        return path

    def tree(self, attributes: TreeAttributes) -> FetchedTree:
        """The tree that a reference names, see `Host.fetch_tree`."""
        with _told():
            reference = FlakeRef.from_json(attributes)
            if reference.type == "path" and not reference.get("path").startswith("/"):
                raise FlakeError(
                    f"cannot fetch input '{reference}' because it uses a relative path"
                )
            source = self.fetcher.fetch(reference, base=Path("/"))
        facts: TreeAttributes = dict(source.locked.attributes)
        if reference.type == "path":
            facts.update(reference.attributes)
        return FetchedTree(path=str(source.path), attributes={**facts, "type": source.locked.type})


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong becomes an error of the evaluation."""
    try:
        yield
    except (FlakeError, FetchError, StoreError) as error:
        raise EvalError(str(error)) from None
